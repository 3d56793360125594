"""What a message asks for, whatever runs the workflow."""

from typing import Protocol

from order_book.steps import OrderInput

__all__ = ["Workflows", "begin"]


class Workflows(Protocol):
    """Runs the workflow of an order, once."""

    def begin(self, order: OrderInput) -> bool:
        """Begin it, unless it has begun or ended already: whether it was begun now."""
        ...


def begin(body: str, workflows: Workflows) -> tuple[OrderInput, bool]:
    """Begin the workflow of the order that the message's `body` names: that order, and whether it was begun now.

    Raises:
        pydantic.ValidationError: the message names none.
    """
    order = OrderInput.model_validate_json(body, strict=True)
    return order, workflows.begin(order)
