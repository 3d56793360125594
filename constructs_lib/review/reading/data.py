"""Values of a template as plain data, in which anything may be unknown or of a wrong type.

A text keeps a placeholder such as ``${Queue.Arn}`` for what is known only at deployment: see `template.values`. What is
asked for here and isn't there, is unknown, or is of another type, is None: a rule that gets a value may believe it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.template.values import PLACEHOLDER

__all__ = [
    "all_at",
    "at",
    "flag_of",
    "has",
    "is_known",
    "items_of",
    "number_of",
    "surely_has",
    "text_of",
    "texts_in",
]

_TRUTH: Final = {"true": True, "false": False}
_DYNAMIC: Final = "{{resolve:"
_MACRO: Final = "Fn::Transform"
_INCLUDED: Final = f"${{{_MACRO}}}"


def is_known(value: Any) -> bool:
    """Whether nothing in `value` is known only at deployment."""
    return not any(PLACEHOLDER.search(text) or _DYNAMIC in text for text in texts_in(value))


def at(data: Any, *keys: str | int) -> Any:
    """What lies under `keys` of objects and lists; None where nothing does. An unknown on the way is the answer."""
    for key in keys:
        if isinstance(data, Mapping):
            # What a macro puts in may have the key as well.
            data = data.get(key, _INCLUDED if _MACRO in data else None)
        elif isinstance(data, list) and isinstance(key, int):
            data = data[key] if key < len(data) else None
        elif isinstance(data, str) and not is_known(data):
            return data
        else:
            return None
    return data


def all_at(data: Any, *keys: str) -> list[Any]:
    """All that lies under `keys` where a list on the way is followed into each of its entries."""
    found = [data]
    for key in keys:
        found = [value for each in found for value in items_of(at(each, key))]
    return found


def has(data: Any, *keys: str | int) -> bool:
    """Whether something is there, known or not."""
    return at(data, *keys) is not None


def surely_has(data: Any, *keys: str | int) -> bool:
    """Whether something is there whatever the conditions of the template are."""
    value = at(data, *keys)
    return value is not None and not (isinstance(value, str) and value.startswith("${Fn::"))


def text_of(value: Any) -> str | None:
    """`value` as a text, where all of it is known."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) and is_known(value) else None


def number_of(value: Any) -> float | None:
    """`value` as a number, where it is one and is known."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found) != float("inf") and found == found else None  # noqa: PLR0124 - NaN is not itself


def flag_of(value: Any) -> bool | None:
    """`value` as a truth value, as CloudFormation takes it: a boolean or its text."""
    if isinstance(value, bool):
        return value
    return _TRUTH.get(value.lower()) if isinstance(value, str) else None


def items_of(value: Any) -> list[Any]:
    """The entries of a list; of a lone value, that; of nothing, none."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def texts_in(value: Any) -> Iterator[str]:
    """All texts in `value`, at any depth, its keys left out."""
    open_ = [value]
    while open_:
        each = open_.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            open_.extend(reversed(list(each.values())))
        elif isinstance(each, list):
            open_.extend(reversed(each))
