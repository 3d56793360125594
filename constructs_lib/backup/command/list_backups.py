"""``list``: what there is to restore from, how old it is, and whether it is known to restore."""

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from constructs_lib.backup.command.failing import CommandError, ExitCode, code_of, in_a_line
from constructs_lib.backup.command.found import Found, backups_of, recovery_points_of, tables_of, window_of
from constructs_lib.backup.command.surroundings import Surroundings, add_account_arguments
from constructs_lib.backup.command.texts import length, size, stamp
from constructs_lib.backup.command.verdicts import Verdict, ledgers, newest_verdicts, verdicts

__all__ = ["add_arguments", "list_backups", "run"]

_COLUMNS: Final = ("table", "source", "made", "age", "size", "status", "verified", "name", "id")
_GONE: Final = "ResourceNotFoundException"


@dataclass(frozen=True, kw_only=True)
class _Listed:
    """What was found, and what could not be looked at."""

    found: list[Found]
    verified: dict[str, Verdict]
    notes: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read what `run` takes."""
    add_account_arguments(parser)
    parser.add_argument("--table", help="only what there is of this table, which may be gone")
    parser.add_argument(
        "--ledger", action="append", help="a ledger of restore tests; those with its tag where it is left out"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """List what there is."""
    return list_backups(arguments, console, Surroundings.real(arguments, console))


def list_backups(arguments: argparse.Namespace, console: Console, surroundings: Surroundings) -> int:
    """List what there is in `surroundings`.

    Raises:
        CommandError: it cannot be listed.
    """
    with console.status("Looking for backups"):
        listed = _look(arguments, surroundings)
    if arguments.json:
        surroundings.write(f"{json.dumps(_document(listed), indent=2)}\n")
        return ExitCode.DONE
    now = surroundings.now()
    if listed.found:
        console.print(_table(listed, now))
    else:
        console.print("There is nothing to restore from.")
    for note in listed.notes:
        console.print(f"[yellow]Not looked at:[/] {escape(note)}", soft_wrap=True)
    return ExitCode.DONE


def _look(arguments: argparse.Namespace, surroundings: Surroundings) -> _Listed:
    clients, notes = surroundings.clients, []
    name = arguments.table and arguments.table.rpartition(":table/")[2]
    found = list(backups_of(clients.dynamodb, name))
    arn = next((each.table_arn for each in found if name and each.table_arn), None)
    for table in [name] if name else tables_of(clients):
        try:
            window = window_of(clients.dynamodb, table)
        except ClientError as error:
            if code_of(error) != _GONE:  # a deleted table may still have backups
                notes.append(f"point-in-time recovery of {table}: {in_a_line(error)}")
            continue
        if window is not None:
            arn = arn or (window.table_arn if name else None)
            found.append(window)
    if name and not found and arn is None:
        arn = _arn_of(clients.dynamodb, name)

    def attempt(what: str, look: Callable[[], Iterable[Any]]) -> list[Any]:
        try:
            return list(look())
        except (ClientError, BotoCoreError) as error:
            notes.append(f"{what}: {in_a_line(error)}")
            return []

    known = {each.arn for each in found if each.arn}
    points = attempt(
        "recovery points of AWS Backup", lambda: recovery_points_of(surroundings.connect("backup"), arn)
    )
    found += [each for each in points if each.arn not in known]
    named = arguments.ledger or attempt(
        "ledgers of restore tests", lambda: ledgers(surroundings.connect("resourcegroupstaggingapi"))
    )
    judged: list[Verdict] = []
    for ledger in named:
        judged += attempt(f"the ledger {ledger}", partial(verdicts, clients.dynamodb, ledger, arn))
    found.sort(key=lambda each: (each.table, each.source != "PITR", each.until))
    return _Listed(found=found, verified=newest_verdicts(judged), notes=notes)


def _arn_of(dynamodb: Any, table: str) -> str:
    try:
        arn: str = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    except ClientError as error:
        if code_of(error) != _GONE:
            raise
        raise CommandError(
            f"There is no table {table} and no backup of one in {dynamodb.meta.region_name}."
        ) from error
    return arn


def _table(listed: _Listed, now: datetime) -> Table:
    table = Table(box=SIMPLE, header_style="bold")
    for column in _COLUMNS:
        table.add_column(column, overflow="fold")
    for each in listed.found:
        continuous = each.source == "PITR"
        made = f"{stamp(each.created)}\nto {stamp(each.until)}" if continuous else stamp(each.created)
        table.add_row(
            each.table,
            each.source,
            made,
            length((now - each.until).total_seconds()),
            size(each.size),
            each.status,
            _verified(listed.verified.get(each.arn)),
            escape(each.name),
            "--at TIME" if continuous else each.id,
        )
    return table


def _verified(verdict: Verdict | None) -> str:
    if verdict is None:
        return "-"
    if not verdict.passed:
        return f"[red]failed[/]\n{verdict.finished}\n{escape('; '.join(verdict.reasons))}"
    took = "" if verdict.restore_seconds is None else f" in {length(verdict.restore_seconds)}"
    return f"[green]passed[/]{took}\n{verdict.finished}"


def _document(listed: _Listed) -> dict[str, Any]:
    return {
        "backups": [
            {
                **asdict(each),
                "created": stamp(each.created),
                "until": stamp(each.until),
                "verified": asdict(listed.verified[each.arn]) if each.arn in listed.verified else None,
            }
            for each in listed.found
        ],
        "not_looked_at": listed.notes,
    }
