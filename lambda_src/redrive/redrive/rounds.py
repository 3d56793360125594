"""How often an event went back to its source queue.

A message that goes round has another id each time, so that its event is known by what is in it. Two messages with the
same content share their count.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from redrive.model import Letter
from redrive.ports import Entry, LedgerPort, OvertakenError, State

__all__ = ["Rounds"]

_TRIES: Final = 5
_BY_HAND: Final = "by hand"


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """Counts rounds.

    Attributes:
        ledger: remembers.
    """

    ledger: LedgerPort

    def key(self, letter: Letter) -> str:
        """The key of the event in `letter`: its body, attributes and group."""
        content = {
            "body": letter.body,
            "attributes": {name: _plain(value) for name, value in letter.attributes.items()},
            "group": letter.system.get("MessageGroupId", ""),
        }
        return f"event#{hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}"

    def so_far(self, key: str) -> int:
        """How often the event has gone round."""
        entry, _ = self.ledger.load(key)
        return entry.attempts if entry else 0

    def count(self, key: str, limit: int, *, since: str | None = None) -> bool:
        """Count one more round; False where there have been `limit` of them, and nothing is counted.

        Args:
            key: the event.
            limit: how many rounds there may be.
            since: when the latest move of the queue's messages began. The round that is counted is the one that the
                next move takes it on, so that nothing is added as long as there was none. SQS forgets moves, so that
                it may be an earlier one than was known before. Left out: a round is counted.
        """
        for _ in range(_TRIES):
            entry, _now = self.ledger.load(key)
            if entry is not None and since is not None and _moment(since) <= _moment(entry.note):
                return True
            if entry is not None and entry.attempts >= limit:
                return False
            counted = Entry(
                key=key,
                state=State.OPEN,
                attempts=(entry.attempts if entry else 0) + 1,
                note=_BY_HAND if since is None else since,
            )
            try:
                self.ledger.write(counted, entry)
            except OvertakenError:
                continue
            return True
        raise OvertakenError(key)

    def take_back(self, key: str) -> None:
        """The last round that was counted did not come about."""
        entry, _ = self.ledger.load(key)
        if entry is not None:
            self.ledger.write(replace(entry, attempts=max(entry.attempts - 1, 0)), entry)

    def forget(self, key: str) -> None:
        """Count from the beginning should the event come again."""
        entry, _ = self.ledger.load(key)
        if entry is not None:
            self.ledger.write(replace(entry, attempts=0, note=""), entry)


def _moment(since: str) -> int:
    """When a move began; before all of them where the round was made by hand."""
    return -1 if since == _BY_HAND else int(since or 0)


def _plain(value: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: each.hex() if isinstance(each, bytes | bytearray) else str(each) for name, each in value.items()
    }
