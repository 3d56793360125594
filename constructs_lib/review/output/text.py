"""A review for people at a terminal."""

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from constructs_lib.review.finding import Finding, Severity
from constructs_lib.review.output.words import (
    SEVERITIES,
    by_rule,
    counted,
    length,
    line,
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
        console.print(_changes(review))
        console.print()
    for template in review.templates:
        for part in _template(template, console, verbose=verbose):
            console.print(part)
        console.print()


def _titles(review: Review) -> str:
    count = len(review.templates)
    return line(review.templates[0].stack) if count == 1 else f"{count} templates"


def _changes(review: Review) -> RenderableType:
    if not review.changes:
        return Text("Nothing changed that resilience depends on.", style="green")
    lines: list[RenderableType] = [Text("What changed", style="bold")]
    lines += [
        Text.assemble("  ", (f"{each.severity:<8}", _STYLES[each.severity]), line(each.message))
        for each in review.changes
    ]
    return Group(*lines)


def _template(review: TemplateReview, console: Console, *, verbose: bool) -> Iterator[RenderableType]:
    where = f"  {review.region}" if review.region else ""
    yield Text.assemble((line(review.stack), "bold underline"), where, (f"  {line(review.path)}", "dim"))
    yield Text(
        f"{counted(review.open)}; {share(review.coverage.share)} of failures caught; "
        f"{usd(review.cost.usd)} a month, {usd(review.cost.usd_with_free_tier)} with the free tier"
    )
    shown = SEVERITIES if verbose else SEVERITIES[:2]
    for severity in shown:
        for group in by_rule(each for each in review.open if each.severity is severity):
            yield from _group(group, verbose=verbose)
    hidden = sum(each.severity not in shown for each in review.open)
    if hidden:
        yield Text(
            f"{'1 note: see it' if hidden == 1 else f'{hidden} notes: see them'} with --verbose", style="dim"
        )
    yield from _coverage(review, console, verbose=verbose)
    yield from _cost(review, verbose=verbose)
    accepted = [each for each in review.findings if each.acknowledged is not None]
    if accepted:
        yield Text(f"{len(accepted)} acknowledged", style="dim")
        if verbose:
            for each in accepted:
                yield Text(line(f"{rule_of(each)} {each.construct_path}: {each.acknowledged}"), style="dim")


def _group(group: list[Finding], *, verbose: bool) -> Iterator[RenderableType]:
    first = group[0]
    yield Text()
    yield Text.assemble(
        (f"{first.severity.upper():<8}", _STYLES[first.severity]), (line(rule_of(first)), "bold")
    )
    shown = group if verbose else group[:_MOST_PLACES]
    for each in shown:
        yield Padding(Text(line(said(each))), (0, 0, 0, 8))
    if len(group) > len(shown):
        yield Padding(
            Text(f"and {len(group) - len(shown)} more: see them with --verbose", style="dim"), (0, 0, 0, 8)
        )
    yield Padding(Text.assemble(("Do: ", "green"), line(first.remedy)), (0, 0, 0, 8))
    yield Padding(Text(line(first.source), style="dim"), (0, 0, 0, 8))


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


def _cost(review: TemplateReview, *, verbose: bool) -> Iterator[RenderableType]:
    cost = review.cost
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("USD a month", justify="right")
    table.add_column("For")
    if verbose:
        table.add_column("Of", overflow="fold")
        for each in cost.lines:
            usd_of = "?" if each.usd is None else f"{each.usd:,.2f}"
            quantity = "" if each.quantity is None else f": {each.quantity:,.6g} at ${each.unit_price:g} each"
            table.add_row(usd_of, f"{each.what}{quantity}", line(each.construct_path))
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
    if verbose:
        for sentence in cost.unknown:
            yield Text(line(f"Not in the sum: {sentence}"), style="dim")
