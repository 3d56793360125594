"""Checks of what an event source mapping of a stream is given, before anything is built."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_

from constructs_lib.checks import Check, is_token

__all__ = ["Limits", "check_batches", "check_start", "check_stream", "retention_of"]

_HOUR = 3_600
_DAY = 86_400
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
_BATCH = (1, 10_000)
_WINDOW = (0, 300)
_PARALLEL = (1, 10)
_TUMBLING = (1, 900)
_RETRIES = (0, 10_000)
_AGE = (60, 604_800)
# https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
_RETENTION = (_DAY, 31_536_000)

_INFINITE = (
    "A record that fails without end blocks everything behind it in its shard until that has expired too, "
    "so there is no infinity here."
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long a record is tried.

    Attributes:
        retry_attempts: how often again, after the first time.
        max_record_age: until it is how old.
        retention: for how long the stream keeps it.
    """

    retry_attempts: int
    max_record_age: cdk.Duration
    retention: cdk.Duration

    def check(self, check: Check) -> None:
        """Fail where a record could block its shard for ever, or be gone before it is given up."""
        if self.retry_attempts == -1:
            check.fail(
                "retry_attempts is -1, which is infinite.",
                remedy=f"{_INFINITE} Give {_RETRIES[0]} to {_RETRIES[1]:,}.",
            )
        check.within("retry_attempts", self.retry_attempts, *_RETRIES)
        check.duration("max_record_age", self.max_record_age, *_AGE)
        age, kept = self.max_record_age.to_seconds(), self.retention.to_seconds()
        check.require(
            is_token(age) or is_token(kept) or age < kept,
            f"max_record_age is {age:g} s, and the stream keeps records for {kept:g} s: what is given up then cannot "
            "be read again.",
            remedy="Give a shorter age, or the stream a longer retention, to have time for a redrive.",
        )


def check_stream(check: Check, table: dynamodb.ITable | None, stream: kinesis.IStream | None) -> None:
    """Fail unless there is one stream to read."""
    check.offers("table", table, "table_arn", remedy="Give a DynamoDB table, made or imported.")
    check.offers(
        "stream", stream, "stream_arn", remedy="Give an aws_cdk.aws_kinesis.Stream, made or imported."
    )
    check.require(
        (table is None) != (stream is None),
        "a table and a stream are given." if table is not None else "neither a table nor a stream is given.",
        remedy="Give table, a DynamoDB table with a stream, or stream, a Kinesis data stream.",
    )
    if table is not None:
        check.require(
            table.table_stream_arn is not None,  # of a TableV2 CDK gives one in any case
            f"{table.node.path} has no stream.",
            remedy="Make the table with one: stream= of a Table, dynamo_stream= of a TableV2; import it with "
            "table_stream_arn=.",
        )


def retention_of(check: Check, stream: kinesis.IStream | None, given: cdk.Duration | None) -> cdk.Duration:
    """How long records can be read: of a stream in the app what it says, of a table 24 hours.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
    """
    check.duration("retention_period", given, *_RETENTION)
    resource = None if stream is None else stream.node.default_child
    known = isinstance(resource, kinesis.CfnStream)
    check.require(
        given is None or (stream is not None and not known),
        "retention_period is given, and the app knows it.",
        remedy="It tells of an imported Kinesis stream: leave it out.",
    )
    if given is not None:
        return given
    hours = cast("kinesis.CfnStream", resource).retention_period_hours if known else None
    fixed = hours is not None and not is_token(hours)
    return cdk.Duration.seconds(cast("float", hours) * _HOUR if fixed else _DAY)


def check_batches(
    check: Check,
    *,
    batch_size: int,
    max_batching_window: cdk.Duration | None,
    parallelization_factor: int | None,
    tumbling_window: cdk.Duration | None,
) -> None:
    """Fail unless Lambda can make such batches."""
    check.within("batch_size", batch_size, *_BATCH)
    check.duration("max_batching_window", max_batching_window, *_WINDOW)
    check.within("parallelization_factor", parallelization_factor, *_PARALLEL)
    check.duration("tumbling_window", tumbling_window, *_TUMBLING)


def check_start(
    check: Check, start: lambda_.StartingPosition | datetime, table: dynamodb.ITable | None
) -> None:
    """Fail unless the stream can be read from `start`."""
    check.instance("starting_position", start, lambda_.StartingPosition, datetime)
    if isinstance(start, datetime):
        check.require(
            table is None,
            f"starting_position is {start!r}, and DynamoDB streams cannot be read from a moment on.",
            remedy="Give StartingPosition.TRIM_HORIZON or LATEST.",
        )
        check.require(
            start.tzinfo is not None,
            f"starting_position is {start!r}, without a time zone.",
            remedy="Give one, such as datetime.UTC.",
        )
    else:
        check.require(
            start is not lambda_.StartingPosition.AT_TIMESTAMP,
            "starting_position is AT_TIMESTAMP, without the time.",
            remedy="Give the time itself, a datetime.",
        )
