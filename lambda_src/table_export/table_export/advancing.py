"""One step of one table: what is under way is followed to its end, and what is due is begun."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from botocore.exceptions import ClientError, HTTPClientError

from table_export.checksums import ReadError
from table_export.completing import Completer
from table_export.exports import Described, Exports, RecoveryOffError, is_passing
from table_export.ledger import Ledger, OvertakenError
from table_export.links import Link
from table_export.model import Export, Kind, Settings, State, token_of
from table_export.planning import (
    Recovery,
    broken,
    due_full,
    due_window,
    is_possible,
    released,
    restarted,
    with_export,
)

__all__ = ["Advancer", "Step"]

_TOKEN_HOLDS: Final = 7 * 3_600.0
"""Seconds in which a token keeps a second request from beginning a second export: of the 8 hours that are documented.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
"""
_LISTED: Final = 60.0
"""Seconds after which an export is known everywhere."""
_LONGEST_PAUSE: Final = 6 * 3_600.0


@dataclass
class Step:
    """What one step did.

    Attributes:
        state: what is known of the table after it.
        now: the time.
        problems: what somebody has to know.
        passing: what went wrong and may succeed later as it is.
        broken: how many chains ended with a hole after them.
        done: the exports that were completed, with how DynamoDB describes them.
    """

    state: State
    now: float
    problems: list[str] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    broken: int = 0
    done: list[tuple[Link, Described]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Advancer:
    """Takes steps. Each is safe at any time, also beside another of the same table, and when it is ended at any call.

    Before DynamoDB is asked for an export, the ledger says which and by which token; whoever finds that asks again by
    the same token, which has no second effect. An export counts once its manifest stands in the bucket and the ledger
    says so; until then it is looked at again.

    Attributes:
        settings: how tables are exported.
        ledger: remembers.
        exports: DynamoDB's.
        completer: writes the manifests.
    """

    settings: Settings
    ledger: Ledger
    exports: Exports
    completer: Completer

    def advance(self, table: str) -> Step:
        """Take a step of `table`."""
        state, now = self.ledger.load(table)
        step = Step(state, now)
        try:
            self._settle(step)
            for act in (self._follow_full, self._follow_window, self._plan):
                self._tried(step, act)
        except OvertakenError:
            step.passing.append("another invocation is at it")
        return step

    def _settle(self, step: Step) -> None:
        """Begin anew where exports go somewhere else by now: what lies elsewhere is complete in itself."""
        destination = f"{self.settings.bucket}/{self.settings.root(step.state.table)}"
        if step.state.destination != destination:
            new = replace(restarted(step.state), destination=destination, full=None, window=None)
            step.state = self.ledger.save(new)

    def _tried(self, step: Step, act: Callable[[Step], None]) -> None:
        try:
            act(step)
        except RecoveryOffError as error:
            step.problems.append(str(error))
        except (ClientError, HTTPClientError) as error:
            (step.passing if is_passing(error) else step.problems).append(repr(error))

    def _follow_full(self, step: Step) -> None:
        self._follow(step, Kind.FULL)

    def _follow_window(self, step: Step) -> None:
        self._follow(step, Kind.INCREMENTAL)

    def _follow(self, step: Step, kind: Kind) -> None:
        export = step.state.under_way(kind)
        if export is None or step.now < export.asked:
            return
        if not export.arn:
            self._ask_again(step, export)
            return
        described = self.exports.describe(export.arn)
        new = step.now - export.asked < _LISTED
        if described.status == "FAILED" or (described.status == "UNKNOWN" and not new):
            self._repeat(step, export, f"{export.arn} failed: {described.problem}")
        elif described.status == "COMPLETED":
            try:
                state, link = self.completer.completed(step.state, export, described)
            except ReadError as error:
                self._repeat(step, export, f"{export.arn} is not whole: {error}")
            else:
                step.state = self.ledger.save(state)
                step.done.append((link, described))

    def _plan(self, step: Step) -> None:
        state = step.state
        if not (due_window(state, self.settings) or (not state.full and (state.full_at or not state.chain))):
            return
        recovery = self.exports.recovery(state.table)
        if broken(state, recovery, self.settings):
            step.state = self.ledger.save(restarted(state))
            step.broken += 1
            step.problems.append(
                f"what changed after {state.end}, the end of chain {state.chain}, can't be exported any more: "
                f"point-in-time recovery reaches back to {recovery.earliest}. A new chain begins with a full export"
            )
        for kind, end in (
            (Kind.FULL, due_full(step.state, recovery, self.settings)),
            (Kind.INCREMENTAL, due_window(step.state, self.settings)),
        ):
            if end and end <= recovery.latest:
                step.state = self.ledger.save(with_export(step.state, kind, end, self.settings, step.now))
                self._tried(step, partial(self._ask, kind=kind, recovery=recovery))

    def _ask(self, step: Step, *, kind: Kind, recovery: Recovery) -> None:
        """Ask DynamoDB for what has just been planned, for the first time."""
        export = step.state.under_way(kind)
        if export is None:
            return
        try:
            self._began(step, export, self._request(step.state.table, export, recovery))
        except _ImpossibleError as error:
            self._release(step, export, str(error))

    def _ask_again(self, step: Step, export: Export) -> None:
        """Ask for what an invocation has planned that was ended, or that got no answer."""
        table = step.state.table
        old = step.now - export.asked
        arn = self.exports.find(table, export) if old > _TOKEN_HOLDS else ""
        problem = ""
        if not arn:
            try:
                arn = self._request(table, export, None)
            except _ImpossibleError as error:
                arn, problem = self.exports.find(table, export), str(error)
        if arn:
            self._began(step, export, arn)
        elif old < _LISTED:
            step.passing.append(problem)
        else:
            self._release(step, export, problem)

    def _request(self, table: str, export: Export, recovery: Recovery | None) -> str:
        """The ARN of `export`, which is begun unless it was before.

        Raises:
            _ImpossibleError: it can't be, as it is.
        """
        try:
            found = recovery or self.exports.recovery(table)
            if not is_possible(export, found):
                raise _ImpossibleError(f"{export} lies outside of {found}, which can be exported now")
            return self.exports.request(table, export)
        except RecoveryOffError as error:
            raise _ImpossibleError(str(error)) from error
        except ClientError as error:
            if is_passing(error):
                raise
            raise _ImpossibleError(repr(error)) from error

    def _began(self, step: Step, export: Export, arn: str) -> None:
        step.state = self.ledger.save(step.state.with_under_way(export.kind, replace(export, arn=arn)))

    def _release(self, step: Step, export: Export, problem: str) -> None:
        """Forget `export`, so that what is due is planned anew."""
        step.state = self.ledger.save(released(step.state, export))
        step.problems.append(f"no {export.kind} was begun: {problem}")

    def _repeat(self, step: Step, export: Export, problem: str) -> None:
        """Begin `export` anew, after a while that grows."""
        pause = min(self.settings.pause * 2 ** (export.attempt - 1), _LONGEST_PAUSE)
        again = replace(
            export,
            arn="",
            attempt=export.attempt + 1,
            asked=step.now + pause,
            token=token_of(step.state, export.kind, export.start, export.end),
        )
        new = replace(step.state, serial=step.state.serial + 1)
        step.state = self.ledger.save(new.with_under_way(export.kind, again))
        step.problems.append(problem)


class _ImpossibleError(Exception):
    """The export can't be begun as it is."""
