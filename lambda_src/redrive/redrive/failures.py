"""What an error of AWS means for the letter that was at hand."""

from typing import Any, Final

from botocore.exceptions import (
    ConnectionClosedError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.exceptions import (
    ConnectionError as Unconnected,
)

__all__ = ["code_of", "is_denied", "is_passing", "is_unanswered"]

_THROTTLED: Final = (
    "KMSThrottlingException",
    "KmsThrottled",
    "LimitExceededException",
    "OverLimit",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
)
_NOT_READY: Final = (
    "ENINotReadyException",
    "ResourceConflictException",
    "ResourceNotReadyException",
    "SnapStartNotReadyException",
)
_DENIED: Final = (
    "AccessDenied",
    "AccessDeniedException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "InvalidClientTokenId",
    "KMS.AccessDeniedException",
    "KMSAccessDeniedException",
    "KmsAccessDenied",
    "KmsDisabled",
    "KmsNotFound",
    "QueueDoesNotExist",
    "UnrecognizedClientException",
)
_SERVER: Final = 500


def code_of(error: BaseException) -> str:
    """The code by which AWS names `error`; empty where it names none."""
    return str(_response(error).get("Error", {}).get("Code", ""))


def is_denied(error: BaseException) -> bool:
    """Whether no letter at all would fare better: something is not allowed, or not there."""
    return isinstance(error, NoCredentialsError) or code_of(error) in _DENIED


def is_unanswered(error: BaseException) -> bool:
    """Whether the call may have had its effect although there was no answer."""
    return isinstance(error, ReadTimeoutError | ConnectionClosedError)


def is_passing(error: BaseException) -> bool:
    """Whether it is a throttle, or a service out of reach."""
    status = _response(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    named = code_of(error) in (*_THROTTLED, *_NOT_READY)
    return named or status >= _SERVER or isinstance(error, Unconnected | HTTPClientError)


def _response(error: BaseException) -> dict[str, Any]:
    given = getattr(error, "response", None)
    return given if isinstance(given, dict) else {}
