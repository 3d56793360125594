"""The API reference: everything that a room exports, in the order of its `__all__`."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from itertools import pairwise
from types import ModuleType

from docs._ext.pieces import code_block, table

__all__ = ["texts"]

_ROOMS = (
    "resilient_function",
    "function",
    "dead_letters",
    "workflow",
    "toolkit",
    "heartbeat",
    "dashboards",
    "failover",
    "backup",
    "alarms",
    "alarms.services",
    "alarms.watch",
    "bundling",
    "dead_letter_queue",
    "known_patterns",
    "schedules",
    "sharing",
    "checks",
    "handlers",
    "naming",
    "template",
    "replay",
    "review",
    "review_plugin",
)


def _documented(room: ModuleType, name: str) -> str:
    """What stands as a string below the assignment of the constant `name`."""
    modules = [
        room,
        *(importlib.import_module(found.name) for found in _submodules(room)),
    ]
    for module in modules:
        statements = ast.parse(inspect.getsource(module)).body
        for statement, following in pairwise(statements):
            match statement, following:
                case ast.Assign(targets=[ast.Name(id=found)]), ast.Expr(value=ast.Constant(value=str(text))):
                    if found == name:
                        return inspect.cleandoc(text)
                case _:
                    pass
    return ""


def _submodules(room: ModuleType) -> Iterable[pkgutil.ModuleInfo]:
    return pkgutil.walk_packages(getattr(room, "__path__", ()), f"{room.__name__}.")


def _constants(room: ModuleType) -> str:
    return table(
        ["constant", "value", "why"],
        [
            [f"`{name}`", f"`{value!r}`", _documented(room, name)]
            for name in room.__all__
            if isinstance(value := getattr(room, name), int | str | dict)
        ],
    )


def _entry(room: ModuleType, name: str) -> str | None:
    exported = getattr(room, name)
    if inspect.isclass(exported):
        # What both protected functions offer stands in a base class of theirs.
        inherited = (
            "   :inherited-members: Construct\n" if room.__name__.endswith("resilient_function") else ""
        )
        return f".. autoclass:: {room.__name__}.{name}\n   :members:\n{inherited}"
    if inspect.isfunction(exported):
        return f".. autofunction:: {room.__name__}.{name}\n"
    return None


def _room(name: str) -> str:
    room = importlib.import_module(f"constructs_lib.{name}")
    summary = (inspect.getdoc(room) or "").splitlines()[0]
    entries = [entry for exported in room.__all__ if (entry := _entry(room, exported))]
    constants = _constants(room)
    return "\n\n".join(
        [
            summary,
            code_block("\n".join(entries), "{eval-rst}"),
            constants if constants.count("\n") > 1 else "",
        ]
    )


def texts() -> dict[str, str]:
    """A text for each room."""
    function = importlib.import_module("constructs_lib.function")
    return {**{f"api-{name}": _room(name) for name in _ROOMS}, "constants-function": _constants(function)}
