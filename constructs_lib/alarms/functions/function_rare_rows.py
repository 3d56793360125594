"""The alarms of a Lambda function on metrics that few look at, one row each."""

from constructs_lib.alarms.functions.function_row_parts import METRICS, OF_FUNCTION, OF_QUALIFIER, lambda_row
from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity

__all__ = ["LAMBDA_RARE_ALARMS"]

LAMBDA_RARE_ALARMS: tuple[AlarmDefinition, ...] = (
    lambda_row(
        name="dead_letter_errors",
        metric="DeadLetterErrors",
        dimensions=OF_FUNCTION,
        statistic="Sum",
        threshold=1,
        unit="events",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("has_dead_letter_config",),
        means="Lambda could not hand a failed event to the function's dead-letter queue or topic: the event is lost.",
        cause="the role's permission, the queue's policy or key, or an event that is too large.",
        query="aws lambda get-function-configuration --function-name FUNCTION --query DeadLetterConfig, then the "
        "role's policy for that target.",
        source=METRICS,
    ),
    lambda_row(
        name="async_event_age",
        metric="AsyncEventAge",
        dimensions=OF_FUNCTION,
        statistic="Maximum",
        threshold=0.5,  # as much time again to act in before events are dropped
        unit="of the longest time that an event may wait",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        needs=("asynchronous",),
        share_of="max_event_age_ms",
        share_unit="ms",
        means="Asynchronous events wait so long that Lambda will give them up.",
        cause="too little concurrency for what comes in, or events that fail again and again.",
        query="the metrics Throttles and Errors of the function over the last hours: which of them rose first?",
        source=METRICS,
    ),
    lambda_row(
        name="recursive_invocations_dropped",
        metric="RecursiveInvocationsDropped",
        dimensions=OF_FUNCTION,
        statistic="Sum",
        threshold=1,
        unit="invocations",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.STANDARD,
        needs=("stops_loops",),
        means="Lambda stopped the function because it invokes itself in a loop; the event was not processed.",
        cause="it writes to the queue, topic, bucket or table that it is invoked by.",
        query="aws lambda list-event-source-mappings --function-name FUNCTION and aws lambda get-policy "
        "--function-name FUNCTION tell its event sources; see whether it writes to one of them.",
        source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
    ),
    lambda_row(
        name="provisioned_utilization",
        metric="ProvisionedConcurrencyUtilization",
        dimensions=OF_QUALIFIER,
        statistic="Maximum",
        threshold=0.9,
        highest=1,
        unit="of the provisioned concurrency",
        evaluation_periods=10,
        datapoints_to_alarm=10,
        severity=Severity.WARNING,
        profile=Profile.COMPLETE,  # where few are provisioned, every request uses all of them
        needs=("provisioned",),
        means="Nearly all provisioned environments are busy; the next requests meet cold starts.",
        cause="more traffic than was provisioned for, or scaling that has reached its maximum.",
        query="aws application-autoscaling describe-scaling-activities --service-namespace lambda.",
        source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html",
    ),
)
