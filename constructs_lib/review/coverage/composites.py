"""Composite alarms that ring when others do."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.review.reading import Node, Reading
from constructs_lib.review.reading.alarms import Alarm, alarms_of, find_alarm

__all__ = ["Composites", "composites_of"]


@dataclass(frozen=True)
class Composites:
    """The composite alarms of all templates.

    Attributes:
        alarms: node to alarm, of all kinds.
        above: alarm to the composite alarms that mention it.
    """

    alarms: Mapping[Node, Alarm]
    above: Mapping[Node, Sequence[Node]]

    def ring(self, seconds: Mapping[Node, int]) -> dict[Node, int]:
        """When alarms ring, composite ones included.

        Args:
            seconds: metric alarms that ring, and after how long each does. The others stay OK.
        """
        found = dict(seconds)
        waiting = list(seconds)
        while waiting:
            for composite in self.above.get(waiting.pop(), ()):
                if composite not in found:
                    after = self._after(composite, found)
                    if after is not None:
                        found[composite] = after
                        waiting.append(composite)
        return found

    def _after(self, composite: Node, seconds: Mapping[Node, int]) -> int | None:
        """After how long a composite alarm rings; None where it does not, or rings already while all are OK."""
        rule = self.alarms[composite].rule or ""
        if _holds(composite, rule, frozenset()):
            return None
        for moment in sorted(set(seconds.values())):
            if _holds(composite, rule, frozenset(each for each, at in seconds.items() if at <= moment)):
                return moment
        return None


def composites_of(whole: Reading) -> Composites:
    """The composite alarms of all templates, looked at once."""
    return whole.once("coverage.composites", _collect)


def _collect(whole: Reading) -> Composites:
    alarms = {each.node: each for each in alarms_of(whole)}
    above: dict[Node, list[Node]] = defaultdict(list)
    for each in alarms.values():
        if each.composite:
            for child in each.children():
                above[child].append(each.node)
    return Composites(alarms, above)


def _holds(composite: Node, rule: str, ringing: frozenset[Node]) -> bool:
    """Whether a rule is true while these ring and all others are OK; one that cannot be read rings with any child."""
    # A rule is only read where an alarm in it rings: the reader of rules takes its time to load.
    from constructs_lib.replay.expressions.errors import ExpressionError  # noqa: PLC0415 - see above
    from constructs_lib.replay.expressions.rules import parse_rule  # noqa: PLC0415 - see above

    try:
        return parse_rule(rule).holds(
            lambda name: "ALARM" if find_alarm(composite.stack, name) in ringing else "OK"
        )
    except (ExpressionError, RecursionError):
        return bool(ringing)
