from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of

__all__ = ["deployment_not_rolled_back"]

_PLACE = "AutoRollbackConfiguration"
_ON_ALARM = "DEPLOYMENT_STOP_ON_ALARM"


@rule(
    severity=Severity.WARNING,
    remedy=f"Set {_PLACE} to Enabled: true with the event {_ON_ALARM} (in the CDK: deployment_in_alarm=True).",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html",
)
def deployment_not_rolled_back(stack: StackReading) -> Iterator[Found]:
    """An alarm stops a deployment and does not take it back: the new version keeps the traffic that it has."""
    for group in groups_of(stack):
        node = group.node
        events = node.items(_PLACE, "Events")
        off = node.flag(_PLACE, "Enabled") is False or not node.has(_PLACE)
        missing = is_known(events) and _ON_ALARM not in events
        if group.alarm_names and (off or missing):
            yield Found(node=node, message=f"{node.path} does not roll back on {_ON_ALARM}.")
