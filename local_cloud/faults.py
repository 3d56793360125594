"""Faults of functions, on order: what goes wrong is decided by a seed and by the event, not by who comes first.

A rule says which functions it is for, what happens to them, and how often. Whether it happens to an event is a function
of the seed, the rule, what the event says, and how often the function has been asked to handle it: so a run can be
repeated, whatever the order in which its events arrive.
"""

import contextvars
import fnmatch
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from local_cloud.event_identity import identities

__all__ = [
    "KINDS",
    "Fault",
    "FaultError",
    "Injected",
    "clear",
    "decide",
    "delivered",
    "injected",
    "order",
    "record",
]

KINDS = {
    "crash_before": "the process of the function ends before its handler is called",
    "crash_during": "it ends when an AWS API has done what the handler asked for, and the handler does not know",
    "crash_after": "it ends when the handler has returned, and before Lambda knows what",
    "time_out": "the handler has returned, yet too late: the invocation fails with `Task timed out`",
    "throttle": "the invocation is refused with TooManyRequestsException",
    "duplicate": "an event of a queue, of a stream or of an asynchronous invocation is delivered a second time",
    "error": "the handler raises an error",
}

_HALF_OPEN = 2**64


class FaultError(ValueError):
    """A rule says something that cannot be done; the text says what."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One rule.

    Attributes:
        function: what the function's name begins with; `*` stands for any text.
        kind: one of `KINDS`.
        probability: of its happening at each attempt; certain when left out.
        attempts: at which attempts of an event it may happen, counted from 1; at any when left out.
        between: seconds after the order, from and to, in which it may happen; always when left out.
        most: how often it happens at most; without end when left out. Which of the events that come at the same time
            are hit is then a matter of order.
        call: at which call of an AWS API `crash_during` happens, counted from 1.
        operation: which calls count, e.g. `dynamodb.PutItem` or `dynamodb.*`; all when left out.
        error: the name of the error.
        message: the text of the error.
        together: whether the second delivery comes while the first one is under way, not after it.
        identity: the names of the fields, anywhere in the event, that say which event it is. When left out, all that
            it says counts, without what differs between two deliveries of it.
    """

    function: str
    kind: str
    probability: float = 1.0
    attempts: Sequence[int] = ()
    between: Sequence[float] = ()
    most: int | None = None
    call: int = 1
    operation: str = "*"
    error: str = "InjectedError"
    message: str = "injected"
    together: bool = False
    identity: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError(f"kind is {self.kind!r}, none of {', '.join(KINDS)}")
        if not 0 <= self.probability <= 1:
            raise FaultError(f"probability is {self.probability!r}, not from 0 to 1")
        if self.between and not (len(self.between) == 2 and self.between[0] <= self.between[1]):  # noqa: PLR2004 - from and to
            raise FaultError(f"between is {self.between!r}, not two times in their order")
        if self.call < 1 or any(attempt < 1 for attempt in self.attempts):
            raise FaultError("calls and attempts are counted from 1")

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Fault":
        known = {each.name for each in fields(cls)}
        if unknown := sorted(set(said) - known):
            raise FaultError(f"{', '.join(unknown)}: a fault has {', '.join(sorted(known))}")
        if missing := sorted({"function", "kind"} - set(said)):
            raise FaultError(f"{', '.join(missing)} is missing")
        return cls(**said)

    def is_for(self, function: str) -> bool:
        return fnmatch.fnmatchcase(function, f"{self.function}*")

    def chance(self, seed: int, identity: str, attempt: int) -> float:
        """A number from 0 to 1, always the same for the same event and attempt."""
        text = json.dumps([seed, self.function, self.kind, self.operation, self.call, identity, attempt])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / _HALF_OPEN


@dataclass(frozen=True)
class Injected:
    """A fault that has happened."""

    time: float
    function: str
    kind: str
    event: str
    attempt: int


@dataclass
class _Order:
    seed: int = 0
    rules: Sequence[Fault] = ()
    since: float = 0.0
    attempts: Counter[tuple[Fault, str, str]] = field(default_factory=Counter)
    happened: Counter[Fault] = field(default_factory=Counter)


_order = _Order()
_injected: list[Injected] = []
_lock = threading.Lock()
_delivered: contextvars.ContextVar[bool] = contextvars.ContextVar("delivered", default=False)


def order(rules: Sequence[Mapping[str, Any]], seed: int = 0) -> int:
    """Put these rules in the place of all others; gives their number. What has happened stays on record.

    Raises:
        FaultError: a rule cannot be understood; nothing is changed then.
    """
    global _order  # noqa: PLW0603 - there is one order at a time
    made = [Fault.from_json({**rule, **_frozen(rule)}) for rule in rules]
    with _lock:
        _order = _Order(seed, made, time.time())
    return len(made)


def _frozen(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) for name, value in rule.items() if isinstance(value, list)}


def clear() -> None:
    """Forget all rules, and what has happened."""
    order([])
    with _lock:
        _injected.clear()


@contextmanager
def delivered() -> Iterator[None]:
    """Mark what runs inside as work for an event that its source may deliver twice."""
    token = _delivered.set(True)
    try:
        yield
    finally:
        _delivered.reset(token)


def decide(function: str, event: Any) -> tuple[Fault, str, int] | None:
    """The fault that an invocation has to have, with the event's identity and attempt; None for none.

    Of a batch each record is judged by itself, and the first fault that one of them has is that of the invocation.
    """
    with _lock:
        asked = _order
        found = None
        for rule in asked.rules:
            if not rule.is_for(function) or (rule.kind == "duplicate" and not _delivered.get()):
                continue
            for identity in identities(event, rule.identity):
                asked.attempts[rule, function, identity] += 1
                attempt = asked.attempts[rule, function, identity]
                if found is None and _happens(asked, rule, identity, attempt):
                    found = rule, identity, attempt
    return found


def _happens(asked: _Order, rule: Fault, identity: str, attempt: int) -> bool:
    since = time.time() - asked.since
    return (
        (not rule.attempts or attempt in rule.attempts)
        and (not rule.between or rule.between[0] <= since < rule.between[1])
        and (rule.most is None or asked.happened[rule] < rule.most)
        and rule.chance(asked.seed, identity, attempt) < rule.probability
    )


def record(rule: Fault, function: str, identity: str, attempt: int) -> None:
    """Say that a fault has happened, now."""
    with _lock:
        _order.happened[rule] += 1
        _injected.append(Injected(time.time(), function, rule.kind, identity, attempt))


def injected() -> list[dict[str, Any]]:
    """What has happened, oldest first."""
    with _lock:
        return [asdict(each) for each in _injected]
