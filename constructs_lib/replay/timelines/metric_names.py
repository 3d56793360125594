"""A metric in one line of text, `AWS/Lambda|Errors|FunctionName=create-order`, for CSV headers and labels."""

import json
from collections.abc import Mapping

from constructs_lib.replay.timelines.errors import TimelineError

__all__ = ["dimensions_of", "dimensions_text", "metric_of", "metric_text"]

_PARTS = (2, 3)


def metric_text(namespace: str, name: str, dimensions: Mapping[str, str]) -> str:
    """The metric in one line, as `metric_of` reads it."""
    return "|".join([namespace, name, *([dimensions_text(dimensions)] if dimensions else [])])


def metric_of(text: str) -> tuple[str, str, dict[str, str]] | None:
    """Namespace, name and dimensions of `Namespace|Name` or `Namespace|Name|Dimensions`; else None.

    Raises:
        TimelineError: its dimensions cannot be read.
    """
    parts = text.split("|", 2)
    if len(parts) not in _PARTS or not parts[1].strip():
        return None
    return parts[0].strip(), parts[1].strip(), dimensions_of(parts[2] if parts[2:] else "")


def dimensions_text(dimensions: Mapping[str, str]) -> str:
    """`Name=Value;Name=Value`, or a JSON object where a name or value has one of these characters."""
    plain = all(
        not set(name) & set("=;{")
        and ";" not in value
        and value == value.strip()
        and name == name.strip()
        and name
        for name, value in dimensions.items()
    )
    if plain:
        return ";".join(f"{name}={value}" for name, value in dimensions.items())
    return json.dumps(dict(dimensions), ensure_ascii=False)


def dimensions_of(text: str) -> dict[str, str]:
    """The dimensions in `Name=Value;Name=Value`, or in a JSON object.

    Raises:
        TimelineError: it is neither.
    """
    text = text.strip()
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
            return found
    else:
        pairs = [part.partition("=") for part in text.split(";") if part.strip()]
        if all(sign and name.strip() for name, sign, _ in pairs):
            return {name.strip(): value.strip() for name, _, value in pairs}
    raise TimelineError(
        f"{text[:80]!r} are no dimensions. Write FunctionName=create-order;Resource=create-order:live, "
        "or a JSON object of names and values."
    )
