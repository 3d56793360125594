"""boto3 clients whose calls, retries and waits end before the invocation does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from botocore.config import Config
from botocore.exceptions import ClientError

from handler_toolkit.budget import BudgetExpiredError, current_budget
from handler_toolkit.retry import Retry
from handler_toolkit.sessions import default_session

if TYPE_CHECKING:
    from collections.abc import Callable

    import boto3
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient
    from botocore.model import OperationModel

__all__ = ["client"]

_FIRST_ERROR: Final = 300  # as botocore has it


def client(
    service: str,
    *,
    most: float = 3.0,
    connect: float = 1.0,
    attempts: int = 3,
    session: boto3.session.Session | None = None,
    config: Config | None = None,
    **options: Any,
) -> Any:
    """A boto3 client that obeys the current `TimeBudget`.

    Each attempt waits `most` seconds for an answer, or what is left of the budget after `connect` seconds for
    the connection, if that is less; when nothing is left, `BudgetExpiredError` is raised and nothing is sent.
    Failures that pass are tried again with full jitter while the wait fits into the budget. Without a current
    budget only `most`, `connect` and `attempts` limit it.

    The time-out is one for silence, as everywhere in botocore: an answer that trickles in byte by byte, or a
    streaming body that is read later, may take longer.

    Args:
        service: as boto3 names it.
        most: seconds without an answer that are a time-out. Left out, three.
        connect: seconds to connect. Left out, one.
        attempts: calls in all. Left out, the first and two more.
        session: left out, boto3's default one, which `make_session` makes if there is none yet.
        config: more botocore configuration; its time-outs and retries are set here.
        options: what else boto3's `client` takes, e.g. ``region_name``.
    """
    # Retries are the toolkit's, which knows the time left; botocore's own would sleep past it.
    ours = Config(
        connect_timeout=connect, read_timeout=most, retries={"mode": "standard", "total_max_attempts": 1}
    )
    make: Callable[..., BaseClient] = (session or default_session()).client
    made = make(service, config=config.merge(ours) if config else ours, **options)
    limits = _Limits(most=most, connect=connect, retry=Retry(attempts=attempts))
    made.meta.events.register("before-send", limits.before_send)
    made.meta.events.register("needs-retry", limits.needs_retry)  # type: ignore[arg-type]  # answers are read
    return made


class _Limits:
    """Botocore asks these before it sends a request, and after each answer or error.

    https://docs.aws.amazon.com/boto3/latest/guide/events.html
    """

    def __init__(self, *, most: float, connect: float, retry: Retry) -> None:
        self._most = most
        self._connect = connect
        self._retry = retry

    def before_send(self, request: AWSPreparedRequest, **_: object) -> None:
        """Let the answer take what is left; botocore reads the time-out of one request from its context."""
        if (budget := current_budget()) is None:
            return
        left = budget.remaining() - self._connect
        if left <= 0:
            raise BudgetExpiredError("Too little time is left in this invocation to connect and be answered.")
        context: dict[str, Any] = request.context  # type: ignore[attr-defined]  # not in the stubs
        context["read_timeout"] = min(self._most, left)

    def needs_retry(
        self,
        response: tuple[Any, dict[str, Any]] | None = None,
        caught_exception: BaseException | None = None,
        attempts: int = 1,
        operation: OperationModel | None = None,
        **_: object,
    ) -> float | None:
        """Seconds to wait before the request is sent again; None if it is not."""
        error = caught_exception
        if error is None and response and operation and response[0].status_code >= _FIRST_ERROR:
            error = ClientError(cast("Any", response[1]), operation.name)
        return None if error is None else self._retry.pause(error, attempts)
