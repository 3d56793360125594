"""Which resources get alarms, which do not, and why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from constructs import IConstruct

from constructs_lib.alarms.table.definition import AlarmDefinition
from constructs_lib.alarms.table.settings import AlarmSetSettings
from constructs_lib.alarms.watch.facts import Facts
from constructs_lib.alarms.watch.helpers import made_by_cdk
from constructs_lib.alarms.watch.kinds import KINDS, MAPPING, TOPIC, Kind
from constructs_lib.alarms.watch.reading import read
from constructs_lib.alarms.watch.relations import Relations
from constructs_lib.alarms.watch.selection import Select, matches_path, selected, tags_of
from constructs_lib.alarms.watch.tree import FUNCTION, Resource, Tree, below
from constructs_lib.alarms.watch.watched import find_watched
from constructs_lib.checks import Check

__all__ = ["HAS_ALARMS", "NOTIFIED", "NOT_INCLUDED", "LeftOut", "Options", "Plan", "Survey"]

HAS_ALARMS = "has alarms"
NOT_INCLUDED = "is not included"
NOTIFIED = "is what alarms notify"
_ITERATOR_AGE = "IteratorAge"
_LOG_LINES = "log_group_name"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is watched, and how.

    Attributes:
        include: what is watched; everything where it is empty.
        exclude: what is not.
        settings: settings by a pattern for the path, of which the last that fits counts.
        helpers: whether what CDK makes for itself is watched, too.
    """

    include: Sequence[str | Select]
    exclude: Sequence[str | Select]
    settings: Mapping[str, Sequence[AlarmSetSettings]]
    helpers: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One set of alarms that is to be made.

    Attributes:
        resource: what it watches.
        kind: how resources of its type are watched.
        part: which part of the resource it watches; empty for the resource itself.
        subject: what the alarms need to know.
        rows: the alarms.
        why_no_logs: why there are no alarms on log lines, where the settings ask for them.
    """

    resource: Resource
    kind: Kind
    part: str
    subject: object
    rows: Sequence[AlarmDefinition]
    why_no_logs: str


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A resource that gets no alarms, and why."""

    resource: Resource
    kind: Kind
    reason: str


@dataclass
class Survey:
    """What there is to do below `scope`.

    Attributes:
        root: the root of the tree.
        scope: the path of the construct that is looked at.
        options: what is watched, and how.
        check: who complains.
        unused: the patterns of the options that mean nothing here.
    """

    root: IConstruct
    scope: str
    options: Options
    check: Check
    plans: list[Plan] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    _tags: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at everything once."""
        self.tree: Tree = read(self.root)
        self._relations = Relations(self.tree)
        self._watched = find_watched(self._relations)
        stage = self.tree.stage_of(self.scope)
        self.beyond: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.candidates:
            kind = KINDS[resource.type]
            elsewhere = self.tree.stage_of(resource.path)
            if elsewhere == stage:
                self._plan(resource, kind)
            elif self._reason(resource, kind) is None and self._has_something(resource, kind):
                self.beyond[elsewhere].append(resource)

    @cached_property
    def candidates(self) -> list[Resource]:
        """What can be watched below the scope."""
        return [
            each
            for each in self.tree.resources.values()
            if each.type in KINDS and below(each.path, self.scope) and not self.tree.is_alarming(each.path)
        ]

    @cached_property
    def unused(self) -> list[str]:
        """What stands in the options and means nothing below the scope."""
        given = {"include": self.options.include, "exclude": self.options.exclude}
        found = [
            f"{name} {each!r}"
            for name, selects in given.items()
            for each in selects
            if not any(selected(each, resource, self._tags_of) for resource in self.candidates)
        ]
        return found + [
            f"{type(each).__name__} of {pattern!r}"
            for pattern, settings in self.options.settings.items()
            for each in settings
            if not any(self._fits(pattern, each, resource) for resource in self.candidates)
        ]

    def _has_something(self, resource: Resource, kind: Kind) -> bool:
        facts = kind.facts(resource, self._relations)
        return facts is not None and not facts.why_not

    def _plan(self, resource: Resource, kind: Kind) -> None:
        facts = kind.facts(resource, self._relations)
        if facts is None:
            return
        reason = self._reason(resource, kind) or facts.why_not or None
        settings = self._settings(resource, kind)
        plans = [] if reason else self._plans(resource, kind, settings, facts)
        if plans:
            self.plans += plans
        else:
            self.left_out.append(
                LeftOut(resource=resource, kind=kind, reason=reason or "has nothing to watch")
            )

    def _plans(self, resource: Resource, kind: Kind, settings: AlarmSetSettings, facts: Facts) -> list[Plan]:
        asked = any(_LOG_LINES in row.needs and settings.of(row) is not None for row in kind.alarms.TABLE)
        found = [
            Plan(
                resource=resource,
                kind=kind,
                part=part,
                subject=subject,
                rows=kind.rows(self.check, subject, settings),
                why_no_logs=facts.why_no_logs if asked else "",
            )
            for part, subject in facts.subjects.items()
        ]
        return [plan for plan in found if plan.rows]

    def _reason(self, resource: Resource, kind: Kind) -> str | None:
        """Why `resource` is left out; None where it is not."""
        if any(selected(each, resource, self._tags_of) for each in self.options.exclude):
            return "is excluded"
        wanted = self.options.include
        if wanted and not any(selected(each, resource, self._tags_of) for each in wanted):
            return NOT_INCLUDED
        if self._is_watched(resource, kind):
            return HAS_ALARMS
        if resource.type == TOPIC and resource.path in self._watched.notified:
            return NOTIFIED
        if not self.options.helpers and made_by_cdk(resource):
            return "is made by CDK for itself"
        return None

    def _is_watched(self, resource: Resource, kind: Kind) -> bool:
        if resource.path in self.tree.equipped:
            return True
        metrics = self._watched.metrics_of(resource, kind.dimensions)
        if metrics or resource.type != MAPPING:
            return bool(metrics)
        function = self._relations.target(resource.values.get("functionName"), FUNCTION, near=resource)
        if function is None:
            return False
        return _ITERATOR_AGE in self._watched.metrics_of(function, KINDS[FUNCTION].dimensions)

    def _settings(self, resource: Resource, kind: Kind) -> AlarmSetSettings:
        fitting = [
            each
            for pattern, settings in self.options.settings.items()
            for each in settings
            if self._fits(pattern, each, resource)
        ]
        return fitting[-1] if fitting else kind.settings()

    def _fits(self, pattern: str, settings: AlarmSetSettings, resource: Resource) -> bool:
        return type(settings) is KINDS[resource.type].settings and matches_path(pattern, resource.path)

    def _tags_of(self, resource: Resource) -> Mapping[str, str]:
        if resource.path not in self._tags:
            self._tags[resource.path] = tags_of(resource)
        return self._tags[resource.path]
