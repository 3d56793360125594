"""What a command finds around itself: AWS, the clock, and somebody to ask."""

import argparse
import re
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, Self

import boto3
from botocore.config import Config
from rich.console import Console

from constructs_lib.dead_letters.command.failing import CommandError
from constructs_lib.dead_letters.command.stopping import told_to_stop

__all__ = ["Surroundings", "add_account_arguments"]

_ARN: Final = re.compile(r"arn:[\w-]+:sqs:(?P<region>[\w-]+):\d{12}:[\w.-]+")
_ADAPTIVE: Final = Config(retries={"mode": "adaptive"})


def add_account_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command say which queue, in which account and Region, and how it answers."""
    add = parser.add_argument
    add("--queue", required=True, help="the dead-letter queue, or a parking queue: its URL, ARN or name")
    add("--region", help="the queue's Region; that of its ARN, else the profile's, where it is left out")
    add("--profile", help="a profile of the AWS configuration")
    add("--json", action="store_true", help="one JSON document on standard output")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The world of a command.

    Attributes:
        connect: makes the client of a service, with a configuration of its own where one is given.
        now: seconds since 1970.
        sleep: waits.
        ask: puts a question to somebody; None where there is nobody.
        write: writes to standard output.
        stopping: in its context, what is under way may be asked to stop; it tells whether it was.
    """

    connect: Callable[..., Any]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    ask: Callable[[str], str] | None
    write: Callable[[str], object]
    stopping: Callable[[], AbstractContextManager[Callable[[], bool]]]

    @classmethod
    def real(cls, arguments: argparse.Namespace, console: Console) -> Self:
        """The real world, in the account and Region that `arguments` say."""
        region = arguments.region or _region_of(arguments.queue)
        session = boto3.session.Session(profile_name=arguments.profile, region_name=region)

        def connect(service: str, config: Config = _ADAPTIVE) -> Any:
            return session.client(service, config=config)  # type: ignore[call-overload] # any service

        return cls(
            connect=connect,
            now=time.time,
            sleep=time.sleep,
            ask=console.input if sys.stdin.isatty() else None,
            write=sys.stdout.write,
            stopping=told_to_stop,
        )

    def confirm(self, question: str, wanted: str, *, flag: bool) -> None:
        """Go on if somebody answers `wanted`, or gave ``--yes``.

        Raises:
            CommandError: nobody did.
        """
        if flag:
            return
        if self.ask is None:
            raise CommandError("Nobody is at a terminal to say yes: give --yes if this is what you want.")
        try:
            answer = self.ask(question)
        except EOFError:
            answer = ""
        if answer.strip() != wanted:
            raise CommandError("Nothing was done.")


def _region_of(queue: str) -> str | None:
    found = _ARN.fullmatch(queue)
    return found["region"] if found else None
