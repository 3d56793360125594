"""What a command finds around itself: AWS, the clock, and somebody to ask."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

import boto3
from botocore.config import Config
from rich.console import Console
from table_restore.reading import Clients

__all__ = ["Surroundings", "add_account_arguments"]

# How often a call is tried is the environment's choice (AWS_MAX_ATTEMPTS); adaptive keeps to what AWS takes.
_RETRIES: Final = Config(retries={"mode": "adaptive"})


def add_account_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a command say in which account and Region, and how it answers."""
    parser.add_argument("--region", help="the tables' Region; the profile's where it is left out")
    parser.add_argument("--profile", help="a profile of the AWS configuration")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The world of a command.

    Attributes:
        connect: makes the client of a service.
        now: the time.
        elapsed: seconds since any fixed moment.
        sleep: waits.
        ask: puts a question to somebody; None where there is nobody.
        write: writes to standard output.
    """

    connect: Callable[[str], Any]
    now: Callable[[], datetime]
    elapsed: Callable[[], float]
    sleep: Callable[[float], None]
    ask: Callable[[str], str] | None
    write: Callable[[str], object]

    @classmethod
    def real(cls, arguments: argparse.Namespace, console: Console) -> Self:
        """The real world, in the account and Region that `arguments` say."""
        session = boto3.session.Session(profile_name=arguments.profile, region_name=arguments.region)

        def connect(service: str) -> Any:
            return session.client(service, config=_RETRIES)  # type: ignore[call-overload] # any service

        return cls(
            connect=connect,
            now=lambda: datetime.now(UTC),
            elapsed=time.monotonic,
            sleep=time.sleep,
            ask=console.input if sys.stdin.isatty() else None,
            write=sys.stdout.write,
        )

    @property
    def clients(self) -> Clients:
        """The clients for what belongs to a table."""
        return Clients.made_by(self.connect)
