"""What a person knows of a stack's use, from a file."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from constructs_lib.review.cost.documents import LARGEST, Document
from constructs_lib.review.cost.kinds import FLAGS, KINDS, SHARES, TUNING, kind_of
from constructs_lib.review.cost.tuning import PowerTuning
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.unusable import UnusableError
from constructs_lib.template import TemplateError

__all__ = ["Amounts", "Traffic"]

_SECTIONS: Final = ("default", "resources")
_YAML: Final = (".yaml", ".yml")
_NAMES: Final = frozenset(name for kind in KINDS.values() for name in kind.amounts)


@dataclass(frozen=True)
class Amounts:
    """What is known of one resource."""

    given: Mapping[str, float | bool | PowerTuning] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """An amount; None where nobody told it."""
        found = self.given.get(name)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None

    def flag(self, name: str) -> bool | None:
        """Whether something is so; None where nobody told it."""
        found = self.given.get(name)
        return found if isinstance(found, bool) else None

    @property
    def tuning(self) -> PowerTuning | None:
        """What power tuning measured; None where nobody gave its result."""
        found = self.given.get(TUNING)
        return found if isinstance(found, PowerTuning) else None


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What is known of the use of stacks.

    Attributes:
        where: the file; empty where there is none.
        default: kind to what holds for each resource of it of which nothing else is said.
        resources: logical id or construct path, with or without ``stack/`` before it, to what holds for it.
    """

    where: str = ""
    default: Mapping[str, Amounts] = field(default_factory=lambda: MappingProxyType({}))
    resources: Mapping[str, Amounts] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def read(cls, path: Path | str) -> "Traffic":
        """The traffic in a JSON or YAML file of the published schema (``traffic.schema.json`` beside this module).

        Raises:
            UnusableError: it cannot be used.
        """
        place = Path(path)
        return _checked(place, _parsed(place))

    def of(self, node: Node) -> Amounts:
        """What is known of a resource: the nearer to it, the more it counts.

        Raises:
            UnusableError: something is told of it that it has not.
        """
        kind = kind_of(node.type)
        found = dict(self.default[kind].given) if kind and kind in self.default else {}
        for name in _names(node):
            if name in self.resources:
                found |= self.resources[name].given
        known = KINDS[kind].amounts if kind else {}
        if wrong := sorted(set(found) - set(known)):
            raise UnusableError(
                f"{self.where}: {node.path} is of the type {node.type} and has no {wrong[0]!r}; "
                f"it has {', '.join(known) or 'nothing that is paid by use'}."
            )
        return Amounts(found)

    def unmatched(self, stacks: Iterable[StackReading]) -> list[str]:
        """The names in the file that no resource of these stacks has."""
        known = {name for stack in stacks for node in stack.nodes.values() for name in _names(node)}
        return [name for name in self.resources if name not in known]


def _names(node: Node) -> tuple[str, ...]:
    """What a file may call a resource, the least exact first."""
    return node.path, node.id, f"{node.stack.key}/{node.path}", f"{node.stack.key}/{node.id}"


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix in _YAML:
            # Only a file in YAML needs its parser.
            from constructs_lib.template.yaml_forms import parse_yaml  # noqa: PLC0415 - see above

            return parse_yaml(text, str(path))
        return json.loads(text)
    except (OSError, ValueError, RecursionError, TemplateError) as error:
        raise UnusableError(f"{path} cannot be read as traffic: {' '.join(str(error).split())}") from error


def _checked(path: Path, document: Any) -> Traffic:
    read = Document(str(path), "traffic file", "traffic.schema.json")
    found = read.object(document, "the file")
    if unknown := sorted(set(found) - {*_SECTIONS, "$schema"}):
        raise read.error(f"it has {unknown[0]!r}; it may have {' and '.join(_SECTIONS)}")
    default = read.object(found.get("default", {}), "default")
    if unknown := sorted(set(default) - set(KINDS)):
        raise read.error(
            f"default has {unknown[0]!r}, which is no kind of resource; kinds are {', '.join(KINDS)}"
        )
    resources = read.object(found.get("resources", {}), "resources")
    folder = path.parent
    return Traffic(
        where=str(path),
        default={
            kind: _amounts(read, each, f"default {kind}", KINDS[kind].amounts, folder)
            for kind, each in default.items()
        },
        resources={name: _amounts(read, each, name, _NAMES, folder) for name, each in resources.items()},
    )


def _amounts(read: Document, given: Any, where: str, known: Collection[str], folder: Path) -> Amounts:
    found = read.object(given, where)
    if unknown := sorted(set(found) - set(known)):
        raise read.error(f"{where} has {unknown[0]!r}; what can be told is {', '.join(sorted(known))}")
    return Amounts(
        {name: _amount(read, value, name, f"{name} of {where}", folder) for name, value in found.items()}
    )


def _amount(read: Document, value: Any, name: str, where: str, folder: Path) -> float | bool | PowerTuning:
    if name in FLAGS:
        return read.flag(value, where)
    if name == TUNING:
        return PowerTuning.read(folder / read.text(value, where))
    return read.number(value, where, largest=1.0 if name in SHARES else LARGEST)
