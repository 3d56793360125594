"""The alarms that are in no service's table: what each builds, costs, takes and refuses."""

import math
from collections import Counter
from collections.abc import Callable
from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs_lib.alarms import (
    AlarmRoute,
    AnomalyAlarm,
    CombinedAlarm,
    FleetAlarm,
    HeartbeatAlarm,
    LogAlarm,
    MaintenanceWindow,
    RateAlarm,
    ThresholdAlarm,
)
from constructs_lib.function import add_safe_deployment
from constructs_lib.heartbeat import AgeHeartbeat
from docs._ext.costs import PRICES
from docs._ext.failures import Failure, said
from docs._ext.pieces import table
from docs._ext.sample import Resource, inline, resources
from docs._ext.tables import arguments

__all__ = ["texts"]

_QUIET = AlarmRoute.silent()
_MEANS = "Orders are lost."
_BANDS = 2
"""CloudWatch bills an anomaly alarm for its metric and two bands.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_billing.html
"""

_threshold = partial(ThresholdAlarm, means=_MEANS, route=_QUIET)


def _orders(name: str = "Orders", **more: object) -> cloudwatch.Metric:
    given: dict[str, object] = {"statistic": "Sum", "period": cdk.Duration.minutes(1)} | more
    return cloudwatch.Metric(namespace="Shop", metric_name=name, **given)  # type: ignore[arg-type] # one dictionary


def _errors(**more: object) -> cloudwatch.Metric:
    given: dict[str, object] = {"dimensions_map": {"FunctionName": "orders"}} | more
    given = {"statistic": "Sum", "period": cdk.Duration.minutes(1)} | given
    return cloudwatch.Metric(namespace="AWS/Lambda", metric_name="Errors", **given)  # type: ignore[arg-type] # likewise


def _function(stack: cdk.Stack) -> lambda_.Function:
    runtime = lambda_.Runtime.PYTHON_3_14
    return lambda_.Function(stack, "Function", code=inline(), handler="index.handler", runtime=runtime)


def _logs(stack: cdk.Stack) -> object:
    group = logs.LogGroup.from_log_group_name(stack, "Log", "orders")
    return LogAlarm(
        stack, "Alarm", log_group=group, pattern=logs.FilterPattern.literal("x"), means=_MEANS, route=_QUIET
    )


def _combined(stack: cdk.Stack, count: int = 2) -> object:
    children = [cloudwatch.Alarm.from_alarm_name(stack, f"A{n}", f"alarm-{n}") for n in range(count)]
    return CombinedAlarm(stack, "Alarm", children=children, means=_MEANS, route=_QUIET)


def _window(stack: cdk.Stack) -> object:
    schedule = cloudwatch.ScheduleExpression.cron(minute="0", hour="2")
    alarm = cloudwatch.Alarm.from_alarm_name(stack, "A", "alarm")
    return MaintenanceWindow(
        stack, "Alarm", alarms=[alarm], schedule=schedule, duration=cdk.Duration.hours(1)
    )


_KINDS: dict[type, Callable[[cdk.Stack], object]] = {
    ThresholdAlarm: lambda stack: _threshold(stack, "Alarm", metric=_orders(), threshold=1),
    RateAlarm: lambda stack: RateAlarm(
        stack, "Alarm", failures=_orders("A"), total=_orders("B"), threshold=5, means=_MEANS, route=_QUIET
    ),
    AnomalyAlarm: lambda stack: AnomalyAlarm(stack, "Alarm", metric=_orders(), means=_MEANS, route=_QUIET),
    LogAlarm: _logs,
    FleetAlarm: lambda stack: FleetAlarm(stack, "Alarm", threshold=1, means=_MEANS, route=_QUIET),
    HeartbeatAlarm: lambda stack: HeartbeatAlarm(
        stack, "Alarm", metric=_orders(), every=cdk.Duration.days(1), means=_MEANS, route=_QUIET
    ),
    AgeHeartbeat: lambda stack: AgeHeartbeat(
        stack, "Alarm", metric=_orders(), every=cdk.Duration.days(31), means=_MEANS, route=_QUIET
    ),
    CombinedAlarm: _combined,
    MaintenanceWindow: _window,
}


def _built(found: list[Resource]) -> str:
    kinds = Counter(resource.type.removeprefix("AWS::") for resource in found)
    return ", ".join(f"{f'{count} ' if count > 1 else ''}`{kind}`" for kind, count in sorted(kinds.items()))


def _watched(alarm: dict[str, object]) -> int:
    queries = alarm.get("Metrics")
    if not isinstance(queries, list):
        return 1
    read = sum("MetricStat" in query for query in queries)
    return read + (_BANDS if "ThresholdMetricId" in alarm else 0)


def _cost(described: type, found: list[Resource]) -> str:
    each = PRICES["alarm"].usd
    if described is FleetAlarm:
        return f"${each:.2f} for each function"
    alarms = [resource for resource in found if resource.type == "AWS::CloudWatch::Alarm"]
    composites = [resource for resource in found if resource.type == "AWS::CloudWatch::CompositeAlarm"]
    own = sum(resource.type == "AWS::Logs::MetricFilter" for resource in found) + (described is AgeHeartbeat)
    usd = (
        each * sum(_watched(alarm.properties) for alarm in alarms)
        + PRICES["composite"].usd * len(composites)
        + PRICES["metric"].usd * own
    )
    beside = ", and an invocation an hour" if described is AgeHeartbeat else ""
    return f"${usd:.2f}{beside}" if usd else "nothing"


def _overview() -> str:
    rows = []
    for described, build in _KINDS.items():
        found = resources(build)
        rows.append([f"`{described.__name__}`", _built(found), _cost(described, found)])
    return table(["construct", "builds", "a month"], rows)


def _circle(stack: cdk.Stack) -> object:
    alias = _function(stack).add_alias("live")
    metric = _errors(dimensions_map={"FunctionName": alias.function_name})
    alarm = _threshold(stack, "Errors", metric=metric, threshold=1)
    return add_safe_deployment(stack, "Deployment", alias=alias, alarms=[alarm])


def _on(
    metric: Callable[[], cloudwatch.Metric], threshold: float = 1, **more: object
) -> Callable[[cdk.Stack], object]:
    return lambda stack: _threshold(stack, "Alarm", metric=metric(), threshold=threshold, **more)  # type: ignore[arg-type] # likewise


def _too_slow(stack: cdk.Stack) -> object:
    slow = _function(stack).metric_duration(statistic="p99")
    return _threshold(stack, "Alarm", metric=slow, threshold=5_000)


def _throttled_table() -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/DynamoDB", metric_name="ReadThrottleEvents", dimensions_map={"TableName": "orders"}
    )


def _stopped(stack: cdk.Stack) -> object:
    stop = AlarmRoute(alarm=[actions.Ec2Action(actions.Ec2InstanceAction.STOP)])
    return AnomalyAlarm(stack, "Alarm", metric=_orders(), means=_MEANS, route=stop)


def _rare(stack: cdk.Stack) -> object:
    return HeartbeatAlarm(stack, "Alarm", metric=_orders(), every=cdk.Duration.days(31), means=_MEANS)


def _at_least(stack: cdk.Stack) -> object:
    children = [cloudwatch.Alarm.from_alarm_name(stack, f"A{n}", f"alarm-{n}") for n in range(101)]
    return CombinedAlarm(stack, "Alarm", children=children, rings_when=2, means=_MEANS)


def _foreign_fleet(stack: cdk.Stack) -> object:
    functions = [lambda_.Function.from_function_name(stack, "Foreign", "orders")]
    return FleetAlarm(stack, "Alarm", functions=functions, threshold=1, means=_MEANS)


_FAILURES = [
    Failure(
        "ten seconds of a metric that comes once a minute",
        _on(lambda: _errors(period=cdk.Duration.seconds(10))),
    ),
    Failure("a day and a minute", _on(_orders, evaluation_periods=1_441)),
    Failure("a dimension that nobody publishes", _on(lambda: _errors(dimensions_map={"Function": "orders"}))),
    Failure("5 on an average of ones and zeros", _on(lambda: _errors(statistic="Average"), 5)),
    Failure("no errors or more", _on(_errors, 0)),
    Failure("not a number", _on(_errors, math.nan)),
    Failure("a duration above the timeout of the function", _too_slow),
    Failure(
        "missing data of DynamoDB that shall breach",
        _on(_throttled_table, treat_missing_data=cloudwatch.TreatMissingData.BREACHING),
    ),
    Failure("an anomaly alarm that stops a machine", _stopped),
    Failure("a list of functions that are imported", _foreign_fleet),
    Failure("a heartbeat once a month", _rare),
    Failure("at least 2 of 101 alarms", _at_least),
    Failure("an alarm of a deployment that needs the alias", _circle),
]

_WARNED = Failure(
    "a fleet by tag",
    lambda stack: FleetAlarm(stack, "Alarm", tag=("team", "orders"), threshold=1, means=_MEANS, route=_QUIET),
    warns="fleet-tags-on-telemetry",
)


def texts() -> dict[str, str]:
    """The overview, the arguments of each, and what is refused."""
    return {
        "own-alarms": _overview(),
        **{f"arguments-{described.__name__}": arguments(described) for described in _KINDS},
        "failures-own-alarms": "\n\n".join(said(failure) for failure in (*_FAILURES, _WARNED)),
    }
