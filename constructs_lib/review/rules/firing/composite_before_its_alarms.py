from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.alarm_rules import waited_for
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import composite_alarms

__all__ = ["composite_before_its_alarms"]


@rule(
    severity=Severity.WARNING,
    remedy="Refer to the alarm with Ref, or name it in DependsOn.",
    source="https://github.com/aws/aws-cdk/issues/12662",
)
def composite_before_its_alarms(stack: StackReading) -> Iterator[Found]:
    """A composite alarm names an alarm of its template without reference, so it may be made before it and refused."""
    for alarm in composite_alarms(stack):
        rule = alarm.node.resource.properties.get("AlarmRule")
        needs = waited_for(alarm.node.resource)
        for child in alarm.children():
            if (
                isinstance(rule, str)
                and child.stack is stack
                and child.id not in needs
                and child != alarm.node
            ):
                yield Found(
                    node=alarm.node,
                    message=f"{alarm.node.path} names {child.path} without a reference and without DependsOn.",
                )
