"""List, restore and verify backups of DynamoDB tables."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from constructs_lib.backup.command import list_backups, restore, verify_export
from constructs_lib.backup.command.failing import CommandError, ExitCode, in_a_line

__all__ = ["main"]

_COMMANDS: Final[Mapping[str, tuple[ModuleType, str]]] = {
    "restore": (restore, "restore a table as it was, to a new table"),
    "list": (list_backups, "show what there is to restore from"),
    "verify-export": (verify_export, "check what was exported"),
}
_WIDTH: Final = 200


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say; the exit code tells whether it succeeded."""
    parser = argparse.ArgumentParser(prog="python -m constructs_lib.backup", description=__doc__)
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
        return _end(options, console, "Stopped; nothing was begun.", ExitCode.INTERRUPTED)
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
