"""The steps of a test, each of which can be done again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from table_restore.ledger import Entry, Ledger, OvertakenError, Phase, State
from table_restore.metrics import Publisher
from table_restore.options import Options
from table_restore.reports import REMEMBERED, iso, more, report_of
from table_restore.temporary import RESTORED, EndedError, Temporary
from table_restore.trial import Trial

__all__ = ["Steps"]

_SHORTEST_WAIT: Final = 5
_LONGEST_WAIT: Final = 300
_SHARE: Final = 10
"""A wait is this part of the time since the test began, so that a short restore is measured well."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What the state machine calls. Each answer says what is ``next``: wait, ask, elsewhere or done.

    Attributes:
        options: how restores are tested.
        ledger: remembers.
        temporary: makes and deletes tables.
        trial: does the test.
        publisher: publishes.
        clock: the time, in seconds.
    """

    options: Options
    ledger: Ledger
    temporary: Temporary
    trial: Trial
    publisher: Publisher
    clock: Callable[[], float]

    def begin(self, table: str, run: str, execution: str) -> dict[str, Any]:
        """Claim table and scheduled time, and begin the restore."""
        entry = Entry(table=table, run=run, execution=execution, began=self.clock())
        try:
            # The names are written down before there is any table, so that none can be forgotten.
            entry = self.ledger.claim(replace(entry, open=self.temporary.names(entry)))
        except OvertakenError as error:
            return {"next": "elsewhere", "execution": str(error)}
        return self._go_on(entry)

    def work(self, table: str, run: str, execution: str) -> dict[str, Any]:
        """Do what can be done now."""
        return self._go_on(self._own(table, run, execution))

    def heard(self, table: str, run: str, execution: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Take what the verifier answered, or how it failed."""
        entry = self._own(table, run, execution)
        if entry.phase is not Phase.ASKING:
            return self._go_on(entry)
        answer, error = given.get("verdict"), given.get("verifier_error")
        reasons: list[str] = []
        if error:
            reasons = [f"The verifier failed: {error.get('Error')}: {error.get('Cause')}"]
        elif not isinstance(answer, Mapping) or not isinstance(answer.get("passed"), bool):
            reasons = [f"The verifier answered {answer!r}, without a passed that is true or false."]
        elif not answer["passed"]:
            said = [str(each) for each in answer.get("reasons") or ["it gives no reasons"]]
            reasons = [f"The verifier refuses it: {each}" for each in said]
        return self._go_on(self._save(entry, phase=Phase.REAPPLYING, reasons=more(entry, *reasons)))

    def tear_down(self, table: str, run: str, execution: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Delete the temporary tables; what failed before becomes a reason."""
        try:
            entry = self._own(table, run, execution)
        except LookupError:
            return {"next": "done"}
        if (error := given.get("error")) and entry.phase is not Phase.ENDED:
            reason = f"The test failed: {error.get('Error')}: {error.get('Cause')}"
            entry = self._save(entry, phase=Phase.ENDED, reasons=more(entry, reason))
        if left := self.temporary.delete(entry):
            return self._wait(entry)
        if entry.phase is Phase.DONE:
            self._save(entry, open=left)
        # DynamoDB may not show yet what was begun before it went wrong: a later look closes that.
        return {"next": "done"}

    def report(self, table: str, run: str, execution: str) -> dict[str, Any]:
        """Say and publish the verdict."""
        entry = self._own(table, run, execution)
        passed = entry.phase is Phase.DONE and not entry.reasons
        reasons = entry.reasons if passed or entry.reasons else ("The test did not come to its end.",)
        now = self.clock()
        values = {"RestoreTestsFailed": 0.0 if passed else 1.0, "RestoreItemsCompared": float(entry.compared)}
        if entry.restore_seconds:
            values["RestoreSeconds"] = entry.restore_seconds
        if passed:
            values["AgeOfNewestRestoreTest"] = 0.0
        self.publisher.publish(table, values)
        entry = self._save(
            entry,
            state=State.PASSED if passed else State.FAILED,
            finished=entry.finished or iso(now),
            reasons=reasons,
            expires=int(now) + REMEMBERED,
        )
        return {"passed": passed, "report": report_of(entry)}

    def _own(self, table: str, run: str, execution: str) -> Entry:
        entry = self.ledger.load(table, run)
        if entry is None or entry.execution != execution:
            raise LookupError(f"The ledger has no test of {table} for {run} by {execution}.")
        return entry

    def _save(self, entry: Entry, **changes: Any) -> Entry:
        return self.ledger.save(replace(entry, **changes))

    def _go_on(self, entry: Entry) -> dict[str, Any]:
        late = self.clock() - entry.began > self.options.timeout
        if late and entry.phase not in (Phase.DONE, Phase.ENDED):
            reason = f"It took longer than {self.options.timeout:,.0f} seconds."
            entry = self._save(entry, phase=Phase.ENDED, reasons=more(entry, reason))
        try:
            entry = self.trial.go_on(entry)
        except EndedError as error:
            known = self._own(entry.table, entry.run, entry.execution)
            entry = self._save(known, phase=Phase.ENDED, reasons=more(known, str(error)))
        if entry.phase is Phase.ASKING:
            return {"next": "ask", "asked": self._asked(entry)}
        return {"next": "done"} if entry.phase in (Phase.DONE, Phase.ENDED) else self._wait(entry)

    def _wait(self, entry: Entry) -> dict[str, Any]:
        elapsed = self.clock() - entry.began
        return {"next": "wait", "seconds": int(min(_LONGEST_WAIT, max(_SHORTEST_WAIT, elapsed / _SHARE)))}

    def _asked(self, entry: Entry) -> dict[str, Any]:
        return {
            "table": entry.table,
            "scheduled": entry.run,
            "backup": entry.backup,
            "restored": self.temporary.name(entry, RESTORED),
            "views": {what: self.temporary.name(entry, what) for what in entry.wanted},
        }
