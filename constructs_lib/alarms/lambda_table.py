"""The alarms of a Lambda function, one row each."""

from constructs_lib.alarms.definition import AlarmDefinition, Watches

__all__ = ["LAMBDA_ALARMS"]

_METRICS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
_CONCURRENCY = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html"
_RECOMMENDED = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#Lambda"
)
_SQS_METRICS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"

# The asynchronous metrics are read per function: Lambda documents them for the function, and retries and
# deliveries are the service's work on an event, not an invocation of one alias.
LAMBDA_ALARMS: tuple[AlarmDefinition, ...] = (
    AlarmDefinition(
        name="errors",
        stamped_at_start=True,
        metric="Errors",
        watches=Watches.QUALIFIER,
        statistic="Sum",
        threshold=1,
        unit="errors",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        why="The function raised, timed out or ran out of memory. Look for level ERROR in its log group.",
        source=_METRICS,
    ),
    AlarmDefinition(
        name="error_rate",
        stamped_at_start=True,
        metric="error_rate",
        watches=Watches.QUALIFIER,
        statistic="Sum",
        threshold=5,
        unit="% of invocations",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        expression="IF(invocations >= {minimum_traffic}, 100 * errors / invocations, 0)",
        operands={"invocations": "Invocations", "errors": "Errors"},
        minimum_traffic=20,
        why="A lasting share of the invocations fails. Look for what the failing requests have in common, "
        "and whether a dependency or a new version started it.",
        source=_METRICS,
    ),
    AlarmDefinition(
        name="throttles",
        metric="Throttles",
        watches=Watches.QUALIFIER,
        statistic="Sum",
        threshold=1,
        unit="throttled requests",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        why="No execution environment was free. Neither Errors nor Invocations count these requests. "
        "Compare the reserved concurrency and the account's limit with ConcurrentExecutions.",
        source=_RECOMMENDED,
    ),
    AlarmDefinition(
        name="duration",
        stamped_at_start=True,
        metric="Duration",
        watches=Watches.QUALIFIER,
        statistic="p99",
        threshold=0.8,
        unit="of the timeout",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        share_of="timeout_ms",
        why="The slowest invocations come close to the timeout, where they fail. Look for the slow segment "
        "in the X-Ray traces.",
        source=_RECOMMENDED,
    ),
    AlarmDefinition(
        name="concurrency",
        metric="ConcurrentExecutions",
        watches=Watches.FUNCTION,
        statistic="Maximum",
        threshold=0.9,
        unit="of the reserved concurrency",
        evaluation_periods=10,
        datapoints_to_alarm=10,
        share_of="reserved_concurrency",
        smallest_limit=10,  # of fewer, the share is all of them or rings at rest; throttles tells then
        why="Nearly all reserved executions are busy; the next requests are throttled. Raise the reserved "
        "concurrency, or find out why invocations take longer.",
        source=_RECOMMENDED,
    ),
    AlarmDefinition(
        name="spillover",
        metric="ProvisionedConcurrencySpilloverInvocations",
        watches=Watches.QUALIFIER,
        statistic="Sum",
        threshold=1,
        unit="invocations",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        needs="provisioned",
        why="All provisioned environments were busy, so requests met cold starts. Raise the maximum or lower "
        "the target utilization.",
        source=_CONCURRENCY,
    ),
    AlarmDefinition(
        name="dead_letter_depth",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        watches=Watches.QUEUE,
        statistic="Maximum",
        threshold=1,
        unit="messages",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        needs="queue_name",
        missing="ignore",  # SQS may stop publishing for an idle queue: what lies in it still lies there
        why="An event failed for good and waits in the dead-letter queue. The message's responsePayload says "
        "why; send its requestPayload to the function again once the cause is mended.",
        source=_SQS_METRICS,
    ),
    AlarmDefinition(
        name="destination_delivery_failures",
        metric="DestinationDeliveryFailures",
        watches=Watches.FUNCTION,
        statistic="Sum",
        threshold=1,
        unit="events",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        needs="asynchronous",
        why="Lambda could not hand a failed event to its destination: the event is lost. Check the role's "
        "permission, the destination's policy and key, and the size of the event.",
        source=_METRICS,
    ),
    AlarmDefinition(
        name="async_events_dropped",
        metric="AsyncEventsDropped",
        watches=Watches.FUNCTION,
        statistic="Sum",
        threshold=1,
        unit="events",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        needs="asynchronous",
        why="Events were given up without a successful run: out of retries, too old, or no concurrency at "
        "all. Where a destination is set they were handed to it first.",
        source=_METRICS,
    ),
)
