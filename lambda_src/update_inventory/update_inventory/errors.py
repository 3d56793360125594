"""Why articles cannot be reserved; another try changes nothing."""

from order_book.errors import OrderRefusedError

__all__ = ["OutOfStockError", "ReservationReleasedError"]


class OutOfStockError(OrderRefusedError):
    """There is not enough of an article."""


class ReservationReleasedError(OrderRefusedError):
    """The order's reservation was released, perhaps before it was made: this reservation comes too late."""
