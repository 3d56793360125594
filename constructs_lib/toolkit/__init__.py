"""The handler toolkit as a Lambda layer, or as code to vendor.

The construct is loaded on first use: ``python -m constructs_lib.toolkit`` needs neither CDK nor Node.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.toolkit.layer import ToolkitLayer as ToolkitLayer

__all__ = ["ToolkitLayer"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("constructs_lib.toolkit.layer"), name)


def __dir__() -> list[str]:
    return __all__
