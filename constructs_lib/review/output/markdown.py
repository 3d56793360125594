"""A review as Markdown that fits a comment on a pull request."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.output.words import (
    SEVERITIES,
    by_rule,
    counted,
    length,
    place,
    rule_of,
    said,
    share,
    usd,
    verdict,
)
from constructs_lib.review.report import Caught, Review, TemplateReview

__all__ = ["LONGEST", "markdown_of"]

LONGEST: Final = 65_536
"""Characters of a comment.
https://github.com/orgs/community/discussions/41331"""
_LONGEST_TEXT: Final = 800
"""Of a template, so that one leaves room for the others."""
_MOST_PLACES: Final = 10
_SIGNS: Final = {Severity.ERROR: "🛑", Severity.WARNING: "⚠️", Severity.NOTE: "💡"}
_CAUGHT: Final = {Caught.NO: "❌ gap", Caught.UNHEARD: "🔇 unheard"}
_CUT: Final = "\n\n_The rest does not fit into a comment: see `--format html`._\n"


def markdown_of(review: Review) -> str:
    """`review` as Markdown; what would not fit a comment is cut, and says so."""
    text = "\n".join(_lines(review)) + "\n"
    if len(text) <= LONGEST:
        return text
    kept = text[: LONGEST - len(_CUT) - len("</details>\n") * 2]
    kept = kept[: kept.rfind("\n")]
    return kept + "\n</details>" * (kept.count("<details") - kept.count("</details>")) + _CUT


def _lines(review: Review) -> Iterator[str]:
    yield f"## Review: {verdict(review)}"
    yield ""
    if review.changes:
        yield "### What changed"
        yield ""
        for change in review.changes:
            yield f"- {_SIGNS[change.severity]} {_escaped(change.message)}"
        yield ""
    for template in review.templates:
        yield from _template(template)


def _template(review: TemplateReview) -> Iterator[str]:
    where = f" ({review.region})" if review.region else ""
    yield f"### {_escaped(review.stack)}{where}"
    yield ""
    caught = "" if review.coverage.share is None else f"{share(review.coverage.share)} of failures caught · "
    yield (
        f"{counted(review.open)} · {caught}"
        f"{usd(review.cost.usd)} a month ({usd(review.cost.usd_with_free_tier)} with the free tier)"
    )
    yield ""
    for severity in SEVERITIES:
        found = [each for each in review.open if each.severity is severity]
        if found:
            yield from _severity(severity, found)
    yield from _gaps(review)
    yield from _cost(review)
    accepted = [each for each in review.findings if each.acknowledged is not None]
    if accepted:
        yield f"<details><summary>{len(accepted)} acknowledged</summary>"
        yield ""
        for each in accepted:
            yield f"- {_code(rule_of(each))} {_escaped(place(each))}: {_escaped(each.acknowledged or '')}"
        yield ""
        yield "</details>"
        yield ""


def _severity(severity: Severity, findings: list[Finding]) -> Iterator[str]:
    open_ = " open" if severity is Severity.ERROR else ""
    title = f"{_SIGNS[severity]} {len(findings)} {severity}{'' if len(findings) == 1 else 's'}"
    yield f"<details{open_}><summary>{title}</summary>"
    yield ""
    for group in by_rule(findings):
        first = group[0]
        yield f"- **{_code(rule_of(first))}** ({len(group)}): {_escaped(first.remedy)} [Source]({first.source})"
        for each in group[:_MOST_PLACES]:
            yield f"  - {_escaped(said(each))}"
        if len(group) > _MOST_PLACES:
            yield f"  - and {len(group) - _MOST_PLACES} more"
    yield ""
    yield "</details>"
    yield ""


def _gaps(review: TemplateReview) -> Iterator[str]:
    gaps = [each for each in review.coverage.modes if each.caught in _CAUGHT]
    if not gaps:
        return
    caught = [each for each in review.coverage.modes if each.caught is Caught.YES]
    yield f"<details><summary>{len(gaps)} failures that nobody would hear of, {len(caught)} caught</summary>"
    yield ""
    yield "| Resource | Failure | | Why |"
    yield "| --- | --- | --- | --- |"
    for each in gaps:
        yield (
            f"| {_escaped(each.construct_path)} | {_escaped(each.title)} | {_CAUGHT[each.caught]} "
            f"| {_escaped(each.why)} |"
        )
    slow = [each.seconds for each in caught if each.seconds is not None]
    if slow:
        yield ""
        yield f"What is caught is heard of after {length(min(slow))} to {length(max(slow))}."
    yield ""
    yield "</details>"
    yield ""


def _cost(review: TemplateReview) -> Iterator[str]:
    groups: dict[str, float] = {}
    for line in review.cost.lines:
        groups[line.group] = groups.get(line.group, 0.0) + (line.usd or 0.0)
    if not groups and not review.cost.unknown:
        return
    yield f"<details><summary>{usd(review.cost.usd)} a month</summary>"
    yield ""
    if groups:
        yield "| What | USD a month |"
        yield "| --- | ---: |"
        for group, amount in sorted(groups.items(), key=lambda each: -each[1]):
            yield f"| {_escaped(group)} | {amount:,.2f} |"
        yield ""
    for words, sentences in (
        ("Cheaper", review.cost.advice),
        ("Not in the sum, or not sure", review.cost.unknown),
    ):
        if sentences:
            yield f"{words}:"
            yield ""
            yield from (f"- {_escaped(each)}" for each in sentences)
            yield ""
    yield "</details>"
    yield ""


def _escaped(text: str) -> str:
    """A text of a template as text, whatever it holds: no markup, no mention of people, no end of a table's cell."""
    line = " ".join(text.split())
    line = line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}..."
    for character in "\\`*_[]<>|#~":
        line = line.replace(character, f"\\{character}" if character != "<" else "&lt;")
    return line.replace("@", "@\u200b")


def _code(name: str) -> str:
    """A name as code, which nothing in it ends."""
    return "`" + " ".join(name.replace("`", "'").split()) + "`"
