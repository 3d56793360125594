from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import Alarm
from constructs_lib.review.reading.functions import callee_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import groups_of, own_alarms

__all__ = ["rollback_alarm_elsewhere"]


@rule(
    severity=Severity.WARNING,
    remedy="Let it watch the alias that is deployed (in the CDK: alias.metric_errors()).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html",
)
def rollback_alarm_elsewhere(stack: StackReading) -> Iterator[Found]:
    """An alarm that shall stop a deployment watches another function: it does not see the new version."""
    for group in groups_of(stack):
        deployed = group.functions
        for alarm in own_alarms(group) if deployed else ():
            watched = [callee_of(alarm.node.stack, each) for each in _watched(alarm)]
            functions = [each.function for each in watched if each]
            if functions and len(functions) == len(watched) and not set(functions) & set(deployed):
                yield Found(
                    node=alarm.node,
                    message=f"{alarm.node.path} watches {functions[0].path}, but {group.node.path} deploys "
                    f"{deployed[0].path}.",
                )


def _watched(alarm: Alarm) -> list[str]:
    """The functions that an alarm on nothing but functions watches."""
    if not all(each.namespace == "AWS/Lambda" and each.dimensions for each in alarm.read):
        return []
    return [(each.dimensions or {}).get("FunctionName", "") for each in alarm.read]
