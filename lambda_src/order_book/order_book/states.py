"""The states of an order, and from which of them to which it may go."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["CANCEL", "COMPLETE", "OPEN", "PARK", "START", "TAKE_BACK", "Part", "Status", "Transition"]


class Status(StrEnum):
    """Where an order is; the last three are final."""

    PLACED = "placed"
    PROCESSING = "processing"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    PARKED = "parked"


class Part(StrEnum):
    """What an order needs before it is complete, by the attribute that says so."""

    PAYMENT = "payment"
    STOCK = "stock"


OPEN: Final = (Status.PLACED, Status.PROCESSING, Status.CANCELLING)
"""Nobody has finished these yet."""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One way from some states into another; from the state that it leads to, it changes nothing and succeeds.

    Attributes:
        sources: the states that it starts from.
        target: the state that it leads to.
        closes: whether nothing remains to be done, so that nobody looks after the order any more.
        needs_all_parts: whether the order must be paid and its stock reserved.
        untold: whether it is too late once the customer has been told.
    """

    sources: tuple[Status, ...]
    target: Status
    closes: bool = False
    needs_all_parts: bool = False
    untold: bool = False


START: Final = Transition(sources=(Status.PLACED,), target=Status.PROCESSING)
COMPLETE: Final = Transition(
    sources=(Status.PROCESSING,), target=Status.COMPLETED, closes=True, needs_all_parts=True
)
# A completion whose answer was lost is taken back before the money is, unless the customer knows of it.
TAKE_BACK: Final = Transition(
    sources=(Status.PROCESSING, Status.COMPLETED), target=Status.CANCELLING, untold=True
)
CANCEL: Final = Transition(sources=OPEN, target=Status.CANCELLED, closes=True)
# It is closed once somebody has been told.
PARK: Final = Transition(sources=OPEN, target=Status.PARKED)
