"""The alarms of an SQS queue and of its dead-letter queue, one row each."""

from functools import partial

from constructs_lib.alarms.table.definition import AlarmDefinition, Operand, Profile, Severity

__all__ = ["QUEUE_ALARMS"]

_GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
_METRICS = f"{_GUIDE}/sqs-available-cloudwatch-metrics.html"
_RECOMMENDED = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#SQS"
)
_ATTRIBUTES = "aws sqs get-queue-attributes --attribute-names All --queue-url URL"

# SQS stops publishing for a queue that nobody has called for six hours. What lies in it still lies there, so an alarm
# on how much that is keeps its state. The age, and what is in flight, may not be published where there is nothing: then
# an alarm that kept its state would ring for ever.
_work = partial(
    AlarmDefinition,
    namespace="AWS/SQS",
    dimensions={"QueueName": "queue_name"},
    needs=("queue_name",),
    statistic="Maximum",
    treat_missing_data="ignore",
)
_dead_letters = partial(
    AlarmDefinition,
    namespace="AWS/SQS",
    dimensions={"QueueName": "dead_letter_queue_name"},
    needs=("dead_letter_queue_name",),
    statistic="Maximum",
    treat_missing_data="ignore",
    severity=Severity.CRITICAL,
)

QUEUE_ALARMS: tuple[AlarmDefinition, ...] = (
    _work(
        name="stalled",
        metric="waiting_in_vain",
        threshold=1,
        statistic="Minimum",
        unit="messages waiting while none was finished",
        # One long period, not many short ones: of a consumer that works on a message for the 15 minutes that Lambda
        # allows, most minutes finish none.
        period=1_200,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        # Where nobody ever finished a message, FILL has nothing to fill: then the sum counts it as 0.
        expression="IF(FILL(finished, 0) + 0 * waiting > 0, 0, waiting)",
        operands={
            "waiting": "ApproximateNumberOfMessagesVisible",
            "finished": Operand(metric="NumberOfMessagesDeleted", statistic="Sum"),
        },
        means="Messages wait in the queue and nobody finishes one.",
        cause="the consumer is gone, disabled, throttled or fails on every message.",
        query="aws lambda list-event-source-mappings --event-source-arn ARN (State has to be Enabled), then the log of "
        "the consumer.",
        source=_METRICS,
    ),
    _work(
        name="expiring_messages",
        metric="ApproximateAgeOfOldestMessage",
        threshold=0.5,
        unit="of the retention period",
        share_of="retention_seconds",
        share_unit="s",
        evaluation_periods=5,
        datapoints_to_alarm=5,
        severity=Severity.CRITICAL,
        treat_missing_data="notBreaching",
        profile=Profile.ESSENTIAL,
        means="Messages grow old; at the end of the retention period SQS deletes them unread.",
        cause="consumers are too few or too slow, or one message group of a FIFO queue is stuck.",
        query=f"{_ATTRIBUTES}, and compare the messages with MessageRetentionPeriod.",
        source=_METRICS,
    ),
    _work(
        name="oldest_message_age",
        metric="ApproximateAgeOfOldestMessage",
        threshold=1,
        unit="of the maximum age",
        share_of="maximum_age_seconds",
        share_unit="s",
        evaluation_periods=5,
        datapoints_to_alarm=5,
        severity=Severity.WARNING,
        treat_missing_data="notBreaching",
        profile=Profile.ESSENTIAL,
        means="Messages wait longer than they should.",
        cause="more messages come in than the consumers finish, or a dependency of theirs is slow.",
        query=f"{_ATTRIBUTES}, then the duration and the throttles of the consumer.",
        source=_RECOMMENDED,
    ),
    _work(
        name="backlog",
        metric="ApproximateNumberOfMessagesVisible",
        threshold=1,
        unit="of the maximum backlog",
        share_of="maximum_backlog",
        share_unit="messages",
        evaluation_periods=15,
        datapoints_to_alarm=15,
        severity=Severity.WARNING,
        profile=Profile.ESSENTIAL,
        means="More messages wait than should.",
        cause="a burst of messages, or consumers that are too few or too slow.",
        query=f"{_ATTRIBUTES}, then NumberOfMessagesSent against NumberOfMessagesDeleted.",
        source=_RECOMMENDED,
    ),
    _work(
        name="in_flight",
        metric="ApproximateNumberOfMessagesNotVisible",
        threshold=0.8,
        unit="of the quota of messages in flight",
        share_of="in_flight_quota",
        share_unit="messages",
        evaluation_periods=15,
        datapoints_to_alarm=15,
        severity=Severity.WARNING,
        treat_missing_data="notBreaching",
        profile=Profile.STANDARD,
        means="Many messages are received and not finished; at the quota the queue hands out no more.",
        cause="consumers that do not delete what they finish, or a visibility timeout that is far too long.",
        query=f"{_ATTRIBUTES}, and look at VisibilityTimeout.",
        source=f"{_GUIDE}/quotas-queues.html",
    ),
    _work(
        name="message_size",
        metric="SentMessageSize",
        threshold=0.9,
        unit="of the maximum message size",
        share_of="maximum_message_bytes",
        share_unit="bytes",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        treat_missing_data="notBreaching",
        severity=Severity.INFO,
        profile=Profile.COMPLETE,
        means="A message is nearly as large as the queue allows; larger ones are refused to their sender.",
        cause="a payload that grows with the data, such as a list of items.",
        query="the log of the producer, for the size of what it sends.",
        source=_METRICS,
    ),
    _work(
        name="noisy_groups",
        metric="ApproximateNumberOfNoisyGroups",
        threshold=1,
        unit="message groups",
        evaluation_periods=15,
        datapoints_to_alarm=15,
        treat_missing_data="notBreaching",
        needs=("queue_name", "standard"),
        severity=Severity.INFO,
        profile=Profile.COMPLETE,
        means="A tenant sends more than its share; the fair queue serves the others first.",
        cause="a burst of one tenant's messages.",
        query="the log of the producer, messages counted by message group.",
        source=f"{_GUIDE}/sqs-fair-queues.html",
    ),
    _work(
        name="duplicates",
        metric="NumberOfDeduplicatedSentMessages",
        statistic="Sum",
        threshold=1,
        unit="messages",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        treat_missing_data="notBreaching",
        needs=("queue_name", "fifo"),
        severity=Severity.INFO,
        profile=Profile.COMPLETE,
        means="Messages were sent again within the deduplication interval, and dropped.",
        cause="a producer that retries, or two different messages with one deduplication id.",
        query="the log of the producer, messages counted by deduplication id.",
        source=_METRICS,
    ),
    _dead_letters(
        name="dead_letter_depth",
        metric="ApproximateNumberOfMessagesVisible",  # NumberOfMessagesSent does not count what is moved there
        threshold=1,
        unit="messages",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        profile=Profile.ESSENTIAL,
        means="Messages failed for good and wait in the dead-letter queue.",
        cause="a message that the consumer cannot process, or a dependency that failed for all of its retries.",
        query="aws sqs receive-message --message-attribute-names All --queue-url URL; mend the cause, then "
        "aws sqs start-message-move-task --source-arn ARN.",
        source=_METRICS,
    ),
    # SQS counts this age from the move, but the retention period of a standard queue from the first send: half leaves
    # room for the time in the source queue.
    _dead_letters(
        name="expiring_dead_letters",
        metric="ApproximateAgeOfOldestMessage",
        threshold=0.5,
        unit="of its retention period",
        share_of="dead_letter_retention_seconds",
        share_unit="s",
        period=300,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        treat_missing_data="notBreaching",
        profile=Profile.STANDARD,
        means="Messages have waited long in the dead-letter queue; at the end of its retention period they are lost.",
        cause="nobody acted on the dead letters.",
        query="aws sqs start-message-move-task --source-arn ARN, or save the messages elsewhere.",
        source=f"{_GUIDE}/sqs-dead-letter-queues.html",
    ),
)
