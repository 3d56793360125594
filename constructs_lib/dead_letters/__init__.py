"""Event sources that lose nothing: what fails is kept, told of, and re-driven.

The constructs are loaded on first use: ``python -m constructs_lib.dead_letters`` needs neither CDK nor Node.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.dead_letters.surface import *  # noqa: F403 - its list of names is this package's
    from constructs_lib.dead_letters.surface import __all__ as __all__


def __getattr__(name: str) -> Any:
    if find_spec(f"{__name__}.{name}"):
        raise AttributeError(name)  # a module of this room: Python imports it by itself
    return getattr(import_module("constructs_lib.dead_letters.surface"), name)


def __dir__() -> list[str]:
    return list(import_module("constructs_lib.dead_letters.surface").__all__)
