"""SQS's own tasks that move the messages of a dead-letter queue back to their source queues.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html
"""

import logging
from dataclasses import dataclass
from typing import Any, Final

from redrive.failures import code_of, is_denied

__all__ = ["Moves", "StillMovingError"]

logger = logging.getLogger(__name__)

_ENDED: Final = ("COMPLETED", "CANCELLED", "FAILED")
_LISTED: Final = 10
_BUSY: Final = (
    "InvalidParameterValue",
    "UnsupportedOperation",
    "AWS.SimpleQueueService.UnsupportedOperation",
)


class StillMovingError(Exception):
    """A task moves messages of this queue already; there may be one at a time."""


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Move tasks of one dead-letter queue.

    Attributes:
        client: boto3's of SQS.
        queue_arn: the dead-letter queue.
    """

    client: Any
    queue_arn: str

    def latest(self) -> str:
        """When the latest task was started, as a text; empty where there was none.

        A task that failed counts as one: what makes each task fail, e.g. a message that no redrive policy moved here,
        is parked like any other that stays.

        Raises:
            StillMovingError: one is at work.
        """
        tasks = self.client.list_message_move_tasks(SourceArn=self.queue_arn, MaxResults=_LISTED)
        results = tasks.get("Results", [])
        if any(each["Status"] not in _ENDED for each in results):
            raise StillMovingError(self.queue_arn)
        latest: dict[str, Any] = max(results, key=lambda each: each["StartedTimestamp"], default={})
        if latest.get("Status") == "FAILED":
            logger.error("the last task of %s failed: %s", self.queue_arn, latest.get("FailureReason"))
        return str(latest.get("StartedTimestamp", ""))

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
