"""Copies the handler toolkit's package, for handlers that are not bundled by this library. No CDK."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from constructs_lib.handlers import handler_folder

__all__ = ["main", "requirements", "vendor"]

_PACKAGE: Final = "handler_toolkit"


def vendor(destination: Path, *, replace: bool = False) -> Path:
    """Copy the package into the folder `destination`, which is made if need be; return the copy.

    Args:
        destination: where the handler's code lies.
        replace: replace a copy that is there. Left out, it stays.

    Raises:
        FileExistsError: there is one, and `replace` is false.
    """
    copy = destination / _PACKAGE
    if copy.exists() and not replace:
        raise FileExistsError(f"{copy} is there already. Give --replace to replace it.")
    destination.mkdir(parents=True, exist_ok=True)
    if copy.exists():
        shutil.rmtree(copy)
    return shutil.copytree(
        handler_folder(_PACKAGE) / _PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py[co]")
    )


def requirements() -> list[str]:
    """What the package needs beside itself, as lines of a requirements file."""
    lines = (handler_folder(_PACKAGE) / "requirements.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say; the exit code tells whether it succeeded."""
    parser = argparse.ArgumentParser(prog="python -m constructs_lib.toolkit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    vendoring = commands.add_parser("vendor", help="copy the package, and print its requirements")
    vendoring.add_argument("destination", type=Path, metavar="DEST", help="the folder of the handler's code")
    vendoring.add_argument("--replace", action="store_true", help="replace a copy that is there")
    options = parser.parse_args(arguments)
    try:
        copy = vendor(options.destination, replace=options.replace)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(f"Copied to {copy}. Add these to the handler's requirements:\n")
    sys.stdout.write("".join(f"{line}\n" for line in requirements()))
    return 0
