"""Which alarms watch a resource."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from constructs_lib.review.coverage.matching import Match, match_of, match_of_sign
from constructs_lib.review.coverage.subject import Subject, resolved
from constructs_lib.review.coverage.watcher import Watcher, watcher_of
from constructs_lib.review.reading import Reading
from constructs_lib.review.reading.alarms import alarms_of

__all__ = ["Watchers", "watchers_of"]


class Watchers:
    """The metric alarms of all templates, by what they watch."""

    def __init__(self, whole: Reading) -> None:
        """Look at the alarms of `whole`."""
        self._by_value: dict[str, list[Watcher]] = defaultdict(list)
        self._anywhere: list[Watcher] = []
        self._own: list[Watcher] = []
        for alarm in alarms_of(whole):
            if not alarm.composite:
                self._add(watcher_of(alarm))

    def _add(self, watcher: Watcher) -> None:
        stack = watcher.alarm.node.stack
        values: dict[str, None] = {}
        anywhere = bool(watcher.queries)
        for dimensions in watcher.dimensions.values():
            anywhere = anywhere or not dimensions
            for _, value in dimensions or ():
                values[value] = None
                anywhere = anywhere or not resolved(stack, value)
        for value in values:
            self._by_value[value].append(watcher)
        if watcher.own:
            self._own.append(watcher)
        if anywhere:
            self._anywhere.append(watcher)

    def signs(self, subject: Subject) -> Iterator[Match]:
        """The alarms on a sign of life: what a function publishes of its own, as its environment says.

        It does where that names the namespace and the value of each dimension, as Powertools for AWS Lambda wants it.
        https://docs.aws.amazon.com/powertools/python/latest/core/metrics/
        """
        for watcher in self._own if subject.environment else ():
            match = match_of_sign(watcher, subject) if watcher.is_near(subject) else None
            if match is not None:
                yield match

    def of(self, subject: Subject, part: str | None, metrics: Sequence[tuple[str, str]]) -> Iterator[Match]:
        """The alarms on any of `metrics` of a part of a resource, or that may be."""
        found = dict.fromkeys(each for name in subject.names for each in self._by_value.get(name, ()))
        for watcher in dict.fromkeys((*found, *self._anywhere)):
            match = match_of(watcher, subject, part, metrics) if watcher.is_near(subject) else None
            if match is not None:
                yield match


def watchers_of(whole: Reading) -> Watchers:
    """The metric alarms of all templates, looked at once."""
    return whole.once("coverage.watchers", Watchers)
