"""What the alarms at hand do when a part of a resource fails in one way."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.review.coverage.composites import composites_of
from constructs_lib.review.coverage.matching import Match
from constructs_lib.review.coverage.mode import LIFE_ENDS, SIGN_OF_LIFE, Mode
from constructs_lib.review.coverage.subject import Subject
from constructs_lib.review.coverage.watching import watchers_of
from constructs_lib.review.reading import Node

if TYPE_CHECKING:
    from constructs_lib.review.coverage.proof import Proof

__all__ = ["Judged", "judged"]

_SIGNS: Final = {
    "GreaterThanThreshold": "more than",
    "GreaterThanOrEqualToThreshold": "at least",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "at most",
}
_TOO_LITTLE: Final = "LessThan"
_LARGE: Final = 100
_FEW: Final = 60
_MOST: Final = 60_000
"""Periods, above few for each alarm, that are replayed for some templates: they take two or three seconds."""


@dataclass
class Judged:
    """What alarms do in an incident.

    Attributes:
        seconds: alarms that ring to after how long, composite ones included.
        by_sign: whether only alarms on a sign of life ring.
        unknown: why it is not known what an alarm does.
        missed: why alarms that watch the resource do not ring.
    """

    seconds: Mapping[Node, int] = field(default_factory=dict)
    by_sign: bool = False
    unknown: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def judged(subject: Subject, mode: Mode, part: str | None, facts: Mapping[str, float]) -> Judged:
    """Replay every alarm that watches a part of a resource over the incident of a failure mode.

    Args:
        subject: the resource.
        mode: the failure mode.
        part: which part of it fails; None for the resource as a whole.
        facts: what the incident needs to know.
    """
    result = Judged()
    watchers = watchers_of(subject.node.stack.whole)
    found: dict[Node, int] = {}
    signs: dict[Node, int] = {}
    for match in watchers.of(subject, part, mode.metrics):
        if match.watch is None:
            (result.unknown if match.unknown else result.missed).append(_reason(match))
        elif not mode.by_absence or match.watch.operator.startswith(_TOO_LITTLE):
            proof = _proof(match, mode.incident, mode.metrics, facts)
            if proof.seconds is not None and not proof.always:
                found[match.alarm.node] = proof.seconds
            elif proof.problem:
                result.unknown.append(f"{match.alarm.node.path} cannot be replayed: {proof.problem}")
            else:
                result.missed.append(_missed(match, proof))
    if mode.by_absence or (mode.ends_life and "regular" in subject.facts):
        for match in watchers.signs(subject):
            proof = _proof(match, LIFE_ENDS, (SIGN_OF_LIFE,), {})
            if proof.seconds is not None and not proof.always:
                signs[match.alarm.node] = proof.seconds
    result.by_sign = bool(signs) and not found
    result.seconds = composites_of(subject.node.stack.whole).ring({**signs, **found})
    return result


def _proof(
    match: Match, incident: str, metrics: tuple[tuple[str, str], ...], facts: Mapping[str, float]
) -> "Proof":
    # Only an alarm that watches something needs the libraries that replay it.
    from constructs_lib.review.coverage.proof import Proof, key_of, prove  # noqa: PLC0415 - see above

    if match.watch is None:
        return Proof(problem=match.why)
    replayed = incident, metrics, tuple(sorted(facts.items())), key_of(match.watch)
    spent = match.alarm.node.stack.whole.once("coverage.replayed", lambda _: _Spent())
    if not spent.allows(replayed, (match.watch.periods - _FEW) * len(match.watch.queries)):
        return Proof(problem="too many alarms have as many periods as it has")
    return prove(*replayed)


@dataclass
class _Spent:
    """What it has taken to replay the alarms of some templates."""

    seen: set[Hashable] = field(default_factory=set)
    periods: int = 0

    def allows(self, replayed: Hashable, periods: int) -> bool:
        """Whether one may be replayed, which is free where it has few periods, or was replayed before."""
        if periods <= 0 or replayed in self.seen:
            return True
        if self.periods + periods > _MOST:
            return False
        self.periods += periods
        self.seen.add(replayed)
        return True


def _reason(match: Match) -> str:
    path = match.alarm.node.path
    if match.unknown:
        return f"what {path} watches, or when it rings, is known only at deployment"
    return f"of {path}, {match.why.rstrip('.')}"


def _missed(match: Match, proof: "Proof") -> str:
    """Why an alarm does not tell: how far its metric goes, and what it wants."""
    path, watch = match.alarm.node.path, match.watch
    if proof.always:
        return f"{path} rings in normal traffic, too"
    if proof.farthest is None or watch is None:
        return f"{path} sees nothing of it"
    shown = watch.queries[watch.shown]
    read = ", ".join(dict.fromkeys(each.metric.name for each in watch.queries.values() if each.metric))
    what = f"{shown.statistic} of {read}" if shown.metric else f"the expression on {read}"
    wanted = (
        "what is outside of its band"
        if watch.threshold is None
        else f"{_SIGNS[watch.operator]} {_figure(watch.threshold)}"
    )
    often = f"in {watch.needed} of {watch.periods} periods of {watch.period} s"
    return f"{what} comes to {_figure(proof.farthest)}, and {path} wants {wanted} {often}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.3g}"
