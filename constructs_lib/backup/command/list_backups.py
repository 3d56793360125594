"""``list``: what there is to restore from, how old it is, and whether it is known to restore."""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from table_restore.reading import Clients

from constructs_lib.backup.command.failing import CommandError, ExitCode, code_of, in_a_line
from constructs_lib.backup.command.found import Found, backups_of, recovery_points_of, tables_of, window_of
from constructs_lib.backup.command.listed import Listed, print_listed
from constructs_lib.backup.command.named import region_of
from constructs_lib.backup.command.surroundings import Surroundings, add_account_arguments
from constructs_lib.backup.command.texts import stamp
from constructs_lib.backup.command.verdicts import Verdict, ledgers, newest_verdicts, verdicts

__all__ = ["add_arguments", "list_backups", "run"]

_GONE: Final = "ResourceNotFoundException"
T = TypeVar("T")


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
    print_listed(console, listed, surroundings.now())
    return ExitCode.DONE


def _look(arguments: argparse.Namespace, surroundings: Surroundings) -> Listed:
    clients, notes = surroundings.clients, list[str]()
    name = arguments.table and arguments.table.rpartition(":table/")[2]
    found = list(backups_of(clients.dynamodb, name))
    found += _windows(clients, [name] if name else tables_of(clients), notes)
    arn = _arn_of(clients.dynamodb, name, found) if name else None
    known = {each.arn for each in found}
    points = _attempt(
        notes,
        "recovery points of AWS Backup",
        lambda: recovery_points_of(surroundings.connect("backup"), arn, name),
    )
    found += [each for each in points if each.arn not in known]
    if name and arn is None:
        if not found:
            raise _nothing(clients, name, notes)
        arn = found[0].table_arn
    named = arguments.ledger or _attempt(
        notes,
        "ledgers of restore tests",
        lambda: ledgers(surroundings.connect("resourcegroupstaggingapi")),
    )
    judged: list[Verdict] = []
    for ledger in named:
        judged += _attempt(notes, f"the ledger {ledger}", partial(verdicts, clients.dynamodb, ledger, arn))
    found.sort(key=lambda each: (each.table, each.source != "PITR", each.until))
    return Listed(found=found, verified=newest_verdicts(judged), notes=notes)


def _windows(clients: Clients, tables: Iterable[str], notes: list[str]) -> Iterator[Found]:
    for table in tables:
        try:
            window = window_of(clients.dynamodb, table)
        except ClientError as error:
            if code_of(error) != _GONE:  # a deleted table may still have backups
                notes.append(f"point-in-time recovery of {table}: {in_a_line(error)}")
            continue
        if window is not None:
            yield window


def _attempt(notes: list[str], what: str, look: Callable[[], Iterable[T]]) -> list[T]:
    try:
        return list(look())
    except (ClientError, BotoCoreError) as error:
        notes.append(f"{what}: {in_a_line(error)}")
        return []


def _arn_of(dynamodb: Any, table: str, found: Iterable[Found]) -> str | None:
    """The ARN of a table; None where it is gone, and DynamoDB has no backup of it."""
    known = next((each.table_arn for each in found if each.table_arn), None)
    if known is not None:
        return known
    try:
        arn: str = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    except ClientError as error:
        if code_of(error) != _GONE:
            raise
        return None
    return arn


def _nothing(clients: Clients, table: str, notes: list[str]) -> CommandError:
    unseen = f" Not looked at: {'; '.join(notes)}" if notes else ""
    return CommandError(f"There is no table {table} and no backup of one in {region_of(clients)}.{unseen}")


def _document(listed: Listed) -> dict[str, Any]:
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
