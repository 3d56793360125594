"""Backups that are there when they are needed: scheduled, kept as long as promised, and watched.

The constructs are loaded on first use: ``python -m constructs_lib.backup``, which restores, needs neither CDK nor Node.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.backup.surface import *  # noqa: F403 - its list of names is this package's
    from constructs_lib.backup.surface import __all__ as __all__


def __getattr__(name: str) -> Any:
    if find_spec(f"{__name__}.{name}"):
        raise AttributeError(name)  # a module of this room: Python imports it by itself
    return getattr(import_module("constructs_lib.backup.surface"), name)


def __dir__() -> list[str]:
    return list(import_module("constructs_lib.backup.surface").__all__)
