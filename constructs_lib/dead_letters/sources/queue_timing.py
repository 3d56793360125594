"""How long messages are hidden, kept and tried again, so that none is seen twice at once or expires unseen."""

from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letters.sources.queue_mapping import (
    VISIBILITY_FACTOR,
    check_visibility,
    timeout_of,
    visibility_of,
)

__all__ = ["LEAST_RECEIVES", "QueueTiming", "check_existing_queue", "dead_letter_queue_of"]

LEAST_RECEIVES = 5
"""With fewer, throttling alone makes dead letters of good messages.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""
_MOST_RECEIVES = 1_000
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_VISIBILITY = (1, 43_200)
_RETENTION = (60, 1_209_600)
_DEFAULT_RETENTION = 345_600


@dataclass(frozen=True, kw_only=True)
class QueueTiming:
    """The timings of a queue that is made for a function.

    Attributes:
        visibility: for how many seconds a message is hidden that was received; a token where it was given as one.
        retention: for how many seconds the queue keeps a message; likewise.
        receives: how often a message is received before it is a dead letter; likewise.
    """

    visibility: float
    retention: float
    receives: int

    @property
    def all_tries(self) -> float | None:
        """For how many seconds one message can be tried; None where that is known only at deployment."""
        if is_token(self.visibility) or is_token(self.receives):
            return None
        return self.visibility * self.receives

    @classmethod
    def of(
        cls,
        check: Check,
        function: lambda_.IFunction,
        *,
        window: float,
        visibility_timeout: cdk.Duration | None,
        retention_period: cdk.Duration | None,
        max_receive_count: int,
        fifo: bool,
    ) -> "QueueTiming":
        """What is given, and for what is left out, what fits `function` and a batching window of so many seconds."""
        check.within("max_receive_count", max_receive_count, LEAST_RECEIVES, _MOST_RECEIVES)
        check.duration("visibility_timeout", visibility_timeout, *_VISIBILITY)
        check.duration("retention_period", retention_period, *_RETENTION)
        timing = cls(
            visibility=_visibility(check, function, visibility_timeout, window),
            retention=_DEFAULT_RETENTION if retention_period is None else retention_period.to_seconds(),
            receives=max_receive_count,
        )
        if is_token(timing.retention):
            return timing
        # A standard queue's dead letters keep the time at which they were first sent; a FIFO queue's begin anew.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        check.require(
            fifo or timing.retention < _RETENTION[1],
            f"retention_period is {timing.retention:,.0f} s, as long as dead letters are kept: they would expire as "
            "they arrive, since their time runs from the first sending.",
            remedy=f"Give less than {_RETENTION[1]:,} s; what waits longer for its function is better found earlier.",
        )
        tries = timing.all_tries
        check.require(
            tries is None or tries < timing.retention,
            f"a message may be tried for {tries or 0:,.0f} s, max_receive_count times the visibility timeout of "
            f"{timing.visibility:,.0f} s, and the queue deletes it after {timing.retention:,.0f} s: it would never "
            "become a dead letter.",
            remedy="Give a longer retention_period, or a smaller max_receive_count.",
        )
        return timing


def _visibility(
    check: Check, function: lambda_.IFunction, given: cdk.Duration | None, window: float
) -> float:
    timeout = timeout_of(function)
    if given is None:
        check.require(
            timeout is not None and not is_token(window),
            f"the timeout of {Check.shown(function)} or max_batching_window is not known to the app, and the queue has "
            "to hide messages for longer.",
            remedy=f"Give visibility_timeout: {VISIBILITY_FACTOR} times the function's timeout, plus the window.",
        )
        return VISIBILITY_FACTOR * cast("float", timeout) + window
    seconds: float = given.to_seconds()
    if timeout is not None and not is_token(seconds) and not is_token(window):
        recommended = VISIBILITY_FACTOR * timeout + window
        check.require(
            seconds >= recommended,
            f"visibility_timeout is {seconds:g} s, and the function may take {timeout:g} s.",
            remedy=f"Give at least {recommended:g} s, {VISIBILITY_FACTOR} times that plus the batching window, or "
            "leave it out.",
        )
    return seconds


def dead_letter_queue_of(queue: sqs.IQueue) -> sqs.DeadLetterQueue | None:
    """Where the failed messages of a queue that is made in the app go; None without, and for an imported one."""
    return cast("sqs.DeadLetterQueue | None", getattr(queue, "dead_letter_queue", None))


def check_existing_queue(
    check: Check,
    function: lambda_.IFunction,
    queue: sqs.IQueue,
    dead_letter_queue: sqs.IQueue | None,
    window: float,
) -> QueueTiming | None:
    """Fail where an existing queue would lose messages, warn where it might; give its timing as far as it is known."""
    known = dead_letter_queue_of(queue)
    dead = dead_letter_queue or (known.queue if known else None)
    check.require(
        dead is not None,
        f"nobody knows where the failed messages of {queue.node.path} go.",
        remedy="Give a queue that is made with a dead_letter_queue; of an imported one, give that as "
        "dead_letter_queue too.",
    )
    check.require(
        dead is None or dead.fifo == queue.fifo,
        f"{queue.node.path} and its dead-letter queue have to be both FIFO queues or both standard queues.",
        remedy="Give it a dead-letter queue of its own kind.",
    )
    check_visibility(check, function, queue, 0 if is_token(window) else window)
    if known is None:
        return None
    if not is_token(known.max_receive_count) and known.max_receive_count < LEAST_RECEIVES:
        cdk.Annotations.of(queue).add_warning_v2(
            "constructs-lib:receive-count",
            f"A message is a dead letter after {known.max_receive_count:g} receives. AWS recommends at least "
            f"{LEAST_RECEIVES}, so that throttling alone makes no dead letters.",
        )
    kept, dead_kept = _retention_of(queue), _retention_of(known.queue)
    if not queue.fifo and kept is not None and dead_kept is not None and dead_kept <= kept:
        cdk.Annotations.of(queue).add_warning_v2(
            "constructs-lib:dead-letter-retention",
            f"Dead letters are kept for {dead_kept:,.0f} s from the first sending, and messages of this queue for "
            f"{kept:,.0f} s: some expire as soon as they are dead letters. Keep them longer.",
        )
    visibility = visibility_of(queue)
    if visibility is None or kept is None:
        return None
    return QueueTiming(visibility=visibility, retention=kept, receives=int(known.max_receive_count))


def _retention_of(queue: sqs.IQueue) -> float | None:
    resource = queue.node.default_child
    if not isinstance(resource, sqs.CfnQueue):
        return None
    given = resource.message_retention_period
    kept = _DEFAULT_RETENTION if given is None else given
    return None if is_token(kept) else kept
