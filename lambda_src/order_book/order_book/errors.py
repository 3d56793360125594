"""What stands in the way of an order."""

__all__ = ["OrderRefusedError", "OrderStateError", "UnknownOrderError"]


class UnknownOrderError(Exception):
    """There is no order of that id."""


class OrderRefusedError(Exception):
    """The order cannot go on, another try changes nothing, and the service is well."""


class OrderStateError(OrderRefusedError):
    """The order is in a state, or in the hands of a Region, that does not allow this."""
