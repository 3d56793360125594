"""A review for people at a terminal."""

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.output.words import (
    SEVERITIES,
    by_rule,
    counted,
    length,
    line,
    price,
    quantity,
    rule_of,
    said,
    share,
    usd,
    verdict,
)
from constructs_lib.review.report import Caught, FailureMode, Review, TemplateReview

__all__ = ["print_review"]

_STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_SIGNS: Final = {Caught.YES: "●", Caught.UNHEARD: "◐", Caught.NO: "○", Caught.UNKNOWN: "?"}
_ASCII_SIGNS: Final = {Caught.YES: "x", Caught.UNHEARD: "u", Caught.NO: ".", Caught.UNKNOWN: "?"}
_SIGN_STYLES: Final = {Caught.YES: "green", Caught.UNHEARD: "yellow", Caught.NO: "red", Caught.UNKNOWN: "dim"}
_BELOW: Final = " " * 8
_MOST_PLACES: Final = 5
_MOST_GAPS: Final = 12


def print_review(review: Review, console: Console, *, verbose: bool = False) -> None:
    """Print `review`.

    Args:
        review: what was found.
        console: where it goes.
        verbose: whether notes, all places of a finding, all gaps and every line of the costs are printed.
    """
    console.print(Text.assemble(("Review", "bold"), f" of {_titles(review)}: {verdict(review)}"))
    console.print()
    if review.changes is not None:
        console.print(_changes(review, console), crop=False)
        console.print()
    for template in review.templates:
        for part in _template(template, console, verbose=verbose):
            console.print(part, crop=False)
        console.print()


def _titles(review: Review) -> str:
    count = len(review.templates)
    return line(review.templates[0].stack) if count == 1 else f"{count} templates"


def _changes(review: Review, console: Console) -> RenderableType:
    if not review.changes:
        return Text("Nothing changed that resilience depends on.", style="green")
    lines: list[RenderableType] = [Text("What changed", style="bold")]
    for each in review.changes:
        severity = Text.assemble("  ", (f"{each.severity:<8}", _STYLES[each.severity]))
        lines.append(_hanging(line(each.message), console, severity))
    return Group(*lines)


def _hanging(text: str, console: Console, before: Text, *, style: str = "") -> Group:
    """`text` behind `before`, further lines as deep; no word is broken, so that an address can be opened."""
    depth = before.cell_len
    lines = enumerate(_wrapped(text, console.width - depth))
    return Group(*(_whole(" " * depth if number else before, (each, style)) for number, each in lines))


def _whole(*parts: str | Text | tuple[str, str]) -> Group:
    """A line that is not broken."""
    return Group(
        Text.assemble(*parts, no_wrap=True, overflow="ignore")
    )  # a text by itself loses how it wraps


def _wrapped(text: str, width: int) -> Iterator[str]:
    shown = ""
    for word in text.split(" "):
        longer = f"{shown} {word}" if shown else word
        if shown and cell_len(longer) > width:
            yield shown
            longer = word
        shown = longer
    yield shown


def _template(review: TemplateReview, console: Console, *, verbose: bool) -> Iterator[RenderableType]:
    where = f"  {review.region}" if review.region else ""
    yield _whole((line(review.stack), "bold underline"), where, (f"  {line(review.path)}", "dim"))
    caught = "" if review.coverage.share is None else f"{share(review.coverage.share)} of failures caught; "
    yield Text(
        f"{counted(review.open)}; {caught}{usd(review.cost.usd)} a month, "
        f"{usd(review.cost.usd_with_free_tier)} with the free tier"
    )
    shown = SEVERITIES if verbose else SEVERITIES[:2]
    for severity in shown:
        for group in by_rule(each for each in review.open if each.severity is severity):
            yield from _group(group, console, verbose=verbose)
    hidden = sum(each.severity not in shown for each in review.open)
    if hidden:
        yield Text()
        yield Text(
            f"{'1 note: see it' if hidden == 1 else f'{hidden} notes: see them'} with --verbose", style="dim"
        )
    yield from _coverage(review, console, verbose=verbose)
    yield from _cost(review, console, verbose=verbose)
    accepted = [each for each in review.findings if each.acknowledged is not None]
    if accepted:
        yield Text(f"{len(accepted)} acknowledged", style="dim")
        if verbose:
            for each in accepted:
                yield Text(line(f"{rule_of(each)} {each.construct_path}: {each.acknowledged}"), style="dim")


def _group(group: list[Finding], console: Console, *, verbose: bool) -> Iterator[RenderableType]:
    first = group[0]
    yield Text()
    yield _whole((f"{first.severity.upper():<8}", _STYLES[first.severity]), (line(rule_of(first)), "bold"))
    shown = group if verbose else group[:_MOST_PLACES]
    for each in shown:
        yield _hanging(line(said(each)), console, Text(_BELOW))
    if len(group) > len(shown):
        yield Text(f"{_BELOW}and {len(group) - len(shown)} more: see them with --verbose", style="dim")
    yield _hanging(line(first.remedy), console, Text.assemble(_BELOW, ("Do: ", "green")))
    yield _hanging(line(first.source), console, Text(_BELOW), style="dim")


def _coverage(review: TemplateReview, console: Console, *, verbose: bool) -> Iterator[RenderableType]:
    modes = review.coverage.modes
    if not modes:
        return
    signs = _SIGNS if console.options.encoding.startswith("utf") else _ASCII_SIGNS
    table = Table(box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    table.add_column("Resource", overflow="fold")
    table.add_column("Failures", no_wrap=True)
    table.add_column("Caught", justify="right")
    table.add_column("Heard after", justify="right")
    table.add_column("Nobody hears of", overflow="fold", ratio=1)
    for path, kind, found in _by_resource(modes):
        slow = max((each.seconds for each in found if each.seconds is not None), default=None)
        gaps = [each.title for each in found if each.caught in (Caught.NO, Caught.UNHEARD)]
        table.add_row(
            Text.assemble(line(path), (f"  {kind}", "dim")),
            Text.assemble(*((signs[each.caught], _SIGN_STYLES[each.caught]) for each in found)),
            f"{sum(each.caught is Caught.YES for each in found)}/{len(found)}",
            "" if slow is None else length(slow),
            Text("; ".join(gaps), style="yellow"),
        )
        if not verbose and table.row_count == _MOST_GAPS:
            break
    yield table
    left = len(_by_resource(modes)) - table.row_count
    if left:
        yield Text(f"and {left} resources more: see them with --verbose", style="dim")


def _by_resource(modes: tuple[FailureMode, ...]) -> list[tuple[str, str, list[FailureMode]]]:
    """Path, kind and modes of each resource; those with most gaps first."""
    found: dict[tuple[str, str], list[FailureMode]] = {}
    for each in modes:
        found.setdefault((each.construct_path, each.kind), []).append(each)
    gaps = {key: sum(each.caught in (Caught.NO, Caught.UNHEARD) for each in of) for key, of in found.items()}
    return [(*key, found[key]) for key in sorted(found, key=lambda key: (-gaps[key], key))]


def _cost(review: TemplateReview, console: Console, *, verbose: bool) -> Iterator[RenderableType]:
    cost = review.cost
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("USD a month", justify="right")
    table.add_column("For")
    if verbose:
        table.add_column("Of", overflow="fold")
        for each in cost.lines:
            usd_of = "?" if each.usd is None else f"{each.usd:,.2f}"
            many = "unknown" if each.quantity is None else quantity(each.quantity)
            paid = f"{each.what}: {many} at {price(each.unit_price)} per {each.unit}"
            table.add_row(usd_of, paid, line(each.construct_path))
    else:
        groups: dict[str, float] = {}
        for each in cost.lines:
            groups[each.group] = groups.get(each.group, 0.0) + (each.usd or 0.0)
        for group, amount in sorted(groups.items(), key=lambda each: -each[1]):
            table.add_row(f"{amount:,.2f}", group)
    if table.row_count:
        yield table
        yield Text(f"Prices of {cost.prices_of}, {cost.region}.", style="dim")
    for sentence in cost.advice:
        yield Text(line(sentence))
    if verbose and cost.unknown:
        yield Text("Not in the sum, or not sure:", style="dim")
        for sentence in cost.unknown:
            yield _hanging(line(sentence), console, Text("- "), style="dim")
    elif cost.unknown:
        count = len(cost.unknown)
        things = (
            "1 thing is not in the sum, or not sure: see it"
            if count == 1
            else f"{count} things are not in the sum, or not sure: see them"
        )
        yield Text(f"{things} with --verbose", style="dim")
