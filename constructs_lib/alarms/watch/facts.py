"""What the alarms of a resource need to know, from the properties of its L1 construct and of those around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constructs_lib.alarms.watch.tree import Resource
from constructs_lib.checks import is_token

__all__ = ["Facts", "attribute", "destination", "known_number", "number"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What there is to watch about a resource.

    Attributes:
        subjects: what is watched, each with what is added to the id of its alarms; most resources are one.
        why_not: why nothing is watched.
        why_no_logs: why no metric can be made of its log lines.
    """

    subjects: Mapping[str, object]
    why_not: str = ""
    why_no_logs: str = ""

    @classmethod
    def of(cls, subject: object, *, why_no_logs: str = "") -> "Facts":
        """One subject."""
        return cls(subjects={"": subject}, why_no_logs=why_no_logs)

    @classmethod
    def none(cls, why_not: str) -> "Facts":
        """Nothing to watch, and why."""
        return cls(subjects={}, why_not=why_not)


def attribute(resource: Resource, name: str) -> str:
    """The attribute `name` of `resource`, as other resources refer to it."""
    return resource.construct.get_att(name).to_string()


def number(value: Any, default: float | None = None) -> float | None:
    """`value` where it is a number, or one that is known at deployment; `default` where it is not given."""
    if value is None:
        return default
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def known_number(value: Any) -> float | None:
    """`value` where it is a number that is known now."""
    found = number(value)
    return None if is_token(found) else found


def destination(values: Mapping[str, Any]) -> bool:
    """Whether what fails goes to a destination."""
    failure = (values.get("destinationConfig") or {}).get("onFailure") or {}
    return bool(failure.get("destination"))
