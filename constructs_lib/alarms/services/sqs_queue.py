"""The alarms of an SQS queue, and of its dead-letter queue."""

from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.arguments import check_fixed, check_place
from constructs_lib.alarms.services.sqs_queue_rows import QUEUE_ALARMS
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.settings import BY_PROFILE, AlarmSetSettings, AlarmSettings, ByProfile
from constructs_lib.checks import Check, is_token

__all__ = [
    "DEFAULT_MESSAGE_BYTES",
    "DEFAULT_RETENTION_SECONDS",
    "QUEUE_ALARMS",
    "QueueAlarmSettings",
    "QueueAlarms",
    "QueueSubject",
    "queue_subject",
]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
DEFAULT_RETENTION_SECONDS = 345_600
DEFAULT_MESSAGE_BYTES = 1_048_576
_MINUTE, _FOURTEEN_DAYS = 60, 1_209_600
_GIVE_A_QUEUE = "Give an aws_cdk.aws_sqs.Queue, made or imported."


@dataclass(frozen=True, kw_only=True)
class QueueSubject:
    """What alarms need to know about the queue that they watch.

    Attributes:
        queue_name: the name, usually a token; None where only a dead-letter queue is watched.
        fifo: whether it is a FIFO queue.
        retention_seconds: None when unknown.
        maximum_message_bytes: None when unknown.
        maximum_age_seconds: how old a message may grow; None when nobody said.
        maximum_backlog: how many messages may wait; None when nobody said.
        dead_letter_queue_name: None without one, or when unknown.
        dead_letter_retention_seconds: None when unknown.
        in_flight_quota: how many messages can be in flight.
            https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
    """

    queue_name: str | None = None
    fifo: bool = False
    retention_seconds: float | None = None
    maximum_message_bytes: float | None = None
    maximum_age_seconds: float | None = None
    maximum_backlog: int | None = None
    dead_letter_queue_name: str | None = None
    dead_letter_retention_seconds: float | None = None
    in_flight_quota: int = 120_000

    @property
    def standard(self) -> bool:
        """Whether it is a standard queue."""
        return not self.fifo


def queue_subject(
    queue: sqs.IQueue | None,
    *,
    dead_letter_queue: sqs.IQueue | None = None,
    maximum_age: cdk.Duration | None = None,
    maximum_backlog: int | None = None,
) -> QueueSubject:
    """The subject for any queue, imported ones included.

    Args:
        queue: the queue; None for a dead-letter queue alone.
        dead_letter_queue: its dead-letter queue. Left out: that of a queue that is made in the app.
        maximum_age: how old a message may grow. Left out: there is no alarm on it.
        maximum_backlog: how many messages may wait. Left out: there is no alarm on it.
    """
    dead = dead_letter_queue or _dead_letter_queue_of(queue)
    resource = _resource(queue)
    return QueueSubject(
        queue_name=None if queue is None else queue.queue_name,
        fifo=queue is not None and queue.fifo,
        retention_seconds=_retention(resource),
        maximum_message_bytes=None
        if resource is None
        else _given(resource.maximum_message_size, DEFAULT_MESSAGE_BYTES),
        maximum_age_seconds=None if maximum_age is None else maximum_age.to_seconds(),
        maximum_backlog=maximum_backlog,
        dead_letter_queue_name=None if dead is None else dead.queue_name,
        dead_letter_retention_seconds=_retention(_resource(dead)),
    )


def _dead_letter_queue_of(queue: sqs.IQueue | None) -> sqs.IQueue | None:
    known = cast("sqs.DeadLetterQueue | None", getattr(queue, "dead_letter_queue", None))
    return None if known is None else known.queue


def _resource(queue: sqs.IQueue | None) -> sqs.CfnQueue | None:
    found = None if queue is None else queue.node.default_child
    return found if isinstance(found, sqs.CfnQueue) else None


def _retention(resource: sqs.CfnQueue | None) -> float | None:
    return None if resource is None else _given(resource.message_retention_period, DEFAULT_RETENTION_SECONDS)


def _given(value: float | None, default: float) -> float:
    return default if value is None else value


@dataclass(frozen=True, kw_only=True)
class QueueAlarmSettings(AlarmSetSettings):
    """The alarms of one queue. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `QUEUE_ALARMS`.
    """

    stalled: AlarmSettings | ByProfile | None = BY_PROFILE
    expiring_messages: AlarmSettings | ByProfile | None = BY_PROFILE
    oldest_message_age: AlarmSettings | ByProfile | None = BY_PROFILE
    backlog: AlarmSettings | ByProfile | None = BY_PROFILE
    in_flight: AlarmSettings | ByProfile | None = BY_PROFILE
    message_size: AlarmSettings | ByProfile | None = BY_PROFILE
    noisy_groups: AlarmSettings | ByProfile | None = BY_PROFILE
    duplicates: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letter_depth: AlarmSettings | ByProfile | None = BY_PROFILE
    expiring_dead_letters: AlarmSettings | ByProfile | None = BY_PROFILE


class QueueAlarms(AlarmSet):
    """Alarms on one queue and its dead-letter queue; only composites notify, so that one fault pages once.

    How old a message may grow, and how many may wait, nobody but you can say: without `maximum_age` and
    `maximum_backlog` the alarms tell of a queue that nobody empties and of messages that are about to be lost. A queue
    that is emptied only now and then, or by work that takes longer than a Lambda function can, needs a longer period
    of ``stalled``, or None.
    """

    TABLE = QUEUE_ALARMS
    SUBJECT = "queue"

    stalled = AlarmAttribute()
    expiring_messages = AlarmAttribute()
    oldest_message_age = AlarmAttribute()
    backlog = AlarmAttribute()
    in_flight = AlarmAttribute()
    message_size = AlarmAttribute()
    noisy_groups = AlarmAttribute()
    duplicates = AlarmAttribute()
    dead_letter_depth = AlarmAttribute()
    expiring_dead_letters = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue: sqs.IQueue | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        maximum_age: cdk.Duration | None = None,
        maximum_backlog: int | None = None,
        settings: QueueAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms that the queue has something to watch for.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            queue: the queue, made or imported. Left out: only `dead_letter_queue` is watched.
            dead_letter_queue: where messages go that fail. Left out: the dead-letter queue of a queue that is
                made in the app; that of an imported one is unknown and is not watched. Where several queues share
                one, each set has its own alarm on it: set ``dead_letter_depth`` to None in all but one.
            maximum_age: how old a message may grow before somebody should look, from 1 minute, below the retention
                period. Left out: there is no alarm `oldest_message_age`.
            maximum_backlog: how many messages may wait before somebody should look. Left out: there is no
                alarm `backlog`.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, QueueAlarmSettings, None)
        check.require(
            queue is not None or dead_letter_queue is not None,
            "there is neither a queue nor a dead-letter queue to watch.",
            remedy=_GIVE_A_QUEUE,
        )
        check.offers("queue", queue, "queue_name", remedy=_GIVE_A_QUEUE)
        check.offers("dead_letter_queue", dead_letter_queue, "queue_name", remedy=_GIVE_A_QUEUE)
        check.require(
            queue is None or queue is not dead_letter_queue,
            "queue and dead_letter_queue are the same.",
            remedy="Watch a dead-letter queue as dead_letter_queue alone: nobody has to empty it.",
        )
        for name, given in (("queue", queue), ("dead_letter_queue", dead_letter_queue)):
            if given is not None:
                check_place(check, scope, name, given)
        _check_limits(check, queue, maximum_age, maximum_backlog)
        subject = queue_subject(
            queue,
            dead_letter_queue=dead_letter_queue,
            maximum_age=maximum_age,
            maximum_backlog=maximum_backlog,
        )
        rows = chosen_rows(check, QUEUE_ALARMS, subject, settings or QueueAlarmSettings(), route)
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)


def _check_limits(
    check: Check, queue: sqs.IQueue | None, maximum_age: cdk.Duration | None, maximum_backlog: int | None
) -> None:
    for name, value in (("maximum_age", maximum_age), ("maximum_backlog", maximum_backlog)):
        check.require(
            value is None or queue is not None,
            f"{name} is {value!r}, but there is no queue.",
            remedy="Give the queue that it is about.",
        )
    check_fixed(check, maximum_age=maximum_age, maximum_backlog=maximum_backlog)
    check.duration("maximum_age", maximum_age, _MINUTE, _FOURTEEN_DAYS)
    check.within("maximum_backlog", maximum_backlog, 1, 1_000_000_000, unit="messages")
    if maximum_age is None or (retention := _retention(_resource(queue))) is None:
        return
    check.require(
        is_token(retention) or maximum_age.to_seconds() < retention,
        f"maximum_age is {maximum_age.to_seconds():g} s, but SQS deletes messages after {retention:g} s: the "
        "alarm could never ring.",
        remedy="Give a shorter age, or the queue a longer retention period.",
    )
