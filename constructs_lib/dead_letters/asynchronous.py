"""Where an event goes that a function, invoked asynchronously, could not process."""

from dataclasses import dataclass
from functools import cache

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import Check, acknowledge
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters.redrive.redrive import Redrive
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy

__all__ = [
    "DeadLetters",
    "acknowledge_destination",
    "add_dead_letters",
    "check_dead_letters",
    "destination_of",
    "warn_without_role",
]

# https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
_AGE_SECONDS = (60, 21_600)
_RETRIES = (0, 2)

_FINDING = "Serverless::Serverless-LambdaDLQ"
_REASON = (
    "Failed events go to an on-failure destination, which carries the error beside the event. It is set on "
    "the qualifier that traffic uses; this rule looks only for a dead-letter queue of the function itself."
)


@dataclass(frozen=True, kw_only=True)
class DeadLetters:
    """What becomes of asynchronous events that fail.

    Attributes:
        queue: an existing standard queue, which several functions may share. Left out: one of its own.
        destination: any other destination, in place of a queue.
        retry_attempts: how often Lambda runs a failed event again, 0 to 2.
        on_success: where a record of each successful run goes. Left out: nowhere.
        max_event_age: how long Lambda keeps trying, 1 minute to 6 hours. Left out: 6 hours, so that throttling
            or an outage of that length loses no event's chance.
        redrive: when what lies in the queue is given to the function again; functions that share a queue need the same
            settings. Left out: only people do.
    """

    queue: sqs.IQueue | None = None
    destination: lambda_.IDestination | None = None
    on_success: lambda_.IDestination | None = None
    retry_attempts: int = 2
    max_event_age: cdk.Duration | None = None
    redrive: RedriveSettings | None = None


@cache
def _longest_age() -> cdk.Duration:
    return cdk.Duration.seconds(_AGE_SECONDS[1])


def check_dead_letters(
    check: Check, settings: DeadLetters, function: lambda_.IFunction | None = None
) -> None:
    """Fail unless Lambda accepts `settings`, and `function`, if it exists already, has none yet."""
    check.offers(
        "dead_letters.queue",
        settings.queue,
        "queue_arn",
        remedy="Give an aws_cdk.aws_sqs.Queue, made or imported.",
    )
    for name in ("destination", "on_success"):
        check.offers(
            f"dead_letters.{name}",
            getattr(settings, name),
            "bind",
            remedy="Give one of aws_cdk.aws_lambda_destinations; a queue is given as queue=.",
        )
    check.require(
        settings.queue is None or settings.destination is None,
        "dead_letters has both a queue and a destination.",
        remedy="Failed events go to one place: leave one out.",
    )
    check.require(
        settings.queue is None or not settings.queue.fifo,
        "dead_letters.queue is a FIFO queue.",
        remedy="Lambda delivers failed asynchronous events to standard queues only: give one of these.",
    )
    check.within("dead_letters.retry_attempts", settings.retry_attempts, *_RETRIES)
    check.duration("dead_letters.max_event_age", settings.max_event_age, *_AGE_SECONDS)
    check.instance("dead_letters.redrive", settings.redrive, RedriveSettings, None)
    if settings.redrive is not None:
        settings.redrive.check(check, "dead_letters.redrive", WrittenBy.ASYNCHRONOUS)
        check.require(
            settings.destination is None,
            "dead_letters has redrive and a destination.",
            remedy="Only what lies in a queue is re-driven: give queue=, or leave one of the two out.",
        )
    if function is None:
        return
    check.require(
        function.node.try_find_child("EventInvokeConfig") is None,
        f"{function.node.path} has asynchronous settings (on_failure, retry_attempts or max_event_age) already.",
        remedy="A qualifier has one set of them: remove these, or pass dead_letters=None.",
    )


def add_dead_letters(
    scope: Construct,
    construct_id: str,
    *,
    function: lambda_.IFunction,
    settings: DeadLetters | None = None,
    removal_policy: cdk.RemovalPolicy | None = None,
) -> sqs.IQueue | None:
    """Send what `function` fails to process asynchronously to a queue or another destination.

    The settings apply to the qualifier that is given: invocations of another one ignore them. So give the
    alias that traffic uses, or the function where traffic uses that.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html

    Args:
        scope: the parent of a queue that is made.
        construct_id: its id.
        function: a function, version or alias.
        settings: where to, and after how many tries. Left out: `DeadLetters()`.
        removal_policy: what becomes of a queue that is made. Left out, it is retained.

    Returns:
        the queue, or None where `settings` names another destination.

    Raises:
        ConfigurationError: Lambda would refuse the settings, or the function has some already.
    """
    chosen = settings or DeadLetters()
    check_dead_letters(Check(scope, construct_id), chosen, function)
    warn_without_role(scope, function)
    return destination_of(scope, construct_id, function, chosen, removal_policy)


def destination_of(
    scope: Construct,
    construct_id: str,
    function: lambda_.IFunction,
    settings: DeadLetters,
    removal_policy: cdk.RemovalPolicy | None,
) -> sqs.IQueue | None:
    """`add_dead_letters` once everything has been checked."""
    queue = settings.queue
    if queue is None and settings.destination is None:
        queue = DeadLetterQueue(scope, construct_id, removal_policy=removal_policy)
    function.configure_async_invoke(
        on_failure=settings.destination if queue is None else _to_queue(queue, function),
        on_success=settings.on_success,
        retry_attempts=settings.retry_attempts,
        max_event_age=settings.max_event_age or _longest_age(),
    )
    if queue is not None and settings.redrive is not None:
        Redrive.of(scope).add_queue(
            queue, written_by=WrittenBy.ASYNCHRONOUS, function=function, settings=settings.redrive
        )
    return queue


def _to_queue(queue: sqs.IQueue, function: lambda_.IFunction) -> lambda_.IDestination:
    # What this app makes has a role; asking each function for it would take a call into jsii.
    if isinstance(function, lambda_.Alias | lambda_.Function | lambda_.Version) or function.role is not None:
        return destinations.SqsDestination(queue)
    return _UngrantedQueue(queue)


@jsii.implements(lambda_.IDestination)
class _UngrantedQueue:
    """A queue that nobody is granted to send to: CDK's own fails for a function without a role."""

    def __init__(self, queue: sqs.IQueue) -> None:
        self._queue = queue

    def bind(
        self,
        scope: Construct,  # noqa: ARG002 - CDK's interface
        fn: lambda_.IFunction,  # noqa: ARG002 - likewise
        *,
        type: lambda_.DestinationType | None = None,  # noqa: A002, ARG002 - likewise
    ) -> lambda_.DestinationConfig:
        return lambda_.DestinationConfig(destination=self._queue.queue_arn)


def warn_without_role(scope: Construct, function: lambda_.IFunction) -> None:
    """Warn when `function` was imported in a way that nothing can be granted to it."""
    if function.role is None:
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-lib:dead-letters-ungranted",
            f"{function.node.path} is imported without its role, so the role was not granted to send failed "
            "events to their destination. Import it with role=, or grant it by hand.",
        )


def acknowledge_destination(function: lambda_.IFunction) -> None:
    """Tell cdk-nag that `function` keeps its failed events by a destination."""
    if isinstance(function, lambda_.Function):
        acknowledge(function, {_FINDING: _REASON})
