import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import composite_alarms

__all__ = ["composite_across_regions"]

_ARN: Final = re.compile(r"arn:[\w-]+:cloudwatch:([\w-]+):(\d+):alarm:[^\s()\"]+")


@rule(
    severity=Severity.ERROR,
    remedy="Make a composite alarm where the others are.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html",
)
def composite_across_regions(stack: StackReading) -> Iterator[Found]:
    """A composite alarm contains an alarm of another Region or account, which CloudWatch does not know there."""
    ours = (stack.template.region, stack.template.account)
    for alarm in composite_alarms(stack):
        homes = {
            child.path: (child.stack.template.region, child.stack.template.account)
            for child in alarm.children()
        }
        homes |= {found[0]: (found[1], found[2]) for found in _ARN.finditer(alarm.rule or "")}
        for child, home in homes.items():
            if any(is_known([a, b]) and a and b and a != b for a, b in zip(ours, home, strict=True)):
                yield Found(
                    node=alarm.node,
                    message=f"{alarm.node.path} in {' of '.join(filter(None, ours))} contains {child}, which is in "
                    f"{' of '.join(filter(None, home))}.",
                )
