"""The metrics of an SQS queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from constructs_lib.replay.timelines.incidents.published import check_rates, level, publish
from constructs_lib.replay.timelines.incidents.signals import Minutes
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.samples import Floats
from constructs_lib.replay.timelines.series import MetricSeries

__all__ = ["DeadLetterQueue", "SqsQueue"]


@dataclass(frozen=True, kw_only=True)
class SqsQueue(Target):
    """A queue and its consumer, with NumberOfMessagesSent, NumberOfMessagesReceived and NumberOfMessagesDeleted,
    ApproximateNumberOfMessagesVisible and ApproximateAgeOfOldestMessage.

    Messages wait in order: what a consumer cannot take in a minute is visible at its end, and the age is that of
    the oldest. The age has data only while a message waits, all others each minute
    (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html).

    Attributes:
        name: the queue's name, logical id or construct path: the dimension QueueName.
        per_minute: how many messages come on average.
        consumed: how many a minute its consumer can take. Left out: four times as many as come.
    """

    per_minute: float = 60.0
    consumed: float | None = None

    feels: ClassVar[frozenset[str]] = frozenset({"load", "stalled", "extra", "silent"})

    def __post_init__(self) -> None:
        """Check its figures.

        Raises:
            TimelineError: one is impossible.
        """
        check_rates(self.label, per_minute=self.per_minute, consumed=self.consumed or 0)

    @property
    def label(self) -> str:
        """The queue and its Region."""
        return f"AWS/SQS:{self.region or ''}:{self.name}"

    def series(self, minutes: Minutes) -> Sequence[MetricSeries]:
        """Its metrics."""
        messages = minutes.requests("messages", self.per_minute)[1].astype(np.float64)
        zeros = np.zeros(len(messages))
        arrived = messages + minutes.chance.poisson("extra", zeros, minutes.now.extra)
        consumed = 4 * self.per_minute if self.consumed is None else self.consumed
        able = consumed * (1 - minutes.now.stalled)
        # What is left is what came since the queue could last have been empty, less what was taken since.
        change = np.cumsum(arrived - able)
        waiting = np.ceil(np.round(change - np.minimum.accumulate(np.minimum(change, 0)), 6))
        taken = np.diff(np.cumsum(arrived) - waiting, prepend=0.0)
        metrics = {
            **({"NumberOfMessagesSent": level(messages)} if self.per_minute else {}),
            "NumberOfMessagesReceived": level(taken),
            "NumberOfMessagesDeleted": level(taken),
            "ApproximateNumberOfMessagesVisible": level(waiting),
            "ApproximateAgeOfOldestMessage": level(_age(arrived, waiting)).without(waiting == 0),
        }
        return publish(minutes, "AWS/SQS", metrics, [{"QueueName": self.name}], region=self.region)


@dataclass(frozen=True, kw_only=True)
class DeadLetterQueue(SqsQueue):
    """A queue that nothing comes to in normal times, and that nobody consumes.

    It has no NumberOfMessagesSent: messages that a redrive policy moves are not counted there.

    Attributes:
        per_minute: how many messages come in normal times.
        consumed: how many a minute are taken away again.
    """

    per_minute: float = 0.0
    consumed: float | None = 0.0


def _age(arrived: Floats, waiting: Floats) -> Floats:
    """Seconds since the oldest message came, at the end of each minute; messages leave as they came."""
    came = np.cumsum(arrived)
    oldest = np.searchsorted(came, came - waiting, side="right")
    return ((np.arange(len(came)) - oldest + 1) * 60).astype(np.float64)
