"""``redrive``: dead letters are given again to what could not process them; parked messages go back to their queue.

It is what the scheduled runs do, with the same ledger: no event is given twice, whoever else is at work.
"""

import argparse
import json
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError
from redrive.letters import Letters
from redrive.model import Route, WrittenBy
from rich.console import Console
from rich.markup import escape

from constructs_lib.dead_letters.command.failing import CommandError, ExitCode, in_a_line
from constructs_lib.dead_letters.command.queues import Known, add_route_arguments, find
from constructs_lib.dead_letters.command.results import Results, print_results
from constructs_lib.dead_letters.command.resuming import resuming
from constructs_lib.dead_letters.command.running import run_route
from constructs_lib.dead_letters.command.surroundings import Surroundings, add_account_arguments
from constructs_lib.dead_letters.command.texts import counted, duration, length
from constructs_lib.dead_letters.command.unparking import unpark

__all__ = ["add_arguments", "redrive", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read what `run` takes."""
    add_account_arguments(parser)
    add_route_arguments(parser)
    add = parser.add_argument
    add("--ledger", metavar="TABLE", help="the table that remembers what was done, if no tag says so")
    add("--parking-queue", metavar="URL", help="where goes what is not re-driven any more, if no tag says so")
    add("--rate", type=int, metavar="N", help="events a second at most")
    add("--max-attempts", type=int, metavar="N", help="park what was re-driven so often")
    add(
        "--error-type", action="append", metavar="NAME", help="only what failed with this; may be given again"
    )
    add("--except-error-type", action="append", metavar="NAME", help="park what failed with this; likewise")
    add("--older-than", metavar="DURATION", help="leave alone what failed less long ago, e.g. 30m")
    add("--younger-than", metavar="DURATION", help="park what failed longer ago, e.g. 2d")
    add("--dry-run", action="store_true", help="change nothing, and say what would be done")
    add("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Re-drive what `arguments` say."""
    return redrive(arguments, console, Surroundings.real(arguments, console))


def redrive(arguments: argparse.Namespace, console: Console, surroundings: Surroundings) -> int:
    """Re-drive what `arguments` say in `surroundings`.

    Raises:
        CommandError: nothing was re-driven, or not all of it.
    """
    known = find(arguments, surroundings)
    route = _route(arguments, known)
    there = Letters(surroundings.connect("sqs"), known.url).count()
    _print_plan(console, known, route, there)
    if not there:
        console.print("There is nothing to re-drive.")
    elif not route.dry_run:
        question = f"Re-drive [bold]{escape(known.name)}[/]? Type yes: "
        surroundings.confirm(question, "yes", flag=arguments.yes)
    work = unpark if known.is_parking else partial(run_route, route)
    with surroundings.stopping() as stopped, Results(console, known, route, there) as results:
        try:
            if there:
                work(known=known, results=results, surroundings=surroundings, stopped=stopped)
        except (ClientError, BotoCoreError) as error:
            if not results.seen:
                raise
            done = f"{in_a_line(error)} Before that, something became of {counted(results.seen)}."
            raise CommandError(done, ExitCode.INCOMPLETE, resume=resuming(arguments)) from error
    if stopped():
        raise CommandError(
            "Stopped. What was begun is finished, and the rest waits in the queue.",
            ExitCode.INTERRUPTED,
            resume=resuming(arguments),
        )
    if arguments.json:
        surroundings.write(f"{json.dumps(results.to_json(), indent=2)}\n")
    if there:
        print_results(console, results)
    return ExitCode.DONE if results.complete else ExitCode.INCOMPLETE


def _route(arguments: argparse.Namespace, known: Known) -> Route:
    """The route that was written down, with what `arguments` say otherwise."""
    changes = {
        "rate_per_second": arguments.rate,
        "max_attempts": arguments.max_attempts,
        "error_types": arguments.error_type,
        "except_error_types": arguments.except_error_type,
        "minimum_age_seconds": arguments.older_than and duration(arguments.older_than),
        "maximum_age_seconds": arguments.younger_than and duration(arguments.younger_than),
        # Of a parked message it is known what it failed with, whoever wrote it.
        "written_by": str(WrittenBy.ASYNCHRONOUS) if known.is_parking else None,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    return known.route({**given, "dry_run": arguments.dry_run})


def _print_plan(console: Console, known: Known, route: Route, there: int) -> None:
    """Say what is about to be done."""
    limits = [f"{route.rate_per_second} a second"]
    if not known.is_parking:
        limits.append(f"parked after {route.max_attempts} attempts")
    rest = "left alone" if known.is_parking else "parked"
    for value, text in (
        (route.minimum_age_seconds, "only what failed {} ago or more"),
        (route.maximum_age_seconds, f"what failed more than {{}} ago is {rest}"),
    ):
        if value is not None:
            limits.append(text.format(length(value)))
    for names, text in (
        (route.error_types, "only {}"),
        (route.except_error_types, f"{{}} is {rest}"),
    ):
        if names:
            limits.append(text.format(", ".join(names)))
    to = "the queues they were parked from" if known.is_parking else _target(route)
    console.print(
        f"About {counted(there)} in {known.name} to {escape(to)}: {escape('; '.join(limits))}.",
        soft_wrap=True,
    )


def _target(route: Route) -> str:
    if route.written_by is WrittenBy.QUEUE:
        return "the queues they came from"
    return route.function.rpartition(":function:")[2] if route.function else "the functions they were for"
