"""The queue that a command is about, and how it is re-driven: by its tag, and by what the arguments say."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError
from redrive.failures import code_of
from redrive.model import Route, RouteError, WrittenBy

from constructs_lib.dead_letters.command.failing import CommandError
from constructs_lib.dead_letters.command.surroundings import Surroundings
from constructs_lib.dead_letters.redrive.tags import REDRIVE_TAG

__all__ = ["Known", "add_route_arguments", "find", "queue_name"]

_MISSING: Final = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a queue.

    Attributes:
        url: its URL.
        arn: its ARN.
        settings: the route that was written down; empty where there is none.
        ledger: the name of the ledger's table; empty where it is unknown.
        parking: the URL of the parking queue; empty where it is unknown.
    """

    url: str
    arn: str
    settings: Mapping[str, Any]
    ledger: str = ""
    parking: str = ""

    @property
    def name(self) -> str:
        """The queue's name."""
        return queue_name(self.arn)

    @property
    def is_parking(self) -> bool:
        """Whether it is the parking queue itself."""
        return _place(self.url) == _place(self.parking)

    @property
    def written_by(self) -> WrittenBy:
        """Who writes its messages.

        Raises:
            CommandError: nobody said.
        """
        given = self.settings.get("written_by")
        if not given:
            raise CommandError(
                f"{self.name} has no tag {REDRIVE_TAG} that says who writes its messages: give --written-by, one of "
                f"{', '.join(WrittenBy)}."
            )
        return WrittenBy(given)

    def check(self) -> None:
        """Fail if nobody could tell what its messages say.

        Raises:
            CommandError: nobody said who writes them.
        """
        if not self.is_parking:
            _ = self.written_by

    def route(self, changes: Mapping[str, Any]) -> Route:
        """The route that was written down, with `changes`.

        Raises:
            CommandError: it cannot be one.
        """
        if "written_by" not in changes:
            changes = {**changes, "written_by": str(self.written_by)}
        document = {**self.settings, **changes}
        try:
            return Route.from_json(
                {**document, "queue_url": self.url, "queue_arn": self.arn, "started_by": "hand"}
            )
        except RouteError as error:
            raise CommandError(f"{self.name} cannot be re-driven like this: {error}") from error


def _place(url: str) -> list[str]:
    """The account and the name in the URL of a queue, which may have several hosts."""
    return url.split("/")[-2:]


def queue_name(arn: str) -> str:
    """The name of the queue that has this ARN."""
    return arn.rpartition(":")[2]


def add_route_arguments(parser: argparse.ArgumentParser) -> None:
    """Let `parser` read what the queue's tag does not say, or says otherwise."""
    add = parser.add_argument
    add("--written-by", choices=list(map(str, WrittenBy)), help="who writes its messages, if no tag says so")
    add("--function", metavar="ARN", help="the function, version or alias that events are for")


def find(arguments: argparse.Namespace, surroundings: Surroundings) -> Known:
    """The queue that `arguments` name, and what its tag and they say of it.

    Raises:
        CommandError: there is no such queue.
    """
    sqs = surroundings.connect("sqs")
    url = arguments.queue if "://" in arguments.queue else _url(sqs, arguments.queue)
    try:
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    except ClientError as error:
        raise _missing(error, arguments.queue) from error
    written = _written_down(surroundings, sqs, url)
    settings = dict(written.get("route", {}))
    for name in ("written_by", "function"):
        if given := getattr(arguments, name, None):
            settings[name] = given
    return Known(
        url=url,
        arn=arn,
        settings=settings,
        ledger=getattr(arguments, "ledger", None) or written.get("ledger_table_name", ""),
        parking=getattr(arguments, "parking_queue", None) or written.get("parking_queue_url", ""),
    )


def _url(sqs: Any, queue: str) -> str:
    parts = queue.split(":") if queue.startswith("arn:") else []
    owner = {"QueueOwnerAWSAccountId": parts[4]} if parts else {}
    try:
        found: str = sqs.get_queue_url(QueueName=queue_name(queue), **owner)["QueueUrl"]
    except ClientError as error:
        raise _missing(error, queue) from error
    return found


def _missing(error: ClientError, queue: str) -> Exception:
    if code_of(error) not in _MISSING:
        return error
    return CommandError(f"There is no queue {queue} here. Is it the Region, and the account?")


def _written_down(surroundings: Surroundings, sqs: Any, url: str) -> dict[str, Any]:
    """What the parameter says that the queue's tag names; nothing where there is no tag."""
    name = sqs.list_queue_tags(QueueUrl=url).get("Tags", {}).get(REDRIVE_TAG)
    if not name:
        return {}
    try:
        text = surroundings.connect("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        if code_of(error) == "ParameterNotFound":
            return {}  # the stack is gone, and its queue was retained
        raise
    found: dict[str, Any] = json.loads(text)
    return found
