"""What is known of an order that has been open for long, and what was done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

__all__ = ["Deed", "Found", "Patience", "Workflow"]


class Workflow(StrEnum):
    """Where the workflow of an order is."""

    NONE = "none"
    RUNNING = "running"
    ENDED = "ended"


class Deed(StrEnum):
    """What was done about an order, by the name of the metric that counts it."""

    LEFT_ALONE = "OrdersInProgress"
    SENT_AGAIN = "OrdersSentAgain"
    PARKED = "OrdersParked"
    TAKEN_OVER = "OrdersTakenOver"


@dataclass(frozen=True, kw_only=True)
class Found:
    """An entry of the index of open orders."""

    order_id: str
    since: str


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long an order may be open.

    Attributes:
        before_sending_again: how long this Region's own may be.
        before_taking_over: how long another Region's may be: longer than that Region, if it is well, needs to finish
            or park it.
        most_sendings: how often an order is sent again before it is parked.
    """

    before_sending_again: timedelta
    before_taking_over: timedelta
    most_sendings: int

    @classmethod
    def asked_for(cls, event: Mapping[str, Any], usual: "Patience") -> "Patience":
        """The usual patience, but for what `event` says, by which people can hurry.

        Its keys are ``send_again_after_seconds`` and ``take_over_after_seconds``.
        """
        again, over = (event.get(key) for key in ("send_again_after_seconds", "take_over_after_seconds"))
        return replace(
            usual,
            before_sending_again=usual.before_sending_again if again is None else timedelta(seconds=again),
            before_taking_over=usual.before_taking_over if over is None else timedelta(seconds=over),
        )
