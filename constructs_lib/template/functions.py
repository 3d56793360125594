"""CloudFormation's intrinsic functions, as far as anybody can know what they give before it is deployed.

What is known only at deployment is a placeholder, such as ``${Fn::GetAZs}``: unknown rather than wrong.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.template.arns import parts_of
from constructs_lib.template.references import is_known, without_placeholders

if TYPE_CHECKING:
    from constructs_lib.template.values import Values

__all__ = ["FUNCTIONS"]

_OPEN_CHOICE: Final = "${Fn::If}"
_SUB: Final = re.compile(r"\$\{(!?)([^${}]+)\}")
_NOTHING: Final = "${AWS::NoValue}"
_ENTRY: Final = 20
"""Characters that an entry of a list is reckoned as."""
_KEYS: Final = 3
"""Of a mapping: its name, the top-level key and the second-level key."""


def _attribute(values: "Values", given: Any) -> Any:
    if isinstance(given, str):
        logical_id, _, attribute = given.partition(".")
    else:
        logical_id, attribute = str(given[0]), ".".join(map(values.text, given[1:]))
    return values.attribute(logical_id, attribute)


def _join(values: "Values", given: Any) -> str:
    separator, parts = given
    if not values.affords(0):
        return "${Fn::Join}"
    found = values.plain(parts)
    if not isinstance(found, list):
        return values.text(found)
    return values.written(_between(str(separator), map(values.text, found)), "${Fn::Join}")


def _between(separator: str, texts: Iterator[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if number:
            yield separator
        yield text


def _sub(values: "Values", given: Any) -> str:
    text, own = given if isinstance(given, list) else (given, {})
    if not isinstance(text, str) or not isinstance(own, Mapping):
        raise TypeError(text)
    if not values.affords(0):
        return "${Fn::Sub}"
    filled: dict[str, str] = {}

    def fill(name: str) -> str:
        if name not in filled:
            if name in own:
                filled[name] = values.text(own[name])
            else:
                logical_id, dot, attribute = name.partition(".")
                filled[name] = values.text(
                    values.attribute(logical_id, attribute) if dot else values.reference(name)
                )
        return filled[name]

    def pieces() -> Iterator[str]:
        end = 0
        for match in _SUB.finditer(text):
            literal, name = match.groups()
            yield text[end : match.start()]
            yield f"${{{name}}}" if literal else fill(name)
            end = match.end()
        yield text[end:]

    return values.written(pieces(), "${Fn::Sub}")


def _select(values: "Values", given: Any) -> Any:
    position, among = given
    written, found = values.text(position), values.plain(among)
    if is_known(written) and isinstance(found, list):
        index = int(written)
        # What an open choice leaves out moves what comes after it.
        if 0 <= index < len(found) and values.affords(index) and _OPEN_CHOICE not in found[: index + 1]:
            return found[index]
    return "${Fn::Select}"


def _split(values: "Values", given: Any) -> Any:
    separator, whole = given
    text = values.text(whole)
    if text.startswith("${") and (parts := parts_of(values, text, str(separator))) is not None:
        return parts
    if not is_known(text) or not values.affords(len(text)):
        return "${Fn::Split}"
    return text.split(str(separator))


def _if(values: "Values", given: Any) -> Any:
    name, then, otherwise = given
    holds = values.holds(str(name))
    if holds is None and values.undecided == "unknown":
        found = values.plain(then)
        return found if found == values.plain(otherwise) else _OPEN_CHOICE
    found = values.plain(otherwise if holds is False else then)
    # Of two ways that are both open, the one that makes more is the one to look at.
    return values.plain(otherwise) if holds is None and found == _NOTHING else found


def _find(values: "Values", given: Any) -> Any:
    keys = tuple(values.text(key) for key in given[:_KEYS])
    if len(keys) < _KEYS:
        raise ValueError(given)
    unknown = "${Fn::FindInMap}"
    if not is_known(list(keys)):
        return unknown
    found = values.mapped(keys)
    if found is None and len(given) > _KEYS and isinstance(given[_KEYS], Mapping):
        found = values.plain(given[_KEYS].get("DefaultValue"))
    return unknown if found is None or not values.affords(_weight(found)) else found


def _weight(found: Any) -> int:
    """What it costs to look at a value again."""
    return len(found) * (_ENTRY if isinstance(found, list) else 1) if isinstance(found, list | str) else 1


def _import(values: "Values", given: Any) -> Any:
    name = values.text(given)
    found = values.links.imported(name)
    return f"${{Import:{without_placeholders(name)}}}" if found is None else found


def _stack_output(values: "Values", given: Any) -> Any:
    stack, output = (values.text(given[key]) for key in ("StackName", "OutputName"))
    region = values.text(given["Region"]) if "Region" in given else None
    found = values.links.stack_output(stack, output, region)
    return "${Fn::GetStackOutput}" if found is None else found


def _length(values: "Values", given: Any) -> Any:
    found = values.plain(given)
    if isinstance(found, str) or not values.affords(len(found)) or _OPEN_CHOICE in found:
        return "${Fn::Length}"
    return len(found)


def _known_text(name: str, make: Callable[[Any], str]) -> "Callable[[Values, Any], str]":
    """A function that gives a text where all that it is made of is known."""

    def called(values: "Values", given: Any) -> str:
        found = values.plain(given)
        if not values.affords(_weight(found)) or not is_known(found):
            return f"${{{name}}}"
        return values.written([make(found)], f"${{{name}}}")

    return called


FUNCTIONS: "Final[Mapping[str, Callable[[Values, Any], Any]]]" = {
    "Ref": lambda values, given: values.reference(given),
    "Fn::GetAtt": _attribute,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find,
    "Fn::ImportValue": _import,
    "Fn::GetStackOutput": _stack_output,
    "Fn::Length": _length,
    "Fn::ToJsonString": _known_text(
        "Fn::ToJsonString", lambda found: json.dumps(found, separators=(",", ":"))
    ),
    "Fn::Base64": _known_text("Fn::Base64", lambda found: base64.b64encode(found.encode()).decode()),
}
