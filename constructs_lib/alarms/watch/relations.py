"""Which resources of a tree belong together."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from constructs_lib.alarms.watch.references import paths_in
from constructs_lib.alarms.watch.tree import FUNCTION, LOG_GROUP, QUALIFIED, QUEUE, ROLE, Resource, Tree

__all__ = ["Relations"]

_EDGE = "edgelambda.amazonaws.com"
_DEAD_LETTER_KEYS = frozenset({"deadLetterTargetArn", "deadLetterConfig", "onFailure"})


@dataclass
class Relations:
    """What belongs together in `tree`."""

    tree: Tree

    def target(self, value: Any, *types: str, near: Resource) -> Resource | None:
        """The resource of one of `types` that `value` means: by reference, by name or by ARN.

        Args:
            value: what was resolved; an alias or a version stands for its function.
            types: the types that it can be.
            near: whose property it is: a plain name means a resource in the same account and Region.
        """
        for path in sorted(paths_in(value)):
            found = self.tree.resources.get(self._behind.get(path, path))
            if found is not None and found.type in types:
                return found
        return self._named(value, types, near) if isinstance(value, str) else None

    def around(self, function: Resource, kind: str) -> list[Resource]:
        """The resources of the type `kind` that name `function`, or an alias or version of it."""
        if kind not in self._around:
            grouped: dict[str, list[Resource]] = defaultdict(list)
            for each in self.tree.of_type(kind):
                if (found := self.target(each.values.get("functionName"), FUNCTION, near=each)) is not None:
                    grouped[found.path].append(each)
            self._around[kind] = grouped
        return self._around[kind].get(function.path, [])

    def runs_at_the_edge(self, function: Resource) -> bool:
        """Whether CloudFront may run `function`, which must have a role that lets it."""
        role = self.target(function.values.get("role"), ROLE, near=function)
        return role is not None and _EDGE in json.dumps(role.values)

    def log_group_of(self, function: Resource) -> Resource | None:
        """The log group that `function` writes to, where that is in the tree."""
        return self._log_groups.get(function.path)

    def writers(self, log_group: Resource) -> int:
        """How many functions write to `log_group`."""
        return sum(found is log_group for found in self._log_groups.values())

    @cached_property
    def dead_letter_queues(self) -> frozenset[str]:
        """The paths of the queues that something of the tree sends to what it could not process."""
        found = {
            each.path
            for each in self.tree.of_type(QUEUE)
            if (each.values.get("redriveAllowPolicy") or {}).get("redrivePermission") == "byQueue"
        }
        for resource in self.tree.resources.values():
            for value in _dead_letters(resource.values):
                if (queue := self.target(value, QUEUE, near=resource)) is not None:
                    found.add(queue.path)
        return frozenset(found)

    @cached_property
    def _around(self) -> dict[str, Mapping[str, list[Resource]]]:
        return {}

    @cached_property
    def _behind(self) -> Mapping[str, str]:
        """The path of each alias and version to that of its function."""
        found: dict[str, str] = {}
        for each in self.tree.of_type(*QUALIFIED):
            value = each.values.get("functionName")
            paths = [path for path in sorted(paths_in(value)) if path in self.tree.resources]
            function = self._named(value, (FUNCTION,), each) if isinstance(value, str) else None
            if paths or function is not None:
                found[each.path] = paths[0] if paths or function is None else function.path
        return found

    @cached_property
    def _log_groups(self) -> Mapping[str, Resource]:
        """The path of each function to the log group that it writes to."""
        by_default: dict[tuple[str, str], Resource] = {}
        for each in self.tree.of_type(LOG_GROUP):
            if each.name is not None:
                by_default[each.environment, each.name] = each
        found: dict[str, Resource] = {}
        for function in self.tree.of_type(FUNCTION):
            given = (function.values.get("loggingConfig") or {}).get("logGroup")
            if given is not None:
                group = self.target(given, LOG_GROUP, near=function)
            else:
                names = (f"/aws/lambda/{name}" for name in (function.marker, function.name) if name)
                keys = ((function.environment, name) for name in names)
                group = next((by_default[key] for key in keys if key in by_default), None)
            if group is not None:
                found[function.path] = group
        return found

    def _named(self, value: str, types: tuple[str, ...], near: Resource) -> Resource | None:
        last = value.rpartition(":")[2].rpartition("/")[2]
        keys = ((near.environment, kind, name) for name in (value, last) for kind in types)
        return next((self._by_name[key] for key in keys if key in self._by_name), None)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str, str], Resource]:
        return {
            (each.environment, each.type, each.name): each
            for each in self.tree.resources.values()
            if each.name is not None
        }


def _dead_letters(value: Any) -> list[Any]:
    """What stands under a key for dead letters: ARNs."""
    if isinstance(value, list):
        return [found for inner in value for found in _dead_letters(inner)]
    if not isinstance(value, dict):
        return []
    found: list[Any] = []
    for key, inner in value.items():
        if key not in _DEAD_LETTER_KEYS:
            found += _dead_letters(inner)
        else:
            found += inner.values() if isinstance(inner, dict) else [inner]
    return found
