"""What holds data: what of it a deployment deletes or replaces, and what keeps it from that."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.review.difference.deletion import (
    ANEW,
    DELETION,
    REPLACEMENT,
    deletion_of,
    policy_of,
    refusal_of,
    replacement_of,
)
from constructs_lib.review.difference.existence import TITLES
from constructs_lib.review.difference.matching import Comparison, Pair
from constructs_lib.review.difference.words import Told, listed, readable
from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.replacements import (
    KEYS_OF_TABLES,
    MAY_REPLACE,
    REPLACES,
    STATEFUL,
    Stateful,
)
from constructs_lib.review.reading import Node
from constructs_lib.review.reading.data import at, is_known

__all__ = ["stateful_changes"]

_RANKS: Final = {"Delete": 0, "Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 3}
_OTHERS: Final = {
    **TITLES,
    "AWS::ApiGatewayV2::Api": "API",
    "AWS::Lambda::Alias": "alias",
    "AWS::Lambda::Function": "function",
    "AWS::SNS::Topic": "topic",
    "AWS::StepFunctions::StateMachine": "state machine",
}


def stateful_changes(comparison: Comparison) -> Iterator[Told]:
    """What is deleted, replaced, made anew under another id, or kept less well."""
    for node in comparison.gone:
        if stateful := STATEFUL.get(node.type):
            yield _gone(node, stateful)
    for node in comparison.added:
        if stateful := STATEFUL.get(node.type):
            yield Told(kind="data-added", node=node, message=f"The {stateful.title} {node.path} is new.")
    for pair in comparison.pairs:
        if pair.renamed:
            yield from _renamed(pair)
        else:
            yield from _replaced(comparison, pair)
        yield from _policies(pair)
    for pair in comparison.moved:
        yield from _moved(comparison, pair)
    for pair in comparison.retyped:
        yield Told(
            kind="type-changed",
            node=pair.new,
            message=f"{pair.new.id} is of the type {pair.new.type} now; it was {pair.old.type}. CloudFormation "
            "refuses that: give it another logical id.",
            severity=Severity.ERROR,
        )


def _gone(node: Node, stateful: Stateful) -> Told:
    severity, what = deletion_of(node, stateful)
    return Told(
        kind="data-gone",
        node=node,
        message=f"The {stateful.title} {node.path} is no longer in the template: it {what}.",
        severity=severity,
    )


def _renamed(pair: Pair) -> Iterator[Told]:
    old, new = pair.old, pair.new
    if stateful := STATEFUL.get(new.type):
        severity, what = deletion_of(old, stateful)
        severity, what = refusal_of(pair) or (severity, f"{ANEW}, and the old one {what}")
        message = (
            f"The {stateful.title} {new.path} is renamed, from the logical id {old.id} to {new.id}: {what}."
        )
        yield Told(kind="data-renamed", node=new, message=message, severity=severity)
    elif title := _OTHERS.get(new.type):
        refused = refusal_of(pair)
        severity, what = refused or (Severity.NOTE, f"CloudFormation deletes the {title} and makes a new one")
        message = f"The {title} {new.path} is renamed, from the logical id {old.id} to {new.id}: {what}."
        yield Told(kind="renamed", node=new, message=message, severity=severity)


def _replaced(comparison: Comparison, pair: Pair) -> Iterator[Told]:
    type_ = pair.new.type
    stateful, title = STATEFUL.get(type_), _OTHERS.get(type_)
    if stateful is None and title is None:
        return
    certain = [*REPLACES.get(type_, ()), *(["KeySchema"] if type_ in KEYS_OF_TABLES else [])]
    sure = [each for each in certain if _differs(comparison, pair, each)]
    maybe = [
        each
        for each in MAY_REPLACE.get(type_, ())
        if each not in certain and _differs(comparison, pair, each)
    ]
    if not sure and (not maybe or stateful is None):
        return
    known = any(_known(pair, each) for each in sure)
    refused = refusal_of(pair) if known else None
    changed = listed([_change(pair, each) for each in sure or maybe])
    if stateful is None:
        severity, what = refused or (Severity.NOTE, f"CloudFormation replaces the {title} by a new one")
        kind, title = "replaced", str(title)
    else:
        kind, title = "data-replaced", stateful.title
        severity, what = refused or replacement_of(pair, stateful, certain=known)
    yield Told(
        kind=kind,
        node=pair.new,
        message=f"The {title} {pair.new.path} has {changed}: {what}.",
        severity=severity,
    )


def _differs(comparison: Comparison, pair: Pair, place: str) -> bool:
    keys = tuple(place.split("/"))
    before, after = pair.old.value(*keys), pair.new.value(*keys)
    if (before or False) == (after or False):
        return False  # what is off and what is not written is the same
    return not comparison.same(pair, *keys)


def _known(pair: Pair, place: str) -> bool:
    return all(is_known(each.value(*place.split("/"))) for each in (pair.old, pair.new))


def _change(pair: Pair, place: str) -> str:
    keys = place.split("/")
    old, new = (
        readable(each.stack, value) if (value := at(each.properties, *keys)) is not None else "none"
        for each in (pair.old, pair.new)
    )
    return f"another {place.replace('/', '.')} ({new} instead of {old})"


def _policies(pair: Pair) -> Iterator[Told]:
    stateful = STATEFUL.get(pair.new.type)
    if stateful is None:
        return
    for which, when in ((DELETION, "it is removed from the template"), (REPLACEMENT, "it is replaced")):
        before, after = policy_of(pair.old, which), policy_of(pair.new, which)
        if before == after or before not in _RANKS or after not in _RANKS:
            continue
        weaker = _RANKS[after] < _RANKS[before]
        kind = "deletion-policy-weaker" if weaker else "deletion-policy-stronger"
        message = f"{pair.new.path}: what becomes of it when {when} went from {before} to {after}."
        yield Told(kind=kind, node=pair.new, message=message)


def _moved(comparison: Comparison, pair: Pair) -> Iterator[Told]:
    old, new = pair.old, pair.new
    stateful, title = STATEFUL.get(new.type), _OTHERS.get(new.type)
    if stateful is None and title is None:
        return
    where = f"moved from the stack {old.stack.template.name} to {new.stack.template.name}"
    severity: Severity | None = None
    if old.stack in comparison.stacks_gone and old.stack.template.parent is None:
        what = f"{ANEW}, and the old one stays with its stack until that is deleted"
    elif stateful is None:
        what = "CloudFormation makes a new one, and deletes the old one"
    else:
        severity, what = deletion_of(old, stateful)
        what = f"{ANEW}, and the old one {what}"
    severity, what = refusal_of(pair) or (severity, what)
    title = stateful.title if stateful else title
    yield Told(kind="moved", node=new, message=f"The {title} {new.path} {where}: {what}.", severity=severity)
