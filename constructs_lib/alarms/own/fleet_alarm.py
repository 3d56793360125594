"""One alarm over many Lambda functions."""

import re
from collections.abc import Sequence
from typing import Literal

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IValidation

from constructs_lib.alarms.functions.function_subject import underlying_function
from constructs_lib.alarms.own.fleet_query import (
    LONGEST_QUERY,
    STATISTICS,
    FleetStatistic,
    fleet_query,
    longest,
)
from constructs_lib.alarms.own.published import HIGHEST
from constructs_lib.alarms.own.threshold_alarm import AT_LEAST, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.checks import Check, is_token

__all__ = ["FleetAlarm"]

_TAGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/resource-tags-for-telemetry.html"
_TAGGED = "AWS::Lambda::Function"


class FleetAlarm(ThresholdAlarm):
    """One alarm over every Lambda function of the account and Region, with a tag, or of a list.

    It is made of a CloudWatch Metrics Insights query. A function that is added later is watched as soon as it has data.
    Every function is a contributor with a state of its own: SNS and Lambda actions are called for each that begins to
    breach, and are told its name; up to 100 are reported at a time.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/multi-time-series-alarm.html

    A tag is seen only where the account has resource tags on telemetry switched on. Such an alarm looks back three
    hours at most, an account has 200 of them, and it costs as much as one alarm for each function that it watches.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-limits.html

    Attributes:
        tag: the tag that a function is known by; None where all are watched.
        expression: the query.
    """

    CAN_SCALE = False

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric_name: str = "Errors",
        threshold: float,
        means: str,
        functions: Sequence[lambda_.IFunction] | None = None,
        tag: tuple[str, str] | None = None,
        exclude: Sequence[lambda_.IFunction] = (),
        per: Literal["function", "fleet"] = "function",
        statistic: FleetStatistic = "Sum",
        period: cdk.Duration | None = None,
        severity: Severity = Severity.WARNING,
        comparison_operator: cloudwatch.ComparisonOperator = AT_LEAST,
        evaluation_periods: int = 1,
        datapoints_to_alarm: int | None = None,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Ring while `metric_name` of a function of the fleet compares to `threshold`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            metric_name: a metric of AWS/Lambda that is published by function.
            threshold: for each function, or for the fleet.
            means: what it means when it rings, a sentence for whoever is told.
            functions: functions of this app; they get a tag of their own. Left out, with `tag`: all functions.
            tag: key and value of a tag that the functions have already.
            exclude: functions to leave out.
            per: whether `threshold` holds for each function, or for all of them together.
            statistic: how datapoints become one.
            period: the length of one datapoint. Left out: one minute.
            severity: who has to know.
            comparison_operator: how the figure compares to the threshold. Left out: it reaches it.
            evaluation_periods: how many of the latest datapoints are looked at.
            datapoints_to_alarm: how many of these must breach. Left out: all.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does; `AlarmRoute.silent()` for one that a composite covers. Left out: it publishes to
                the stack's `AlarmTopic`, made on first use. Auto Scaling and EC2 actions are refused.

        Raises:
            ConfigurationError: the query language cannot ask for that, it could never ring, or CloudWatch would refuse
                it.
        """
        check = Check(scope, construct_id)
        check.require(
            isinstance(metric_name, str) and bool(metric_name) and not is_token(metric_name),
            f"metric_name is {metric_name!r}.",
            remedy='Give the name of a metric of AWS/Lambda, such as "Errors".',
        )
        _check_selection(check, functions, tag, exclude)
        check.require(
            statistic in STATISTICS,
            f"statistic is {statistic!r}.",
            remedy=f"Metrics Insights knows {', '.join(STATISTICS)}; for percentiles make one alarm a function.",
        )
        check.require(per in ("function", "fleet"), f"per is {per!r}.", remedy="Give function or fleet.")
        watched = [_made_in_app(check, function) for function in functions or ()]
        # Two deployments of an app in one account have the same construct paths, and stacks of different names.
        own_tag = (f"fleet_{_key(scope, construct_id)}", _outermost(scope).stack_name)
        self.tag = tag = own_tag if watched else tag
        self.expression = fleet_query(
            metric_name,
            statistic,
            tag=tag,
            exclude=[underlying_function(function).function_name for function in exclude],
            each=per == "function",
        )
        check.require(
            longest(self.expression) <= LONGEST_QUERY,
            f"its query takes up to {longest(self.expression):,} characters; CloudWatch allows {LONGEST_QUERY:,}.",
            remedy="Leave out fewer functions, or give those to watch as functions or tag.",
        )
        highest = (
            HIGHEST.get(("AWS/Lambda", metric_name)) if statistic not in ("Sum", "SampleCount") else None
        )
        with check.all_or_nothing():
            expression = cloudwatch.MathExpression(
                expression=self.expression,
                using_metrics={},
                label=f"{metric_name} {statistic} of {'a function' if per == 'function' else 'the fleet'}",
                period=period or cdk.Duration.minutes(1),
            )
        super().__init__(
            scope,
            construct_id,
            metric=expression,
            threshold=threshold,
            lowest=0,
            highest=highest,
            means=means,
            severity=severity,
            comparison_operator=comparison_operator,
            evaluation_periods=evaluation_periods,
            datapoints_to_alarm=datapoints_to_alarm,
            cause=cause,
            query=query,
            runbook=runbook,
            route=route,
        )
        for function in watched:
            cdk.Tags.of(function).add(*own_tag, include_resource_types=[_TAGGED])
        if tag is not None:
            self.node.add_validation(_TelemetryCheck(self))


def _check_selection(
    check: Check,
    functions: Sequence[lambda_.IFunction] | None,
    tag: tuple[str, str] | None,
    exclude: Sequence[lambda_.IFunction],
) -> None:
    check.require(
        functions is None or tag is None, "functions and tag are both given.", remedy="Give one of them."
    )
    for name, given in (("functions", functions), ("exclude", exclude)):
        check.instance(name, given, list, tuple, None)
        for function in given or ():
            check.require(
                hasattr(function, "function_name"),
                f"{name} holds {function!r}.",
                remedy="Give functions of CDK.",
            )
    check.require(
        functions is None or len(functions) > 0,
        "functions is empty.",
        remedy="Name some, or leave it out to watch all functions of the account and Region.",
    )
    check.require(
        tag is None
        or (isinstance(tag, tuple) and [type(part) for part in tag] == [str, str] and not is_token(tag[0])),
        f"tag is {tag!r}.",
        remedy='Give its key and its value, such as ("team", "orders").',
    )


def _made_in_app(check: Check, function: lambda_.IFunction) -> Construct:
    base = underlying_function(function)
    resource = base.node.default_child
    check.require(
        isinstance(resource, lambda_.CfnFunction),
        f"functions holds {function.node.path}, which is imported and cannot be tagged here.",
        remedy="A query finds functions by tag, not by a list of names: tag it where it is made and give tag.",
    )
    return base  # type: ignore[return-value] # a construct of the app


def _outermost(scope: Construct) -> cdk.Stack:
    stack = cdk.Stack.of(scope)
    while (parent := stack.nested_stack_parent) is not None:
        stack = parent
    return stack


def _key(scope: Construct, construct_id: str) -> str:
    name = f"{cdk.Names.unique_resource_name(scope, max_length=40, separator='_')}_{construct_id}"
    return re.sub(r"\W", "_", name)


@jsii.implements(IValidation)
class _TelemetryCheck:
    """Warns at synthesis where nothing in the app lets CloudWatch see tags."""

    def __init__(self, alarm: FleetAlarm) -> None:
        self._alarm = alarm

    def validate(self) -> list[str]:
        nodes = self._alarm.node.root.node.find_all()
        # By name, so that not everybody imports its module.
        if not any(type(node).__name__ == "CfnTelemetryEnrichment" for node in nodes):
            cdk.Annotations.of(self._alarm).add_warning_v2(
                "constructs-lib:fleet-tags-on-telemetry",
                "This alarm finds its functions by a tag, which CloudWatch sees only where resource tags on telemetry "
                "are switched on in the account and Region; else it watches nothing. Add an "
                "aws_observabilityadmin.CfnTelemetryEnrichment to one stack, or acknowledge this where it is on "
                f"already. See {_TAGS}",
            )
        return []
