"""The rules of a review, as tables: a family each."""

from types import ModuleType

from constructs_lib.review.finding import Severity
from constructs_lib.review.rule import Rule
from constructs_lib.review.rules import FAMILIES, RULES
from docs._ext.pieces import table

__all__ = ["texts"]

_ORDER = tuple(Severity)


def _family(family: ModuleType) -> str:
    rules: tuple[Rule, ...] = family.RULES
    ordered = sorted(rules, key=lambda rule: (_ORDER.index(rule.severity), rule.id))
    return table(
        ["rule", "severity", "what is wrong", "what to do"],
        [
            [f"`{rule.id}`", rule.severity.value, rule.sentence, f"{rule.remedy} [Source]({rule.source})"]
            for rule in ordered
        ],
    )


def texts() -> dict[str, str]:
    """All tables, and how many rules there are."""
    counts = {severity: sum(rule.severity is severity for rule in RULES) for severity in Severity}
    return {
        **{f"review-rules-{family.__name__.rpartition('.')[2]}": _family(family) for family in FAMILIES},
        "review-rules-count": (
            f"{len(RULES)} rules in {len(FAMILIES)} families: "
            + ", ".join(f"{count} {severity}s" for severity, count in counts.items())
            + "."
        ),
    }
