"""The alarms of a template, as what can be evaluated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from constructs_lib.replay.mute_windows import MuteSchedule, ScheduleError
from constructs_lib.replay.watches import Watch, read_watch
from constructs_lib.template import Resource, Template, TemplateError, Values
from constructs_lib.template.values import PLACEHOLDER

__all__ = [
    "Actions",
    "CompositeAlarm",
    "MetricAlarm",
    "MuteRule",
    "Unreadable",
    "alarms_of",
]

_METRIC_ALARM: Final = "AWS::CloudWatch::Alarm"
_COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"
_MUTE_RULE: Final = "AWS::CloudWatch::AlarmMuteRule"
_NESTED_STACK: Final = "AWS::CloudFormation::Stack"
_NOT_AS_WRITTEN: Final = (
    TemplateError,
    ScheduleError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What an alarm that is not written as CloudFormation takes it ends in."""
_LONGEST_PROBLEM: Final = 300
_ACTIONS: Final = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


@dataclass(frozen=True, kw_only=True)
class Actions:
    """What is done when an alarm changes its state.

    Attributes:
        enabled: whether anything is.
        by_state: the state that it changes to, to the ARNs of what is done.
    """

    enabled: bool
    by_state: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class _Named:
    """What all alarms have.

    Attributes:
        id: the logical id.
        path: the path of its construct below the stack.
        stack: the name of its template's stack.
        scope: the key of its template.
        name: the alarm's name, a placeholder where CloudFormation gives it.
        actions: what it does.
        description: what it says to whom it wakes.
    """

    id: str
    path: str
    stack: str
    scope: str
    name: str
    actions: Actions
    description: str

    @cached_property
    def key(self) -> str:
        """What no other alarm of the assembly is called."""
        return f"{self.scope}//{self.id}"


@dataclass(frozen=True, kw_only=True)
class MetricAlarm(_Named, Watch):
    """An alarm on a metric or an expression."""


@dataclass(frozen=True, kw_only=True)
class CompositeAlarm(_Named):
    """An alarm on the states of others.

    Attributes:
        rule: on which states it rings.
        suppressor: the name of the alarm that withholds its actions; None without.
        wait: seconds that it waits for the suppressor to ring.
        extension: seconds that actions are withheld after the suppressor has recovered.
    """

    rule: str
    suppressor: str | None
    wait: float
    extension: float


@dataclass(frozen=True, kw_only=True)
class MuteRule:
    """When the actions of some alarms are withheld.

    Attributes:
        id: the logical id.
        path: the path of its construct.
        schedule: its windows.
        targets: the names of the alarms.
        start: from when on it mutes; None for always.
        expire: until when; None for ever.
    """

    id: str
    path: str
    schedule: MuteSchedule
    targets: tuple[str, ...]
    start: datetime | None
    expire: datetime | None


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """An alarm that is not evaluated.

    Attributes:
        id: the logical id.
        path: the path of its construct.
        stack: the name of its template's stack.
        problem: why not, in one line.
    """

    id: str
    path: str
    stack: str
    problem: str

    def __post_init__(self) -> None:
        """Make one line of the problem, whatever it quotes."""
        line = " ".join(self.problem.split())
        shown = line if len(line) <= _LONGEST_PROBLEM else f"{line[:_LONGEST_PROBLEM]}..."
        object.__setattr__(self, "problem", shown)


AlarmLike = MetricAlarm | CompositeAlarm | MuteRule | Unreadable


def alarms_of(template: Template, values: Values) -> Iterator[AlarmLike]:
    """The alarms and mute rules of `template`, in its order; those that are never made are left out.

    What may hold alarms and is not read is unreadable: nested stacks whose template was not found, and resources that
    loops and transforms make.
    """
    for name in template.body["Resources"]:
        if str(name).startswith("Fn::"):
            yield Unreadable(
                id=str(name),
                path=str(name),
                stack=template.name,
                problem="alarms that it makes are not read: replay the template that CloudFormation makes of it",
            )
    for resource in template.of_type(_METRIC_ALARM, _COMPOSITE, _MUTE_RULE, _NESTED_STACK):
        if resource.logical_id in template.nested:
            continue
        try:
            if resource.condition and values.holds(resource.condition) is False:
                continue
            yield _read(resource, template, values)
        except _NOT_AS_WRITTEN as error:
            yield Unreadable(
                id=resource.logical_id, path=resource.path, stack=template.name, problem=_problem(error)
            )


def _problem(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error}"
    text = str(error)
    if not isinstance(error, TemplateError) and (found := PLACEHOLDER.search(text)):
        return f"it needs {found[0]}, which is known only at deployment: give its value as a parameter"
    return text


def _read(resource: Resource, template: Template, values: Values) -> AlarmLike:
    if resource.type == _NESTED_STACK:
        raise ValueError("its template is not here, so that its alarms are not read: replay it alone")
    declared = values.plain(resource.properties)
    if resource.type == _MUTE_RULE:
        return _mute_rule(resource, declared)
    common: dict[str, Any] = {
        "id": resource.logical_id,
        "path": resource.path,
        "stack": template.name,
        "scope": template.key,
        "name": values.text({"Ref": resource.logical_id}),
        "description": str(declared.get("AlarmDescription") or ""),
        "actions": Actions(
            enabled=str(declared.get("ActionsEnabled", True)).lower() != "false",
            by_state={state: _texts(declared.get(key)) for state, key in _ACTIONS.items()},
        ),
    }
    if resource.type == _COMPOSITE:
        suppressor = declared.get("ActionsSuppressor")
        return CompositeAlarm(
            **common,
            rule=values.text(declared["AlarmRule"]),
            suppressor=None if suppressor is None else str(suppressor),
            wait=float(declared.get("ActionsSuppressorWaitPeriod") or 0),
            extension=float(declared.get("ActionsSuppressorExtensionPeriod") or 0),
        )
    return MetricAlarm(**common, **vars(read_watch(declared)))


def _mute_rule(resource: Resource, declared: Mapping[str, Any]) -> MuteRule:
    schedule = declared["Rule"]["Schedule"]
    parsed = MuteSchedule.parse(
        str(schedule["Expression"]), str(schedule["Duration"]), schedule.get("Timezone")
    )
    return MuteRule(
        id=resource.logical_id,
        path=resource.path,
        schedule=parsed,
        targets=_texts((declared.get("MuteTargets") or {}).get("AlarmNames")),
        start=_moment(declared.get("StartDate"), parsed),
        expire=_moment(declared.get("ExpireDate"), parsed),
    )


def _texts(declared: Any) -> tuple[str, ...]:
    """The texts of a list; a list that is known only at deployment is one placeholder."""
    return (declared,) if isinstance(declared, str) else tuple(map(str, declared or ()))


def _moment(declared: Any, schedule: MuteSchedule) -> datetime | None:
    if not declared:
        return None
    moment = datetime.fromisoformat(str(declared))
    return moment if moment.tzinfo else moment.replace(tzinfo=schedule.zone)
