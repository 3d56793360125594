from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.actions import kind_of
from constructs_lib.review.rule import Found, rule

__all__ = ["log_stream_without_role"]

_BY_ROLE = ("kinesis", "firehose")


@rule(
    severity=Severity.ERROR,
    remedy="Give the subscription filter a RoleArn as which CloudWatch Logs may put records into the stream.",
    source="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html",
)
def log_stream_without_role(stack: StackReading) -> Iterator[Found]:
    """A log group's subscription goes to a stream without a role that may write there: the deployment is refused."""
    for each in stack.of_type("AWS::Logs::SubscriptionFilter"):
        kind = kind_of(stack, each.value("DestinationArn"))
        if kind in _BY_ROLE and not each.has("RoleArn") and each.surely_made:
            yield Found(node=each, message=f"{each.path} sends to {kind}, and has no RoleArn.")
