from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.firing.common import readings, title

__all__ = ["detailed_metrics_off"]


@rule(
    severity=Severity.WARNING,
    remedy="Set MetricsEnabled in the stage's MethodSettings, or DetailedMetricsEnabled in its DefaultRouteSettings.",
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
)
def detailed_metrics_off(stack: StackReading) -> Iterator[Found]:
    """An alarm is on a single method or route, and the stage publishes no metrics of each."""
    for alarm, metric in readings(stack):
        names = metric.dimensions or {}
        if metric.namespace != "AWS/ApiGateway" or not names.keys() & {"Method", "Route"}:
            continue
        stages = stack.of_type("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage")
        if stages and not any(_may_be_detailed(each) for each in stages):
            yield Found(
                node=alarm.node,
                message=f"{title(alarm, metric)} is on {names.get('Route') or names.get('Resource')}, and no stage "
                "at hand has detailed metrics.",
            )


def _may_be_detailed(stage: Node) -> bool:
    settings = [
        *stage.items("MethodSettings"),
        stage.value("DefaultRouteSettings"),
        stage.value("RouteSettings"),
    ]
    return any("MetricsEnabled" in text and "false" not in text.lower() for text in map(str, settings))
