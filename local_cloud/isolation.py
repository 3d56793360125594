"""Regions that are cut off: nobody outside reaches them, and they reach nobody; inside everything goes on.

Connections to the Region's own address are reset; new ones, on demand, are met with silence. Calls of AWS APIs that a
function makes from one Region to another fail; what a person or a test calls, from outside any Region, still works, so
that an isolated Region can be looked at.
"""

import threading
import time
from typing import Literal

Mode = Literal["reset", "silent"]

CALLER_REGION = "x-local-cloud-caller-region"
"""The header in which a function's SDK says where the function runs."""

_isolated: dict[str, Mode] = {}
_restored: dict[str, float] = {}
_changed = threading.Lock()


def isolate(region: str, mode: Mode = "reset") -> None:
    """Cut a Region off; again to change how its address answers."""
    with _changed:
        _isolated[region] = mode


def restore(region: str) -> None:
    """Connect a Region again; nothing happens to one that is."""
    with _changed:
        if _isolated.pop(region, None):
            _restored[region] = time.time()


def isolated() -> dict[str, Mode]:
    """The Regions that are cut off, and how their addresses answer."""
    return dict(_isolated)


def mode_of(region: str) -> Mode | None:
    """How the address of a Region that is cut off answers; None for any other."""
    return _isolated.get(region)


def connected(one: str, other: str) -> bool:
    """Whether two Regions, which may be the same, reach each other."""
    return one == other or not (one in _isolated or other in _isolated)


def connected_since(one: str, other: str) -> float:
    """Since when two connected Regions reach each other, in seconds since 1970; 0 if they always have."""
    return max(_restored.get(one, 0.0), _restored.get(other, 0.0))
