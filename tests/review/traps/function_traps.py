"""Functions that lose events, and deployments that cannot end well."""

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from tests.review.traps.trap import trap

_CODE = "def handler(event, context): ..."


def _function(
    stack: cdk.Stack,
    *,
    reserved: int | None = None,
    memory: int | None = None,
    failures: lambda_.IDestination | None = None,
    snap_start: lambda_.SnapStartConf | None = None,
    log_format: lambda_.LoggingFormat | None = None,
    log_group: logs.ILogGroup | None = None,
) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline(_CODE),
        reserved_concurrent_executions=reserved,
        memory_size=memory,
        on_failure=failures,
        snap_start=snap_start,
        logging_format=log_format,
        log_group=log_group,
    )


def _alias(
    stack: cdk.Stack,
    function: lambda_.Function,
    *,
    provisioned: int | None = None,
    failures: lambda_.IDestination | None = None,
) -> lambda_.Alias:
    return lambda_.Alias(
        stack,
        "Live",
        alias_name="live",
        version=function.current_version,
        provisioned_concurrent_executions=provisioned,
        on_failure=failures,
    )


def _group(
    stack: cdk.Stack,
    alias: lambda_.Alias,
    *alarms: cloudwatch.IAlarm,
    construct_id: str = "Deployment",
) -> codedeploy.LambdaDeploymentGroup:
    return codedeploy.LambdaDeploymentGroup(
        stack,
        construct_id,
        alias=alias,
        alarms=list(alarms),
        deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
    )


@trap(rule="async-settings-elsewhere", at="Function/EventInvokeConfig")
def failures_of_latest_only(stack: cdk.Stack, *, broken: bool) -> None:
    """A destination for failures is on the function, and events go to its alias."""
    to = destinations.SqsDestination(sqs.Queue(stack, "Failures"))
    function = _function(stack, failures=to if broken else None)
    alias = _alias(stack, function, failures=None if broken else to)
    events.Rule(
        stack,
        "Rule",
        schedule=events.Schedule.rate(cdk.Duration.hours(1)),
        targets=[targets.LambdaFunction(alias)],
    )


@trap(rule="async-target-unsupported", at="Function/EventInvokeConfig")
def failures_to_a_fifo_queue(stack: cdk.Stack, *, broken: bool) -> None:
    """A destination for failures is a FIFO queue."""
    queue = sqs.Queue(stack, "Failures", fifo=True if broken else None)
    _function(stack, failures=destinations.SqsDestination(queue))


@trap(rule="provisioned-above-reserved", at="Function")
def provisioned_beyond_reserved(stack: cdk.Stack, *, broken: bool) -> None:
    """More concurrency is provisioned than is reserved."""
    _alias(stack, _function(stack, reserved=10), provisioned=11 if broken else 5)


@trap(rule="scaling-to-zero", at="Live/AliasScaling/Target")
def scaling_in_to_nothing(stack: cdk.Stack, *, broken: bool) -> None:
    """Provisioned concurrency may scale in to 0, from where nothing scales it out."""
    alias = _alias(stack, _function(stack), provisioned=2)
    capacity = alias.add_auto_scaling(min_capacity=0 if broken else 1, max_capacity=10)
    capacity.scale_on_utilization(utilization_target=0.7)


@trap(rule="scaling-out-of-reach", at="Policy")
def utilization_in_percent(stack: cdk.Stack, *, broken: bool) -> None:
    """Provisioned concurrency scales at a utilization of 70, and all of it is 1."""
    alias = _alias(stack, _function(stack), provisioned=2)
    target = scaling.ScalableTarget(
        stack,
        "Target",
        service_namespace=scaling.ServiceNamespace.LAMBDA,
        min_capacity=1,
        max_capacity=10,
        resource_id=f"function:{alias.lambda_.function_name}:live",
        scalable_dimension="lambda:function:ProvisionedConcurrency",
    )
    target.node.add_dependency(alias)
    scaling.TargetTrackingScalingPolicy(
        stack,
        "Policy",
        scaling_target=target,
        target_value=70 if broken else 0.7,
        predefined_metric=scaling.PredefinedMetric.LAMBDA_PROVISIONED_CONCURRENCY_UTILIZATION,
    )


@trap(rule="snap-start-refused", at="Function")
def snap_start_and_provisioned(stack: cdk.Stack, *, broken: bool) -> None:
    """A function has SnapStart, and its alias provisioned concurrency."""
    function = _function(stack, snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS)
    _alias(stack, function, provisioned=5 if broken else None)


@trap(rule="setting-out-of-range", at="Function")
def memory_below_the_least(stack: cdk.Stack, *, broken: bool) -> None:
    """A function has less memory than Lambda gives."""
    _function(stack, memory=64 if broken else 256)


@trap(rule="filter-of-platform-text", at="Filter")
def json_filter_on_text(stack: cdk.Stack, *, broken: bool) -> None:
    """A metric filter reads fields of Lambda's JSON logs, and the function logs text."""
    group = logs.LogGroup(stack, "Logs", retention=logs.RetentionDays.ONE_MONTH)
    _function(
        stack,
        log_group=group,
        log_format=lambda_.LoggingFormat.TEXT if broken else lambda_.LoggingFormat.JSON,
    )
    logs.MetricFilter(
        stack,
        "Filter",
        log_group=group,
        metric_namespace="Shop",
        metric_name="Failures",
        filter_pattern=logs.FilterPattern.string_value("$.type", "=", "platform.report"),
    )


@trap(rule="dependency-cycle", at="Live")
def alarm_of_the_alias_that_it_stops(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm names the alias that deploys through it: each needs the other first."""
    function = _function(stack)
    alias = _alias(stack, function)
    metric = (
        cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="Errors",
            dimensions_map={
                "FunctionName": function.function_name,
                "Resource": alias.function_name,
            },
            statistic="Sum",
        )
        if broken
        else alias.metric_errors(period=cdk.Duration.minutes(1))
    )
    alarm = cloudwatch.Alarm(stack, "Alarm", metric=metric, threshold=1, evaluation_periods=1)
    _group(stack, alias, alarm)


@trap(rule="rollback-alarm-on-backlog", at="Alarm")
def rollback_on_a_backlog(stack: cdk.Stack, *, broken: bool) -> None:
    """A deployment is stopped by the depth of a queue: a backlog keeps the fix from being deployed."""
    alias, queue = _alias(stack, _function(stack)), sqs.Queue(stack, "Queue")
    metric = (
        queue.metric_approximate_number_of_messages_visible(period=cdk.Duration.minutes(1))
        if broken
        else alias.metric_errors(period=cdk.Duration.minutes(1))
    )
    alarm = cloudwatch.Alarm(stack, "Alarm", metric=metric, threshold=1, evaluation_periods=1)
    _group(stack, alias, alarm)


@trap(rule="deployment-group-unused", at="Deployment")
def two_groups_of_one_alias(stack: cdk.Stack, *, broken: bool) -> None:
    """An alias has two deployment groups: the second replaces the first, whose alarms stop nothing."""
    alias = _alias(stack, _function(stack))
    alarm = cloudwatch.Alarm(
        stack,
        "Alarm",
        metric=alias.metric_errors(period=cdk.Duration.minutes(1)),
        threshold=1,
        evaluation_periods=1,
    )
    _group(stack, alias, alarm)
    if broken:
        _group(stack, alias, alarm, construct_id="Second")


@trap(rule="too-many-deployment-alarms", at="Deployment")
def more_alarms_than_a_group_takes(stack: cdk.Stack, *, broken: bool) -> None:
    """A deployment group has more than 10 alarms."""
    alias = _alias(stack, _function(stack))
    alarms = [
        cloudwatch.Alarm(
            stack,
            f"Alarm{number}",
            metric=alias.metric_errors(period=cdk.Duration.minutes(1)),
            threshold=number + 1,
            evaluation_periods=1,
        )
        for number in range(11 if broken else 2)
    ]
    _group(stack, alias, *alarms)
