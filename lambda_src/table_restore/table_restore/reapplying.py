"""What a restore loses, applied again to a temporary table, and looked for there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from botocore.exceptions import ClientError

from table_restore.ledger import Entry, Phase
from table_restore.losses import LATER, Loss, losses, reapply
from table_restore.reading import Clients, read_settings
from table_restore.temporary import code_of
from table_restore.views import NO_TABLE

__all__ = ["Reapplier"]

_TRIED: Final = frozenset({"recovery_days", "stream", "tags", "ttl"})
"""What is applied to a temporary table. The rest would keep it from being deleted, open it to others, cost money or
reach beyond it."""
_OWN: Final = "billing"
"""What differs because the test chose it."""
_PATIENCE: Final = 900.0
"""Seconds after which what is not there has failed."""


@dataclass(frozen=True, kw_only=True)
class Reapplier:
    """Gives temporary tables back what they lost. Time to live comes last, and expires nobody's items.

    Attributes:
        clients: of boto3.
        clock: the time, in seconds.
    """

    clients: Clients
    clock: Callable[[], float]

    def go_on(self, entry: Entry, table: str) -> Entry:
        """The entry after one more round on `table`; its phase is `Phase.DONE` once there is nothing left to do."""
        try:
            source = read_settings(self.clients, entry.table)
        except ClientError as error:
            if code_of(error) not in NO_TABLE:
                raise
            note = "What the restored table lacks is not known: the source is gone."
            return replace(entry, phase=Phase.DONE, notes=(*entry.notes, note))
        restored = read_settings(self.clients, table)
        lacking = [each for each in losses(source, restored) if each.setting != _OWN]
        if not entry.reapplying_since:
            unread = [f"{name} could not be read: {why}" for name, why in source.unknown.items()]
            lost = tuple(map(_described, lacking))
            entry = replace(entry, lost=lost, notes=(*entry.notes, *unread), reapplying_since=self.clock())
        tried = [each for each in lacking if each.setting in _TRIED and not each.by_hand]
        left = [each for each in tried if each.what not in entry.refused]
        if not left:
            there = {_described(each) for each in lacking}
            gained = tuple(each for each in entry.lost if each not in there)
            return replace(entry, phase=Phase.DONE, reapplied=gained)
        if self.clock() - entry.reapplying_since > _PATIENCE:
            return self._refuse(entry, left, "it is not there after it was applied")
        for loss in left:
            try:
                reapply(self.clients, table, loss)
            except ClientError as error:
                if code_of(error) in LATER:
                    break
                entry = self._refuse(entry, [loss], str(error))
        return entry

    def _refuse(self, entry: Entry, refused: list[Loss], why: str) -> Entry:
        names = [each.what for each in refused]
        reasons = [f"After the restore, it could not be given its {name}: {why}." for name in names]
        return replace(entry, refused=(*entry.refused, *names), reasons=(*entry.reasons, *reasons))


def _described(loss: Loss) -> str:
    return f"{loss.what} ({loss.by_hand})" if loss.by_hand else loss.what
