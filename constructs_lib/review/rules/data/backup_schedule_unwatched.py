from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.alarms import alarms_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.data.common import calls_of
from constructs_lib.review.rules.schedules.common import SCHEDULE

__all__ = ["backup_schedule_unwatched"]

_ACTIONS: Final = ("dynamodb:createBackup", "dynamodb:exportTableToPointInTime")


@rule(
    severity=Severity.WARNING,
    remedy="Give the schedule a dead-letter queue with an alarm, or alarm on AWS/Scheduler TargetErrorCount of "
    "its group.",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html",
)
def backup_schedule_unwatched(stack: StackReading) -> Iterator[Found]:
    """A schedule makes backups, and no alarm looks at whether it can."""
    watched, of_schedules = stack.whole.once("watched-queues-and-schedules", _watched)
    for action in _ACTIONS:
        for call in calls_of(stack, action):
            if call.by.type != SCHEDULE or of_schedules:
                continue
            queue = call.by.target("Target", "DeadLetterConfig", "Arn")
            if queue is None or queue not in watched:
                yield Found(
                    node=call.by,
                    message=f"{call.by.path} calls {action}, and no alarm tells when that fails.",
                )


def _watched(whole: Reading) -> tuple[set[Node], bool]:
    alarms = alarms_of(whole)
    of_schedules = any(metric.namespace == "AWS/Scheduler" for alarm in alarms for metric in alarm.metrics)
    return {node for alarm in alarms for node in alarm.watches()}, of_schedules
