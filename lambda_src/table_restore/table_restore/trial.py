"""What a test does until it has its verdict: restore, view, compare, and apply again what was lost."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from botocore.exceptions import ClientError

from table_restore.ledger import Entry, Ledger, Phase
from table_restore.newest import describe_backup, newest_backup
from table_restore.options import Options
from table_restore.reapplying import Reapplier
from table_restore.reports import more
from table_restore.sampling import Reader
from table_restore.temporary import AFTER, BEFORE, RESTORED, EndedError, Temporary, code_of
from table_restore.verifying import Subject, verify
from table_restore.views import NO_TABLE, view_of

__all__ = ["Trial"]

_DELETED: Final = "BackupNotFoundException"
_NO_VIEW: Final = frozenset(
    {"InvalidRestoreTimeException", "PointInTimeRecoveryUnavailableException", "TableNotFoundException"}
)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Takes a test as far as it can go now; each time it goes on from what the ledger says.

    Attributes:
        options: how restores are tested.
        ledger: remembers.
        temporary: makes tables.
        reader: reads tables.
        reapplier: applies what a restore loses.
        clock: the time, in seconds.
    """

    options: Options
    ledger: Ledger
    temporary: Temporary
    reader: Reader
    reapplier: Reapplier
    clock: Callable[[], float]

    def go_on(self, entry: Entry) -> Entry:
        """The entry once everything was done that can be done now.

        Raises:
            EndedError: the test cannot go on.
        """
        if entry.phase is Phase.RESTORING:
            return self._restore(entry)
        if entry.phase is Phase.REAPPLYING:
            return self.ledger.save(self.reapplier.go_on(entry, self.temporary.name(entry, RESTORED)))
        return entry

    def _save(self, entry: Entry, **changes: Any) -> Entry:
        return self.ledger.save(replace(entry, **changes))

    def _restore(self, entry: Entry) -> Entry:
        if not entry.backup:
            entry = self._choose(entry)
        try:
            entry, ready = self.temporary.make(entry, RESTORED)
        except ClientError as error:
            if code_of(error) != _DELETED:
                raise
            note = f"The backup {entry.backup_name} was deleted meanwhile."
            return self._save(entry, backup="", wanted=(), notes=(*entry.notes, note))
        if RESTORED in entry.begun and not entry.restoring_since:
            entry = self._save(entry, restoring_since=self.clock())
        if ready and not entry.restore_seconds:
            self.temporary.mark(self.temporary.name(entry, RESTORED))
            entry = self._save(
                entry, restore_seconds=max(1.0, round(self.clock() - entry.restoring_since, 1))
            )
        for what in entry.wanted:
            entry, viewed = self._view(entry, what)
            ready = ready and viewed
        return self._verify(entry) if ready else entry

    def _choose(self, entry: Entry) -> Entry:
        client = self.temporary.client
        newest = newest_backup(client, entry.table)
        described = describe_backup(client, newest.arn) if newest else None
        if newest is None or described is None:
            raise EndedError(
                "There is no on-demand backup of the table that is available; those of AWS Backup are not tested here."
            )
        entry = replace(
            entry,
            backup=newest.arn,
            backup_name=newest.name,
            backup_created=newest.created,
            source=_source(described),
        )
        if self.options.view == "never":
            return self.ledger.save(entry)
        if problem := view_of(self.temporary, entry, BEFORE).problem:
            return self._without_view(entry, BEFORE, problem)
        return self._save(entry, wanted=(BEFORE,))

    def _view(self, entry: Entry, what: str) -> tuple[Entry, bool]:
        if what not in entry.begun:
            view = view_of(self.temporary, entry, what)
            if view.problem:
                return self._without_view(entry, what, view.problem), True
            if view.in_seconds > 0:
                return entry, False
        try:
            return self.temporary.make(entry, what)
        except ClientError as error:
            if code_of(error) not in _NO_VIEW:
                raise
            known = self.ledger.load(entry.table, entry.run) or entry
            return self._without_view(known, what, str(error)), True

    def _without_view(self, entry: Entry, what: str, problem: str) -> Entry:
        """The entry of a test that goes on without a view: this makes it fail where the view was needed."""
        said = f"There is no point-in-time view of the moment of the backup: {problem}."
        needed = self.options.view == "required" or what == AFTER
        return self._save(
            entry,
            wanted=(),
            reasons=more(entry, said) if needed else entry.reasons,
            notes=entry.notes if needed else (*entry.notes, said),
        )

    def _verify(self, entry: Entry) -> Entry:
        names = {what: self.temporary.name(entry, what) for what in (RESTORED, *entry.wanted)}
        live = self._live(entry)
        subject = Subject(
            restored=names[RESTORED],
            live=live,
            before=names.get(BEFORE, ""),
            after=names.get(AFTER, ""),
            created=entry.backup_created,
            backup=json.loads(entry.source),
            seed=entry.seed,
        )
        verified = verify(self.reader, self.options, subject)
        if verified.doubtful and AFTER not in entry.wanted:
            return self._save(entry, wanted=(*entry.wanted, AFTER))
        gone = (
            ["The source is gone: no items were compared with it."]
            if self.options.unchanged and not live
            else []
        )
        return self._save(
            entry,
            phase=Phase.ASKING if self.options.verifier else Phase.REAPPLYING,
            reasons=more(entry, *verified.reasons, *gone),
            notes=(*entry.notes, *verified.notes),
            items=verified.count.items,
            compared=verified.compared,
            left_out=verified.left_out,
        )

    def _live(self, entry: Entry) -> str:
        try:
            self.temporary.client.describe_table(TableName=entry.table)
        except ClientError as error:
            if code_of(error) in NO_TABLE:
                return ""
            raise
        return entry.table


def _source(described: Mapping[str, Any]) -> str:
    table, features = described["SourceTableDetails"], described.get("SourceTableFeatureDetails", {})
    return json.dumps(
        {
            "SourceTableDetails": {name: table[name] for name in ("KeySchema", "ItemCount") if name in table},
            "SourceTableFeatureDetails": {
                name: [
                    {part: index[part] for part in ("IndexName", "KeySchema", "Projection") if part in index}
                    for index in features.get(name) or ()
                ]
                for name in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
            },
        }
    )
