from collections import Counter
from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import GROUP

__all__ = ["deployment_alarm_twice"]


@rule(
    severity=Severity.ERROR,
    remedy="Name each alarm once.",
    source="https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Alarm.html",
)
def deployment_alarm_twice(stack: StackReading) -> Iterator[Found]:
    """A deployment group names an alarm twice: CodeDeploy takes each name once."""
    for node in stack.of_type(GROUP):
        names = [at(each, "Name") for each in node.items("AlarmConfiguration", "Alarms")]
        for name, count in Counter(each for each in names if isinstance(each, str)).items():
            if count > 1 and not name.startswith("${Fn::") and node.surely_made:
                yield Found(node=node, message=f"{node.path} names the alarm {name} {count} times.")
