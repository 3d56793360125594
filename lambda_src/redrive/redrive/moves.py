"""SQS's own tasks that move the messages of a dead-letter queue back to their source queues.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from redrive.failures import code_of, is_denied

__all__ = ["Latest", "MoveFailedError", "Moves", "StillMovingError"]

logger = logging.getLogger(__name__)

_FAILED: Final = "FAILED"
_ENDED: Final = ("COMPLETED", "CANCELLED", _FAILED)
_LISTED: Final = 10
_NO_SOURCE: Final = "CouldNotDetermineMessageSource"
"""Why a task fails at a message that no redrive policy moved here.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
"""
_BUSY: Final = (
    "InvalidParameterValue",
    "UnsupportedOperation",
    "AWS.SimpleQueueService.UnsupportedOperation",
)


class StillMovingError(Exception):
    """A task moves messages of this queue already; there may be one at a time."""


class MoveFailedError(Exception):
    """A task could move nothing, through no fault of the messages: a right, a key or the source queue is missing."""


@dataclass(frozen=True, kw_only=True)
class Latest:
    """What the latest tasks came to.

    Attributes:
        since: when the latest one was started that counts as a round, as a text; empty where there was none.
        failure: why the very latest one moved nothing, where that is no fault of the messages; empty otherwise.
    """

    since: str = ""
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Move tasks of one dead-letter queue.

    Attributes:
        client: boto3's of SQS.
        queue_arn: the dead-letter queue.
    """

    client: Any
    queue_arn: str

    def latest(self) -> Latest:
        """What the latest tasks came to.

        A task that failed counts as a round where it moved something, or failed at a message that no redrive policy
        moved here: such a message makes each task fail, and is parked like any other that stays. Whatever else a task
        fails with, e.g. a right that is missing, says nothing of the messages.

        Raises:
            StillMovingError: one is at work.
        """
        tasks = self.client.list_message_move_tasks(SourceArn=self.queue_arn, MaxResults=_LISTED)
        results = tasks.get("Results", [])
        if any(each["Status"] not in _ENDED for each in results):
            raise StillMovingError(self.queue_arn)
        if not results:
            return Latest()
        latest: Mapping[str, Any] = max(results, key=_started)
        reason = str(latest.get("FailureReason") or "SQS does not say why")
        if latest["Status"] == _FAILED:
            logger.error("the last task of %s failed: %s", self.queue_arn, reason)
        return Latest(
            since=str(max((_started(each) for each in results if _is_round(each)), default="")),
            failure="" if _is_round(latest) else reason,
        )

    def start(self, rate: int) -> None:
        """Let SQS move all messages, `rate` a second.

        Raises:
            StillMovingError: another task was faster.
            ValueError: SQS does not take this queue for a dead-letter queue of a queue.
        """
        try:
            self.client.start_message_move_task(SourceArn=self.queue_arn, MaxNumberOfMessagesPerSecond=rate)
        except Exception as error:
            if is_denied(error) or code_of(error) not in _BUSY:
                raise
            self.latest()
            raise ValueError(f"SQS moves nothing out of {self.queue_arn}: {error}") from error


def _started(task: Mapping[str, Any]) -> int:
    return int(task["StartedTimestamp"])


def _is_round(task: Mapping[str, Any]) -> bool:
    moved = task.get("ApproximateNumberOfMessagesMoved") or 0
    return task["Status"] != _FAILED or moved > 0 or task.get("FailureReason") == _NO_SOURCE
