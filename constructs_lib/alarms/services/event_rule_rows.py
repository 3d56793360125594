"""The alarms of an EventBridge rule, one row each."""

from functools import partial

from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity

__all__ = ["RULE_ALARMS"]

_row = partial(
    AlarmDefinition,
    namespace="AWS/Events",
    # A rule of the default bus is published without the name of the bus.
    dimensions={"EventBusName": "event_bus_name", "RuleName": "rule_name"},
    statistic="Sum",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html",
)
_one = partial(_row, threshold=1, evaluation_periods=1, datapoints_to_alarm=1, severity=Severity.CRITICAL)

RULE_ALARMS: tuple[AlarmDefinition, ...] = (
    _one(
        name="failed_invocations",
        metric="FailedInvocations",
        unit="invocations",
        profile=Profile.ESSENTIAL,
        means="EventBridge gave up on a target; without a dead-letter queue the event is lost for it.",
        cause="a target that refuses EventBridge (its policy, the rule's role), is gone, or failed for a day.",
        query="aws events list-targets-by-rule --rule RULE --event-bus-name BUS, then the policy of each target; a "
        "dead letter has ERROR_CODE.",
    ),
    _one(
        name="dead_letters",
        metric="InvocationsSentToDlq",
        unit="events",
        profile=Profile.ESSENTIAL,
        needs=("has_dead_letters",),
        means="Events could not be delivered to a target and wait in its dead-letter queue.",
        cause="what the message attributes ERROR_CODE and ERROR_MESSAGE say.",
        query="aws sqs receive-message --message-attribute-names All --queue-url URL; once the cause is mended, send "
        "the message's body to the target.",
    ),
    _one(
        name="dead_letter_failures",
        metric="InvocationsFailedToBeSentToDlq",
        unit="events",
        profile=Profile.ESSENTIAL,
        needs=("has_dead_letters",),
        means="An event could not even be put into the dead-letter queue: it is lost.",
        cause="the queue's policy or key does not let EventBridge in, or the queue is gone.",
        query="aws sqs get-queue-attributes --attribute-names Policy KmsMasterKeyId --queue-url URL.",
    ),
    _row(
        name="throttles",
        metric="ThrottledRules",
        threshold=1,
        unit="times",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        means="EventBridge holds the rule back, so that events come late.",
        cause="more invocations a second than the account may have in this Region.",
        query="the metric InvocationsCreated without dimensions, against the quota on invocations per second.",
    ),
    _row(
        name="retry_rate",
        metric="retry_rate",
        threshold=10,
        highest=100,
        unit="% of attempts",
        period=300,
        evaluation_periods=3,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.COMPLETE,
        expression="IF(attempts >= {minimum_traffic}, 100 * retries / attempts, 0)",
        operands={"attempts": "InvocationAttempts", "retries": "RetryInvocationAttempts"},
        minimum_traffic=20,
        means="A lasting share of the deliveries works only when tried again, if at all.",
        cause="a target that is throttled, slow or failing.",
        query="the metrics of the target: throttles, errors and latency over the last hours.",
    ),
)
