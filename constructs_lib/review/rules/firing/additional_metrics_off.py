from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title, watched

__all__ = ["additional_metrics_off"]

_SUBSCRIPTION: Final = "AWS::CloudFront::MonitoringSubscription"
_ADDITIONAL: Final = (
    "CacheHitRate",
    "OriginLatency",
    "401ErrorRate",
    "403ErrorRate",
    "404ErrorRate",
    "502ErrorRate",
    "503ErrorRate",
    "504ErrorRate",
)


@rule(
    severity=Severity.WARNING,
    remedy="Add an AWS::CloudFront::MonitoringSubscription; the CDK calls it publish_additional_metrics.",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html",
)
def additional_metrics_off(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a metric that CloudFront publishes only of distributions with a subscription to it."""
    subscribed = stack.whole.referring((_SUBSCRIPTION,), _its_distribution)
    for alarm, metric in readings(stack):
        node = watched(alarm, metric, "DistributionId", "AWS::CloudFront::Distribution")
        if metric.namespace != "AWS/CloudFront" or metric.name not in _ADDITIONAL or node is None:
            continue
        if node not in subscribed:
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {metric.name} of {node.path}, which has no subscription.",
            )


def _its_distribution(subscription: Node) -> list[Node | None]:
    return [subscription.target("DistributionId", types=("AWS::CloudFront::Distribution",))]
