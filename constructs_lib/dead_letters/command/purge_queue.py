"""``purge``: what a dead-letter queue holds is shown, saved to a file, and deleted. It cannot be put back by itself."""

import argparse
import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from redrive.letters import Letters
from redrive.model import Letter
from rich.console import Console
from rich.markup import escape

from constructs_lib.dead_letters.command.failing import CommandError, ExitCode, in_a_line
from constructs_lib.dead_letters.command.groups import grouped
from constructs_lib.dead_letters.command.inspect_queue import (
    add_looking_arguments,
    check_looking,
    print_found,
)
from constructs_lib.dead_letters.command.queues import Known, add_route_arguments, find
from constructs_lib.dead_letters.command.seen import Looking, see
from constructs_lib.dead_letters.command.surroundings import Surroundings, add_account_arguments
from constructs_lib.dead_letters.command.texts import counted

__all__ = ["add_arguments", "purge", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read what `run` takes."""
    add_account_arguments(parser)
    add_route_arguments(parser)
    add_looking_arguments(parser)
    saving = parser.add_mutually_exclusive_group()
    saving.add_argument(
        "--save",
        metavar="FILE",
        help="where messages are saved, one JSON object a line; QUEUE-TIME.jsonl if left out",
    )
    saving.add_argument("--no-save", action="store_true", help="save nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Purge what `arguments` say."""
    return purge(arguments, console, Surroundings.real(arguments, console))


def purge(arguments: argparse.Namespace, console: Console, surroundings: Surroundings) -> int:
    """Purge what `arguments` say in `surroundings`: what has been shown, and nothing that comes later.

    Raises:
        CommandError: nothing was purged, or not all of it.
    """
    known = find(arguments, surroundings)
    check_looking(arguments, known)
    letters = Letters(surroundings.connect("sqs"), known.url)
    shown = _show(arguments, known, letters, console, surroundings)
    path = None if arguments.no_save or not shown else _path(arguments, known, surroundings)
    deleted, stopped = 0, False
    if shown:
        where = f"saved to {path} first" if path else "saved nowhere"
        console.print(f"{counted(len(shown))} will be deleted, and {escape(where)}.", soft_wrap=True)
        question = f"Type the queue's name, {escape(known.name)}: "
        surroundings.confirm(question, known.name, flag=arguments.yes)
        with surroundings.stopping() as wished, _saving(path) as save:
            try:
                for _ in _deleted(letters, shown, save, wished):
                    deleted += 1
            except (ClientError, BotoCoreError, OSError) as error:
                why = str(error) if isinstance(error, OSError) else in_a_line(error)
                before = f"{counted(deleted)} deleted before that." if deleted else "Nothing was deleted."
                raise CommandError(f"{why} {before}", ExitCode.INCOMPLETE) from error
            stopped = wished()
    left = len(shown) - deleted
    kept = f" Saved in {path}." if path else ""
    if stopped:
        raise CommandError(
            f"Stopped: {counted(deleted)} deleted.{kept} The rest is still there: purge again.",
            ExitCode.INTERRUPTED,
        )
    if arguments.json:
        document = {"queue": known.name, "deleted": deleted, "left": left, "saved_to": path and str(path)}
        surroundings.write(f"{json.dumps(document, indent=2)}\n")
    if shown:
        console.print(f"{counted(deleted)} deleted from {known.name}.{escape(kept)}", soft_wrap=True)
    if left:
        console.print(f"{counted(left)} could not be received again: others are at them.", soft_wrap=True)
    return ExitCode.INCOMPLETE if left else ExitCode.DONE


def _show(
    arguments: argparse.Namespace,
    known: Known,
    letters: Letters,
    console: Console,
    surroundings: Surroundings,
) -> frozenset[str]:
    """Show what there is; the ids of all that was looked at."""
    there, now = letters.count(), surroundings.now()
    with console.status(f"Looking at {known.name}"), Looking(letters) as looking:
        seen = [see(letter, known) for letter in islice(looking, arguments.limit)]
    print_found(console, known, grouped(seen, now, arguments.samples), now, there=there)
    return frozenset(each.letter.message_id for each in seen)


def _path(arguments: argparse.Namespace, known: Known, surroundings: Surroundings) -> Path:
    time = datetime.fromtimestamp(surroundings.now(), UTC)
    path = Path(arguments.save or f"{known.name}-{time:%Y%m%dT%H%M%SZ}.jsonl")
    if path.exists():
        raise CommandError(f"{path} exists already, and nothing is overwritten: give another --save.")
    return path


@contextmanager
def _saving(path: Path | None) -> Iterator[Callable[[Letter], None]]:
    """Saves messages so that they are on the disk before they are deleted; only this user may read the file."""
    if path is None:
        yield lambda _letter: None
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}. Nothing was deleted.") from error
    with os.fdopen(number, "w", encoding="utf-8") as file:

        def save(letter: Letter) -> None:
            file.write(f"{json.dumps(_document(letter))}\n")
            file.flush()
            os.fsync(file.fileno())

        yield save


def _document(letter: Letter) -> dict[str, Any]:
    """All of a message; binary attributes in Base64."""
    return {
        "message_id": letter.message_id,
        "body": letter.body,
        "attributes": {
            name: {
                key: b64encode(each).decode() if isinstance(each, bytes) else each
                for key, each in value.items()
            }
            for name, value in letter.attributes.items()
        },
        "system": dict(letter.system),
    }


def _deleted(
    letters: Letters, shown: frozenset[str], save: Callable[[Letter], None], stopped: Callable[[], bool]
) -> Iterator[Letter]:
    """Delete what was `shown`, each once it is saved."""
    left = set(shown)
    with Looking(letters) as looking:
        for letter in looking:
            if stopped() or not left:
                break
            if letter.message_id in left:
                save(letter)
                looking.delete(letter)
                left.remove(letter.message_id)
                yield letter
