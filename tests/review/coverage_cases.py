"""Templates with one resource and its alarms, and what the matrix says of them."""

from typing import Any

from constructs_lib.review.coverage import coverage_findings, coverage_of
from constructs_lib.review.finding import Finding
from constructs_lib.review.reading import Reading
from constructs_lib.review.report import FailureMode
from tests.reviewing import reading_of

__all__ = ["CALLED", "FUNCTION", "TOPIC", "alarm", "findings", "function_alarm", "mode", "modes"]

TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic"}
FUNCTION: dict[str, Any] = {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 10}}
CALLED: dict[str, Any] = {
    "Type": "AWS::Lambda::Permission",
    "Properties": {"FunctionName": {"Ref": "Orders"}, "Principal": "apigateway.amazonaws.com"},
}
"""Somebody calls the function itself."""


def alarm(
    namespace: str, metric: str, dimensions: dict[str, Any], *, threshold: float = 1, **more: Any
) -> dict[str, Any]:
    """An alarm that tells the topic `Topic`; `more` replaces properties, None leaves one out."""
    properties = {
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": "Topic"}],
        **more,
    }
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {name: value for name, value in properties.items() if value is not None},
    }


def function_alarm(metric: str = "Errors", **more: Any) -> dict[str, Any]:
    """An alarm on all invocations of the function `Orders`."""
    return alarm("AWS/Lambda", metric, {"FunctionName": {"Ref": "Orders"}}, **more)


def modes(reading: Reading, stack: int = 0) -> dict[tuple[str, str], FailureMode]:
    """Logical id and failure mode to what is said of it."""
    return {(each.logical_id, each.mode): each for each in coverage_of(reading.stacks[stack]).modes}


def mode(resources: dict[str, Any], logical_id: str, mode_id: str) -> FailureMode:
    """What is said of one failure mode in a template with these resources, and a topic."""
    return modes(reading_of({"Resources": {"Topic": TOPIC, **resources}}))[logical_id, mode_id]


def findings(resources: dict[str, Any]) -> list[Finding]:
    """The findings of a template with these resources, and a topic."""
    (stack,) = reading_of({"Resources": {"Topic": TOPIC, **resources}}).stacks
    return coverage_findings(stack, coverage_of(stack))
