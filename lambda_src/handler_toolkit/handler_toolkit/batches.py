"""Batches of records: partial failures, the order that FIFO and streams promise, and an early end."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, SqsFifoPartialProcessor
from aws_lambda_powertools.utilities.batch.exceptions import SQSFifoMessageGroupCircuitBreakerError
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from handler_toolkit.budget import TimeBudget
from handler_toolkit.counting import count
from handler_toolkit.failures import Failure, classify

__all__ = ["DeadlineError", "process_queue", "process_stream"]

# Time for one more record, and to report the others.
_RESERVE: Final = 1.0


class DeadlineError(Exception):
    """The record was left for another invocation, because this one is about to end."""

    failure: Final = Failure.TRANSIENT


class OrderError(Exception):
    """The record was left for another invocation, because one before it failed."""

    failure: Final = Failure.TRANSIENT


_LEFT: Final = (DeadlineError, OrderError, SQSFifoMessageGroupCircuitBreakerError)


def process_queue(
    event: Mapping[str, Any],
    context: LambdaContext,
    handle: Callable[[SQSRecord], object],
    *,
    logger: logging.Logger | Logger | None = None,
    reserve: float = _RESERVE,
    raise_if_all_fail: bool = False,
) -> PartialItemFailureResponse:
    """Handle the messages of an SQS event one by one; return those that failed, for SQS to deliver again.

    In a FIFO queue a failed message takes the later ones of its group with it, so that they stay in order.

    Args:
        event: what Lambda got from the queue. The event source must report batch item failures.
        context: the handler's second argument.
        handle: handles one message; if it raises, the message failed.
        logger: writes a warning with what was raised, for each message that failed. Left out, nothing is logged.
        reserve: seconds to keep for the end of the handler. A message is begun only if, without them, more time
            is left than the slowest one so far took; those not begun are reported as failed. Left out, one second.
        raise_if_all_fail: raise `BatchProcessingError` if no message succeeded, so that the invocation counts
            as an error. Left out, the failures are reported like any others.

    The metrics RecordsFailed, RecordsPoison (of these, permanent failures: they will fail again) and
    RecordsDeferred (not begun) are counted, without those of value 0.
    """
    records = event["Records"]
    fifo = bool(records) and str(records[0].get("eventSourceARN", "")).endswith(".fifo")
    processor: _Guarded = _Fifo(skip_group_on_error=True) if fifo else _Guarded(event_type=EventType.SQS)
    return _process(
        records,
        context,
        handle,
        processor,
        logger=logger,
        reserve=reserve,
        raise_if_all_fail=raise_if_all_fail,
    )


def process_stream(
    event: Mapping[str, Any],
    context: LambdaContext,
    handle: Callable[[Any], object],
    *,
    logger: logging.Logger | Logger | None = None,
    reserve: float = _RESERVE,
    raise_if_all_fail: bool = False,
) -> PartialItemFailureResponse:
    """Handle the records of a Kinesis or DynamoDB stream in order; return the first that failed and all after it.

    Lambda goes on from the first one reported, so nothing after it is begun: it would be handled twice.
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html

    Args:
        event: what Lambda got from the stream. The event source must report batch item failures.
        context: the handler's second argument.
        handle: handles one `KinesisStreamRecord` or `DynamoDBRecord`; if it raises, the record failed.
        logger: as for `process_queue`.
        reserve: as for `process_queue`.
        raise_if_all_fail: as for `process_queue`.
    """
    records = event["Records"]
    kinesis = bool(records) and "kinesis" in records[0]
    kind = EventType.KinesisDataStreams if kinesis else EventType.DynamoDBStreams
    processor = _Stream(event_type=kind)
    return _process(
        records,
        context,
        handle,
        processor,
        logger=logger,
        reserve=reserve,
        raise_if_all_fail=raise_if_all_fail,
    )


class _Guarded(BatchProcessor):
    """Begins a record only while there is time for it."""

    budget: TimeBudget
    slowest = 0.0

    def _process_record(self, record: dict[str, Any]) -> Any:
        if self.budget.remaining() <= self.slowest:
            return self._leave(record, DeadlineError("Too little time is left in this invocation."))
        began = self.budget.until_the_end()
        try:
            return super()._process_record(record)
        finally:
            self.slowest = max(self.slowest, began - self.budget.until_the_end())

    def _leave(self, record: dict[str, Any], why: Exception) -> Any:
        return self.failure_handler(self._to_batch_type(record, self.event_type), (type(why), why, None))


class _Fifo(_Guarded, SqsFifoPartialProcessor):
    """Begins nothing of a group in which something failed."""


class _Stream(_Guarded):
    """Begins nothing after the first failure."""

    def _process_record(self, record: dict[str, Any]) -> Any:
        if self.fail_messages:
            return self._leave(record, OrderError("A record before this one failed."))
        return super()._process_record(record)


def _process(
    records: list[dict[str, Any]],
    context: LambdaContext,
    handle: Callable[[Any], object],
    processor: _Guarded,
    *,
    logger: logging.Logger | Logger | None,
    reserve: float,
    raise_if_all_fail: bool,
) -> PartialItemFailureResponse:
    def by_name(record: Any) -> object:  # as Powertools passes it
        return handle(record)

    processor.logger = cast("logging.Logger | None", logger)  # Powertools' own is one in all but its type
    processor.raise_on_entire_batch_failure = raise_if_all_fail
    with TimeBudget.of(context, reserve=reserve) as processor.budget:
        try:
            with processor(records, by_name):
                processor.process()
        finally:
            _count(processor)
    return processor.response()


def _count(processor: BatchProcessor) -> None:
    errors = [error for _, error, _ in processor.exceptions if error is not None]
    failed = [error for error in errors if not isinstance(error, _LEFT)]
    count("RecordsFailed", len(failed))
    count("RecordsPoison", sum(classify(error) is Failure.PERMANENT for error in failed))
    count("RecordsDeferred", len(errors) - len(failed))
