"""YAML with CloudFormation's short forms, such as ``!Ref`` and ``!GetAtt``.

It is built from the parser's events rather than its nodes: that is quicker, and what an alias multiplies, what is
nested too deep and what is there twice is seen while it is read.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from constructs_lib.template.documents import DEEPEST, line
from constructs_lib.template.model import TemplateError

__all__ = ["parse_yaml", "read_yaml"]

_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST: Final = 400_000
"""Values, aliases counted as what they stand for; a template of 1 MB has fewer."""
_CHARACTERS: Final = 50
"""Of a text that an alias repeats, as many count as a value."""
_AS_THEY_ARE: Final = ("Ref", "Condition")
_STANDARD: Final = "tag:yaml.org,2002:"
_MERGE: Final = "<<"
_NO_KEY: Final = object()
_TOLD: Final = 3
_constructor: Final = SafeConstructor()
_resolver: Final = Resolver()
_READ: Final[dict[str, Callable[[yaml.ScalarNode], Any]]] = {
    f"{_STANDARD}null": lambda _: None,
    f"{_STANDARD}bool": _constructor.construct_yaml_bool,
    f"{_STANDARD}int": _constructor.construct_yaml_int,
    f"{_STANDARD}float": _constructor.construct_yaml_float,
}
"""A date is a text in a template: AWSTemplateFormatVersion is one. So is all else."""
_TEXTS: Final = tuple(f"{_STANDARD}{name}" for name in ("str", "timestamp", "binary", "merge", "value"))
_COLLECTIONS: Final = (None, "!", f"{_STANDARD}map", f"{_STANDARD}seq")


def parse_yaml(text: str, where: str) -> Any:
    """The template in `text`, the long forms in the place of the short ones, and all keys as texts.

    Raises:
        TemplateError: it is no YAML; the message begins with `where`.
    """
    return read_yaml(text, where)[0]


def read_yaml(text: str, where: str) -> tuple[Any, tuple[str, ...]]:
    """The same, and what is odd about it, a line each.

    Raises:
        TemplateError: it is no YAML; the message begins with `where`.
    """
    building = _Building()
    try:
        for event in yaml.parse(text, _PARSER):
            building.take(event)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TemplateError(line(f"{where} is no YAML: {error}.")) from error
    return building.body, tuple(building.repeated[:_TOLD])


@dataclass(kw_only=True)
class _Open:
    """An object or a list that is being read; `size` and `depth` are those of what was read of it."""

    value: Any
    tag: str | None = None
    anchor: str | None = None
    key: Any = _NO_KEY
    size: int = 1
    depth: int = 1
    merged: list[Any] = field(default_factory=list)


class _Building:
    """Builds data of events."""

    def __init__(self) -> None:
        self.body: Any = None
        self.repeated: list[str] = []
        self._documents = 0
        self._size = 0
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._scalars: dict[str, Any] = {}

    def take(self, event: yaml.Event) -> None:
        """Go on with an event."""
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), 1 + len(event.value) // _CHARACTERS, 1, event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
                self._open.append(_Open(value=value, tag=event.tag, anchor=event.anchor))
                if len(self._open) > DEEPEST:
                    raise _refused("it is nested too deep", event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close(event)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise _refused(
                        f"the alias *{event.anchor} stands for nothing, or for what it is in", event
                    )
                self._add(*self._anchors[event.anchor], event)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _refused("it holds more than one document", event)

    def _close(self, event: yaml.Event) -> None:
        done = self._open.pop()
        for other in reversed(done.merged):
            done.value = {**other, **done.value}
        value = done.value
        if done.tag not in _COLLECTIONS:
            value = _tagged(str(done.tag), value, event)
        if done.anchor:
            self._anchors[done.anchor] = (value, done.size, done.depth)
        self._add(value, done.size, done.depth, event)

    def _add(self, value: Any, size: int, depth: int, event: yaml.Event) -> None:
        self._size += size if isinstance(event, yaml.AliasEvent) else 1
        if self._size > _MOST:
            raise _refused("it is too large, with all that its aliases stand for", event)
        if len(self._open) + depth > DEEPEST:
            raise _refused("it is nested too deep", event)
        if not self._open:
            self.body = value
            return
        around = self._open[-1]
        around.size += size
        around.depth = max(around.depth, depth + 1)
        if isinstance(around.value, list):
            around.value.append(value)
        elif around.key is _NO_KEY:
            if not isinstance(value, str):
                raise _refused("a key is no text", event)
            around.key = value
        else:
            self._entry(around, value, event)

    def _entry(self, around: _Open, value: Any, event: yaml.Event) -> None:
        key, around.key = around.key, _NO_KEY
        if key == _MERGE:
            others = value if isinstance(value, list) else [value]
            if not all(isinstance(other, dict) for other in others):
                raise _refused("<< takes an object, or a list of them", event)
            around.merged += reversed(others)
            return
        if key in around.value:
            at = _line_of(event)
            self.repeated.append(
                line(f"the key {key!r} is there twice in one object, by line {at}; the last one counts")
            )
        around.value[key] = value

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        tag, text = event.tag, event.value
        around = self._open[-1] if self._open else None
        is_key = around is not None and around.key is _NO_KEY and isinstance(around.value, dict)
        if is_key:
            value: Any = text
        elif tag is None or tag == "!":
            if tag or not event.implicit[0]:
                value = text
            elif text in self._scalars:
                value = self._scalars[text]
            else:
                resolved = _resolver.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call] # its stubs say no more
                value = self._scalars[text] = self._read(resolved, text)
        elif tag.startswith("!"):
            value = _tagged(tag, text, event)
        elif tag in _READ or tag in _TEXTS:
            value = self._read(tag, text)
        else:
            raise _refused(f"it has the tag {tag}, which no template has", event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1 + len(text) // _CHARACTERS, 1)
        return value

    def _read(self, tag: str, text: str) -> Any:
        return _READ[tag](yaml.ScalarNode(tag, text)) if tag in _READ else text


def _tagged(tag: str, value: Any, event: yaml.Event) -> dict[str, Any]:
    """The long form of a short one."""
    if not tag.startswith("!"):
        raise _refused(f"it has the tag {tag}, which no template has", event)
    name = tag[1:]
    if name in _AS_THEY_ARE:
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{name}": value}


def _refused(problem: str, event: yaml.Event) -> ValueError:
    return ValueError(f"{problem} (line {_line_of(event)})")


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
