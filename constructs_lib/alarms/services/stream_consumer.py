"""The alarms of a Lambda function that reads a Kinesis or DynamoDB stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

from constructs_lib.alarms.functions.function_subject import function_subject
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.arguments import check_fixed, check_place
from constructs_lib.alarms.services.stream_consumer_rows import STREAM_CONSUMER_ALARMS
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.settings import BY_PROFILE, AlarmSetSettings, AlarmSettings, ByProfile
from constructs_lib.checks import Check, is_token

__all__ = [
    "STREAM_CONSUMER_ALARMS",
    "StreamConsumerAlarmSettings",
    "StreamConsumerAlarms",
    "StreamConsumerSubject",
    "StreamSource",
    "stream_consumer_subject",
]

StreamSource = lambda_.IEventSourceMapping | sources.KinesisEventSource | sources.DynamoEventSource
"""An event source mapping, or the event source that has been added to the function."""

_DAY, _YEAR = 86_400, 31_536_000
"""Seconds: what Kinesis keeps at least, and unless told otherwise, and DynamoDB always; what Kinesis keeps at most.

https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
"""


@dataclass(frozen=True, kw_only=True)
class StreamConsumerSubject:
    """What alarms need to know about the stream consumer that they watch.

    Attributes:
        function_name: the function's name, usually a token.
        resource: ``name:alias`` where the stream invokes an alias or version.
        timeout_ms: the function's timeout; None when unknown.
        readable_ms: how old a record can grow before the function can no longer get it.
        maximum_age_ms: how old a record may grow; None when nobody said.
        mapping_id: the event source mapping's id; None when unknown.
        counts_events: whether the mapping publishes the metrics of the group EventCount.
        has_destination: whether the mapping has an on-failure destination.
    """

    function_name: str
    resource: str | None = None
    timeout_ms: float | None = None
    readable_ms: float = _DAY * 1000
    maximum_age_ms: float | None = None
    mapping_id: str | None = None
    counts_events: bool = False
    has_destination: bool = False


def stream_consumer_subject(
    function: lambda_.IFunction,
    *,
    source: StreamSource | None = None,
    retention: cdk.Duration | None = None,
    maximum_age: cdk.Duration | None = None,
) -> StreamConsumerSubject:
    """The subject for any consumer, imported ones included.

    Args:
        function: what the stream invokes.
        source: the event source mapping or, once it has been added to `function`, the event source.
        retention: how long the stream keeps records. Left out: a day, the least there is.
        maximum_age: how old a record may grow. Left out: there is no alarm on it.
    """
    watched = function_subject(function)
    known = {} if source is None else _properties(function, source)
    readable = _DAY if retention is None else retention.to_seconds()
    age = known.get("maximumRecordAgeInSeconds")
    if age is not None and not is_token(age) and age > 0:  # -1 stands for no such limit
        readable = min(readable, age)
    metrics = known.get("metricsConfig")
    return StreamConsumerSubject(
        function_name=watched.function_name,
        resource=watched.resource,
        timeout_ms=watched.timeout_ms,
        readable_ms=readable * 1000,
        maximum_age_ms=None if maximum_age is None else maximum_age.to_milliseconds(),
        mapping_id=None if source is None else source.event_source_mapping_id,
        counts_events=isinstance(metrics, Mapping) and "EventCount" in (metrics.get("metrics") or ()),
        has_destination=known.get("destinationConfig") is not None,
    )


def _properties(function: lambda_.IFunction, source: StreamSource) -> Mapping[str, Any]:
    """The properties of a mapping that is in the app; none of an imported one."""
    mapping = source
    if not isinstance(mapping, lambda_.EventSourceMapping):
        wanted = source.event_source_mapping_id
        for child in function.node.children:
            if isinstance(child, lambda_.EventSourceMapping) and child.event_source_mapping_id == wanted:
                mapping = child
    if not isinstance(mapping, lambda_.EventSourceMapping):
        return {}
    resource = mapping.node.default_child
    if not isinstance(resource, lambda_.CfnEventSourceMapping):
        return {}
    found: Mapping[str, Any] = resource._cfn_properties  # noqa: SLF001 - CDK's own extension point of L1 classes
    return found


@dataclass(frozen=True, kw_only=True)
class StreamConsumerAlarmSettings(AlarmSetSettings):
    """The alarms of one stream consumer. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `STREAM_CONSUMER_ALARMS`.
    """

    expiring_records: AlarmSettings | ByProfile | None = BY_PROFILE
    iterator_age: AlarmSettings | ByProfile | None = BY_PROFILE
    dropped_records: AlarmSettings | ByProfile | None = BY_PROFILE
    failed_records: AlarmSettings | ByProfile | None = BY_PROFILE
    destination_delivery_failures: AlarmSettings | ByProfile | None = BY_PROFILE
    failed_invocations: AlarmSettings | ByProfile | None = BY_PROFILE


class StreamConsumerAlarms(AlarmSet):
    """Alarms on one function as the reader of a stream; only composites notify, so that one fault pages once.

    How old a record may grow nobody but you can say: without `maximum_age` the alarms tell of records that are about to
    be lost. Lambda measures the age per function: of one that reads several streams, the oldest counts. A mapping that
    is disabled reads nothing, and no age is measured: a heartbeat on the function's invocations tells. Records that are
    given up are counted only where the mapping is told to: ``metrics_config`` with ``EVENT_COUNT``.
    """

    TABLE = STREAM_CONSUMER_ALARMS
    SUBJECT = "stream consumer"

    expiring_records = AlarmAttribute()
    iterator_age = AlarmAttribute()
    dropped_records = AlarmAttribute()
    failed_records = AlarmAttribute()
    destination_delivery_failures = AlarmAttribute()
    failed_invocations = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        source: StreamSource | None = None,
        retention: cdk.Duration | None = None,
        maximum_age: cdk.Duration | None = None,
        settings: StreamConsumerAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms that the consumer has something to watch for.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: the function, version or alias that the stream invokes, made or imported.
            source: the event source mapping or, once it has been added to `function`, the event source. Left out, or
                imported: only the age of records is watched.
            retention: how long the stream keeps records, from a day to a year. Left out: a day, the least there is.
            maximum_age: how old a record may grow before somebody should look, from 1 second, below the retention.
                Left out: there is no alarm `iterator_age`.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, StreamConsumerAlarmSettings, None)
        check.require(
            hasattr(function, "function_arn"),
            f"function is {function!r}.",
            remedy="Give a function, version or alias of CDK.",
        )
        check_place(check, scope, "function", function)
        check_fixed(check, retention=retention, maximum_age=maximum_age)
        check.duration("retention", retention, _DAY, _YEAR)
        check.duration("maximum_age", maximum_age, 1, _YEAR)
        if source is not None:
            _check_source(check, function, source)
        subject = stream_consumer_subject(
            function, source=source, retention=retention, maximum_age=maximum_age
        )
        check.require(
            subject.maximum_age_ms is None or subject.maximum_age_ms < subject.readable_ms,
            f"maximum_age is {(subject.maximum_age_ms or 0) / 1000:g} s, but records are gone after "
            f"{subject.readable_ms / 1000:g} s: the alarm could never ring.",
            remedy="Give a shorter age, or the stream a longer retention.",
        )
        rows = chosen_rows(
            check, STREAM_CONSUMER_ALARMS, subject, settings or StreamConsumerAlarmSettings(), route
        )
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)


def _check_source(check: Check, function: lambda_.IFunction, source: StreamSource) -> None:
    try:
        known = _properties(function, source)
    except (
        AttributeError,
        RuntimeError,
    ) as error:  # no such thing, or CDK's way to say that it was not added
        check.fail(
            f"source is {source!r}, which is no event source mapping yet.",
            remedy="Add it to the function first, or give the mapping itself.",
            cause=error,
        )
    stream = not known or ("startingPosition" in known and "topics" not in known)
    check.require(
        stream,
        "source is no Kinesis or DynamoDB stream: Lambda publishes no age of records for it, so the alarms could never "
        "ring.",
        remedy="Watch a queue by QueueAlarms; of Kafka, Lambda publishes OffsetLag.",
    )
