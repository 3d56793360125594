"""The command that goes on with what was stopped."""

import argparse
import shlex
from typing import Final

__all__ = ["resuming"]

_OPTIONS: Final = (
    "queue",
    "region",
    "profile",
    "written_by",
    "function",
    "ledger",
    "parking_queue",
    "rate",
    "max_attempts",
    "error_type",
    "except_error_type",
    "older_than",
    "younger_than",
)
_FLAGS: Final = ("dry_run", "json", "yes")


def resuming(arguments: argparse.Namespace) -> str:
    """The very same ``redrive``: what it has done already is in the ledger, and is not done again."""
    words = ["python", "-m", "constructs_lib.dead_letters", "redrive"]
    for option in _OPTIONS:
        value = getattr(arguments, option)
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                words += [_flag(option), str(each)]
    words += [_flag(flag) for flag in _FLAGS if getattr(arguments, flag)]
    return shlex.join(words)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
