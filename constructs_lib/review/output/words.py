"""Words that more than one form of a review uses."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Final
from unicodedata import category

from constructs_lib.review.finding import OURS, Finding, Severity
from constructs_lib.review.report import Coverage, Review

__all__ = [
    "SEVERITIES",
    "by_rule",
    "counted",
    "length",
    "line",
    "place",
    "price",
    "quantity",
    "rule_of",
    "said",
    "share",
    "usd",
    "verdict",
]

SEVERITIES: Final = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_MINUTE: Final = 60
_MANY: Final = 100_000
_CONTROL: Final = ("Cc", "Cf", "Cs", "Co", "Cn")


def line(text: str) -> str:
    """A text of a template as one line that a terminal only shows: nothing in it moves the cursor or turns the text."""
    shown = ("\ufffd" if category(each) in _CONTROL else each for each in " ".join(text.split()))
    return "".join(shown)


def usd(amount: float) -> str:
    """Dollars, with cents."""
    return f"${amount:,.2f}"


def price(amount: float) -> str:
    """The price of a unit, all of its digits."""
    cents = f"{amount:,.2f}"
    return f"${cents}" if float(cents.replace(",", "")) == amount else f"${amount:.12f}".rstrip("0")


def quantity(amount: float) -> str:
    """How many units, without an exponent."""
    whole = float(amount).is_integer() or amount >= _MANY
    return f"{amount:,.0f}" if whole else f"{amount:,.6f}".rstrip("0").rstrip(".")


def share(part: float | None) -> str:
    """A share in per cent."""
    return "-" if part is None else f"{part:.0%}"


def length(seconds: float) -> str:
    """A time, in seconds or minutes."""
    return f"{seconds:.0f} s" if seconds < _MINUTE else f"{seconds / _MINUTE:.0f} min"


def counted(findings: Iterable[Finding]) -> str:
    """How many there are of each severity, such as `2 errors, 1 warning, 0 notes`."""
    found = Counter(each.severity for each in findings)
    return ", ".join(f"{found[each]} {each}{'' if found[each] == 1 else 's'}" for each in SEVERITIES)


def verdict(review: Review) -> str:
    """The whole review in a sentence."""
    coverage = Coverage(modes=tuple(mode for each in review.templates for mode in each.coverage.modes))
    caught = f"{share(coverage.share)} of failures caught" if coverage.share is not None else ""
    cost = f"{usd(review.usd)} a month"
    if review.budget is not None:
        cost += f", {'over' if review.over_budget else 'within'} the budget of {usd(review.budget)}"
    return "; ".join(filter(None, (counted(review.findings), caught, cost)))


def by_rule(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one rule together, in the order in which the rules come first."""
    return [
        list(group) for _, group in groupby(findings, key=lambda each: (each.origin, each.rule, each.remedy))
    ]


def place(finding: Finding) -> str:
    """The resource of a finding, by path and logical id; `the template` where it is none."""
    path, logical_id = finding.construct_path, finding.logical_id
    if not path and not logical_id:
        return "the template"
    return path if not logical_id or path == logical_id else f"{path} ({logical_id})" if path else logical_id


def rule_of(finding: Finding) -> str:
    """The rule of a finding, with the tool that has it where that is another."""
    return finding.rule if finding.origin == OURS else f"{finding.origin}: {finding.rule}"


def said(finding: Finding) -> str:
    """What is wrong, and where: this library's messages name the resource, those of other tools do not."""
    return finding.message if finding.origin == OURS else f"{place(finding)}: {finding.message}"
