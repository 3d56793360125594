"""A boto3 client of the toolkit against a server that hangs, fails, or asks for patience."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import botocore.config
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from handler_toolkit import BudgetExpiredError, TimeBudget, client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

JSON = "application/x-amz-json-1.0"


class Service(ThreadingHTTPServer):
    """Answers each request with the next of `answers`: a status, or None, which is never."""

    daemon_threads = True

    def __init__(self) -> None:
        self.answers: list[int | None] = []
        self.headers: dict[str, str] = {}
        self.requests = 0
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), _Answering)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests += 1
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status is None:
            self.server.over.wait(60)
            return
        body = b"{}" if status == 200 else b'{"__type": "x#SomethingFailed", "message": "no"}'
        self.send_response(status)
        for name, value in {"Content-Type": JSON, **self.server.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.over.set()
        running.shutdown()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def dynamodb(url: str, *, most: float = 3.0, connect: float = 0.1, attempts: int = 3) -> "DynamoDBClient":
    made: DynamoDBClient = client(
        "dynamodb", most=most, connect=connect, attempts=attempts, endpoint_url=url, region_name="us-east-1"
    )
    return made


def timed_list(made: "DynamoDBClient") -> tuple[float, Exception | None]:
    began = time.monotonic()
    try:
        made.list_tables()
    except Exception as error:  # noqa: BLE001 - whatever it is, the test judges it
        return time.monotonic() - began, error
    return time.monotonic() - began, None


def test_a_call_to_a_server_that_hangs_ends_before_the_invocation(service: Service) -> None:
    service.answers = [None] * 3
    made = dynamodb(service.url)
    with TimeBudget.lasting(1.0):
        seconds, error = timed_list(made)
    assert isinstance(error, ReadTimeoutError | BudgetExpiredError)
    assert 0.5 < seconds < 1.0


def test_without_a_budget_the_clients_own_limit_holds(service: Service) -> None:
    service.answers = [None]
    seconds, error = timed_list(dynamodb(service.url, most=0.3, attempts=1))
    assert isinstance(error, ReadTimeoutError)
    assert 0.3 <= seconds < 0.8


def test_a_large_budget_does_not_stretch_the_clients_own_limit(service: Service) -> None:
    service.answers = [None]
    with TimeBudget.lasting(60):
        seconds, error = timed_list(dynamodb(service.url, most=0.3, attempts=1))
    assert isinstance(error, ReadTimeoutError)
    assert seconds < 0.8


def test_the_next_invocation_has_its_own_time(service: Service) -> None:
    service.answers = [None, 200]
    made = dynamodb(service.url, attempts=1)
    with TimeBudget.lasting(0.4):
        assert timed_list(made)[1]
    with TimeBudget.lasting(30):
        assert timed_list(made)[1] is None


def test_nothing_is_sent_when_nothing_is_left(service: Service) -> None:
    with TimeBudget.lasting(0.05), pytest.raises(BudgetExpiredError):
        dynamodb(service.url).list_tables()
    assert service.requests == 0


def test_what_passes_is_sent_again(service: Service) -> None:
    service.answers = [500, 503, 200]
    assert timed_list(dynamodb(service.url))[1] is None
    assert service.requests == 3


def test_attempts_are_what_was_asked_for(service: Service) -> None:
    service.answers = [500] * 9
    with pytest.raises(ClientError):
        dynamodb(service.url, attempts=2).list_tables()
    assert service.requests == 2


def test_what_stays_is_sent_once(service: Service) -> None:
    service.answers = [400]
    with pytest.raises(ClientError):
        dynamodb(service.url).list_tables()
    assert service.requests == 1


def test_a_wait_that_the_service_asks_for_and_the_invocation_has_not_is_not_begun(service: Service) -> None:
    service.answers, service.headers = [503, 200], {"Retry-After": "2"}
    with TimeBudget.lasting(1.5):
        seconds, error = timed_list(dynamodb(service.url))
    assert isinstance(error, ClientError)
    assert seconds < 0.5
    assert service.requests == 1


def test_a_host_that_takes_no_connection_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    seconds, error = timed_list(dynamodb(f"http://127.0.0.1:{free}", attempts=2))
    assert isinstance(error, EndpointConnectionError)
    assert seconds < 1


def test_further_configuration_is_kept_and_the_limits_too() -> None:
    made = client(
        "dynamodb",
        region_name="us-east-1",
        most=2,
        config=botocore.config.Config(user_agent_extra="orders", read_timeout=60),
    )
    assert made.meta.config.user_agent_extra == "orders"
    assert made.meta.config.read_timeout == 2
    assert made.meta.config.retries["total_max_attempts"] == 1
