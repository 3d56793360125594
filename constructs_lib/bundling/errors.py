"""What goes wrong while bundling, before it is told to a construct."""

__all__ = ["BundlingError"]


class BundlingError(Exception):
    """A bundle that cannot be made; `PythonCode.bind` turns it into the library's one error class."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        """Say what was wrong, with the value, and what to do about it."""
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy
