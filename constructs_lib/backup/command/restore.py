"""``restore``: a table as it was, as a new table, with what a restore loses applied again."""

import argparse
import json
import re
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from table_restore.losses import losses
from table_restore.reading import read_settings
from table_restore.restoring import OccupiedError, Overrides, begin, progress

from constructs_lib.backup.command.checking import check
from constructs_lib.backup.command.failing import CommandError, ExitCode, in_a_line, is_of_server
from constructs_lib.backup.command.named import LATEST
from constructs_lib.backup.command.origins import Choice, choose
from constructs_lib.backup.command.outcome import Outcome, print_outcome, resuming
from constructs_lib.backup.command.plan import Applying, Plan, plan_of, print_plan
from constructs_lib.backup.command.reapplying import apply_again
from constructs_lib.backup.command.surroundings import Surroundings, add_account_arguments
from constructs_lib.backup.command.texts import duration, length
from constructs_lib.backup.command.verdicts import Verdict, ledgers, verdicts
from constructs_lib.backup.command.waiting import wait

__all__ = ["add_arguments", "restore", "run"]

_ON_DEMAND: Final = "PAY_PER_REQUEST"
_PROVISIONED: Final = "PROVISIONED"
_KEY: Final = re.compile(r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read what `run` takes."""
    add = parser.add_argument
    add("--table", required=True, help="the table that was lost or spoilt")
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument(
        "--at", metavar="TIME", help=f"as it was then, in ISO 8601 with a time zone, or {LATEST!r}"
    )
    origin.add_argument(
        "--backup", metavar="ID", help=f"as it is in this backup (an id or ARN), or in the {LATEST!r}"
    )
    add("--to", required=True, metavar="NEW", help="the name of the new table")
    add_account_arguments(parser)
    add("--billing-mode", choices=(_ON_DEMAND, _PROVISIONED), help="another than the source's")
    add("--read-units", type=int, default=0, help=f"with --billing-mode {_PROVISIONED}")
    add("--write-units", type=int, default=0, help=f"with --billing-mode {_PROVISIONED}")
    add("--kms-key", default="", help="the ARN of the KMS key to encrypt it with, if not the source's")
    add("--without-indexes", action="store_true", help="leave secondary indexes out, which is faster")
    add("--no-reapply", action="store_true", help="apply nothing of what a restore loses")
    add("--no-ttl", action="store_true", help="do not apply time to live, which deletes what expired")
    add("--verify", action="store_true", help="compare keys and indexes, and count the items, in the end")
    add("--timeout", metavar="DURATION", help="wait so long at most, e.g. 6h; the restore goes on")
    add("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Restore what `arguments` say."""
    return restore(arguments, console, Surroundings.real(arguments, console))


def restore(arguments: argparse.Namespace, console: Console, surroundings: Surroundings) -> int:
    """Restore what `arguments` say in `surroundings`.

    Raises:
        CommandError: it was not restored, or not yet.
    """
    timeout = None if arguments.timeout is None else duration(arguments.timeout)
    with console.status("Looking what there is"):
        plan = _plan(arguments, surroundings)
    print_plan(console, plan)
    _confirm(arguments, plan, surroundings)
    resume = resuming(arguments, plan)
    try:
        outcome = _carry_out(arguments, plan, console, surroundings, timeout)
    except KeyboardInterrupt:
        raise CommandError(
            "Stopped. What was begun goes on by itself.", ExitCode.INTERRUPTED, resume=resume
        ) from None
    except CommandError as error:
        if error.code is ExitCode.UNDER_WAY:
            error.resume = resume
        raise
    except (ClientError, BotoCoreError) as error:
        raise CommandError(in_a_line(error), ExitCode.UNDER_WAY, resume=resume) from error
    print_outcome(console, outcome)
    if arguments.json:
        surroundings.write(f"{json.dumps(outcome.to_json(), indent=2)}\n")
    return ExitCode.DONE if outcome.complete else ExitCode.INCOMPLETE


def _plan(arguments: argparse.Namespace, surroundings: Surroundings) -> Plan:
    overrides = _overrides(arguments)
    choice = choose(surroundings.clients, arguments)
    if (
        overrides.billing_mode == _PROVISIONED
        and choice.source.global_indexes
        and not overrides.without_indexes
    ):
        raise CommandError(
            f"--billing-mode {_PROVISIONED} needs the capacity of each global secondary index as well: restore with "
            f"{_ON_DEMAND} and change it later, or --without-indexes."
        )
    clients = surroundings.clients
    there = choice.begun and progress(clients.dynamodb, arguments.to).state == "ready"
    return plan_of(
        choice,
        arguments.to,
        restored=read_settings(clients, arguments.to) if there else None,
        overrides=overrides,
        applying=Applying(nothing=arguments.no_reapply, ttl=not arguments.no_ttl),
        tested=_tested(surroundings, choice),
    )


def _overrides(arguments: argparse.Namespace) -> Overrides:
    units = arguments.read_units, arguments.write_units
    provisioned = arguments.billing_mode == _PROVISIONED
    if any(units) != provisioned or (provisioned and min(units) < 1):
        raise CommandError(
            f"--billing-mode {_PROVISIONED} goes with --read-units and --write-units of 1 or more, and only it."
        )
    if arguments.kms_key and not _KEY.match(arguments.kms_key):
        raise CommandError(
            f"--kms-key {arguments.kms_key!r} is not the ARN of a key, which is what DynamoDB tells later."
        )
    return Overrides(
        billing_mode=arguments.billing_mode or "",
        read_units=arguments.read_units,
        write_units=arguments.write_units,
        without_indexes=arguments.without_indexes,
        kms_key=arguments.kms_key,
    )


def _tested(surroundings: Surroundings, choice: Choice) -> Verdict | None:
    """The newest restore test that measured a time; None where there is none, or nobody may know."""
    try:
        measured = [
            verdict
            for ledger in ledgers(surroundings.connect("resourcegroupstaggingapi"))
            for verdict in verdicts(surroundings.clients.dynamodb, ledger, choice.source.arn)
            if verdict.restore_seconds is not None
        ]
    except (ClientError, BotoCoreError):
        return None
    return max(measured, key=lambda each: each.finished, default=None)


def _confirm(arguments: argparse.Namespace, plan: Plan, surroundings: Surroundings) -> None:
    if arguments.yes:
        return
    if surroundings.ask is None:
        raise CommandError("Nobody is at a terminal to say yes: give --yes if this is what you want.")
    try:
        answer = surroundings.ask(f"Restore to [bold]{escape(plan.target)}[/]? Type yes: ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise CommandError("Nothing was done.")


def _carry_out(
    arguments: argparse.Namespace,
    plan: Plan,
    console: Console,
    surroundings: Surroundings,
    timeout: float | None,
) -> Outcome:
    clients = surroundings.clients
    try:
        begin(clients.dynamodb, plan.choice.origin, plan.target, plan.overrides)
    except ClientError as error:
        if is_of_server(error):
            raise  # it may have been begun
        raise CommandError(f"DynamoDB did not begin the restore. {in_a_line(error)}") from error
    except OccupiedError as error:
        raise CommandError(
            f"Somebody else made a table {plan.target} meanwhile. Nothing is overwritten: give another name with --to."
        ) from error
    waited = wait(clients.dynamodb, plan.target, console=console, surroundings=surroundings, timeout=timeout)
    after = f", after {length(waited)} of waiting" if waited >= 1 else ""
    console.print(f"{plan.target} is restored{after}.", soft_wrap=True)

    restored = read_settings(clients, plan.target)
    again, by_hand = plan.applying.sort(losses(plan.wanted, restored))
    applied = apply_again(clients, plan.target, again, console=console, surroundings=surroundings)
    checked = None
    if arguments.verify:
        checked = check(
            clients.dynamodb,
            plan.wanted,
            restored,
            expected=plan.choice.items,
            without_indexes=arguments.without_indexes,
            console=console,
        )
    return Outcome(plan=plan, waited=waited, applied=applied, by_hand=by_hand, checked=checked)
