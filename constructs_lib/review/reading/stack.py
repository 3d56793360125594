"""The templates that are deployed together, and how what is in them refers to each other."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final, TypeVar, cast

from constructs_lib.review.reading.node import Node
from constructs_lib.template import Assembly, Template, Values
from constructs_lib.template.links import linked_values

__all__ = ["Reading", "StackReading"]

_PLACEHOLDER_FIRST: Final = re.compile(r"^\$\{(?:([^${}]+?)//)?([^${}.:/]+)(?:\.[^${}]+)?\}")
_INSIDE: Final = re.compile(r"\$\{(?:([^${}]+?)//)?([^${}.:/]+)(?:\.[^${}]+)?\}")
_ARN_PARTS: Final = 6
T = TypeVar("T")
_NAME_KEYS: Final = ("Name", "AlarmName", "HostedZoneName")


class StackReading:
    """One template as rules see it.

    Attributes:
        whole: all templates that are deployed together with it.
        template: the template.
        values: reads its values.
        nodes: logical id to resource, those left out whose condition surely does not hold.
    """

    def __init__(self, whole: "Reading", template: Template, values: Values) -> None:
        """Read `template`."""
        self.whole = whole
        self.template = template
        self.values = values
        self.nodes = {
            each.logical_id: Node(self, each)
            for each in template.resources.values()
            if each.condition is None or values.holds(each.condition) is not False
        }

    @property
    def key(self) -> str:
        """What tells it from the others that are deployed together."""
        return self.template.key

    @property
    def region(self) -> str | None:
        """Where it is deployed; None where that is known only then."""
        return self.template.region

    def path_of(self, logical_id: str) -> str:
        """What people call one of its resources; the logical id where it has none of it."""
        node = self.nodes.get(logical_id)
        return node.path if node else logical_id

    def of_type(self, *types: str) -> list[Node]:
        """Its resources of these types, in the order of the template."""
        return [each for type_ in types for each in self._by_type.get(type_, ())]

    def find(self, value: Any, *types: str) -> Node | None:
        """The resource that a value names: a placeholder, with or without something behind it, an ARN or a name.

        Args:
            value: a text as `Node.value` gives it; of anything else there is None.
            types: of which it has to be. Left out: any, found by placeholder only.
        """
        if not isinstance(value, str):
            return None
        if match := _PLACEHOLDER_FIRST.match(value):
            found = self.whole.node(match[1] or self.key, match[2])
            return found if found is not None and (not types or found.type in types) else None
        for type_ in types:
            for name in (value, _last_part(value)):
                if name and (found := self.whole.named(self, type_, name)):
                    return found
        return None

    def mentioned(self, text: str) -> Iterator[Node]:
        """The resources whose placeholders stand anywhere in a text."""
        for match in _INSIDE.finditer(text):
            if found := self.whole.node(match[1] or self.key, match[2]):
                yield found

    @cached_property
    def _by_type(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = defaultdict(list)
        for each in self.nodes.values():
            found[each.type].append(each)
        return found


class Reading:
    """All templates that are deployed together.

    Attributes:
        assembly: what was read.
        stacks: one a template, in its order.
        today: the day of the review: rules that know when something ends ask for it here.
    """

    def __init__(
        self, assembly: Assembly, *, parameters: Mapping[str, str] | None = None, today: date | None = None
    ) -> None:
        """Read `assembly`.

        Args:
            assembly: what is deployed together.
            parameters: the values of its parameters. Left out: their defaults.
            today: the day of the review. Left out: today.
        """
        self.assembly = assembly
        self.today = today or datetime.now(UTC).date()
        values = linked_values(assembly, parameters=parameters, undecided="unknown")
        self.stacks: Sequence[StackReading] = [
            StackReading(self, each, values[each.key]) for each in assembly.templates
        ]
        self._collected: dict[str, Any] = {}
        self._keys = {each.key: each for each in self.stacks}

    def once(self, name: str, collect: "Callable[[Reading], T]") -> T:
        """What `collect` finds in these templates, looked for once: many rules ask for it."""
        if name not in self._collected:
            self._collected[name] = collect(self)
        return cast("T", self._collected[name])

    def referring(
        self, types: tuple[str, ...], targets: "Callable[[Node], Iterable[Node | None]]"
    ) -> Mapping[Node, list[Node]]:
        """Resources to those of `types` that refer to them, as `targets` tells; looked for once a function."""

        def collect(_: Reading) -> dict[Node, list[Node]]:
            found: dict[Node, list[Node]] = defaultdict(list)
            for by in self.of_type(*types):
                for target in dict.fromkeys(targets(by)):
                    if target is not None:
                        found[target].append(by)
            return dict(found)

        return self.once(f"{targets.__module__}.{targets.__qualname__}", collect)

    def of_type(self, *types: str) -> list[Node]:
        """The resources of these types in all stacks."""
        return [node for each in self.stacks for node in each.of_type(*types)]

    def node(self, key: str, logical_id: str) -> Node | None:
        """A resource by its stack's key and its logical id."""
        stack = self._keys.get(key)
        return stack.nodes.get(logical_id) if stack else None

    def named(self, stack: StackReading, type_: str, name: str) -> Node | None:
        """A resource of a type by the name that its template gives it, in `stack` or else in one of its Region."""
        found = self._names.get((type_, name), ())
        for each in found:
            if each.stack is stack:
                return each
        near = [each for each in found if each.stack.region == stack.region]
        return near[0] if len(near) == 1 else None

    @cached_property
    def _names(self) -> dict[tuple[str, str], list[Node]]:
        found: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for stack in self.stacks:
            for node in stack.nodes.values():
                kind = node.type.rpartition("::")[2]
                for key in (f"{kind}Name", *_NAME_KEYS):
                    if name := node.text(key):
                        found[node.type, name].append(node)
                        break
        return found


def _last_part(value: str) -> str | None:
    """The name in an ARN or in the address of a queue."""
    if value.startswith("arn:") and value.count(":") >= _ARN_PARTS - 1:
        rest = value.split(":", _ARN_PARTS - 1)[-1]
        return re.split(r"[:/]", rest, maxsplit=1)[-1].partition(":")[0] if re.search(r"[:/]", rest) else rest
    return value.rpartition("/")[2] if value.startswith("https://") else None
