"""The alarms of a Lambda function that reads a stream, one row each."""

from functools import partial

from constructs_lib.alarms.functions.function_row_parts import FAILED_LINES
from constructs_lib.alarms.table.definition import AlarmDefinition, Profile, Severity

__all__ = ["STREAM_CONSUMER_ALARMS"]

_METRICS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
_KINESIS = "https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html"
_ERRORS = f"Logs Insights on the function's log group: {FAILED_LINES} | sort @timestamp desc | limit 20."

_row = partial(
    AlarmDefinition, namespace="AWS/Lambda", source=_METRICS, evaluation_periods=1, datapoints_to_alarm=1
)
_age = partial(
    _row,
    metric="IteratorAge",
    dimensions={"FunctionName": "function_name", "Resource": "resource"},
    statistic="Maximum",
    share_unit="ms",
    stamped_at_start=True,
    profile=Profile.ESSENTIAL,
    cause="a batch that fails again and again and blocks its shard, too few shards, or a function that is throttled.",
)
_records = partial(
    _row,
    dimensions={"EventSourceMappingUUID": "mapping_id"},
    statistic="Sum",
    threshold=1,
    unit="records",
)

STREAM_CONSUMER_ALARMS: tuple[AlarmDefinition, ...] = (
    _age(
        name="expiring_records",
        threshold=0.5,
        unit="of the time that a record can be read",
        share_of="readable_ms",
        severity=Severity.CRITICAL,
        means="Records wait so long that they will be gone before the function reads them.",
        query=f"{_ERRORS} A Kinesis stream's retention can be raised meanwhile.",
        source=_KINESIS,
    ),
    _age(
        name="iterator_age",
        threshold=1,
        unit="of the age that a record may have",
        share_of="maximum_age_ms",
        severity=Severity.WARNING,
        means="The function reads records later than it should.",
        query=f"the metrics Duration, Errors and Throttles of the function; {_ERRORS}",
    ),
    _records(
        name="dropped_records",
        metric="DroppedEventCount",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("counts_events",),
        means="Lambda gave records up, and they went nowhere: they are lost to the function.",
        cause="out of retries or too old without an on-failure destination, or a destination that refused them.",
        query=_ERRORS,
    ),
    _records(
        name="failed_records",
        metric="OnFailureDestinationDeliveredEventCount",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("counts_events", "has_destination"),
        means="Lambda gave records up and told the on-failure destination where in the stream they are.",
        cause="records that the function cannot process.",
        query="the message at the destination: it names shard and sequence numbers, while the stream has them.",
    ),
    _row(
        name="destination_delivery_failures",
        metric="DestinationDeliveryFailures",
        dimensions={"FunctionName": "function_name"},
        statistic="Sum",
        threshold=1,
        unit="batches",
        severity=Severity.CRITICAL,
        profile=Profile.ESSENTIAL,
        needs=("has_destination",),
        means="Lambda could not tell the on-failure destination of records that it gave up: they are lost.",
        cause="the role's permission, or the destination's policy or key.",
        query="aws lambda list-event-source-mappings --function-name FUNCTION, then the role's policy for that "
        "destination.",
    ),
    _records(
        name="failed_invocations",
        metric="FailedInvokeEventCount",
        evaluation_periods=5,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        needs=("counts_events",),
        means="The function keeps failing on records, which are tried again.",
        cause="records that it cannot process, or a dependency that is down.",
        query=_ERRORS,
    ),
)
