"""The words at the top of the page of a review, and what of a template may stand in its addresses."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.output.words import share, usd
from constructs_lib.review.report import Caught, Coverage, Review

__all__ = ["counts", "headline", "mood", "safe_address", "whole_coverage"]

_SCHEMES: Final = ("https://", "http://")
_MOST_RULES: Final = 3


def counts(findings: Iterable[Finding]) -> Counter[Severity]:
    """How many there are of each severity."""
    return Counter(each.severity for each in findings)


def whole_coverage(review: Review) -> Coverage:
    """Which failures are caught in all templates together."""
    return Coverage(modes=tuple(mode for each in review.templates for mode in each.coverage.modes))


def mood(review: Review) -> str:
    """How the page greets: by the worst of what was found."""
    found = counts(review.findings)
    if found[Severity.ERROR]:
        return "bad"
    return "fair" if found[Severity.WARNING] or review.over_budget else "good"


def headline(review: Review) -> str:
    """What would break, what share of failures is caught and what it costs, in a sentence."""
    coverage = whole_coverage(review)
    several = len(review.templates) > 1
    if coverage.share is None:
        caught = "no failure modes are known"
    else:
        known = [each for each in coverage.modes if each.caught is not Caught.UNKNOWN]
        number = sum(each.caught is Caught.YES for each in known)
        whose = "their" if several else "its"
        caught = f"{share(coverage.share)} of {whose} failures are caught ({number} of {len(known)})"
    cost = f"{'they cost' if several else 'it costs'} {usd(review.usd)} a month"
    if review.budget is not None:
        cost += f", {'over' if review.over_budget else 'within'} the budget of {usd(review.budget)}"
    return f"{_breaks(list(review.findings))}; {caught}, and {cost}."


def safe_address(source: str) -> str | None:
    """`source` where a browser may follow it: a report in an assembly can name anything."""
    return source if source.startswith(_SCHEMES) else None


def _breaks(findings: list[Finding]) -> str:
    errors = [each for each in findings if each.severity is Severity.ERROR]
    warnings = counts(findings)[Severity.WARNING]
    rules = list(dict.fromkeys(each.rule.replace("-", " ") for each in errors))
    more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
    broken = f"{_number(len(errors), 'thing')} would not work ({', '.join(rules[:_MOST_RULES])}{more})"
    weak = (
        f" and {_number(warnings, 'protection')} {'is' if warnings == 1 else 'are'} weak" if warnings else ""
    )
    return (broken if errors else "Nothing would break") + weak


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
