"""The messages of a dead-letter queue."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from redrive.model import Letter

__all__ = ["LONGEST", "Letters"]

LONGEST: Final = 960
"""Seconds for which a received letter is hidden at most: as long as a function may run, and a minute.

A run that dies hides its letters no longer than that.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_BATCH: Final = 10
_WAIT: Final = 2
"""Seconds: a receive that waits asks all servers of a queue, one that does not asks some of them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
"""
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


class Letters:
    """The messages of the queue at `url`."""

    def __init__(self, client: Any, url: str) -> None:
        """`client` is boto3's of SQS."""
        self._client = client
        self._url = url

    def receive(self, visibility: float = LONGEST) -> list[Letter]:
        """Up to ten letters, hidden from others for `visibility` seconds; none once all have been received."""
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=int(visibility),
            WaitTimeSeconds=_WAIT,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        return [
            Letter(
                message_id=each["MessageId"],
                receipt=each["ReceiptHandle"],
                body=each["Body"],
                attributes=each.get("MessageAttributes", {}),
                system=each.get("Attributes", {}),
            )
            for each in answer.get("Messages", ())
        ]

    def delete(self, letter: Letter) -> None:
        """Delete `letter`."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)

    def release(self, letters: Sequence[Letter]) -> None:
        """Let others see `letters` at once. What can't be released comes back by itself a little later."""
        for some in _tens(letters):
            self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                    for number, each in enumerate(some)
                ],
            )

    def count(self) -> int:
        """About how many messages there are, hidden ones included."""
        answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(_COUNTS))
        return sum(int(answer["Attributes"].get(name, 0)) for name in _COUNTS)


def _tens(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    rest = iter(letters)
    while some := list(islice(rest, _BATCH)):
        yield some
