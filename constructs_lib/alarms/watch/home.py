"""What the alarms of a stack stand below."""

from constructs import Construct

__all__ = ["Home"]


class Home(Construct):
    """What the alarms of a stack stand below.

    Attributes:
        watches: the paths of what they watch.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Make it, empty."""
        super().__init__(scope, construct_id)
        self.watches: set[str] = set()
