"""A report for people at a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from constructs_lib.replay.happenings import Notification
from constructs_lib.replay.output.histories import FoundIncident, History, histories_of, incidents_of
from constructs_lib.replay.output.strips import columns_of
from constructs_lib.replay.output.words import clock, length, receivers
from constructs_lib.replay.report import Report, StackReport
from constructs_lib.replay.watches import MetricKey

__all__ = ["print_report"]

_STYLES: Final = {"ALARM": "bold red", "OK": "green", "INSUFFICIENT_DATA": "dim"}
_SIGNS: Final = {"ALARM": "A", "OK": "·", "INSUFFICIENT_DATA": "?"}
_ASCII_OK: Final = "."
_STATUS_STYLES: Final = {"sent": "bold", "suppressed": "yellow", "muted": "yellow", "disabled": "dim"}
_MOST_NOTIFICATIONS: Final = 40
_MOST_RESOURCES: Final = 10
_PATH_SHARE: Final = 0.36
_FEWEST_COLUMNS: Final = 10
_OTHER_WIDTHS: Final = {"rang": 5, "in ALARM": 8, "first": 11}
_GAP: Final = 2
_APPROXIMATE: Final = "*"


def print_report(report: Report, console: Console, *, verbose: bool = False) -> None:
    """Print `report`.

    Args:
        report: what a replay found.
        console: where it goes.
        verbose: whether all notifications and the full text of the assumptions are printed.
    """
    histories = [histories_of(report, stack) for stack in report.stacks]
    for part in _parts(report, histories, console, verbose=verbose):
        console.print(part)
        console.print()


def _parts(
    report: Report, histories: list[list[History]], console: Console, *, verbose: bool
) -> Iterator[RenderableType]:
    yield _header(report, [each for found in histories for each in found])
    if report.approximate:
        yield Text(
            "Anomaly bands are approximate: AWS does not publish how it trains them. Alarms that rest on the "
            f"stand-in are marked {_APPROXIMATE}.",
            style="yellow",
        )
    if incidents := incidents_of(report):
        yield _incidents(incidents)
    for stack, found in zip(report.stacks, histories, strict=True):
        yield from _stack(stack, found, console)
    if notifications := report.notifications:
        yield from _notifications(notifications, several=len(report.stacks) > 1, verbose=verbose)
    if unread := report.unread:
        yield _unread(unread, verbose=verbose)
    yield from _assumptions(report, verbose=verbose)


def _header(report: Report, histories: Sequence[History]) -> RenderableType:
    start, end = report.start, report.end
    groups = Counter(each.group for each in histories)
    refused = sum(len(each.unreadable) for each in report.stacks)
    statuses = Counter(each.status for each in report.notifications)
    told = ", ".join(f"{count} {status}" for status, count in statuses.items()) or "none"
    return Text.assemble(
        ("Replay", "bold"),
        f" of {length((end - start).total_seconds())}, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC\n",
        f"{len(histories)} alarms: ",
        (f"{groups['rang']} rang", "bold red" if groups["rang"] else "green"),
        f", {groups['quiet']} quiet, {groups['without data']} without data; {refused} not evaluated\n",
        f"Notifications: {told}",
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        header_style="dim",
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _incidents(incidents: Sequence[FoundIncident]) -> RenderableType:
    table = _table("Incidents", "incident", "from", "lasts", "detected by", "told")
    for each in incidents:
        mark, rang = each.detection.mark, each.detection.rang
        first = Text("no alarm", style="bold red")
        if rang:
            more = f" and {len(rang) - 1} more" if len(rang) > 1 else ""
            first = Text(f"{rang[0][0].path} after {length(rang[0][1])}{more}")
        told = Text("nobody", style="bold red")
        if each.detection.told is not None:
            told = Text(f"{receivers(each.targets)} after {length(each.detection.told)}")
        lasts = length((mark.end - mark.start).total_seconds())
        table.add_row(Text(mark.name), clock(mark.start.timestamp()), lasts, first, told)
    return table


def _stack(stack: StackReport, histories: Sequence[History], console: Console) -> Iterator[RenderableType]:
    known = [each for each in histories if each.group != "without data"]
    if known:
        yield _strips(stack.name, known, console)
    waiting = [each for each in histories if each.group == "without data"]
    if waiting:
        yield _waiting(f"{stack.name}: without data, and what each waits for", waiting)
    partly = [each for each in known if each.absent]
    if partly:
        yield _waiting(f"{stack.name}: without a part of their data, and what each lacks", partly)
    if stack.unreadable:
        table = _table(f"{stack.name}: not evaluated", "alarm", "why")
        for each in stack.unreadable:
            table.add_row(Text(each.path), Text(each.problem))
        yield table
    if stack.strangers:
        yield Text(
            f"{stack.name}: rules name {', '.join(stack.strangers)}, of which this template tells nothing."
        )


def _strips(name: str, histories: Sequence[History], console: Console) -> RenderableType:
    start, end = histories[0].intervals[0].start, histories[0].intervals[-1].end
    width = min(int(console.width * _PATH_SHARE), max(len(_called(each)) for each in histories))
    others = sum(_OTHER_WIDTHS.values()) + _GAP * (len(_OTHER_WIDTHS) + 1)
    columns = max(_FEWEST_COLUMNS, console.width - width - others)
    ok = _ASCII_OK if console.options.ascii_only else _SIGNS["OK"]
    table = _table(name)
    table.add_column("alarm", width=width, overflow="fold")
    table.add_column(_axis(start, end, columns), width=columns, no_wrap=True)
    for column, least in _OTHER_WIDTHS.items():
        table.add_column(column, min_width=least, no_wrap=True, justify="right")
    for each in histories:
        table.add_row(
            Text(_in_lines(_called(each), width), style="bold" if each.rings else ""),
            _strip(each, columns, {**_SIGNS, "OK": ok}),
            f"{len(each.rings)}x" if each.rings else "-",
            length(each.ringing) if each.rings else "-",
            "-" if each.first is None else clock(each.first),
        )
    table.caption = f"A in ALARM, {ok} OK, ? insufficient data"
    table.caption_justify = "left"
    return table


def _called(history: History) -> str:
    return f"{history.alarm.path}{_APPROXIMATE if history.approximate else ''}"


def _axis(start: float, end: float, columns: int) -> str:
    left, right = clock(start), clock(end)
    gap = columns - len(left) - len(right)
    return f"{left}{' ' * gap}{right}" if gap > 0 else left[:columns]


def _strip(history: History, columns: int, signs: dict[str, str]) -> Text:
    strip = Text(no_wrap=True)
    for state, same in groupby(columns_of(history.intervals, columns)):
        strip.append(signs[state] * len(list(same)), style=_STYLES[state])
    return strip


def _waiting(title: str, histories: Sequence[History]) -> RenderableType:
    """Alarms of which the timeline lacks metrics, with the state that they end in."""
    lines: list[RenderableType] = [Text(title, style="bold")]
    for each in histories:
        state = each.intervals[-1].state
        lines.append(Text.assemble(f"{_called(each)}  ends in ", (state, _STYLES[state])))
        lines += [Padding(Text(metric), (0, 0, 0, 4)) for metric in each.absent]
    return Group(*lines)


def _in_lines(path: str, width: int) -> str:
    """`path` with line breaks after some of its parts, where it is too long."""
    lines = [""]
    for part in path.replace("/", "/\n").splitlines():
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _notifications(
    notifications: Sequence[Notification], *, several: bool, verbose: bool
) -> Iterator[RenderableType]:
    table = _table("Notifications", "at", "what became of it", "state", "alarm", "to, or why not")
    shown = notifications if verbose else notifications[:_MOST_NOTIFICATIONS]
    for each in shown:
        path = f"{each.alarm.stack}:{each.alarm.path}" if several else each.alarm.path
        late = f", {length(each.at - each.changed)} late" if each.at > each.changed else ""
        table.add_row(
            clock(each.at),
            Text(f"{each.status}{late}", style=_STATUS_STYLES[each.status]),
            Text(each.state, style=_STYLES[each.state]),
            Text(path),
            Text(each.reason or receivers(each.targets)),
        )
    yield table
    if len(notifications) > len(shown):
        yield Text(f"... and {len(notifications) - len(shown)} more: --verbose shows all.")


def _unread(metrics: Sequence[MetricKey], *, verbose: bool) -> RenderableType:
    """The metrics that no alarm reads, a line for each resource."""
    found: dict[str, list[str]] = {}
    for each in metrics:
        resource = " ".join([each.namespace, *(f"{name}={value}" for name, value in each.dimensions)])
        found.setdefault(resource, []).append(each.name)
    lines = [": ".join(filter(None, [resource, ", ".join(names)])) for resource, names in found.items()]
    shown = lines if verbose else lines[:_MOST_RESOURCES]
    if len(lines) > len(shown):
        shown.append(f"... and of {len(lines) - len(shown)} more: --verbose shows all.")
    title = Text("In the timeline, and read by no alarm: is a name misspelt?", style="bold")
    return Group(title, *(Padding(Text(line), (0, 0, 0, 2)) for line in shown))


def _assumptions(report: Report, *, verbose: bool) -> Iterator[RenderableType]:
    if not report.assumptions:
        return
    if not verbose:
        names = ", ".join(each.name for each in report.assumptions)
        yield Text(f"Assumed, since AWS does not publish it (--verbose tells more): {names}.", style="dim")
        return
    yield Text("Assumed, since AWS does not publish it", style="bold")
    for each in report.assumptions:
        yield Padding(
            Text.assemble((each.name, "bold"), f"\n{each.text}\n{each.reason}\n", (each.source, "dim")),
            (0, 0, 0, 2),
        )
