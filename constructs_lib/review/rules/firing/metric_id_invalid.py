import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at, text_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import metric_alarms

__all__ = ["metric_id_invalid"]

_ID: Final = re.compile(r"[a-z][A-Za-z0-9_]{0,254}")


@rule(
    severity=Severity.ERROR,
    remedy="Give each entry of Metrics an Id of its own: a lower-case letter, then letters, digits and underscores.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html",
)
def metric_id_invalid(stack: StackReading) -> Iterator[Found]:
    """The metrics of an alarm have ids that CloudWatch refuses, or one id twice."""
    for alarm in metric_alarms(stack):
        ids = [text_of(at(each, "Id")) for each in alarm.node.items("Metrics") if isinstance(each, dict)]
        for each in dict.fromkeys(ids):
            if each is not None and not _ID.fullmatch(each):
                yield Found(node=alarm.node, message=f"{alarm.node.path} has a metric with the Id {each}.")
            elif each is not None and ids.count(each) > 1:
                yield Found(
                    node=alarm.node,
                    message=f"{alarm.node.path} has {ids.count(each)} metrics with the Id {each}.",
                )
