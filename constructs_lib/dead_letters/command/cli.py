"""Inspect, re-drive and purge dead letters."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from constructs_lib.dead_letters.command import inspect_queue, purge_queue, redrive_queue
from constructs_lib.dead_letters.command.failing import CommandError, ExitCode, in_a_line

__all__ = ["main"]

_COMMANDS: Final[Mapping[str, tuple[ModuleType, str]]] = {
    "inspect": (inspect_queue, "show what lies in a dead-letter queue"),
    "redrive": (redrive_queue, "give dead letters again to what could not process them"),
    "purge": (purge_queue, "delete dead letters, once they are saved"),
}
_WIDTH: Final = 160


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say; the exit code tells whether it succeeded."""
    parser = argparse.ArgumentParser(prog="python -m constructs_lib.dead_letters", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in _COMMANDS.items():
        module.add_arguments(commands.add_parser(name, help=summary, description=module.__doc__))
    options = parser.parse_args(arguments)
    # Standard output carries the document alone.
    console = Console(stderr=options.json, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _WIDTH)
    try:
        return int(_COMMANDS[options.command][0].run(options, console))
    except KeyboardInterrupt:
        return _end(options, console, "Stopped. What is left waits in the queue.", ExitCode.INTERRUPTED)
    except CommandError as error:
        return _end(options, console, str(error), error.code, error.resume)
    except (ClientError, BotoCoreError) as error:
        return _end(options, console, in_a_line(error), ExitCode.REFUSED)


def _end(options: argparse.Namespace, console: Console, text: str, code: ExitCode, resume: str = "") -> int:
    if options.json:
        document = {"error": text, "code": int(code), **({"resume": resume} if resume else {})}
        sys.stdout.write(f"{json.dumps(document, indent=2)}\n")
    console.print(f"[red]{escape(text)}[/]", soft_wrap=True)
    if resume:
        console.print(f"This goes on with it:\n{escape(resume)}", soft_wrap=True)
    return code
