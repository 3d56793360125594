"""Messages that go back to their source queue one by one.

SQS's own task moves all that is in a queue. Where some are to stay, and in a FIFO queue, which shows a group's later
messages only after its earlier ones are gone, so that they could not be counted before a task starts, they are sent by
hand. Then a message keeps its body, attributes, trace header and group, and in a FIFO queue the deduplication id that
it has in the dead-letter queue, which is the id of the original message and not its deduplication id. A message that
is sent is deleted afterwards; a run that dies in between sends it a second time once the lease has ended, which a
standard queue delivers, and a FIFO queue too, unless that is within five minutes.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from redrive.failures import is_denied, is_passing
from redrive.functions import Answer, Ended
from redrive.malformed import MalformedError
from redrive.model import Letter, Route
from redrive.redriving import Task
from redrive.rounds import Rounds

__all__ = ["NoSourceError", "Sources", "ToQueue"]

_AROUND: Final = 10.0
_GIVEN: Final = ("DataType", "StringValue", "BinaryValue")


class NoSourceError(Exception):
    """No queue has this one as its dead-letter queue."""


@dataclass
class Sources:
    """The queues whose dead-letter queue is that at `url`.

    Attributes:
        client: boto3's of SQS.
        url: the dead-letter queue.
    """

    client: Any
    url: str
    _found: Sequence[str] | None = None

    def all(self) -> Sequence[str]:
        """Their URLs.

        Raises:
            NoSourceError: there is none.
        """
        if self._found is None:
            found: list[str] = []
            request: dict[str, Any] = {"QueueUrl": self.url, "MaxResults": 1000}
            while True:
                page = self.client.list_dead_letter_source_queues(**request)
                found += page.get("queueUrls", [])
                if not page.get("NextToken"):
                    break
                request["NextToken"] = page["NextToken"]
            if not found:
                raise NoSourceError(f"No queue has {self.url} as its dead-letter queue.")
            self._found = found
        return self._found

    def of(self, letter: Letter) -> str:
        """The queue that `letter` came from.

        Raises:
            MalformedError: it can't be told, or has another dead-letter queue by now.
        """
        name = letter.system.get("DeadLetterQueueSourceArn", "").rpartition(":")[2]
        named = [url for url in self.all() if not name or url.rpartition("/")[2] == name]
        if len(named) != 1:
            raise MalformedError(f"of the source queues {list(self.all())} it names {name or 'none'}")
        return named[0]


@dataclass(frozen=True, kw_only=True)
class ToQueue:
    """Sends messages to their source queue.

    Attributes:
        route: how often at most.
        sources: where they came from.
        rounds: counts.
    """

    route: Route
    sources: Sources
    rounds: Rounds

    def look(self, letter: Letter) -> Task:
        """What is to be done with `letter`.

        Raises:
            MalformedError: nobody can tell where it came from.
        """
        return Task(
            letter=letter,
            failed_at=letter.sent_at,
            rounds=self.rounds.so_far(self.rounds.key(letter)),
            target=self.sources.of(letter),
        )

    def needs(self, _task: Task) -> float:
        """How many seconds it may take to send one."""
        return _AROUND

    def give(self, task: Task) -> Answer:
        """Send the message. The round is counted before: a run that dies in between leaves it counted."""
        key = self.rounds.key(task.letter)
        if not self.rounds.count(key, self.route.max_attempts):
            return Answer(Ended.REFUSED, f"it was sent back {self.route.max_attempts} times, and came back")
        try:
            self.sources.client.send_message(QueueUrl=task.target, **_message(task.letter))
        except Exception as error:
            if is_denied(error) or is_passing(error):
                self.rounds.take_back(key)
            raise
        return Answer(Ended.DONE)

    def forget(self, task: Task) -> None:
        """Count from the beginning should the same event come again."""
        self.rounds.forget(self.rounds.key(task.letter))


def _message(letter: Letter) -> dict[str, Any]:
    """`letter` as it is sent again."""
    system = letter.system
    message: dict[str, Any] = {
        "MessageBody": letter.body,
        "MessageAttributes": {
            name: {key: value[key] for key in _GIVEN if key in value}
            for name, value in letter.attributes.items()
        },
    }
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        if system.get(name):
            message[name] = system[name]
    if trace := system.get("AWSTraceHeader"):
        message["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
    return message
