from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import alarms_of, find_alarm
from constructs_lib.review.rule import Found, rule

__all__ = ["paged_twice"]


@rule(
    severity=Severity.NOTE,
    remedy="Let the composite alarm page, and give its children none of its topics.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html",
)
def paged_twice(stack: StackReading) -> Iterator[Found]:
    """One fault pages twice: a composite alarm and those that it contains notify the same topic."""
    whole = {each.node: each for each in alarms_of(stack.whole)}
    for alarm in alarms_of(stack):
        mine = {stack.find(each) or each for each in alarm.actions()}
        if not alarm.composite or not mine or alarm.actions_enabled is False:
            continue
        children = [whole[each] for each in alarm.children() if each in whole]
        same = [
            each.node.path
            for each in children
            if each.actions_enabled is not False
            and each.node is not find_alarm(stack, alarm.node.value("ActionsSuppressor"))
            and any((each.node.stack.find(action) or action) in mine for action in each.actions())
        ]
        if same:
            more = f" and {len(same) - 1} more" if len(same) > 1 else ""
            yield Found(
                node=alarm.node,
                message=f"{alarm.node.path} notifies a topic that {same[0]}{more} of its children notify too.",
            )
