"""Alarms that can never ring, or that CloudWatch refuses."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from tests.review.traps.trap import trap

_MINUTE = cdk.Duration.minutes(1)


def _alarm(
    stack: cdk.Stack,
    metric: cloudwatch.IMetric,
    *,
    construct_id: str = "Alarm",
    threshold: float = 1,
    name: str | None = None,
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        stack, construct_id, metric=metric, threshold=threshold, evaluation_periods=1, alarm_name=name
    )


def _function(stack: cdk.Stack, *, reserved: int | None = None) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        timeout=cdk.Duration.seconds(10),
        reserved_concurrent_executions=reserved,
    )


def _children(stack: cdk.Stack, count: int, name: str | None = None) -> cloudwatch.IAlarmRule:
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Failures", statistic="Sum")
    return cloudwatch.AlarmRule.any_of(
        *(
            _alarm(stack, metric, construct_id=f"Child{number}", name=name and f"{name}-{number}")
            for number in range(count)
        )
    )


@trap(rule="dead-letters-by-sent", at="Alarm")
def dead_letters_by_messages_sent(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm on dead letters watches NumberOfMessagesSent, which does not count redriven messages."""
    dead = sqs.Queue(stack, "Dead", retention_period=cdk.Duration.days(14))
    sqs.Queue(stack, "Queue", dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=5))
    metric = (
        dead.metric_number_of_messages_sent()
        if broken
        else dead.metric_approximate_number_of_messages_visible()
    )
    _alarm(stack, metric)


@trap(rule="dimension-value-wrong", at="Alarm")
def queue_named_by_its_address(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm names a queue by its address."""
    queue = sqs.Queue(stack, "Queue")
    name = queue.queue_url if broken else queue.queue_name
    _alarm(
        stack,
        cloudwatch.Metric(
            namespace="AWS/SQS",
            metric_name="ApproximateAgeOfOldestMessage",
            dimensions_map={"QueueName": name},
            statistic="Maximum",
        ),
        threshold=300,
    )


@trap(rule="window-shorter-than-interval", at="Alarm")
def minute_of_a_daily_metric(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm looks at a minute of a metric that comes once a day."""
    bucket = s3.Bucket(stack, "Bucket")
    _alarm(
        stack,
        cloudwatch.Metric(
            namespace="AWS/S3",
            metric_name="BucketSizeBytes",
            dimensions_map={"BucketName": bucket.bucket_name, "StorageType": "StandardStorage"},
            statistic="Average",
            period=_MINUTE if broken else cdk.Duration.days(1),
        ),
        threshold=10**12,
    )


@trap(rule="request-metrics-off", at="Alarm")
def request_metrics_of_a_bucket(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm watches a bucket's requests, which S3 does not count unless it is told to."""
    bucket = s3.Bucket(stack, "Bucket", metrics=None if broken else [s3.BucketMetrics(id="All")])
    _alarm(
        stack,
        cloudwatch.Metric(
            namespace="AWS/S3",
            metric_name="5xxErrors",
            dimensions_map={"BucketName": bucket.bucket_name, "FilterId": "All"},
            statistic="Sum",
        ),
    )


@trap(rule="metric-misspelt", at="Alarm")
def metric_that_is_misspelt(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm is on the metric Error; Lambda publishes Errors."""
    function = _function(stack)
    _alarm(stack, function.metric("Error" if broken else "Errors", statistic="Sum"))


@trap(rule="dimensions-not-published", at="Alarm")
def throttles_of_a_table(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm is on a table's ThrottledRequests, which are published for each operation only."""
    dimensions = {"TableName": "orders"} if broken else {"TableName": "orders", "Operation": "PutItem"}
    _alarm(
        stack,
        cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name="ThrottledRequests",
            dimensions_map=dimensions,
            statistic="Sum",
        ),
    )


@trap(rule="unit-not-published", at="Alarm")
def unit_that_is_not_published(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm wants a duration in seconds; Lambda publishes milliseconds."""
    unit = cloudwatch.Unit.SECONDS if broken else cloudwatch.Unit.MILLISECONDS
    _alarm(stack, _function(stack).metric_duration(unit=unit), threshold=5_000)


@trap(rule="duration-above-timeout", at="Alarm")
def duration_beyond_the_timeout(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm waits for a function to run longer than its timeout."""
    _alarm(stack, _function(stack).metric_duration(), threshold=12_000 if broken else 8_000)


@trap(rule="concurrency-above-reserved", at="Alarm")
def concurrency_beyond_what_is_reserved(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm waits for more executions than are reserved for the function."""
    metric = _function(stack, reserved=10).metric("ConcurrentExecutions", statistic="Maximum")
    _alarm(stack, metric, threshold=11 if broken else 8)


@trap(rule="dead-letter-errors-without-queue", at="Alarm")
def dead_letter_errors_of_a_function_without_queue(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm is on DeadLetterErrors of a function that has no dead-letter queue."""
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        dead_letter_queue=None if broken else sqs.Queue(stack, "Dead"),
    )
    _alarm(stack, function.metric("DeadLetterErrors", statistic="Sum"))


@trap(rule="metric-in-another-region", at="Alarm")
def health_check_metric_elsewhere(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm on a health check is outside of us-east-1, the only Region with its metrics."""
    namespace = "AWS/Route53" if broken else "Shop"
    _alarm(
        stack,
        cloudwatch.Metric(
            namespace=namespace,
            metric_name="HealthCheckStatus",
            dimensions_map={"HealthCheckId": "11111111-2222-3333-4444-555555555555"},
            statistic="Minimum",
        ),
    )


@trap(rule="returned-metrics", at="Alarm")
def band_without_its_metric(stack: cdk.Stack, *, broken: bool) -> None:
    """An anomaly alarm does not return the metric of its band."""
    metric = cloudwatch.CfnAlarm.MetricProperty(metric_name="Orders", namespace="Shop", dimensions=[])
    cloudwatch.CfnAlarm(
        stack,
        "Alarm",
        comparison_operator="LessThanLowerOrGreaterThanUpperThreshold",
        evaluation_periods=3,
        threshold_metric_id="band",
        metrics=[
            cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id="band", expression="ANOMALY_DETECTION_BAND(orders, 2)", return_data=True
            ),
            cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id="orders",
                metric_stat=cloudwatch.CfnAlarm.MetricStatProperty(metric=metric, period=300, stat="Sum"),
                return_data=not broken,
            ),
        ],
    )


@trap(rule="band-and-threshold", at="Alarm")
def band_operator_without_band(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm compares with a band and has a threshold."""
    cloudwatch.CfnAlarm(
        stack,
        "Alarm",
        comparison_operator="GreaterThanUpperThreshold" if broken else "GreaterThanThreshold",
        evaluation_periods=3,
        namespace="Shop",
        metric_name="Orders",
        statistic="Sum",
        period=300,
        threshold=10,
    )


@trap(rule="window-too-long", at="Alarm")
def window_beyond_a_week(stack: cdk.Stack, *, broken: bool) -> None:
    """An alarm looks back for longer than a week."""
    cloudwatch.Alarm(
        stack,
        "Alarm",
        metric=cloudwatch.Metric(
            namespace="Shop", metric_name="Backups", statistic="Sum", period=cdk.Duration.days(1)
        ),
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold=1,
        evaluation_periods=8 if broken else 7,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )


@trap(rule="composite-of-too-many", at="Composite")
def composite_of_a_hundred_and_one(stack: cdk.Stack, *, broken: bool) -> None:
    """A composite alarm has more than 100 children."""
    rule = _children(stack, 101 if broken else 3)
    cloudwatch.CompositeAlarm(stack, "Composite", alarm_rule=rule)


@trap(rule="composite-rule-too-long", at="Composite")
def composite_rule_of_long_names(stack: cdk.Stack, *, broken: bool) -> None:
    """The rule of a composite alarm becomes longer than 10,240 characters."""
    rule = _children(stack, 45 if broken else 3, "shop-checkout-" + "x" * 200)
    cloudwatch.CompositeAlarm(stack, "Composite", alarm_rule=rule)
