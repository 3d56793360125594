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

__all__ = ["CommandError", "ExitCode", "code_of", "in_a_line", "is_of_server"]

_FIRST_SERVER_ERROR: Final = 500
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_STALE: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)
_REMEDIES: Final[Mapping[type[BotoCoreError], str]] = {
    NoCredentialsError: "There are no credentials of AWS: log in, or give --profile.",
    PartialCredentialsError: "The credentials of AWS are incomplete: log in, or give --profile.",
    ProfileNotFound: "{error}: give one that is in your configuration of AWS with --profile.",
    NoRegionError: "No Region is known: give --region.",
    EndpointConnectionError: "{error} Check --region and the network.",
}


class ExitCode(IntEnum):
    """What the exit code of a command says."""

    DONE = 0
    """Everything was done."""
    INCOMPLETE = 1
    """It was done, but something failed on the way: a setting was not applied, or what was verified is not right."""
    REFUSED = 2
    """Nothing was begun."""
    UNDER_WAY = 3
    """The command ended before the restore did, which goes on: the time was over, or AWS could not be reached."""
    BROKEN = 4
    """It was begun, and cannot be ended."""
    INTERRUPTED = 130
    """Somebody stopped the command; the restore goes on."""


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


def code_of(error: Exception) -> str:
    """The code that AWS gives an error; empty for other errors."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def is_of_server(error: ClientError) -> bool:
    """Whether AWS failed, rather than refused: nobody knows then what came of the call."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return bool(status >= _FIRST_SERVER_ERROR)


def in_a_line(error: ClientError | BotoCoreError) -> str:
    """What `error` means, and what to do."""
    if isinstance(error, ClientError):
        return _refused(error)
    for kind, remedy in _REMEDIES.items():
        if isinstance(error, kind):
            return remedy.format(error=error)
    return str(error)


def _refused(error: ClientError) -> str:
    code = code_of(error)
    message = str(error.response.get("Error", {}).get("Message") or error).removesuffix(".")
    if code in _DENIED:
        return f"Access denied: {message}. Have this allowed, and start again."
    if code in _STALE:
        return f"The credentials are not valid any more ({code}): log in again."
    return f"{error.operation_name} failed with {code}: {message}."
