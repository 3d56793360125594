"""Who calls a function, as far as templates tell: what invokes it, and what is allowed to.

A function that invokes another one names it in code, which no template shows; the policy that lets it is there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.reading import Node, Reading
from constructs_lib.review.reading.data import items_of
from constructs_lib.review.reading.functions import LATEST, Callee, Function, callee_of
from constructs_lib.review.reading.statements import Statement, statements_of

__all__ = ["called_as"]

_INVOKE: Final = "lambda:InvokeFunction"
_POLICIES: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
_PERMISSION: Final = "AWS::Lambda::Permission"
_VERSION: Final = "AWS::Lambda::Version"
_ANY: Final = "*"


def called_as(function: Function) -> frozenset[str | None]:
    """The qualifiers by which it is called, None for one that is not known; none where nobody is known to call it."""
    allowed = _may_call(function.node.stack.whole).get(function.node, frozenset())
    return frozenset({*(each.callee.qualifier for each in function.invocations), *allowed})


def _may_call(whole: Reading) -> Mapping[Node, frozenset[str | None]]:
    """Functions to the qualifiers that policies and permissions let others call."""
    return whole.once("coverage.may_call", _collect)


def _collect(whole: Reading) -> dict[Node, frozenset[str | None]]:
    found: dict[Node, set[str | None]] = defaultdict(set)
    for callee in _callees(whole):
        found[callee.function].add(callee.qualifier)
    return {function: _meant(qualifiers) for function, qualifiers in found.items()}


def _callees(whole: Reading) -> Iterator[Callee]:
    for permission in whole.of_type(_PERMISSION):
        if called := callee_of(permission.stack, permission.value("FunctionName")):
            yield called
    for statement in _statements(whole):
        if statement.allows and statement.is_about(_INVOKE):
            for resource in statement.resources:
                called = callee_of(statement.node.stack, resource)
                # Who may call one version tries it out before it gets traffic.
                if called is not None and called.node.type != _VERSION:
                    yield called


def _statements(whole: Reading) -> Iterator[Statement]:
    for policy in whole.of_type(*_POLICIES):
        yield from statements_of(policy, policy.value("PolicyDocument"))
    for role in whole.of_type("AWS::IAM::Role"):
        for policy in items_of(role.value("Policies")):
            if isinstance(policy, Mapping):
                yield from statements_of(role, policy.get("PolicyDocument"))


def _meant(qualifiers: set[str | None]) -> frozenset[str | None]:
    """Who may call all versions and the function itself calls the function itself; else which is not known."""
    if _ANY not in qualifiers:
        return frozenset(qualifiers)
    rest = qualifiers - {_ANY}
    return frozenset(rest if LATEST in rest else rest or {None})
