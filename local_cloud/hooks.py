"""The only door to MiniStack's internals: everything used here is declared in `internals`, and nothing else opens."""

import importlib
import inspect
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any

from local_cloud.internals import INTERNALS, MINISTACK_VERSION


def internal(path: str) -> Any:
    """The object behind `module.name` inside MiniStack, as it is now (possibly already replaced)."""
    module, name = _split(path)
    return getattr(module, name)


def replace(path: str, build: Callable[[Any], Any]) -> None:
    """Put `build(original)` in the place of one of MiniStack's functions or values."""
    module, name = _split(path)
    setattr(module, name, build(getattr(module, name)))


def moved() -> list[str]:
    """What in the installed MiniStack differs from what these hooks were written against; empty when all is well.

    Look before anything is replaced: a replaced function has another signature.
    """
    found = []
    installed = version("ministack")
    if installed != MINISTACK_VERSION:
        found.append(f"ministack {installed} is installed, the hooks were written for {MINISTACK_VERSION}")
    for path, declared in INTERNALS.items():
        try:
            actual = describe(internal(path))
        except (ImportError, AttributeError) as error:
            found.append(f"ministack.{path} is gone ({error})")
        else:
            if actual != declared:
                found.append(f"ministack.{path} is now {actual}, the hooks expect {declared}")
    return found


def describe(value: object) -> str:
    """A function's parameters, or the type of any other value: what a hook depends on."""
    if inspect.isroutine(value):
        return f"({', '.join(inspect.signature(value).parameters)})"
    return type(value).__name__


@cache
def _split(path: str) -> tuple[Any, str]:
    if path not in INTERNALS:
        raise LookupError(f"{path} is not declared in local_cloud/internals.py: add it there")
    module, _, name = path.rpartition(".")
    owner, _, kind = module.rpartition(".")
    if kind[:1].isupper():  # a method of a class
        return getattr(importlib.import_module(f"ministack.{owner}"), kind), name
    return importlib.import_module(f"ministack.{module}"), name
