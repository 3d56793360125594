"""Tables of what the code sets and builds."""

import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from constructs_lib.alarms import AlarmTopic
from constructs_lib.dead_letters import DeadLetterQueue, DeadLetters, RedriveSettings
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    FunctionLogs,
    FunctionOptions,
    HardenedFunction,
    ProvisionedConcurrency,
    SafeDeployment,
    ScheduledCapacity,
    WarmUp,
    WarmUpSchedule,
)
from constructs_lib.resilient_function import ProtectedFunction, ResilientFunction
from constructs_lib.resilient_function.protections import ROLLBACK_ALARMS
from docs._ext.pieces import code_block, table
from docs._ext.sample import Resource, fresh_stack, function, inline, resources, template

__all__ = ["arguments", "texts"]


def _value(default: object) -> str:
    if default is inspect.Parameter.empty or default is dataclasses.MISSING:
        return "required"
    if dataclasses.is_dataclass(default):
        return f"`{type(default).__name__}()`"
    if isinstance(default, scheduler.ScheduleExpression):
        return f"`{default.expression_string}`"
    name = getattr(default, "name", None)
    return f"`{type(default).__name__}.{name}`" if isinstance(name, str) else f"`{default!r}`"


def _described(documented: type | Callable[..., Any], section: str) -> dict[str, str]:
    """The entries of one section of a Google docstring."""
    text = inspect.cleandoc(documented.__doc__ or "")
    body = re.search(rf"^{section}:\n(.*?)(?:\n\n\S|\n\S|\Z)", text, re.DOTALL | re.MULTILINE)
    entries = re.findall(
        r"^    (\w+): (.*?)(?=^    \w|\Z)", body[1] + "\n" if body else "", re.DOTALL | re.MULTILINE
    )
    return {name: " ".join(words.split()).replace("``", "`") for name, words in entries}


def _default(entry: dataclasses.Field[Any]) -> object:
    factory = entry.default_factory
    return entry.default if factory is dataclasses.MISSING else factory()


def _fields(described: type) -> str:
    words = _described(described, "Attributes")
    rows = [
        [f"`{entry.name}`", _value(_default(entry)), words.get(entry.name, "")]
        for entry in dataclasses.fields(described)
    ]
    return table([f"`{described.__name__}`", "default", "what it is"], rows)


def arguments(described: type, skip: Sequence[str] = ("self", "scope", "construct_id", "options")) -> str:
    """The arguments of a constructor, with their defaults and what they are."""
    words = _described(vars(described)["__init__"], "Args")
    for name, elsewhere in _described(vars(HardenedFunction)["__init__"], "Args").items():
        if words.get(name, "").startswith(("see there", "as in `HardenedFunction`")):
            words[name] = elsewhere
    rows = [
        [f"`{name}`", _value(parameter.default), words.get(name, "")]
        for name, parameter in inspect.signature(vars(described)["__init__"]).parameters.items()
        if name not in skip
    ]
    return table(["argument", "default", "what it is"], rows)


def _built(found: Iterable[Resource]) -> str:
    return table(
        ["in the construct tree", "type"],
        [[f"`{resource.path}`", f"`{resource.type}`"] for resource in found],
    )


def _properties(found: Iterable[Resource], kind: str, hide: Sequence[str] = ()) -> str:
    chosen = next(resource for resource in found if resource.type == kind)
    shown = {name: value for name, value in chosen.properties.items() if name not in hide}
    return code_block(json.dumps(shown, indent=2), "json")


def _plain(stack: cdk.Stack) -> lambda_.Function:
    return lambda_.Function(
        stack, "Existing", code=inline(), handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )


def _around() -> tuple[list[Resource], bool]:
    def protect(stack: cdk.Stack) -> None:
        ResilientFunction.around(stack, "Protection", function=_plain(stack))

    bare, protected = fresh_stack(), fresh_stack()
    _plain(bare)
    protect(protected)
    before, after = (template(stack)["Resources"] for stack in (bare, protected))
    same = all(
        after[logical_id]["Properties"] == resource["Properties"]
        for logical_id, resource in before.items()
        if resource["Type"] == "AWS::Lambda::Function"
    )
    return [found for found in resources(protect) if not found.path.startswith("AlarmTopic")], same


def _statements(found: Iterable[Resource]) -> str:
    role = next(resource for resource in found if resource.path == "Orders/Role")
    return code_block(
        json.dumps(role.properties["Policies"][0]["PolicyDocument"]["Statement"], indent=2), "json"
    )


def _dataclasses() -> Mapping[str, str]:
    described = (
        DeadLetters,
        FixedProvisionedConcurrency,
        FunctionLogs,
        ProvisionedConcurrency,
        RedriveSettings,
        SafeDeployment,
        ScheduledCapacity,
        WarmUp,
    )
    return {f"fields-{kind.__name__}": _fields(kind) for kind in described}


def texts() -> dict[str, str]:
    """All tables."""
    whole = resources(function)
    own = [found for found in whole if found.path.startswith("Orders")]
    shared = [found for found in whole if found.path.startswith("AlarmTopic")]
    around, same = _around()
    if not same:
        raise AssertionError("around() changed the function, and the page says that it does not")
    deployed = resources(lambda stack: function(stack, deployment=SafeDeployment()))
    deployment = [found for found in deployed if "Deployment" in found.path]
    hardened = resources(
        lambda stack: HardenedFunction(stack, "Orders", code=inline(), handler="index.handler")
    )
    warm = resources(lambda stack: WarmUpSchedule(stack, "WarmUp", function=_plain(stack)))
    queue = resources(lambda stack: DeadLetterQueue(stack, "DeadLetters"))
    topic = resources(AlarmTopic.of)
    return {
        **_dataclasses(),
        "alarm-topic-policy": _properties(topic, "AWS::SNS::TopicPolicy", hide=["Topics"]),
        "arguments-ResilientFunction": arguments(ResilientFunction),
        "arguments-HardenedFunction": arguments(HardenedFunction),
        "arguments-ProtectedFunction": arguments(ProtectedFunction),
        "options": table(
            ["keyword", "type"],
            [
                [f"`{name}`", f"`{_short(kind)}`"]
                for name, kind in sorted(FunctionOptions.__annotations__.items())
            ],
        ),
        "builds-ResilientFunction": _built(own),
        "builds-AlarmTopic": _built(shared),
        "builds-HardenedFunction": _built(hardened),
        "builds-around": _built(around),
        "builds-deployment": _built(deployment),
        "builds-warm-up": _built(found for found in warm if found.path.startswith("WarmUp")),
        "builds-queue": _built(queue),
        "role-statements": _statements(own),
        "rollback-alarms": ", ".join(f"`{name}`" for name in ROLLBACK_ALARMS),
    }


def _short(kind: object) -> str:
    name = kind.__name__ if isinstance(kind, type) else str(kind)
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", name)
