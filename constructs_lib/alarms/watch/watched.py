"""What the alarms of a tree watch already."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.alarms.watch.references import paths_in, text_of
from constructs_lib.alarms.watch.relations import Relations
from constructs_lib.alarms.watch.tree import ALARM, COMPOSITE, FUNCTION, QUALIFIED, Resource, Tree

__all__ = ["Watched", "find_watched"]


@dataclass
class Watched:
    """What alarms look at.

    Attributes:
        relations: what belongs together.
        metrics: the path of what they refer to, to the names of the metrics.
        names: environment, dimension and value of what they name, likewise.
        notified: the paths of what they notify.
    """

    relations: Relations
    metrics: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    names: dict[tuple[str, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    notified: set[str] = field(default_factory=set)

    def metrics_of(self, resource: Resource, dimensions: tuple[str, ...]) -> set[str]:
        """The names of the metrics of `resource` that alarms watch; metric math counts as one without a name.

        Args:
            resource: the resource; of a function, its aliases and versions count.
            dimensions: the dimensions that its name can stand in.
        """
        paths = {resource.path}
        if resource.type == FUNCTION:
            paths |= {each.path for kind in QUALIFIED for each in self.relations.around(resource, kind)}
        found = [self.metrics.get(path, set()) for path in paths]
        if resource.name is not None:
            found += [
                self.names.get((resource.environment, each, resource.name), set()) for each in dimensions
            ]
        return set().union(*found)


def find_watched(relations: Relations) -> Watched:
    """What the alarms of a tree watch; those that only scale tell nobody, and count for nothing."""
    tree = relations.tree
    watched = Watched(relations)
    for alarm in tree.of_type(ALARM, COMPOSITE):
        watched.notified |= paths_in(alarm.values.get("alarmActions"))
        if _only_scales(alarm, tree):
            continue
        for metric, dimensions in _looks_at(alarm.values):
            for each in dimensions:
                value = each.get("value")
                for path in paths_in(value):
                    watched.metrics[path].add(metric)
                text = str(text_of(value))
                for name in {text, text.rpartition(":")[2]}:  # itself, or the end of an ARN
                    watched.names[alarm.environment, str(each.get("name")), name].add(metric)
        for query in alarm.values.get("metrics") or ():
            for path in paths_in(query.get("expression")):
                watched.metrics[path].add("")
    return watched


def _looks_at(values: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each metric of an alarm: its name and its dimensions."""
    yield str(values.get("metricName", "")), values.get("dimensions") or []
    for query in values.get("metrics") or ():
        metric = (query.get("metricStat") or {}).get("metric") or {}
        yield str(metric.get("metricName", "")), metric.get("dimensions") or []


def _only_scales(alarm: Resource, tree: Tree) -> bool:
    actions = alarm.values.get("alarmActions") or []
    return bool(actions) and all(paths_in(action) & tree.scalers for action in actions)
