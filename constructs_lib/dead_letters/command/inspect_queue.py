"""``inspect``: what lies in a dead-letter queue, by error, function and age. Nothing is taken out."""

import argparse
import json
from itertools import islice

from redrive.letters import Letters
from rich.console import Console

from constructs_lib.dead_letters.command.failing import CommandError, ExitCode
from constructs_lib.dead_letters.command.groups import Group, grouped, print_groups
from constructs_lib.dead_letters.command.queues import Known, add_route_arguments, find
from constructs_lib.dead_letters.command.seen import Looking, see
from constructs_lib.dead_letters.command.surroundings import Surroundings, add_account_arguments
from constructs_lib.dead_letters.command.texts import counted

__all__ = ["add_arguments", "add_looking_arguments", "check_looking", "inspect", "print_found", "run"]

_LIMIT = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read what `run` takes."""
    add_account_arguments(parser)
    add_route_arguments(parser)
    add_looking_arguments(parser)


def add_looking_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read how much is looked at, and shown."""
    parser.add_argument("--samples", type=int, default=1, help="how many messages of each group to show")
    parser.add_argument(
        "--limit", type=int, default=_LIMIT, help=f"look at so many at most; {_LIMIT:,} if left out"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Inspect what `arguments` say."""
    return inspect(arguments, console, Surroundings.real(arguments, console))


def inspect(arguments: argparse.Namespace, console: Console, surroundings: Surroundings) -> int:
    """Inspect what `arguments` say in `surroundings`.

    Raises:
        CommandError: it cannot be looked at.
    """
    known = find(arguments, surroundings)
    check_looking(arguments, known)
    letters = Letters(surroundings.connect("sqs"), known.url)
    there = letters.count()
    with console.status(f"Looking at {known.name}"):
        groups = _look(arguments, known, letters, surroundings)
    seen = sum(each.count for each in groups)
    if arguments.json:
        document = {
            "queue": known.name,
            "messages": there,
            "looked_at": seen,
            "groups": [each.to_json(surroundings.now()) for each in groups],
        }
        surroundings.write(f"{json.dumps(document, indent=2)}\n")
        return ExitCode.DONE
    print_found(console, known, groups, surroundings.now(), there=there)
    return ExitCode.DONE


def check_looking(arguments: argparse.Namespace, known: Known) -> None:
    """Fail, before anything is received, if nobody could tell what is.

    Raises:
        CommandError: an argument is out of range, or nobody said who writes the messages.
    """
    if arguments.limit < 1 or arguments.samples < 0:
        raise CommandError("--limit has to be 1 or more, and --samples 0 or more.")
    known.check()


def _look(
    arguments: argparse.Namespace, known: Known, letters: Letters, surroundings: Surroundings
) -> list[Group]:
    """The groups of the messages of `known`."""
    with Looking(letters) as looking:
        found = (see(letter, known) for letter in islice(looking, arguments.limit))
        return grouped(found, surroundings.now(), arguments.samples)


def print_found(console: Console, known: Known, groups: list[Group], now: float, *, there: int) -> None:
    """Say what was found."""
    seen = sum(each.count for each in groups)
    if not seen:
        waiting = f"; SQS counts about {there:,}, which somebody else has received" if there else ""
        console.print(f"There is nothing to see in {known.name}{waiting}.", soft_wrap=True)
        return
    more = f" of about {there:,}" if there > seen else ""
    console.print(f"{counted(seen)}{more} in {known.name}", soft_wrap=True)
    print_groups(console, groups, now, origin="parked from" if known.is_parking else "function")
