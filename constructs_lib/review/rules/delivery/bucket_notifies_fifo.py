from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import at
from constructs_lib.review.reading.deliveries import QUEUE, TOPIC
from constructs_lib.review.rule import Found, rule

__all__ = ["bucket_notifies_fifo"]

_PLACES = (
    ("TopicConfigurations", "Topic", TOPIC, "FifoTopic"),
    ("QueueConfigurations", "Queue", QUEUE, "FifoQueue"),
)


@rule(
    severity=Severity.ERROR,
    remedy="Let the bucket notify a standard topic or queue, or send its events to EventBridge, which "
    "reaches FIFO queues.",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
)
def bucket_notifies_fifo(stack: StackReading) -> Iterator[Found]:
    """A bucket notifies a FIFO topic or queue, which S3 does not do: the deployment is refused."""
    for bucket in stack.of_type("AWS::S3::Bucket"):
        for place, key, type_, flag in _PLACES:
            for each in bucket.items("NotificationConfiguration", place):
                to = stack.find(at(each, key), type_)
                if to and to.flag(flag) and to.surely_made and bucket.surely_made:
                    yield Found(node=bucket, message=f"{bucket.path} notifies {to.path}, which is FIFO.")
