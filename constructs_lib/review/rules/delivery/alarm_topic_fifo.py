from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.alarms import STATES, alarms_of
from constructs_lib.review.reading.deliveries import TOPIC
from constructs_lib.review.rule import Found, rule

__all__ = ["alarm_topic_fifo"]


@rule(
    severity=Severity.WARNING,
    remedy="Publish alarms to a standard topic (without FifoTopic).",
    source="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html",
)
def alarm_topic_fifo(stack: StackReading) -> Iterator[Found]:
    """An alarm publishes to a FIFO topic, which wants a message group with each message and has no e-mail."""
    for alarm in alarms_of(stack):
        for action in dict.fromkeys(str(each) for key in STATES.values() for each in alarm.node.items(key)):
            topic = stack.find(action, TOPIC)
            if topic.flag("FifoTopic") if topic else action.startswith("arn:") and action.endswith(".fifo"):
                where = topic.path if topic else action
                yield Found(
                    node=alarm.node, message=f"{alarm.node.path} publishes to the FIFO topic {where}."
                )
