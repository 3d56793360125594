from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of, own_alarms

__all__ = ["rollback_alarm_on_backlog"]

_BACKLOGS = frozenset(
    {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/Lambda", "AsyncEventAge"),
        ("AWS/Lambda", "IteratorAge"),
        ("AWS/Lambda", "OffsetLag"),
    }
)


@rule(
    severity=Severity.WARNING,
    remedy="Let errors, the error rate and slowness of the alias stop deployments; let backlogs page.",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html",
)
def rollback_alarm_on_backlog(stack: StackReading) -> Iterator[Found]:
    """An alarm that shall stop a deployment watches a backlog: while it rings, the fix is not deployed either."""
    for group in groups_of(stack):
        for alarm in own_alarms(group):
            for each in alarm.read:
                if (each.namespace, each.name) in _BACKLOGS:
                    yield Found(
                        node=alarm.node,
                        message=f"{alarm.node.path} watches {each.name} and stops {group.node.path}.",
                    )
