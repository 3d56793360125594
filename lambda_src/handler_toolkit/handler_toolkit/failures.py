"""What kind of failure an error is, and when its sender wants to be asked again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from enum import Enum
from http import HTTPStatus
from typing import Final

__all__ = ["CircuitOpenError", "Failure", "classify", "retry_after"]


class Failure(Enum):
    """Whether, and how, to try again."""

    TRANSIENT = "transient"
    """It may work next time."""
    THROTTLED = "throttled"
    """It works, for fewer callers: wait longer."""
    TIMED_OUT = "timed out"
    """Nobody answered in time: it may have happened or not."""
    PERMANENT = "permanent"
    """It fails the same way next time."""


class CircuitOpenError(Exception):
    """The circuit breaker refused the call; nothing was sent. Later it may go through, so do not retry at once.

    Attributes:
        failure: what `classify` says about it.
        name: the breaker's name.
        retry_after: seconds until a probe is due.
    """

    failure: Final = Failure.TRANSIENT

    def __init__(self, name: str, retry_after: float) -> None:
        """Say which breaker is open, and for how long."""
        super().__init__(f"The circuit breaker {name} is open; a probe is due in {retry_after:.1f} s.")
        self.name = name
        self.retry_after = retry_after


# As botocore's own standard mode has them (botocore/retries/standard.py); a test compares. The last two are of
# services whose documentation says to try again.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_CODES: Final[Mapping[str, Failure]] = {
    **dict.fromkeys(
        (
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException",
        ),
        Failure.THROTTLED,
    ),
    **dict.fromkeys(("RequestTimeout", "RequestTimeoutException"), Failure.TIMED_OUT),
    **dict.fromkeys(("ReplicatedWriteConflictException", "TransactionConflictException"), Failure.TRANSIENT),
}

_STATUSES: Final[Mapping[int, Failure]] = {
    HTTPStatus.REQUEST_TIMEOUT: Failure.TIMED_OUT,
    HTTPStatus.TOO_EARLY: Failure.TRANSIENT,
    HTTPStatus.TOO_MANY_REQUESTS: Failure.THROTTLED,
    HTTPStatus.INTERNAL_SERVER_ERROR: Failure.TRANSIENT,
    HTTPStatus.BAD_GATEWAY: Failure.TRANSIENT,
    HTTPStatus.SERVICE_UNAVAILABLE: Failure.TRANSIENT,
    HTTPStatus.GATEWAY_TIMEOUT: Failure.TIMED_OUT,
}

_IDEMPOTENCY: Final = "aws_lambda_powertools.utilities.idempotency.exceptions"

# By name, so that nothing is imported to classify what a handler never uses. The first that an error's class or
# one of its bases is, counts.
_CLASSES: Final[Mapping[str, Failure]] = {
    "botocore.exceptions.ConnectTimeoutError": Failure.TIMED_OUT,
    "botocore.exceptions.ReadTimeoutError": Failure.TIMED_OUT,
    "botocore.exceptions.SSLError": Failure.PERMANENT,
    "botocore.exceptions.ConnectionError": Failure.TRANSIENT,
    "botocore.exceptions.HTTPClientError": Failure.TRANSIENT,
    "botocore.exceptions.ResponseStreamingError": Failure.TRANSIENT,
    f"{_IDEMPOTENCY}.IdempotencyAlreadyInProgressError": Failure.TRANSIENT,
    f"{_IDEMPOTENCY}.IdempotencyInconsistentStateError": Failure.TRANSIENT,
    "urllib3.exceptions.TimeoutError": Failure.TIMED_OUT,
    "urllib3.exceptions.HTTPError": Failure.TRANSIENT,
    "urllib3.exceptions.LocationValueError": Failure.PERMANENT,
    "urllib3.exceptions.SSLError": Failure.PERMANENT,
    "requests.exceptions.Timeout": Failure.TIMED_OUT,
    "requests.exceptions.ConnectionError": Failure.TRANSIENT,
    "httpx.TimeoutException": Failure.TIMED_OUT,
    "httpx.TransportError": Failure.TRANSIENT,
    "builtins.TimeoutError": Failure.TIMED_OUT,
    "builtins.ConnectionError": Failure.TRANSIENT,
    "http.client.RemoteDisconnected": Failure.TRANSIENT,
    "http.client.IncompleteRead": Failure.TRANSIENT,
}

# They say that something else went wrong, and what it was is their cause.
_WRAPPERS: Final = frozenset(
    {
        f"{_IDEMPOTENCY}.IdempotencyPersistenceLayerError",
        "aws_lambda_powertools.utilities.parameters.exceptions.GetParameterError",
        "urllib.error.URLError",
    }
)


def classify(error: BaseException) -> Failure:
    """The kind of failure that `error` is; what nobody knows is permanent, for a mistake never mends itself.

    An error may say it itself, by an attribute ``failure``. Otherwise its class decides, then the error code of
    an AWS service, then an HTTP status, of boto3, requests, httpx or urllib.
    """
    said = getattr(error, "failure", None)
    if isinstance(said, Failure):
        return said
    names = list(_names(type(error)))
    if (code := _code(error)) in _CODES:
        return _CODES[code]
    if (status := _status(error)) is not None:
        return _STATUSES.get(status, Failure.PERMANENT)
    if not _WRAPPERS.isdisjoint(names):
        for cause in (getattr(error, "reason", None), error.__cause__, error.__context__):
            if isinstance(cause, BaseException):
                return classify(cause)
    return next((_CLASSES[name] for name in names if name in _CLASSES), Failure.PERMANENT)


def retry_after(error: BaseException) -> float | None:
    """Seconds that the sender of `error` asks to wait; None if it does not say.

    An error may say it itself, by an attribute ``retry_after``. Otherwise the answer's ``Retry-After`` counts, in
    seconds or as a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after), or ``x-amz-retry-after``, in
    milliseconds (botocore/retries/standard.py). What cannot be read was not said.
    """
    said = getattr(error, "retry_after", None)
    if isinstance(said, int | float):
        return max(0.0, float(said))
    headers = _headers(error)
    try:
        if milliseconds := headers.get("x-amz-retry-after"):
            return max(0.0, int(milliseconds) / 1000)
        after = headers.get("retry-after", "")
        if after.isdigit():
            return float(after)
        return max(0.0, parsedate_to_datetime(after).timestamp() - time.time()) if after else None
    except ValueError:
        return None


def _names(kind: type) -> Iterator[str]:
    """The class and its bases by name, nearest first; httpx hides where its errors are defined."""
    for base in kind.__mro__:
        yield f"{base.__module__}.{base.__qualname__}"


def _response(error: BaseException) -> object:
    return getattr(error, "response", None)


def _code(error: BaseException) -> str:
    response = _response(error)
    if not isinstance(response, Mapping):
        return ""
    return str(response.get("Error", {}).get("Code", ""))


def _status(error: BaseException) -> int | None:
    response = _response(error)
    if isinstance(response, Mapping):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        status = getattr(response, "status_code", None) or getattr(error, "status_code", None)
        if status is None and "urllib.error.HTTPError" in _names(type(error)):
            status = getattr(error, "code", None)
    return status if isinstance(status, int) else None


def _headers(error: BaseException) -> Mapping[str, str]:
    """The answer's headers, with small letters."""
    response = _response(error)
    if isinstance(response, Mapping):
        headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    else:
        headers = getattr(response, "headers", None) or getattr(error, "headers", None) or {}
    return {str(name).lower(): str(value).strip() for name, value in headers.items()}
