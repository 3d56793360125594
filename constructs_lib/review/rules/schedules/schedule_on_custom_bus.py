from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import surely_has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE

__all__ = ["schedule_on_custom_bus"]


@rule(
    severity=Severity.ERROR,
    remedy="Leave EventBusName out, or use a schedule of EventBridge Scheduler.",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html",
)
def schedule_on_custom_bus(stack: StackReading) -> Iterator[Found]:
    """A scheduled rule is on a custom bus: EventBridge takes schedules on the default bus only."""
    for node in stack.of_type(RULE):
        if not surely_has(node.properties, "ScheduleExpression") or node.text("ScheduleExpression") == "":
            continue
        bus = node.target("EventBusName", types=("AWS::Events::EventBus",))
        name = bus.text("Name") if bus is not None else (node.text("EventBusName") or "").rpartition("/")[2]
        if name and name != "default":
            yield Found(node=node, message=f"{node.path} has a ScheduleExpression and is on the bus {name}.")
