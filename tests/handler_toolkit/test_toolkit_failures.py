"""Errors of AWS, HTTP clients and Powertools are told apart by whether they pass."""

import email.message
import socket
import time
import urllib.error
from email.utils import formatdate
from typing import Any, ClassVar

import botocore.exceptions
import pytest
import urllib3.exceptions
from aws_lambda_powertools.utilities.idempotency import exceptions as idempotency
from aws_lambda_powertools.utilities.parameters import BaseProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError
from botocore.retries import standard
from handler_toolkit import CircuitOpenError, Failure, classify, retry_after
from handler_toolkit.budget import BudgetExpiredError

THROTTLED: Any = standard.ThrottledRetryableChecker
TRANSIENT: Any = standard.TransientRetryableChecker


def client_error(code: str, status: int = 400, headers: dict[str, str] | None = None) -> ClientError:
    metadata: Any = {"HTTPStatusCode": status, "HTTPHeaders": headers or {}}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "PutItem")


@pytest.mark.parametrize("code", THROTTLED._THROTTLED_ERROR_CODES)
def test_what_botocore_calls_throttled_is_throttled(code: str) -> None:
    assert classify(client_error(code)) is Failure.THROTTLED


@pytest.mark.parametrize("code", TRANSIENT._TRANSIENT_ERROR_CODES)
def test_what_botocore_retries_is_not_permanent(code: str) -> None:
    assert classify(client_error(code)) is not Failure.PERMANENT


@pytest.mark.parametrize("status", TRANSIENT._TRANSIENT_STATUS_CODES)
def test_status_codes_that_botocore_retries_are_not_permanent(status: int) -> None:
    assert classify(client_error("Whatever", status)) is not Failure.PERMANENT


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (client_error("ConditionalCheckFailedException"), Failure.PERMANENT),
        (client_error("AccessDeniedException", 403), Failure.PERMANENT),
        (client_error("TransactionConflictException"), Failure.TRANSIENT),
        (client_error("Unheard", 429), Failure.THROTTLED),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="u"), Failure.TIMED_OUT),
        (botocore.exceptions.ConnectTimeoutError(endpoint_url="u"), Failure.TIMED_OUT),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="u"), Failure.TRANSIENT),
        (botocore.exceptions.NoCredentialsError(), Failure.PERMANENT),
        (botocore.exceptions.ParamValidationError(report="r"), Failure.PERMANENT),
        (botocore.exceptions.SSLError(endpoint_url="u", error=OSError("e")), Failure.PERMANENT),
        (TimeoutError(), Failure.TIMED_OUT),
        (BudgetExpiredError(), Failure.TIMED_OUT),
        (ConnectionResetError(), Failure.TRANSIENT),
        (CircuitOpenError("payments", 3), Failure.TRANSIENT),
        (urllib3.exceptions.ReadTimeoutError(None, "u", "m"), Failure.TIMED_OUT),  # type: ignore[arg-type]  # no pool
        (urllib3.exceptions.LocationParseError("u"), Failure.PERMANENT),
        (urllib3.exceptions.ProtocolError("m"), Failure.TRANSIENT),
        (idempotency.IdempotencyAlreadyInProgressError(), Failure.TRANSIENT),
        (idempotency.IdempotencyValidationError(), Failure.PERMANENT),
        (KeyError("order"), Failure.PERMANENT),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value.value,
)
def test_errors_are_of_their_kind(error: BaseException, kind: Failure) -> None:
    assert classify(error) is kind


def test_an_error_of_the_idempotency_table_is_what_the_table_said() -> None:
    for cause, kind in (
        (client_error("ThrottlingException"), Failure.THROTTLED),
        (client_error("AccessDeniedException"), Failure.PERMANENT),
    ):
        error = idempotency.IdempotencyPersistenceLayerError("failed")
        error.__cause__ = cause
        assert classify(error) is kind


class FailingProvider(BaseProvider):
    """A store of parameters that answers with one error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools' own
        self._error = error

    def _get(self, name: str, **_: Any) -> str:  # noqa: ARG002 - its interface
        raise self._error

    def _get_multiple(self, path: str, **_: Any) -> dict[str, str]:  # noqa: ARG002 - likewise
        raise self._error


def test_a_parameter_that_cannot_be_read_is_what_its_store_said() -> None:
    for cause, kind in (
        (client_error("ThrottlingException"), Failure.THROTTLED),
        (client_error("ParameterNotFound"), Failure.PERMANENT),
    ):
        with pytest.raises(GetParameterError) as raised:
            FailingProvider(cause).get("name")
        assert classify(raised.value) is kind


def test_an_unreachable_url_is_what_made_it_so() -> None:
    assert classify(urllib.error.URLError(TimeoutError())) is Failure.TIMED_OUT
    assert classify(urllib.error.URLError(socket.gaierror())) is Failure.PERMANENT


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Failure.PERMANENT),
        (404, Failure.PERMANENT),
        (408, Failure.TIMED_OUT),
        (429, Failure.THROTTLED),
        (500, Failure.TRANSIENT),
        (501, Failure.PERMANENT),
        (503, Failure.TRANSIENT),
        (504, Failure.TIMED_OUT),
    ],
)
def test_answers_of_http_clients_are_told_apart_by_their_status(status: int, kind: Failure) -> None:
    assert classify(urllib.error.HTTPError("u", status, "m", email.message.Message(), None)) is kind

    class HTTPStatusError(Exception):
        """As httpx and requests have it."""

        class response:  # noqa: N801 - an attribute
            status_code: ClassVar = status

    assert classify(HTTPStatusError()) is kind


def test_an_answer_is_not_taken_for_what_happened_before_it() -> None:
    error = urllib.error.HTTPError("u", 404, "m", email.message.Message(), None)
    error.__context__ = TimeoutError()
    assert classify(error) is Failure.PERMANENT


def test_an_error_of_the_app_says_itself_what_it_is() -> None:
    class OutOfStockError(Exception):
        failure = Failure.TRANSIENT

    assert classify(OutOfStockError()) is Failure.TRANSIENT


def test_a_service_is_heard_on_how_long_to_wait() -> None:
    assert retry_after(client_error("SlowDown", headers={"retry-after": "7"})) == 7
    assert retry_after(client_error("SlowDown", headers={"x-amz-retry-after": "1500"})) == 1.5
    assert retry_after(CircuitOpenError("payments", 12)) == 12
    date = formatdate(time.time() + 60, usegmt=True)
    found = retry_after(client_error("SlowDown", headers={"Retry-After": date}))
    assert found is not None
    assert 57 < found <= 60


@pytest.mark.parametrize("said", ["soon", "-1", "", "1e400"])
def test_what_cannot_be_read_was_not_said(said: str) -> None:
    assert retry_after(client_error("SlowDown", headers={"retry-after": said})) is None
    assert retry_after(client_error("SlowDown", headers={"x-amz-retry-after": "x" + said})) is None


def test_an_error_that_says_nothing_asks_for_no_wait() -> None:
    assert retry_after(KeyError()) is None
