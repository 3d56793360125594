from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of, own_alarms

__all__ = ["rollback_alarm_without_traffic"]


@rule(
    severity=Severity.WARNING,
    remedy="Set TreatMissingData to notBreaching, and let another alarm page where silence is a fault.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
)
def rollback_alarm_without_traffic(stack: StackReading) -> Iterator[Found]:
    """An alarm that shall stop a deployment rings where there is no data: a quiet hour stops every deployment."""
    for group in groups_of(stack):
        for alarm in own_alarms(group):
            if alarm.missing == "breaching":
                yield Found(
                    node=alarm.node,
                    message=f"{alarm.node.path} has TreatMissingData: breaching and stops {group.node.path}.",
                )
