"""Whether an alarm of CDK, once it is built, can do its work."""

from collections.abc import Mapping
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from constructs_lib.alarms.functions.function_subject import DEFAULT_TIMEOUT_SECONDS
from constructs_lib.alarms.own.possible import Range, impossible
from constructs_lib.checks import Check, is_token

__all__ = ["check_possible"]


def _properties_of(alarm: cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm) -> Mapping[str, Any]:
    """The properties of `alarm` as the template will have them, in three calls into jsii."""
    # One call each where public attributes would take one a property.
    rendered = alarm._render_properties(alarm._cfn_properties)  # noqa: SLF001 - see above
    return cast("Mapping[str, Any]", cdk.Stack.of(alarm).resolve(rendered))


def check_possible(
    check: Check, alarm: cloudwatch.CfnAlarm, watched: Range | None = None
) -> Mapping[str, Any]:
    """The properties of `alarm`, once nothing in them keeps it from doing its work.

    Args:
        check: fails on behalf of the alarm.
        alarm: the alarm.
        watched: the range of what it watches. Left out: what is known of its metric.
    """
    properties = _properties_of(alarm)
    found = next(impossible(properties, watched or _duration_of_function(alarm, properties)), None)
    if found is not None:
        check.fail(found.problem, remedy=found.remedy)
    return properties


def _duration_of_function(alarm: cloudwatch.CfnAlarm, properties: Mapping[str, Any]) -> Range | None:
    """The range of a Lambda duration, where the function is in the app and has a timeout."""
    statistic = properties.get("Statistic") or properties.get("ExtendedStatistic")
    if (properties.get("Namespace"), properties.get("MetricName")) != ("AWS/Lambda", "Duration"):
        return None
    if statistic in ("Sum", "SampleCount"):
        return None
    given = cast("list[cloudwatch.CfnAlarm.DimensionProperty]", alarm.dimensions or [])
    for dimension in given:
        if dimension.name != "FunctionName" or not is_token(dimension.value):
            continue
        for token in cdk.Tokenization.reverse_string(dimension.value).tokens:
            function = getattr(token, "target", None)
            if not isinstance(function, lambda_.CfnFunction):
                continue
            timeout = DEFAULT_TIMEOUT_SECONDS if function.timeout is None else function.timeout
            if not is_token(timeout):
                return Range(
                    name=f"Duration {statistic} of a function with this timeout", highest=timeout * 1000
                )
    return None
