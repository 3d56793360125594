"""One invocation: see, decide, and work on the present phase until it is done or time is up."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from failover_controller import notices
from failover_controller.decisions import begun, directed, observed, refusal_to_fail_back
from failover_controller.model import CLOCK_TOLERANCE, MARGIN, Mode, Observation, Phase, Settings, Sleeper
from failover_controller.ports import OvertakenError, Ports, Record

__all__ = ["Controller", "IncompleteError"]

logger = logging.getLogger(__name__)

_TOLD = "told"
_PAUSE = 2.0
_VERBS = {True: "waking", False: "putting to sleep"}


class IncompleteError(Exception):
    """Something could not be done; the next invocation goes on with it."""


class _OutOfTimeError(Exception):
    """What is left is left to the next invocation."""


class Controller:
    """What one invocation does.

    Nothing is done without the lease, which is a conditional write: of two invocations one works and the other leaves.
    Everything that is done is noted before the next thing, so that whoever comes after an invocation that was ended
    midway goes on where it stopped.
    """

    def __init__(self, settings: Settings, ports: Ports, invocation: str) -> None:
        """Work as `invocation`, a name that no other invocation has."""
        self._settings = settings
        self._ports = ports
        self._me = invocation
        self._problems: list[str] = []
        self._state, self._loaded_at = ports.store.load()
        self._mark = ports.elapsed()
        self._state = self._state.believable(self._loaded_at, settings.lease)

    def status(self) -> dict[str, Any]:
        """Where the controller stands."""
        state = self._state
        return {
            "phase": state.phase,
            "mode": state.mode,
            "takeover": state.transition,
            "has_taken_over": state.has_taken_over,
            "ringing": state.ringing,
            "healthy_for": None if state.healthy_since is None else round(self._now() - state.healthy_since),
        }

    def run(self, fail_back: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Do what is to be done now.

        Args:
            fail_back: the command to fail back; None where the clock or the alarm called.

        Raises:
            IncompleteError: something failed; the state is whole, and the next invocation goes on.
        """
        if self._state.is_leased(self._now()):
            return {"busy": True, **self.status()}
        answer, records = self._decide(*self._look(), fail_back)
        try:
            self._lease(records)
            self._work()
            self._save(leased_by=None)
        except OvertakenError:
            logger.info("Another invocation is at work")
            return {"busy": True}
        if self._problems:
            raise IncompleteError("; ".join(self._problems))
        return {**self.status(), **answer}

    def _look(self) -> tuple[Mode, Observation]:
        """What people and the alarm say; what cannot be read is as it was, or not known."""
        mode, seen = self._state.mode, Observation(ringing=None)

        def read_mode() -> None:
            nonlocal mode
            mode = self._ports.mode()

        def read_alarm() -> None:
            nonlocal seen
            seen = self._ports.alarm(self._now())

        self._attempt("reading the parameter", read_mode)
        self._attempt("reading the alarm", read_alarm)
        return mode, seen

    def _decide(
        self, mode: Mode, seen: Observation, fail_back: Mapping[str, object] | None
    ) -> tuple[dict[str, Any], list[Record]]:
        now, records, answer = self._now(), list[Record](), dict[str, Any]()
        state = self._state
        if mode is not state.mode:
            records.append(
                Record(what="mode", detail=f"the parameter says {mode} and not {state.mode} any more")
            )
        state = observed(replace(state, mode=mode), seen, now, self._settings)
        next_phase = directed(state, now, self._settings)
        if fail_back is not None and next_phase is None:
            refused = refusal_to_fail_back(state, fail_back.get("takeover"), now, self._settings)
            answer["failing_back"] = refused is None
            if refused is None:
                next_phase = Phase.RELEASING, "a command said so"
            else:
                answer["refused"] = refused
                records.append(Record(what="refused", detail=f"failing back: {refused}"))
        if next_phase is not None:
            phase, why = next_phase
            state = begun(state, phase, now)
            records.append(Record(what=str(phase), detail=why))
            logger.warning("%s begins: %s", phase, why)
        self._state = state
        return answer, records

    def _work(self) -> None:
        published = self._attempt("publishing", lambda: self._ports.publish(self._state.has_taken_over))
        if self._state.mode is Mode.FROZEN:
            return
        try:
            match self._state.phase:
                case Phase.WAKING:
                    self._wake()
                case Phase.RELEASING:
                    self._release(said=published)
                case Phase.STANDBY:
                    self._keep_awake()
                case Phase.PRIMARY if self._state.transition:
                    self._tell_once(notices.failed_back)
        except _OutOfTimeError:
            self._problems.append(f"{self._state.phase} goes on with the next invocation")

    def _wake(self) -> None:
        asleep: list[str] = []
        try:
            while asleep := self._ensure_all(awake=True):
                if self._is_late():
                    break
                self._tell_once(notices.waking)
                self._check_time()
                self._ports.sleep(_PAUSE)
        except _OutOfTimeError:
            if not self._is_late():
                raise
            asleep.append("not everything could be tried")
        self._problems += asleep
        detail = f"took over, though {'; '.join(asleep)}" if asleep else "all is awake"
        self._save(Record(what=str(Phase.STANDBY), detail=detail), phase=Phase.STANDBY, done=frozenset())
        self._attempt("publishing", lambda: self._ports.publish(True))
        self._tell_once(notices.taken_over)

    def _release(self, *, said: bool) -> None:
        self._tell_once(notices.failing_back)
        if not said:  # names may still lead to the standby
            return
        if self._state.released_at is None:
            self._save(released_at=self._now())
        released_at = self._state.released_at or 0.0
        if self._now() - released_at < self._settings.drain + CLOCK_TOLERANCE:
            return
        # Other health checks may lead names here again.
        if self._state.ringing and self._state.mode is Mode.AUTO:
            return
        if awake := self._ensure_all(awake=False):
            self._problems += awake
            return
        record = Record(what=str(Phase.PRIMARY), detail="all is asleep")
        self._save(record, phase=Phase.PRIMARY, done=frozenset())
        self._tell_once(notices.failed_back)

    def _keep_awake(self) -> None:
        # A deployment of the standby's stack, or what could not be woken in time, leaves something asleep.
        for sleeper in self._settings.sleepers:
            self._check_time()
            changed, error = self._ensure(sleeper, awake=True)
            if error:
                self._problems.append(error)
            if changed:
                self._save(Record(what="waking", detail=f"{sleeper.name}, which slept again"))
        self._tell_once(notices.taken_over)

    def _ensure_all(self, *, awake: bool) -> list[str]:
        """Wake everything, or put it to sleep; what failed."""
        failed: list[str] = []
        sleepers = self._settings.sleepers if awake else tuple(reversed(self._settings.sleepers))
        for sleeper in sleepers:
            if sleeper.name in self._state.done:
                continue
            self._check_time()
            _, error = self._ensure(sleeper, awake=awake)
            if error:
                failed.append(error)
            else:
                record = Record(what=_VERBS[awake], detail=sleeper.name)
                self._save(record, done=self._state.done | {sleeper.name})
        return failed

    def _ensure(self, sleeper: Sleeper, *, awake: bool) -> tuple[bool, str]:
        """Whether something had to be done, and what went wrong."""
        changed = False

        def ensure() -> None:
            nonlocal changed
            changed = self._ports.ensure(sleeper, awake)

        error = self._failure(ensure)
        return changed, error and f"{_VERBS[awake]} {sleeper.name} failed: {error}"

    def _tell_once(self, notice: notices.Notice) -> None:
        key = f"{_TOLD} {notice.__name__}"
        if key in self._state.done:
            return
        subject, text = notice(self._settings, self._state)
        if self._attempt("telling people", lambda: self._ports.tell(subject, text)):
            self._save(done=self._state.done | {key})

    def _lease(self, records: list[Record]) -> None:
        until = self._now() + self._settings.lease
        self._save(*records, leased_by=self._me, leased_until=until)

    def _save(self, *records: Record, **changes: Any) -> None:
        state = replace(self._state, **changes, version=self._state.version + 1)
        self._ports.store.save(state, self._now(), records)
        self._state = state

    def _attempt(self, what: str, act: Callable[[], object]) -> bool:
        """Whether `act` succeeded; the rest does not wait for it."""
        error = self._failure(act)
        if error:
            self._problems.append(f"{what} failed: {error}")
        return not error

    def _failure(self, act: Callable[[], object]) -> str:
        try:
            act()
        except Exception as error:  # whatever it is, the rest must not wait for it
            logger.exception("Something failed")
            return repr(error)
        return ""

    def _check_time(self) -> None:
        late = self._now() + MARGIN > self._state.leased_until
        if late or self._ports.remaining() < MARGIN:
            raise _OutOfTimeError

    def _is_late(self) -> bool:
        """Whether the standby takes over with what is awake."""
        return self._now() - (self._state.changed_at or 0.0) >= self._settings.wake_up_limit

    def _now(self) -> float:
        """The time by the table's clock, which all invocations share."""
        return self._loaded_at + self._ports.elapsed() - self._mark
