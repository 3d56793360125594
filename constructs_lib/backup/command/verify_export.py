"""``verify-export``: whether exported tables can be relied on, from the chain of windows down to every file."""

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from table_export.objects import BucketObjects, FolderObjects, Objects
from table_export.verifying import Verified, Verifier, tables_of

from constructs_lib.backup.command.failing import CommandError, ExitCode
from constructs_lib.backup.command.surroundings import Surroundings, add_account_arguments
from constructs_lib.backup.command.texts import size

__all__ = ["add_arguments", "run", "verify_export"]

_PLACE = re.compile(r"s3://([^/]+)/?(.*)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read what `run` takes."""
    add_account_arguments(parser)
    parser.add_argument("place", help="s3://BUCKET/PREFIX, or a folder with a copy of that")
    parser.add_argument("--table", action="append", help="only this table; may be given again")
    depth = parser.add_mutually_exclusive_group()
    depth.add_argument(
        "--deep", action="store_true", default=True, help="read all data and count it, which is the default"
    )
    depth.add_argument(
        "--manifests-only",
        dest="deep",
        action="store_false",
        help="read no data: ask S3 whether each file is the one that was written",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Verify what there is at a place."""
    return verify_export(arguments, console, Surroundings.real(arguments, console))


def verify_export(arguments: argparse.Namespace, console: Console, surroundings: Surroundings) -> int:
    """Verify what there is at a place in `surroundings`; the exit code tells whether all of it is right.

    Raises:
        CommandError: there is nothing to verify.
    """
    objects = _objects(arguments.place, surroundings.connect)
    names = _names(objects, arguments.place, arguments.table)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        found = [_verified(objects, name, arguments, surroundings, progress) for name in names]
    right = not any(each.findings for each in found)
    if arguments.json:
        surroundings.write(f"{json.dumps(_document(found), indent=2)}\n")
    else:
        _show(console, found, deep=arguments.deep)
    return ExitCode.DONE if right else ExitCode.INCOMPLETE


def _verified(
    objects: Objects, name: str, arguments: argparse.Namespace, surroundings: Surroundings, progress: Progress
) -> Verified:
    shown = name or arguments.place.rstrip("/").rpartition("/")[2]
    task = progress.add_task(escape(shown), total=None)

    def plan(files: int) -> None:
        progress.update(task, total=files)

    verifier = Verifier(
        deep=arguments.deep,
        now=surroundings.now().timestamp(),
        planned=plan,
        advanced=lambda: progress.advance(task),
    )
    return verifier.verify(objects.below(name) if name else objects, shown)


def _objects(place: str, connect: Callable[[str], Any]) -> Objects:
    if named := _PLACE.fullmatch(place):
        return BucketObjects(connect("s3"), named[1], named[2])
    if not Path(place).is_dir():
        raise CommandError(f"There is no folder {place}. Give one, or s3://BUCKET/PREFIX.")
    return FolderObjects(Path(place))


def _names(objects: Objects, place: str, wanted: Sequence[str] | None) -> list[str]:
    names = tables_of(objects)
    if not names:
        raise CommandError(
            f"There are no exports of TableExport at {place}. Give the bucket and the prefix that exports go to."
        )
    if wanted and names == [""]:
        raise CommandError(
            f"{place} is the folder of one table: leave --table out, or give the folder above it."
        )
    if missing := [name for name in wanted or () if name not in names]:
        raise CommandError(
            f"There are no exports of {', '.join(missing)} at {place}, but of {', '.join(names)}."
        )
    return list(wanted or names)


def _document(found: Sequence[Verified]) -> dict[str, Any]:
    tables = [
        {
            **asdict(each),
            "chains": [[_iso(start), _iso(end)] for start, end in each.chains],
            "holes": [[_iso(start), _iso(end)] for start, end in each.holes],
        }
        for each in found
    ]
    return {"right": not any(each.findings for each in found), "tables": tables}


def _show(console: Console, found: Sequence[Verified], *, deep: bool) -> None:
    summary = Table(box=SIMPLE)
    for column in ("table", "chains", "exports", "files", "records", "size", "until"):
        summary.add_column(column, overflow="fold")
    for each in found:
        until = _iso(max(end for _, end in each.chains)) if each.chains else "-"
        figures = (len(each.chains), each.exports, each.files, each.records)
        summary.add_row(escape(each.table), *(f"{figure:,}" for figure in figures), size(each.size), until)
    console.print(summary)
    problems = Table(box=SIMPLE)
    for column in ("table", "where", "problem"):
        problems.add_column(column, overflow="fold")
    for each in found:
        for start, end in each.holes:
            console.print(
                f"[yellow]{escape(each.table)}: a chain ended, and nothing was exported from "
                f"{_iso(start)} to {_iso(end)}.[/]",
                soft_wrap=True,
            )
        if each.strangers:
            console.print(
                f"[yellow]{escape(each.table)}: {len(each.strangers)} exports have no manifest: they are under way, "
                f"were given up, somebody else made them, or their manifests were deleted: "
                f"{escape(', '.join(each.strangers))}.[/]",
                soft_wrap=True,
            )
        for finding in each.findings:
            problems.add_row(*(escape(text) for text in (each.table, finding.where, finding.problem)))
    if problems.row_count:
        console.print(problems)
        console.print(f"[red]{problems.row_count} finding{'s' if problems.row_count > 1 else ''}.[/]")
    else:
        console.print(f"[green]Everything is right.[/]{'' if deep else ' The data was not read.'}")


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
