"""What a statement of a policy allows or denies, one by one, and what another includes of it.

A permission is one action on one resource for one principal, under conditions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import product
from typing import Final

from constructs_lib.review.difference.matching import Comparison
from constructs_lib.review.difference.words import listed, readable
from constructs_lib.review.reading.data import at, items_of
from constructs_lib.review.reading.statements import Statement

__all__ = ["Permission", "Said", "beyond", "in_words", "said"]

_MOST: Final = 4_000
"""Permissions that a statement is taken apart into; a larger one is compared as a whole."""


@dataclass(frozen=True)
class Permission:
    """What somebody may do, or may not.

    Attributes:
        allows: whether they may.
        who: the principal; empty in the policy of a role.
        action: such as ``sqs:SendMessage``; with ``!`` before it, all but that.
        resource: likewise.
        conditions: each as a text.
        shown: the resource and who, as people read it.
    """

    allows: bool
    who: str
    action: str
    resource: str
    conditions: frozenset[str]
    shown: str

    @property
    def key(self) -> tuple[bool, str, str, str, frozenset[str]]:
        """What makes it the same as another."""
        return (self.allows, self.who, self.action.lower(), self.resource, self.conditions)


@dataclass(frozen=True)
class Said:
    """What a statement says, of what is on both sides by the same names.

    Attributes:
        allows: whether its effect is Allow.
        who: the principals; an empty one in the policy of a role.
        actions: with ``!`` before each, all but these.
        resources: likewise.
        conditions: each as a text.
        shown: the resources as people read them, in their order; likewise of who.
    """

    allows: bool
    who: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: frozenset[str]
    shown: tuple[tuple[str, ...], tuple[str, ...]] = field(compare=False)
    _answers: dict[tuple[bool, str], bool] = field(default_factory=dict, compare=False)

    def permissions(self) -> Iterator[Permission]:
        """It, taken apart."""
        for (who, by), action, (resource, on) in product(
            zip(self.who, self.shown[1], strict=True),
            self.actions,
            zip(self.resources, self.shown[0], strict=True),
        ):
            yield Permission(
                allows=self.allows,
                who=who,
                action=action,
                resource=resource,
                conditions=self.conditions,
                shown=f"on {on} by {by}" if by else f"on {on}",
            )

    def includes(self, one: Permission) -> bool:
        """Whether whatever a permission says is said by this as well."""
        return (
            self.allows == one.allows
            and (one.who in self.who or "*" in self.who)
            and self.conditions <= one.conditions
            and self._names(self.actions, one.action, actions=True)
            and self._names(self.resources, one.resource, actions=False)
        )

    def _names(self, patterns: Sequence[str], text: str, *, actions: bool) -> bool:
        if (actions, text) not in self._answers:
            found = any(_matches(*((p.lower(), text.lower()) if actions else (p, text))) for p in patterns)
            self._answers[actions, text] = found
        return self._answers[actions, text]


def in_words(permissions: Iterable[Permission]) -> list[str]:
    """Permissions in words, the actions on one resource together."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in permissions:
        under = f" under {listed(sorted(each.conditions))}" if each.conditions else ""
        found[each.shown, under].append(each.action)
    return [f"{listed(actions)} {shown}{under}" for (shown, under), actions in found.items()]


def said(comparison: Comparison, statement: Statement) -> Said:
    """What a statement says, by names that are the same on both sides."""
    stack = statement.node.stack
    actions = [f"{'!' * statement.inverted_actions}{each}" for each in statement.actions]
    resources = [f"{'!' * statement.inverted_resources}{each}" for each in statement.resources] or ["*"]
    named = [name for names in statement.principals.values() for name in names]
    who = [f"{'!' * statement.inverted_principals}{each}" for each in named] or [""]
    if len(actions) * len(resources) * len(who) > _MOST:
        actions, resources, who = [", ".join(actions)], [", ".join(resources)], [", ".join(who)]
    return Said(
        allows=statement.allows,
        who=tuple(str(comparison.canonical(stack, each)) for each in who),
        actions=tuple(actions),
        resources=tuple(str(comparison.canonical(stack, each)) for each in resources),
        conditions=frozenset(_conditions(comparison, statement)),
        shown=(
            tuple(readable(stack, each) for each in resources),
            tuple(readable(stack, each) for each in who),
        ),
    )


def _conditions(comparison: Comparison, statement: Statement) -> Iterator[str]:
    for operator, tested in statement.conditions.items():
        if not isinstance(tested, Mapping):
            yield f"{operator} {comparison.frozen(statement.node.stack, tested)}"
            continue
        for key in tested:
            values = sorted(
                str(comparison.canonical(statement.node.stack, each)) for each in items_of(at(tested, key))
            )
            yield f"{operator} {key} {', '.join(values)}"


def beyond(these: Sequence[Said], others: Sequence[Said]) -> list[Permission]:
    """What `these` say, and nothing in `others` does."""
    different = dict.fromkeys(others)
    left = {each.key: each for one in these if one not in different for each in one.permissions()}
    return [each for each in left.values() if not any(other.includes(each) for other in different)]


def _matches(pattern: str, text: str) -> bool:
    if pattern == text:
        return True
    return not pattern.startswith("!") and "*" in pattern and fnmatchcase(text, pattern.replace("[", "[[]"))
