"""A review: what is found in templates, which failures their alarms catch, and what they cost a month."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.reading import StackReading

__all__ = ["Caught", "Change", "Cost", "CostLine", "Coverage", "FailureMode", "Review", "TemplateReview"]


class Caught(StrEnum):
    """Whether a failure mode is caught."""

    YES = "caught"
    """An alarm that tells somebody rings."""
    UNHEARD = "unheard"
    """An alarm rings, and tells nobody."""
    NO = "gap"
    """No alarm rings."""
    UNKNOWN = "unknown"
    """What decides it is known only at deployment."""


@dataclass(frozen=True, kw_only=True)
class FailureMode:
    """A way in which a resource fails, and the alarms that would catch it.

    Attributes:
        logical_id: the resource.
        construct_path: the path of its construct.
        kind: what it is, such as ``function`` or ``queue``.
        mode: the id of the failure mode, such as ``errors``.
        title: the same in words, such as ``Invocations fail``.
        caught: whether an alarm catches it.
        alarms: the logical ids of those that ring in it, the first first.
        seconds: from its beginning until the first of them rings; None where it is not replayed or none does.
        proof: how that is known: ``replayed`` in an incident of this shape, or ``read`` from the template.
        why: what is missing, or the incident in which it was proved, in a sentence.
    """

    logical_id: str
    construct_path: str
    kind: str
    mode: str
    title: str
    caught: Caught
    alarms: tuple[str, ...]
    seconds: int | None
    proof: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Which failure modes of a stack are caught."""

    modes: tuple[FailureMode, ...] = ()

    @property
    def share(self) -> float | None:
        """The share of the known failure modes that is caught; None where none is known."""
        known = [each for each in self.modes if each.caught is not Caught.UNKNOWN]
        return sum(each.caught is Caught.YES for each in known) / len(known) if known else None


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """What a resource costs a month.

    Attributes:
        logical_id: the resource; empty for what is of the stack as a whole.
        construct_path: the path of its construct.
        group: such as ``alarms``, ``dashboards``, ``functions``.
        what: what is paid, such as ``Standard-resolution alarm metrics``.
        quantity: how many units a month; None where nobody can know it without a traffic file.
        unit: of the quantity, such as ``alarm metric``.
        unit_price: US dollars a unit.
        usd: a month, before the free tier; None where the quantity is not known.
        usd_with_free_tier: likewise, after it; the free tier is an account's, given to the lines in their order.
        source: the address of the price.
    """

    logical_id: str
    construct_path: str
    group: str
    what: str
    quantity: float | None
    unit: str
    unit_price: float
    usd: float | None
    usd_with_free_tier: float | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a stack costs a month, as far as a template and a traffic file tell.

    Attributes:
        region: whose prices they are.
        prices_of: the day of the prices, such as ``2026-11-22``.
        lines: what is paid.
        advice: what would be cheaper, a sentence each: break-even of provisioned concurrency, the cheapest memory.
        unknown: what is not in the sum, a sentence each.
    """

    region: str
    prices_of: str
    lines: tuple[CostLine, ...] = ()
    advice: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def usd(self) -> float:
        """The sum of what is known."""
        return sum(each.usd or 0.0 for each in self.lines)

    @property
    def usd_with_free_tier(self) -> float:
        """Likewise after the free tier."""
        return sum(each.usd_with_free_tier or 0.0 for each in self.lines)


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that changed between two templates, in the words of resilience.

    Attributes:
        kind: such as ``alarm-gone`` or ``retention-shortened``.
        severity: an error for what cannot be undone, a warning for a protection that is weaker now, a note otherwise.
        stack: the name of the stack.
        logical_id: the resource, in the new template; in the old one where it is gone.
        construct_path: the path of its construct.
        message: what changed, in a sentence, with both values.
    """

    kind: str
    severity: Severity
    stack: str
    logical_id: str
    construct_path: str
    message: str

    def as_json(self) -> dict[str, str]:
        """As plain data."""
        return {**vars(self), "severity": self.severity.value}


@dataclass(frozen=True, kw_only=True)
class TemplateReview:
    """The review of one template.

    Attributes:
        path: the file it was read from; the name of the stack where it was none.
        stack: the name of its stack.
        region: where it is deployed; None where that is known only then.
        reading: the template as the rules saw it.
        findings: the worst first.
        coverage: which failures its alarms catch.
        cost: a month.
    """

    path: str
    stack: str
    region: str | None
    reading: StackReading = field(repr=False)
    findings: tuple[Finding, ...]
    coverage: Coverage
    cost: Cost

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that nobody has acknowledged."""
        return tuple(each for each in self.findings if each.acknowledged is None)


@dataclass(frozen=True, kw_only=True)
class Review:
    """The review of some templates.

    Attributes:
        templates: one a template, in the order in which they were read.
        budget: US dollars a month that they may cost; None without one.
        changes: what changed since an older template; None where it was not compared with one.
    """

    templates: tuple[TemplateReview, ...]
    budget: float | None = None
    changes: tuple[Change, ...] | None = None

    @property
    def findings(self) -> Iterator[Finding]:
        """Those of all templates that nobody has acknowledged."""
        return (finding for each in self.templates for finding in each.open)

    @property
    def usd(self) -> float:
        """What all of them cost a month, before the free tier."""
        return sum(each.cost.usd for each in self.templates)

    @property
    def over_budget(self) -> bool:
        """Whether that is more than the budget."""
        return self.budget is not None and self.usd > self.budget

    def at_or_above(self, severity: Severity) -> Sequence[Finding]:
        """Findings that nobody has acknowledged, of this severity or a worse one."""
        return [each for each in self.findings if each.severity.rank >= severity.rank]

    def assert_clean(self, fail_on: Severity = Severity.ERROR) -> None:
        """Hold that nothing was found that nobody has acknowledged.

        Args:
            fail_on: from which severity on. Left out: errors.

        Raises:
            AssertionError: something was; it says what, where, and what to do.
        """
        found = self.at_or_above(fail_on)
        if not found:
            return
        counts = Counter(each.severity for each in found)
        said = ", ".join(f"{count} {each}{'' if count == 1 else 's'}" for each, count in counts.items())
        lines = [
            f"{each.severity.upper()} {each.rule} at {each.construct_path or each.logical_id or 'the template'}\n"
            f"    {each.message}\n    {each.remedy}\n    {each.source}"
            for each in found
        ]
        raise AssertionError("\n".join([f"the review found {said}:", *lines]))
