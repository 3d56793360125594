from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading, event_patterns
from constructs_lib.review.reading.data import texts_in
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import RULE, pattern_of, sure

__all__ = ["bucket_events_off"]

_BUCKET: Final = "AWS::S3::Bucket"
_ON: Final = ("NotificationConfiguration", "EventBridgeConfiguration")
_CUSTOM: Final = ("Custom::", "AWS::CloudFormation::CustomResource")


@rule(
    severity=Severity.ERROR,
    remedy="Set NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled of the bucket to true "
    "(event_bridge_enabled in the CDK).",
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html",
)
def bucket_events_off(stack: StackReading) -> Iterator[Found]:
    """A rule waits for events of a bucket that sends none to EventBridge."""
    for node in stack.of_type(RULE):
        names = event_patterns.values_at(pattern_of(node), "detail", "bucket", "name") or []
        buckets = [stack.find(each, _BUCKET) for each in names if isinstance(each, str)]
        if not names or len(buckets) < len(names):
            continue
        silent = [each for each in buckets if each is not None and sure(node, each) and _is_silent(each)]
        if len(silent) == len(names):
            yield Found(
                node=node,
                message=f"{node.path} waits for events of {silent[0].path}, which sends none to EventBridge.",
            )


def _is_silent(bucket: Node) -> bool:
    if bucket.has(*_ON):
        return bucket.flag(*_ON, "EventBridgeEnabled", default=True) is False
    # The CDK, and others, switch it on with a custom resource.
    customized = bucket.stack.whole.once("buckets-of-custom-resources", _customized)
    return bucket not in customized and bucket.stack not in bucket.stack.whole.once(
        "open-notifications", _open
    )


def _open(whole: Reading) -> set[StackReading]:
    """The stacks that switch on events of a bucket that is known only at deployment."""
    return {
        each.stack
        for each in whole.of_type("Custom::S3BucketNotifications")
        if each.target("BucketName", types=(_BUCKET,)) is None
    }


def _customized(whole: Reading) -> set[Node]:
    return {
        found
        for stack in whole.stacks
        for node in stack.nodes.values()
        if node.type.startswith(_CUSTOM)
        for text in texts_in(dict(node.properties))
        for found in (stack.find(text, _BUCKET), *stack.mentioned(text))
        if found is not None
    }
