"""How a bucket comes to send its events to EventBridge."""

from typing import cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_s3 as s3
from constructs import Construct, IValidation

from constructs_lib.checks import acknowledge

__all__ = ["send_events"]

_CDKS = "Notifications"
_HANDLER = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834"
_FINDING = (
    "AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
    "AWSLambdaBasicExecutionRole]"
)
_REASON = "CDK's own function, which sets the notifications of buckets while the stack is deployed."


def send_events(scope: Construct, bucket: s3.IBucket) -> None:
    """Let `bucket` send its events to EventBridge, on behalf of the source `scope`.

    A bucket of the app says so itself. CDK's way is a function that sets its notifications: it is taken where the
    bucket is imported or has such notifications already, since that function replaces what the bucket says.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
    """
    resource = bucket.node.default_child
    if isinstance(resource, s3.CfnBucket) and bucket.node.try_find_child(_CDKS) is None:
        resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True
        )
        scope.node.add_validation(_NoOther(bucket))
        return
    bucket.enable_event_bridge_notification()
    handler = cdk.Stack.of(bucket).node.try_find_child(_HANDLER)
    if handler is not None:
        acknowledge(cast("Construct", handler), {_FINDING: _REASON})


@jsii.implements(IValidation)
class _NoOther:
    """Fails at synthesis where the bucket got notifications by CDK later, which would switch its events off."""

    def __init__(self, bucket: s3.IBucket) -> None:
        self._bucket = bucket

    def validate(self) -> list[str]:
        if self._bucket.node.try_find_child(_CDKS) is None:
            return []
        problem = (
            f"{self._bucket.node.path} got notifications after this source was made; what CDK deploys for them would "
            "switch off its events. Add them before, or make the bucket with event_bridge_enabled=True."
        )
        return [problem]
