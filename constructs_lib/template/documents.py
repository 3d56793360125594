"""Files of JSON or YAML as data, whatever they hold: bounded in size, in depth and in time."""

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_lib.template.model import TemplateError

__all__ = ["DEEPEST", "LARGEST", "Document", "count", "line", "read_document"]

LARGEST: Final = 5_000_000
"""Bytes; CloudFormation takes 1 MB:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
DEEPEST: Final = 150
"""Objects and lists within each other; what people and programs write has a few dozen."""
_YAML = (".yaml", ".yml")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LONGEST_LINE: Final = 300


@dataclass(frozen=True, kw_only=True)
class Document:
    """What a file holds.

    Attributes:
        body: its data.
        size: characters.
        problems: what is odd, a line each.
    """

    body: Any
    size: int
    problems: tuple[str, ...] = ()


def line(text: str) -> str:
    """`text` as one line that people can read, whatever it quotes."""
    found = "".join(each if each.isprintable() else " " for each in text[: 2 * _LONGEST_LINE])
    found = " ".join(found.split())
    return found if len(found) <= _LONGEST_LINE else f"{found[:_LONGEST_LINE]}..."


def count(value: Any) -> int:
    """How many values there are in one, itself included."""
    found, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        found += 1
        if isinstance(each, Mapping):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return found


def read_document(path: Path, *, largest: int = LARGEST) -> Document:
    """The data in a file.

    Args:
        path: of the file.
        largest: how many bytes it may have. Left out: what a template may.

    Raises:
        TemplateError: it cannot be read.
    """
    text = _text(path, largest)
    if path.suffix in _YAML or (path.suffix != ".json" and not text.lstrip().startswith("{")):
        # Only templates that no CDK wrote are YAML: reading the others need not wait for its parser.
        from constructs_lib.template.yaml_forms import read_yaml  # noqa: PLC0415 - see above

        body, problems = read_yaml(text, str(path))
    else:
        body, problems = _json(text, str(path))
    return Document(body=body, size=len(text), problems=problems)


def _text(path: Path, largest: int) -> str:
    shown = line(str(path))
    try:
        if not path.exists():
            raise TemplateError(f"{shown} is not there: run cdk synth first, or give another path.")
        if not path.is_file():
            raise TemplateError(f"{shown} is no file.")
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:  # a ValueError of a path that no file can have
        if isinstance(error, TemplateError):
            raise
        raise TemplateError(line(f"{shown} cannot be read: {error}.")) from error
    if len(data) > largest:
        raise TemplateError(
            f"{shown} has more than {largest // 1_000_000} MB; CloudFormation takes templates of 1 MB."
        )
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TemplateError(f"{shown} cannot be read: it is no text in UTF-8.") from error
    if "\0" in text:
        raise TemplateError(f"{shown} cannot be read: it is no text, but has NUL bytes.")
    return text


def _json(text: str, where: str) -> tuple[Any, tuple[str, ...]]:
    repeated: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            repeated.extend(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value] # adds it
        return found

    try:
        body = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:  # a ValueError of a number that is too long, too
        said = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise TemplateError(line(f"{where} is no JSON: {said}.")) from error
    if _depth(body) > DEEPEST:
        raise TemplateError(
            line(f"{where} is nested too deep: it has more than {DEEPEST} objects within each other.")
        )
    shown = repeated[:3]
    return body, tuple(
        line(f"the key {key!r} is there twice in one object; the last one counts") for key in shown
    )


def _depth(body: Any) -> int:
    """How deep it is nested; one more than `DEEPEST` where it is more than that."""
    level = [body]
    for depth in range(DEEPEST + 1):
        level = (
            [
                inner
                for each in level
                for inner in (each.values() if isinstance(each, Mapping) else each)
                if isinstance(inner, dict | list)
            ]
            if isinstance(body, dict | list)
            else []
        )
        if not level:
            return depth
    return DEEPEST + 1
