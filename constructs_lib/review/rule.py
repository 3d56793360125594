"""What a rule is: one pure function that looks at a template and tells what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.reading import Node, StackReading

__all__ = ["CRASHED", "Found", "Rule", "author_path", "findings_of", "rule"]

CRASHED: Final = "rule-crashed"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule says of a resource.

    Attributes:
        node: the resource; None where it is the template as a whole.
        message: what is wrong, in a sentence, with the value.
        remedy: what to do, where it is not what the rule says in general.
    """

    node: Node | None
    message: str
    remedy: str | None = None


Check = Callable[[StackReading], Iterable[Found]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule.

    Attributes:
        id: such as ``alarm-without-action``.
        family: such as ``delivery``.
        severity: of all that it finds.
        sentence: what is wrong where it finds something.
        remedy: what to do.
        source: the address of the documentation that says so.
        check: looks at one stack.
    """

    id: str
    family: str
    severity: Severity
    sentence: str
    remedy: str
    source: str
    check: Check

    def findings(self, stack: StackReading) -> Iterable[Finding]:
        """What it finds in `stack`; where it crashes, a note that it did."""
        try:
            for each in self.check(stack):
                yield self._finding(each)
        except Exception as error:  # noqa: BLE001 - whatever a template makes of a rule, the others still look at it
            yield Finding(
                rule=CRASHED,
                family="review",
                severity=Severity.NOTE,
                logical_id="",
                construct_path="",
                message=f"The rule {self.id} could not look at this template: {type(error).__name__}: {error}.",
                remedy="Report it with the template: the rule should have coped.",
                source=self.source,
            )

    def _finding(self, found: Found) -> Finding:
        return Finding(
            rule=self.id,
            family=self.family,
            severity=self.severity,
            logical_id=found.node.id if found.node else "",
            construct_path=author_path(found.node) if found.node else "",
            message=found.message,
            remedy=found.remedy or self.remedy,
            source=self.source,
        )


def author_path(node: Node) -> str:
    """The path of a resource; of one that SAM made, that of the SAM resource that its author wrote."""
    made_by = node.resource.made_by
    if made_by is None or not node.path.endswith(node.id):
        return node.path
    return f"{node.path.removesuffix(node.id)}{made_by}"


def rule(*, severity: Severity, remedy: str, source: str) -> Callable[[Check], Rule]:
    """Make a rule of a function: its name is the id, its folder the family, its docstring the sentence."""

    def made(check: Check) -> Rule:
        return Rule(
            id=check.__name__.replace("_", "-"),
            family=check.__module__.split(".")[-2],
            severity=severity,
            sentence=" ".join((check.__doc__ or "").split()),
            remedy=remedy,
            source=source,
            check=check,
        )

    return made


def findings_of(stack: StackReading, rules: Iterable[Rule]) -> list[Finding]:
    """What `rules` find in `stack`, the worst first."""
    found = [each for every in rules for each in every.findings(stack)]
    return sorted(found, key=lambda each: (-each.severity.rank, each.construct_path, each.rule, each.message))
