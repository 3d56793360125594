from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.deliveries import QUEUE, TOPIC
from constructs_lib.review.rule import Found, rule

__all__ = ["subscription_fifo_mismatch"]


@rule(
    severity=Severity.ERROR,
    remedy="Subscribe queues to FIFO topics, and FIFO queues only to FIFO topics.",
    source="https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html",
)
def subscription_fifo_mismatch(stack: StackReading) -> Iterator[Found]:
    """A FIFO topic has a subscriber that is no queue, or a standard topic a FIFO queue: the deployment is refused."""
    for each in stack.of_type("AWS::SNS::Subscription"):
        topic = each.target("TopicArn", types=(TOPIC,))
        if topic is None or not (each.surely_made and topic.surely_made):
            continue
        fifo = topic.flag("FifoTopic", default=False)
        queue = each.target("Endpoint", types=(QUEUE,))
        if fifo and each.text("Protocol", default="sqs") != "sqs" and each.known("Protocol"):
            protocol = each.text("Protocol")
            yield Found(
                node=each, message=f"{each.path} subscribes to the FIFO topic {topic.path} by {protocol}."
            )
        elif fifo is False and queue and queue.flag("FifoQueue"):
            yield Found(
                node=each,
                message=f"{each.path} subscribes the FIFO queue {queue.path} to the standard topic {topic.path}.",
            )
