"""What can go wrong between a valid order and its receipt."""

__all__ = ["DependencyUnavailableError", "OrderConflictError"]


class OrderConflictError(Exception):
    """The order's id is taken by an order that asks for something else."""


class DependencyUnavailableError(Exception):
    """A service did not do its part this time; the same request may succeed soon."""

    def __init__(self, reason: str, *, throttled: bool) -> None:
        """Keep the service's error code as `reason`, and whether it asked for patience."""
        super().__init__(reason)
        self.reason = reason
        self.throttled = throttled
