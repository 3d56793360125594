import json
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.rule import Found, rule
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["dashboard_widgets"]

_MOST: Final = 500


@rule(
    severity=Severity.ERROR,
    remedy="Make several dashboards of 500 widgets at most.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
)
def dashboard_widgets(stack: StackReading) -> Iterator[Found]:
    """A dashboard has more widgets than CloudWatch takes."""
    for node in stack.of_type("AWS::CloudWatch::Dashboard"):
        count = _widgets(node.value("DashboardBody"))
        if count > _MOST:
            yield Found(node=node, message=f"{node.path} has {count} widgets.")


def _widgets(body: object) -> int:
    """How many widgets a dashboard's body has; none where it cannot be read."""
    try:
        read = json.loads(PLACEHOLDER.sub("0", body)) if isinstance(body, str) else body
    except (ValueError, RecursionError):
        return 0
    found = at(read, "widgets")
    return len(found) if isinstance(found, list) else 0
