"""Checks of what an event source mapping of a queue is given, before anything is built."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import function_subject
from constructs_lib.checks import Check, is_token

__all__ = ["check_batches", "check_concurrency", "check_of_new_queue"]

# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
_BATCH = (1, 10_000)
_BATCH_AT_ONCE = (1, 10)
_WINDOW = (0, 300)
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
_CONCURRENCY = (2, 1_000)
_FIRST_POLLERS = 5


def check_of_new_queue(check: Check, queue: sqs.IQueue | None, **arguments: object) -> None:
    given = [name for name, value in arguments.items() if value is not None]
    check.require(
        queue is None or not given,
        f"{' and '.join(given)} is given beside queue, which is left as it is.",
        remedy="Give it to that queue, or leave queue out.",
    )


def check_batches(check: Check, size: int, window: cdk.Duration | None, *, fifo: bool) -> None:
    check.duration("max_batching_window", window, *_WINDOW)
    if fifo:
        check.within("batch_size", size, *_BATCH_AT_ONCE, unit="messages of a FIFO queue")
        check.require(
            window is None,
            "max_batching_window is given for a FIFO queue.",
            remedy="Lambda gathers no batches of a FIFO queue: leave it out.",
        )
        return
    check.within("batch_size", size, *_BATCH)
    seconds = 0 if window is None else window.to_seconds()
    check.require(
        is_token(size) or is_token(seconds) or size <= _BATCH_AT_ONCE[1] or seconds >= 1,
        f"batch_size is {size}, and there is no max_batching_window.",
        remedy=f"Give one of at least a second, or batches of up to {_BATCH_AT_ONCE[1]}.",
    )


def check_concurrency(check: Check, function: lambda_.IFunction, most: int | None) -> None:
    check.within("max_concurrency", most, *_CONCURRENCY)
    reserved = function_subject(function).reserved_concurrency
    if not reserved or is_token(reserved) or is_token(most):
        return
    if most is None:
        check.require(
            reserved >= _FIRST_POLLERS,
            f"{reserved:g} executions are reserved for the function, and Lambda starts with {_FIRST_POLLERS} batches "
            "at once: throttled, good messages become dead letters.",
            remedy="Give max_concurrency, or reserve more.",
        )
        return
    check.require(
        most <= reserved,
        f"max_concurrency is {most}, more than the {reserved:g} executions that are reserved for the function: "
        "throttled, good messages become dead letters.",
        remedy="Give at most that; where the function has several queues, their sum counts.",
    )
