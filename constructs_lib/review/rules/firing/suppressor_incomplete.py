from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import COMPOSITE_API, alarms_as_deployed

__all__ = ["suppressor_incomplete"]

_PERIODS: Final = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


@rule(
    severity=Severity.ERROR,
    remedy="Give ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod, in seconds.",
    source=COMPOSITE_API,
)
def suppressor_incomplete(stack: StackReading) -> Iterator[Found]:
    """A composite alarm has a suppressor, and does not say how long to wait for it, which CloudWatch refuses."""
    for alarm in alarms_as_deployed(stack):
        node = alarm.node
        if not alarm.composite or not node.has("ActionsSuppressor"):
            continue
        absent = [name for name in _PERIODS if not node.has(name)]
        below = [name for name in _PERIODS if (node.number(name) or 0) < 0]
        if absent:
            yield Found(
                node=node, message=f"{node.path} has an ActionsSuppressor, and no {' and no '.join(absent)}."
            )
        for name in below:
            yield Found(node=node, message=f"{node.path} has {node.number(name):g} as its {name}.")
