from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import policies_of

__all__ = ["scaling_out_of_reach"]

_TRACKING = "TargetTrackingScalingPolicyConfiguration"


@rule(
    severity=Severity.ERROR,
    remedy="Use a share such as 0.7: utilization is 1 where all of it is in use.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html",
)
def scaling_out_of_reach(stack: StackReading) -> Iterator[Found]:
    """Provisioned concurrency shall scale at a utilization that there cannot be: it never does."""
    for node in policies_of(stack):
        value = node.number(_TRACKING, "TargetValue")
        metric = node.text(_TRACKING, "PredefinedMetricSpecification", "PredefinedMetricType")
        of_utilization = metric == "LambdaProvisionedConcurrencyUtilization"
        if of_utilization and value is not None and not 0 < value < 1 and node.surely_made:
            yield Found(node=node, message=f"{node.path} has a TargetValue of {value:g}.")
