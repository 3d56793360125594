"""What a failure mode is: a way in which resources of one kind fail, the metrics that show it, and a proof."""

from dataclasses import dataclass
from typing import Final

__all__ = [
    "AN_HOUR",
    "DAYS_OF_SILENCE",
    "LIFE_ENDS",
    "LOST_A_MINUTE",
    "PER_MINUTE",
    "SHARE",
    "SIGN_OF_LIFE",
    "Mode",
]

PER_MINUTE: Final = 60
"""Requests, messages, events or executions a minute of every resource: what a template does not tell is taken alike."""
SHARE: Final = 0.3
"""Of these, how many fail in an incident that is about failing."""
LOST_A_MINUTE: Final = 0.1
"""How many are lost for good a minute in an incident that is about losing: few, and each one counts."""
AN_HOUR: Final = 60
"""Minutes that an incident lasts, where nothing else is said."""
DAYS_OF_SILENCE: Final = 2
"""Long enough for an alarm that waits for a sign of life a day."""
LIFE_ENDS: Final = "life_ends"
"""The incident in which something publishes nothing of its own any more."""
SIGN_OF_LIFE: Final = ("Custom", "SignOfLife")
"""What a function publishes of its own, as incidents call it."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A failure mode.

    Attributes:
        id: such as ``errors``.
        title: the same in words.
        metrics: namespace and name of each metric that shows it; an alarm that reads none of them proves nothing.
        incident: the name of the incident that proves it, of `incidents.INCIDENTS`.
        happens: the incident in words; facts of the resource stand in braces.
        remedy: the alarm that would catch it, as it continues "Alarm on".
        source: where the metric or the alarm is documented.
        essential: whether a gap is a warning; otherwise it only stands in the matrix.
        facts: what the incident needs to know of the resource; without them it cannot fail so.
        needs: what else the resource must have, so that it can fail so.
        ends_life: whether what runs on a schedule only gives no sign of life any more when it happens.
        by_absence: whether it shows in what no longer happens, so that only alarms on too little can tell.
        in_parts: whether each part of the resource, such as an alias that is called, has to be watched.
    """

    id: str
    title: str
    metrics: tuple[tuple[str, str], ...]
    incident: str
    happens: str
    remedy: str
    source: str
    essential: bool = True
    facts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    ends_life: bool = False
    by_absence: bool = False
    in_parts: bool = False
