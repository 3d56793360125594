"""How long messages wait, and where they go that nobody could handle.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html
"""

from typing import Any, Final

from constructs_lib.review.difference.setting import Members, Setting, higher, present
from constructs_lib.review.difference.words import duration, number
from constructs_lib.review.reading.data import number_of
from constructs_lib.review.reading.queues import DEFAULT_RETENTION, DEFAULT_VISIBILITY

__all__ = ["MEMBERS", "SETTINGS"]

_QUEUE: Final = ("AWS::SQS::Queue",)
_HOUR: Final = 3_600


def _hours(value: Any) -> str:
    found = number_of(value)
    return number(value) if found is None else duration(found * _HOUR)


SETTINGS: Final = (
    Setting(
        types=_QUEUE,
        keys=("RedrivePolicy", "deadLetterTargetArn"),
        what="its dead-letter queue",
        kinds=("dead-letters-gone", "dead-letters-added"),
        rank=present,
        shown=None,
        neither="dead-letters-elsewhere",
        why="what cannot be handled is received until it is too old, and then lost",
    ),
    Setting(
        types=_QUEUE,
        keys=("RedrivePolicy", "maxReceiveCount"),
        what="how often a message is received before it is a dead letter",
        kinds=("receive-count-lowered", "receive-count-raised"),
        rank=higher,
    ),
    Setting(
        types=_QUEUE,
        keys=("MessageRetentionPeriod",),
        what="the retention",
        kinds=("retention-shortened", "retention-lengthened"),
        rank=higher,
        default=DEFAULT_RETENTION,
        shown=duration,
        why="what waits longer is lost",
    ),
    Setting(
        types=_QUEUE,
        keys=("VisibilityTimeout",),
        what="the visibility timeout",
        kinds=("visibility-shortened", "visibility-lengthened"),
        rank=higher,
        default=DEFAULT_VISIBILITY,
        shown=duration,
        why="what takes longer is received twice",
    ),
    Setting(
        types=_QUEUE,
        keys=("KmsMasterKeyId",),
        what="the key that encrypts it",
        kinds=("encryption-off", "encryption-on"),
        rank=present,
        shown=None,
    ),
    Setting(
        types=("AWS::Kinesis::Stream",),
        keys=("RetentionPeriodHours",),
        what="the retention",
        kinds=("retention-shortened", "retention-lengthened"),
        rank=higher,
        default=24,
        shown=_hours,
        why="what waits longer is lost",
    ),
)
MEMBERS: Final[tuple[Members, ...]] = ()
