"""Parts of a JSON document, each of the kind it should be."""

from typing import Any, TypeVar

from constructs_lib.replay.timelines.errors import TimelineError, shown

__all__ = ["known_keys", "part", "text_map"]

_T = TypeVar("_T")
_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}


def part(found: dict[str, Any], name: str, kind: type[_T], default: _T | None = None) -> _T:
    """`found[name]`, or `default` where it is left out or null.

    Raises:
        TimelineError: it is of another kind, or is left out and has no default.
    """
    value = found.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, kind) or isinstance(value, bool):
        given = f"is {shown(value)}" if name in found else "is missing"
        raise TimelineError(f"{name} {given}. Give {_KINDS[kind]}.")
    return value


def text_map(found: dict[str, Any], name: str) -> dict[str, str]:
    """`found[name]`, texts to texts; empty where it is left out.

    Raises:
        TimelineError: it is something else.
    """
    texts = part(found, name, dict, {})
    if not all(isinstance(value, str) for value in texts.values()):
        raise TimelineError(f"{name} is {shown(texts)}. Give an object of texts.")
    return texts


def known_keys(found: dict[str, Any], known: frozenset[str]) -> None:
    """Let nothing be overlooked because of a typing error.

    Raises:
        TimelineError: `found` has a key that is not `known`.
    """
    if unknown := sorted(set(found) - known):
        raise TimelineError(f"{shown(unknown[0])} is no key here. Know {', '.join(sorted(known))}.")
