"""Which resource of the new templates is which of the old ones, and what a reference means on both sides.

A resource is found again by its logical id, else by the path of its construct, else by what it is. CloudFormation knows
the logical id alone: what is found otherwise is deleted there, and made anew.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.difference.stack_pairs import alone_of, stack_pairs
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.data import at, items_of
from constructs_lib.template.values import PLACEHOLDER

__all__ = ["Comparison", "Pair"]

_SAME: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    # What makes a resource the one that it is, whatever else of it changed.
    "AWS::CloudWatch::Alarm": (("Namespace",), ("MetricName",), ("Dimensions",), ("Metrics",)),
    "AWS::CloudWatch::CompositeAlarm": (("AlarmRule",),),
    "AWS::Lambda::EventInvokeConfig": (("FunctionName",), ("Qualifier",)),
    "AWS::Lambda::EventSourceMapping": (("EventSourceArn",), ("FunctionName",)),
    "AWS::Route53::HealthCheck": (
        ("HealthCheckConfig", "FullyQualifiedDomainName"),
        ("HealthCheckConfig", "IPAddress"),
        ("HealthCheckConfig", "AlarmIdentifier"),
        ("HealthCheckConfig", "ChildHealthChecks"),
    ),
    "AWS::SNS::Subscription": (("TopicArn",), ("Endpoint",)),
    "AWS::Scheduler::Schedule": (("Target", "Arn"), ("Target", "Input")),
}
_ALIKE: Final = 0.5
"""The share of their properties that a resource of data and one that is made in its place have at least in common."""
_BY_LIKENESS: Final = (
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::Function",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)


@dataclass(frozen=True, eq=False)
class Pair:
    """A resource before and after.

    Attributes:
        old: before.
        new: after.
    """

    old: Node
    new: Node

    @property
    def renamed(self) -> bool:
        """Whether CloudFormation knows it by another logical id of the same stack now."""
        return self.old.id != self.new.id


class Comparison:
    """Two readings, and what of one is what of the other.

    Attributes:
        old: the reading before.
        new: the reading after.
        stacks: the stacks that are in both, before and after.
        stacks_gone: those that are no longer there.
        stacks_added: those that were not there.
        pairs: the resources that are in both; those that went from one stack to another are in `moved` alone.
        moved: likewise, in another stack than before.
        gone: the resources that are no longer there.
        added: those that were not there.
        retyped: those whose logical id is of another type now.
    """

    def __init__(self, old: Reading, new: Reading) -> None:
        """Compare `old` with `new`."""
        self.old, self.new = old, new
        self.stacks = list(stack_pairs(old, new))
        known_old, known_new = {id(each[0]) for each in self.stacks}, {id(each[1]) for each in self.stacks}
        self.stacks_gone = [each for each in old.stacks if id(each) not in known_old]
        self.stacks_added = [each for each in new.stacks if id(each) not in known_new]
        self._tokens: dict[tuple[int, str], str] = {}
        self._matching = True
        self._pairs: dict[Node, Pair] = {}
        self.pairs: list[Pair] = []
        self.retyped: list[Pair] = []
        left: list[tuple[list[Node], list[Node]]] = [self._pair_stack(*each) for each in self.stacks]
        gone = [node for each in left for node in each[0]]
        added = [node for each in left for node in each[1]]
        gone += [node for stack in self.stacks_gone for node in stack.nodes.values()]
        added += [node for stack in self.stacks_added for node in stack.nodes.values()]
        self.moved: list[Pair] = []
        for key in (_by_id, _by_path, self._by_content):
            gone, added = self._pair(gone, added, key, self.moved)
        alone = (*alone_of(old, self.stacks_gone), *alone_of(new, self.stacks_added))
        self._alone = {id(each) for each in alone}
        self.gone = [each for each in gone if not self.alone(each.stack)]
        self.added = [each for each in added if not self.alone(each.stack)]
        self._matching = False

    def of_type(self, *types: str) -> list[Pair]:
        """The resources of these types that are in both."""
        return [each for each in (*self.pairs, *self.moved) if each.new.type in types]

    def pair_of(self, node: Node) -> Pair | None:
        """A resource before and after; None where it is only on one side."""
        return self._pairs.get(node)

    def alone(self, stack: StackReading) -> bool:
        """Whether a stack is only on one side by itself: CloudFormation deletes none because an app has it no more."""
        return id(stack) in self._alone

    def pair_of_target(self, node: Node, *keys: str | int, types: tuple[str, ...]) -> Pair | None:
        """The resource of `types` that a property names, before and after."""
        target = node.target(*keys, types=types)
        return None if target is None else self.pair_of(target)

    def canonical(self, stack: StackReading, value: Any) -> Any:
        """`value` of a stack, so that a reference to the same resource is the same text on both sides."""
        if isinstance(value, str):
            return (
                PLACEHOLDER.sub(lambda match: self._token(stack, match[1]), value) if "${" in value else value
            )
        if isinstance(value, Mapping):
            return {key: self.canonical(stack, each) for key, each in value.items()}
        return [self.canonical(stack, each) for each in value] if isinstance(value, list) else value

    def frozen(self, stack: StackReading, value: Any) -> str:
        """The same as one text, in which the order of keys says nothing."""
        try:
            return json.dumps(self.canonical(stack, value), sort_keys=True, default=str)
        except (RecursionError, TypeError):
            return "${Unreadable}"

    def same(self, pair: Pair, *keys: str | int) -> bool:
        """Whether what lies under `keys` is the same before and after, as far as anybody knows."""
        before, after = pair.old.value(*keys), pair.new.value(*keys)
        if before == after and pair.old.stack.whole is pair.new.stack.whole:
            return True
        return self.frozen(pair.old.stack, before) == self.frozen(pair.new.stack, after) or (
            # The name of a stack is in what is made of it: two files that are called otherwise are no change.
            pair.old.stack.template.name != pair.new.stack.template.name
            and at(pair.old.resource.properties, *keys) == at(pair.new.resource.properties, *keys)
        )

    def _token(self, stack: StackReading, inside: str) -> str:
        key, slashes, rest = inside.rpartition("//")
        name, dot, attribute = rest.partition(".")
        node = stack.whole.node(key if slashes else stack.key, name)
        if node is None:
            return f"${{{inside}}}"
        # As long as resources are matched, one that is not yet is like any of its type.
        other = node.type if self._matching else f"{'old' if stack.whole is self.old else 'new'} {node!r}"
        return f"${{{self._tokens.get((id(node.stack), node.id), other)}{dot}{attribute}}}"

    def _pair_stack(self, old: StackReading, new: StackReading) -> tuple[list[Node], list[Node]]:
        gone, added = list(old.nodes.values()), list(new.nodes.values())
        for key in (_by_id, _by_path, self._by_content_and_tail, self._by_content, self._by_likeness):
            gone, added = self._pair(gone, added, key, self.pairs)
        for node in list(gone):
            other = new.nodes.get(node.id)
            if other is not None and other in added:
                self.retyped.append(Pair(node, other))
                gone.remove(node)
                added.remove(other)
        return self._pair_last(gone, added)

    def _pair(
        self, gone: Iterable[Node], added: Iterable[Node], key: Callable[[Node], Hashable], into: list[Pair]
    ) -> tuple[list[Node], list[Node]]:
        before, after = _grouped(gone, key), _grouped(added, key)
        for each, nodes in list(before.items()):
            others = after.get(each, [])
            if each is not None and len(nodes) == len(others):
                for old, new in zip(nodes, others, strict=True):
                    self._found(Pair(old, new), into)
                del before[each], after[each]
        return [node for nodes in before.values() for node in nodes], [
            node for nodes in after.values() for node in nodes
        ]

    def _pair_last(self, gone: list[Node], added: list[Node]) -> tuple[list[Node], list[Node]]:
        """Pair the only one of its type that is gone with the only one that is new, where they are alike."""
        before, after = _grouped(gone, _type), _grouped(added, _type)
        for type_ in _BY_LIKENESS:
            nodes, others = before.get(type_, []), after.get(type_, [])
            if len(nodes) == len(others) == 1 and self._alike(nodes[0], others[0]):
                self._found(Pair(nodes[0], others[0]), self.pairs)
                gone.remove(nodes[0])
                added.remove(others[0])
        return gone, added

    def _found(self, pair: Pair, into: list[Pair]) -> None:
        into.append(pair)
        self._pairs[pair.old] = self._pairs[pair.new] = pair
        token = f"{pair.old.stack.key}//{pair.old.id}"
        self._tokens[id(pair.old.stack), pair.old.id] = token
        self._tokens[id(pair.new.stack), pair.new.id] = token

    def _by_content(self, node: Node) -> Hashable:
        return (node.type, self.frozen(node.stack, node.properties))

    def _by_content_and_tail(self, node: Node) -> Hashable:
        return (*_pieces(self._by_content(node)), node.path.rpartition("/")[2])

    def _by_likeness(self, node: Node) -> Hashable:
        places = _SAME.get(node.type)
        if places is None:
            return None
        return (node.type, *(self.frozen(node.stack, node.value(*place)) for place in places))

    def _alike(self, old: Node, new: Node) -> bool:
        before = set(_leaves(self.canonical(old.stack, old.properties)))
        after = set(_leaves(self.canonical(new.stack, new.properties)))
        return len(before & after) >= _ALIKE * max(len(before | after), 1)


def _grouped(nodes: Iterable[Node], key: Callable[[Node], Hashable]) -> dict[Hashable, list[Node]]:
    found: dict[Hashable, list[Node]] = defaultdict(list)
    for each in nodes:
        found[key(each)].append(each)
    return found


def _type(node: Node) -> str:
    return node.type


def _by_id(node: Node) -> Hashable:
    return (node.type, node.id)


def _by_path(node: Node) -> Hashable:
    return (node.type, node.path)


def _pieces(key: Hashable) -> tuple[Hashable, ...]:
    return key if isinstance(key, tuple) else (key,)


def _leaves(value: Any) -> Iterator[str]:
    waiting = [(value, "")]
    while waiting:
        each, where = waiting.pop()
        if isinstance(each, Mapping):
            waiting += [(inside, f"{where}/{key}") for key, inside in each.items()]
        elif isinstance(each, list):
            waiting += [(inside, where) for inside in items_of(each)]
        else:
            yield f"{where}={each}"
