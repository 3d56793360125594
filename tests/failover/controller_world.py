"""A world for the controller: services that fail, invocations at once that are ended midway, clocks that differ.

Every call into the world stops the invocation until the test lets it go on, so that a test decides in which order the
calls of several invocations happen and which of them fail, before or after they had their effect.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any, TypeVar

from failover_controller.controller import Controller, IncompleteError
from failover_controller.model import Mode, Observation, Phase, Settings, Sleeper, State
from failover_controller.ports import OvertakenError, Ports, Record

from local_cloud.simulation.setups import CONTROLLER

T = TypeVar("T")

TIMEOUT = 60.0
SLEEPERS = tuple(
    Sleeper(kind="reserved", name=name, asleep=0, awake=10) for name in ("orders", "mail", "report")
)
SETTINGS = replace(CONTROLLER, sleepers=SLEEPERS)


class Fault(Enum):
    """What becomes of one call."""

    NONE = auto()
    REFUSED = auto()
    """It fails and has no effect, as a throttled one."""
    LOST = auto()
    """It has its effect, and the answer never comes."""
    KILLED = auto()
    """The invocation is ended before the call."""
    KILLED_LATE = auto()
    """The invocation is ended after the call had its effect."""


class _Killed(BaseException):
    """The invocation is ended: nothing of it runs any more."""


@dataclass
class Change:
    """A change of direction."""

    at: float
    phase: Phase
    by_people: bool


@dataclass
class World:
    """What there is, and everything that ever went wrong with it."""

    now: float = 1_000_000.0
    settings: Settings = SETTINGS
    ringing: bool | None = False
    mode: Mode = Mode.AUTO
    broken: set[str] = field(default_factory=set)
    state: State = field(default_factory=State)
    records: list[Record] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    awake: dict[str, bool] = field(default_factory=dict)
    published: list[tuple[float, bool]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.awake = dict.fromkeys((each.name for each in self.settings.sleepers), False)

    @property
    def all_awake(self) -> bool:
        return all(self.awake.values())

    @property
    def all_asleep(self) -> bool:
        return not any(self.awake.values())

    def save(self, state: State, records: Sequence[Record]) -> None:
        before = self.state
        if state.version != before.version + 1:
            raise OvertakenError
        if state.transition != before.transition:
            by_people = state.mode in (Mode.STANDBY, Mode.PRIMARY)
            self._note_change(Change(self.now, state.phase, by_people))
        self.state = state
        self.records += records

    def _note_change(self, change: Change) -> None:
        if self.changes and not change.by_people:
            since = change.at - self.changes[-1].at
            if since < self.settings.between:
                self.wrong.append(f"{change.phase} began {since} s after the change before")
        if self.changes and (self.changes[-1].phase is change.phase):
            self.wrong.append(f"{change.phase} began twice in a row")
        self.changes.append(change)

    def ensure(self, sleeper: Sleeper, *, awake: bool) -> bool:
        if sleeper.name in self.broken:
            raise TimeoutError(sleeper.name)
        allowed = (Phase.WAKING, Phase.STANDBY) if awake else (Phase.RELEASING,)
        if self.state.phase not in allowed:
            self.wrong.append(f"{sleeper.name} was set to {awake=} in {self.state.phase}")
        led_here = [when for when, taken_over in self.published if taken_over]
        if not awake and led_here and self.now - led_here[-1] < self.settings.drain:
            self.wrong.append(f"{sleeper.name} was put to sleep while names led to the standby")
        changed = self.awake[sleeper.name] is not awake
        self.awake[sleeper.name] = awake
        return changed

    def publish(self, *, taken_over: bool) -> None:
        if taken_over is not (self.state.phase is Phase.STANDBY):
            self.wrong.append(f"published {taken_over} in {self.state.phase}")
        self.published.append((self.now, taken_over))


class Invocation:
    """One run of the controller, which stops before each call until it is told how that call goes."""

    def __init__(
        self, world: World, *, skew: float = 0.0, command: dict[str, object] | None = None, name: str = "one"
    ) -> None:
        self.started = world.now
        self.waits_for: str | None = None
        self.answer: dict[str, Any] | None = None
        self.error: Exception | None = None
        self._world = world
        self._skew = skew
        self._command = command
        self._name = name
        self._fault = Fault.NONE
        self._dead = False
        self._mine, self._theirs = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._theirs.acquire()

    @property
    def over(self) -> bool:
        return self.waits_for is None

    def proceed(self, fault: Fault = Fault.NONE) -> None:
        """Let the next call happen so, and stop before the one after it."""
        if self.over:
            return
        late = self._world.now >= self.started + TIMEOUT
        self._fault = Fault.KILLED if late else fault
        self._mine.release()
        self._theirs.acquire()
        if self.over:
            self._thread.join()

    def finish(self) -> "Invocation":
        """Let it run to its end without any fault."""
        while not self.over:
            self.proceed()
        return self

    def _run(self) -> None:
        try:
            self.answer = Controller(self._world.settings, self._ports(), self._name).run(self._command)
        except (TimeoutError, IncompleteError) as error:
            self.error = error
        except _Killed:
            pass
        finally:
            self.waits_for = None
            self._theirs.release()

    def _call(self, what: str, act: Callable[[], T]) -> T:
        if self._dead:
            raise _Killed
        self.waits_for = what
        self._theirs.release()
        self._mine.acquire()
        fault = self._fault
        if fault is Fault.REFUSED:
            raise TimeoutError(f"{what} is throttled")
        if fault is not Fault.KILLED:
            try:
                answer = act()
            finally:
                self._dead = fault is Fault.KILLED_LATE
        if fault in (Fault.KILLED, Fault.KILLED_LATE):
            self._dead = True
            raise _Killed
        if fault is Fault.LOST:
            raise TimeoutError(f"the answer of {what} is lost")
        return answer

    def _ports(self) -> Ports:
        world, call = self._world, self._call
        return Ports(
            store=_Store(world, call, self._skew),
            alarm=lambda _: call("alarm", lambda: Observation(ringing=world.ringing)),
            mode=lambda: call("mode", lambda: world.mode),
            ensure=lambda each, awake: call(f"ensure {each.name}", lambda: world.ensure(each, awake=awake)),
            publish=lambda value: call("publish", lambda: world.publish(taken_over=value)),
            tell=lambda subject, _: call("tell", lambda: world.told.append(subject)),
            elapsed=lambda: world.now,
            remaining=lambda: self.started + TIMEOUT - world.now,
            sleep=lambda seconds: call("sleep", lambda: pass_time(world, seconds)),
        )


@dataclass
class _Store:
    world: World
    call: Callable[[str, Callable[[], Any]], Any]
    skew: float

    def load(self) -> tuple[State, float]:
        found: tuple[State, float] = self.call("load", lambda: (self.world.state, self.world.now + self.skew))
        return found

    def save(self, state: State, _now: float, records: Sequence[Record] = ()) -> None:
        self.call("save", lambda: self.world.save(state, records))


def pass_time(world: World, seconds: float) -> None:
    world.now += seconds


def tick(
    world: World, *, times: int = 1, every: float = 60.0, command: dict[str, object] | None = None
) -> Invocation:
    """Invoke the controller `times`, each after a pause, without any fault."""
    for _ in range(times):
        pass_time(world, every)
        last = Invocation(world, command=command).finish()
    return last


def fail_back(world: World) -> Invocation:
    """Say to fail back from the present takeover."""
    return tick(world, every=1, command={"takeover": world.state.transition})


def taken_over(**changes: Any) -> World:
    """A world in which the standby has taken over, and the primary is well again since."""
    world = World(settings=replace(SETTINGS, **changes), ringing=True)
    tick(world, times=3)
    world.ringing = False
    return world
