"""How a command ends that does not succeed: a line that says what to do, and an exit code."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)
from redrive.failures import code_of

__all__ = ["CommandError", "ExitCode", "in_a_line"]

_REMEDIES: Final[Mapping[type[BotoCoreError], str]] = {
    NoCredentialsError: "There are no credentials of AWS: log in, or give --profile.",
    PartialCredentialsError: "The credentials of AWS are incomplete: log in, or give --profile.",
    ProfileNotFound: "{error}: give one that is in your configuration of AWS with --profile.",
    NoRegionError: "No Region is known: give --region.",
    EndpointConnectionError: "{error} Check --region and the network.",
}
_DENIED: Final = ("AccessDenied", "AccessDeniedException", "AWS.SimpleQueueService.AccessDenied")


class ExitCode(IntEnum):
    """What the exit code of a command says."""

    DONE = 0
    """Everything was done."""
    INCOMPLETE = 1
    """It was done, but some messages failed again, were parked, or could not be looked at or put back."""
    REFUSED = 2
    """Nothing was begun."""
    INTERRUPTED = 130
    """Somebody stopped the command; what was begun was finished, and the rest waits in the queue."""


class CommandError(Exception):
    """A command ends, with a line that says what to do.

    Attributes:
        code: the exit code.
        resume: the command that goes on; empty where there is nothing to go on with.
    """

    def __init__(self, text: str, code: ExitCode = ExitCode.REFUSED, *, resume: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.resume = resume


def in_a_line(error: ClientError | BotoCoreError) -> str:
    """What `error` means, and what to do."""
    if isinstance(error, ClientError):
        code = code_of(error)
        message = str(error.response.get("Error", {}).get("Message") or error).removesuffix(".")
        if code in _DENIED:
            return f"Access denied: {message}. Have this allowed, and start again."
        return f"{error.operation_name} failed with {code}: {message}."
    for kind, remedy in _REMEDIES.items():
        if isinstance(error, kind):
            return remedy.format(error=error)
    return str(error)
