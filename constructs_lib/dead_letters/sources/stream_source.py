"""A DynamoDB or Kinesis stream whose records a function processes, and in which none blocks the others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import BY_PROFILE
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.services import (
    QueueAlarms,
    QueueAlarmSettings,
    StreamConsumerAlarms,
    StreamConsumerAlarmSettings,
)
from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.dead_letters.sources.common import check_common, check_role, filters_of, keep_redriving
from constructs_lib.dead_letters.sources.failed_records import destination_of
from constructs_lib.dead_letters.sources.stream_arguments import (
    Limits,
    check_batches,
    check_start,
    check_stream,
    retention_of,
)

__all__ = ["StreamSource"]


@cache
def _usual_age() -> cdk.Duration:
    # A quarter of the day for which a stream keeps records at least: the rest is for the redrive, which reads them
    # there again.
    return cdk.Duration.hours(6)


class StreamSource(Construct):
    """Feeds a function from a stream: what fails is isolated, tried again, and then kept, told of, and re-driven.

    A batch that fails is halved until the record that fails is alone; after `retry_attempts` the shard goes on without
    it. The function may answer with which records of a batch failed (`ReportBatchItemFailures`), as the batch
    processor of Powertools does; then no good record before these comes again.

    Attributes:
        function: what gets the records.
        table: whose stream is read; None for a Kinesis stream.
        stream: the Kinesis stream that is read; None for a table.
        dead_letter_queue: keeps where in the stream each record is that was given up; None with `failed_records`.
        event_source_mapping: what connects stream and function.
        alarms: on the age of records and on lost ones; None where there are none.
        dead_letter_alarms: on what is in the dead-letter queue; likewise.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        table: dynamodb.ITable | None = None,
        stream: kinesis.IStream | None = None,
        starting_position: lambda_.StartingPosition | datetime = lambda_.StartingPosition.TRIM_HORIZON,
        batch_size: int = 100,
        max_batching_window: cdk.Duration | None = None,
        parallelization_factor: int | None = None,
        tumbling_window: cdk.Duration | None = None,
        filters: Sequence[Mapping[str, Any]] = (),
        enabled: bool = True,
        bisect_batch_on_error: bool = True,
        retry_attempts: int = 10,
        max_record_age: cdk.Duration | None = None,
        retention_period: cdk.Duration | None = None,
        failed_records: s3.IBucket | None = None,
        redrive: RedriveSettings | None = RedriveSettings(),  # noqa: B008 - a frozen value
        alarms: StreamConsumerAlarmSettings | None = StreamConsumerAlarmSettings(),  # noqa: B008 - likewise
        dead_letter_alarms: QueueAlarmSettings | None = QueueAlarmSettings(),  # noqa: B008 - likewise
        maximum_age: cdk.Duration | None = None,
        alarm_route: Route | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Feed `function` from the stream of `table`, or from `stream`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias; of a `ResilientFunction` its alias.
            table: a DynamoDB table with a stream, made or imported.
            stream: a Kinesis data stream, made or imported.
            starting_position: where reading begins; of a Kinesis stream also a time. Left out: with the oldest record,
                so that none is missed while the mapping is being made.
            batch_size: records an invocation at most, up to 10,000.
            max_batching_window: for how long batches are gathered, up to 5 minutes. Left out: records do not wait.
            parallelization_factor: how many batches of a shard are processed at once, up to 10; the order of records
                of one key stays. Left out: one.
            tumbling_window: for how long the function hands a state on from batch to batch, up to 15 minutes. Left
                out: it has none.
            filters: patterns, as `aws_cdk.aws_lambda.FilterCriteria.filter` makes them, of the records that the
                function gets. Left out: it gets all.
            enabled: whether the stream is read.
            bisect_batch_on_error: whether a batch that fails is halved, which takes nothing from the retries.
            retry_attempts: how often a batch that fails is tried again, up to 10,000. Infinity is refused: one record
                that always fails would block its shard until all that is behind it has expired too.
            max_record_age: how old a record may become before it is given up, 1 minute to 7 days, and less than the
                stream keeps it. Left out: 6 hours, which leaves most of a day for the redrive to read it again.
            retention_period: for how long an imported Kinesis stream keeps records. Left out: 24 hours, which is the
                least; of a stream in the app what that says.
            failed_records: a bucket that gets the records that were given up, whole; they can be read there for longer
                than in the stream, and nothing re-drives them. Left out: a queue is made, which is told where in the
                stream they are.
            redrive: when what the queue is told of is read from the stream, and given to the function, again. None
                leaves it in the queue.
            alarms: of the consumer: thresholds, and what is switched off. None makes none.
            dead_letter_alarms: the same of the queue.
            maximum_age: how old a record may grow before an alarm rings. Left out: there is no such alarm; one rings
                when half of the time is over that a record can be read.
            alarm_route: whom the alarms tell. Left out: they publish to the stack's `AlarmTopic`.
            encryption_key: encrypts the queue. Left out: the keys of SQS.
            removal_policy: what becomes of the queue with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_common(
            check,
            function=function,
            written_by=WrittenBy.STREAM,
            redrive=redrive,
            alarms=alarms,
            alarms_kind=StreamConsumerAlarmSettings,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        check.instance("dead_letter_alarms", dead_letter_alarms, QueueAlarmSettings, None)
        check_role(check, function)
        check_route(check, alarm_route)
        check.offers(
            "failed_records",
            failed_records,
            "bucket_arn",
            remedy="Give an aws_cdk.aws_s3.Bucket, made or imported.",
        )
        check.require(
            failed_records is None or (encryption_key is None and removal_policy is None),
            "encryption_key or removal_policy is given beside failed_records, and no queue is made.",
            remedy="Give them to that bucket.",
        )
        check_stream(check, table, stream)
        check_start(check, starting_position, table)
        check_batches(
            check,
            batch_size=batch_size,
            max_batching_window=max_batching_window,
            parallelization_factor=parallelization_factor,
            tumbling_window=tumbling_window,
        )
        limits = Limits(
            retry_attempts=retry_attempts,
            max_record_age=_usual_age() if max_record_age is None else max_record_age,
            retention=retention_of(check, stream, retention_period),
        )
        limits.check(check)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.function = function
            self.table = table
            self.stream = stream
            self.dead_letter_queue: sqs.Queue | None = (
                DeadLetterQueue(
                    self, "DeadLetters", encryption_key=encryption_key, removal_policy=removal_policy
                )
                if failed_records is None
                else None
            )
            self.event_source_mapping = lambda_.EventSourceMapping(
                self,
                "Mapping",
                target=function,
                event_source_arn=_event_source(table, stream),
                starting_position=lambda_.StartingPosition.AT_TIMESTAMP
                if isinstance(starting_position, datetime)
                else starting_position,
                starting_position_timestamp=starting_position.timestamp()
                if isinstance(starting_position, datetime)
                else None,
                batch_size=batch_size,
                max_batching_window=max_batching_window,
                parallelization_factor=parallelization_factor,
                tumbling_window=tumbling_window,
                filters=filters_of(filters),
                enabled=enabled,
                bisect_batch_on_error=bisect_batch_on_error,
                retry_attempts=retry_attempts,
                max_record_age=limits.max_record_age,
                report_batch_item_failures=True,
                on_failure=destination_of(self, self.dead_letter_queue or cast("s3.IBucket", failed_records)),
                support_s3_on_failure_destination=True,
                # Without, nobody could tell of a record that was lost.
                metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
            )
            _let_read(function, table, stream).apply_before(self.event_source_mapping)
            _warn_of_side_by_side(self, parallelization_factor, tumbling_window)
            self.alarms = None if alarms is None else self._alarms(alarms, limits, maximum_age, alarm_route)
            self.dead_letter_alarms: QueueAlarms | None = None
            if self.dead_letter_queue is None:
                return
            if dead_letter_alarms is not None:
                self.dead_letter_alarms = QueueAlarms(
                    self,
                    "DeadLetterAlarms",
                    dead_letter_queue=self.dead_letter_queue,
                    settings=dead_letter_alarms,
                    route=alarm_route,
                )
            keep_redriving(
                self,
                self.dead_letter_queue,
                written_by=WrittenBy.STREAM,
                function=function,
                source=stream or table,
                redrive=redrive,
            )

    def _alarms(
        self,
        settings: StreamConsumerAlarmSettings,
        limits: Limits,
        maximum_age: cdk.Duration | None,
        route: Route | None,
    ) -> StreamConsumerAlarms:
        # One record that was given up is told of once: where there is a queue, by what lies in it.
        if self.dead_letter_queue is not None and settings.failed_records is BY_PROFILE:
            settings = replace(settings, failed_records=None)
        return StreamConsumerAlarms(
            self,
            "Alarms",
            function=self.function,
            source=self.event_source_mapping,
            retention=limits.retention,
            maximum_age=maximum_age,
            settings=settings,
            route=route,
        )


def _event_source(table: dynamodb.ITable | None, stream: kinesis.IStream | None) -> str | None:
    return stream.stream_arn if stream else cast("dynamodb.ITable", table).table_stream_arn


def _let_read(
    function: lambda_.IFunction, table: dynamodb.ITable | None, stream: kinesis.IStream | None
) -> iam.Grant:
    return (
        stream.grant_read(function) if stream else cast("dynamodb.ITable", table).grant_stream_read(function)
    )


def _warn_of_side_by_side(scope: Construct, factor: int | None, window: cdk.Duration | None) -> None:
    if window is not None and factor is not None and not is_token(factor) and factor > 1:
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-lib:tumbling-window-parallel",
            f"A tumbling window hands one state on from batch to batch of a shard, and {factor} batches of it run side "
            "by side. AWS documents one state a shard: see whether it counts everything, or leave one of them out.",
        )
