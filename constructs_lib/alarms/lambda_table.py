"""The alarms of a Lambda function, one row each."""

from functools import partial

from constructs_lib.alarms.definition import AlarmDefinition, Profile, Severity

__all__ = ["LAMBDA_ALARMS", "OF_FUNCTION", "OF_QUALIFIER", "lambda_row"]

_METRICS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
_CONCURRENCY = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html"
_RECOMMENDED = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#Lambda"
)
_SQS_METRICS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"

OF_QUALIFIER = {"FunctionName": "function_name", "Resource": "resource"}
"""What came in through this alias or version."""
OF_FUNCTION = {"FunctionName": "function_name"}
"""All versions and aliases together."""

lambda_row = partial(AlarmDefinition, namespace="AWS/Lambda")
"""A row on a metric of Lambda's."""

# The asynchronous metrics are read per function: Lambda documents them for the function, and retries and
# deliveries are the service's work on an event, not an invocation of one alias.
LAMBDA_ALARMS: tuple[AlarmDefinition, ...] = (
    lambda_row(
        name="errors",
        stamped_at_start=True,
        metric="Errors",
        dimensions=OF_QUALIFIER,
        statistic="Sum",
        threshold=1,
        unit="errors",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        means="Invocations failed: the function raised, timed out or ran out of memory.",
        cause="a bug or input that it does not expect, a dependency that fails, or a new version.",
        query='Logs Insights on its log group: filter level = "ERROR" | sort @timestamp desc | limit 20.',
        source=_METRICS,
    ),
    lambda_row(
        name="error_rate",
        stamped_at_start=True,
        metric="error_rate",
        dimensions=OF_QUALIFIER,
        statistic="Sum",
        threshold=5,
        highest=100,
        unit="% of invocations",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        expression="IF(invocations >= {minimum_traffic}, 100 * errors / invocations, 0)",
        operands={"invocations": "Invocations", "errors": "Errors"},
        minimum_traffic=20,
        means="A lasting share of the invocations fails.",
        cause="a dependency that is down, or a new version.",
        query='Logs Insights on its log group: filter level = "ERROR" | stats count(*) as failures by message | '
        "sort failures desc.",
        source=_METRICS,
    ),
    lambda_row(
        name="throttles",
        metric="Throttles",
        dimensions=OF_QUALIFIER,
        statistic="Sum",
        threshold=1,
        unit="throttled requests",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        means="No execution environment was free; neither Errors nor Invocations count these requests.",
        cause="a reserved concurrency that is too small, or an account that is at its limit.",
        query="aws lambda get-account-settings, and compare ConcurrentExecutions with the limit.",
        source=_RECOMMENDED,
    ),
    lambda_row(
        name="duration",
        stamped_at_start=True,
        metric="Duration",
        dimensions=OF_QUALIFIER,
        statistic="p99",
        threshold=0.8,
        unit="of the timeout",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.ESSENTIAL,
        share_of="timeout_ms",
        share_unit="ms",
        means="The slowest invocations come close to the timeout, where they fail.",
        cause="a dependency that slowed down, too little memory, or cold starts.",
        query='Logs Insights on its log group: filter type = "platform.report" | '
        "sort record.metrics.durationMs desc | limit 20, then the X-Ray trace of one.",
        source=_RECOMMENDED,
    ),
    lambda_row(
        name="concurrency",
        metric="ConcurrentExecutions",
        dimensions=OF_FUNCTION,
        statistic="Maximum",
        threshold=0.9,
        unit="of the reserved concurrency",
        evaluation_periods=10,
        datapoints_to_alarm=10,
        severity=Severity.WARNING,
        profile=Profile.ESSENTIAL,
        share_of="reserved_concurrency",
        share_unit="executions",
        smallest_limit=10,  # of fewer, the share is all of them or rings at rest; throttles tells then
        means="Nearly all reserved executions are busy; the next requests are throttled.",
        cause="more traffic than it was reserved for, or invocations that take longer.",
        query="the metrics Invocations and Duration of the function over the last day: which of them rose?",
        source=_RECOMMENDED,
    ),
    lambda_row(
        name="spillover",
        metric="ProvisionedConcurrencySpilloverInvocations",
        dimensions=OF_QUALIFIER,
        statistic="Sum",
        threshold=1,
        unit="invocations",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.ESSENTIAL,
        needs=("provisioned",),
        means="All provisioned environments were busy, so requests met cold starts.",
        cause="bursts that scaling cannot follow, or a maximum that is too small.",
        query="aws application-autoscaling describe-scaling-activities --service-namespace lambda.",
        source=_CONCURRENCY,
    ),
    AlarmDefinition(
        name="dead_letter_depth",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": "queue_name"},
        statistic="Maximum",
        threshold=1,
        unit="messages",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("queue_name",),
        missing="ignore",  # SQS may stop publishing for an idle queue: what lies in it still lies there
        means="An event failed for good and waits in the dead-letter queue.",
        cause="what the message's responsePayload says.",
        query="aws sqs receive-message on the queue; once the cause is mended, send the message's requestPayload to "
        "the function again.",
        source=_SQS_METRICS,
    ),
    lambda_row(
        name="destination_delivery_failures",
        metric="DestinationDeliveryFailures",
        dimensions=OF_FUNCTION,
        statistic="Sum",
        threshold=1,
        unit="events",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("asynchronous",),
        means="Lambda could not hand a failed event to its destination: the event is lost.",
        cause="the role's permission, the destination's policy or key, or an event that is too large.",
        query="aws lambda list-function-event-invoke-configs, then the role's policy for that destination.",
        source=_METRICS,
    ),
    lambda_row(
        name="async_events_dropped",
        metric="AsyncEventsDropped",
        dimensions=OF_FUNCTION,
        statistic="Sum",
        threshold=1,
        unit="events",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("asynchronous",),
        means="Events were given up without a successful run; where a destination is set they were handed to it first.",
        cause="out of retries, too old, or no concurrency at all.",
        query='Logs Insights on its log group: filter level = "ERROR" | sort @timestamp desc | limit 20.',
        source=_METRICS,
    ),
)
