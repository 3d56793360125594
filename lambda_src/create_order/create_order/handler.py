"""POST /orders and GET /orders/{order_id}: parses requests and answers them."""

import re
from http import HTTPStatus
from typing import Final
from uuid import UUID

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from create_order.answers import RefusedError, accepted, problem, raw_body, reasons
from create_order.data import unavailable
from create_order.errors import DependencyUnavailableError, OrderConflictError
from create_order.models import NewOrder, PlaceOrder, Receipt
from create_order.wiring import idempotency, logger, metrics, orders, place_order, settings, tracer

__all__ = ["handler"]

app: Final = APIGatewayHttpResolver()
_KEY: Final = re.compile(r"[\x21-\x7e]{8,128}")
_SOON: Final = {"Retry-After": "1"}


@app.post("/orders")
def post_order() -> Response[str]:
    """Place the order in the body, once for each Idempotency-Key."""
    event = app.current_event
    key = event.headers.get("idempotency-key", "").strip()
    if not _KEY.fullmatch(key):
        error = "The header Idempotency-Key is required: 8 to 128 visible ASCII characters, e.g. a UUID."
        raise RefusedError(HTTPStatus.BAD_REQUEST, error)
    try:
        order = NewOrder.model_validate_json(raw_body(event))
    except ValidationError as error:
        raise reasons(error) from None
    receipt = place_order(
        command=PlaceOrder(idempotency_key=key, order=order), correlation_id=event.request_context.request_id
    )
    _count(receipt)
    headers = {"Location": f"/orders/{receipt.order_id}"} | (
        {"Idempotent-Replayed": "true"} if receipt.replayed else {}
    )
    return accepted(HTTPStatus.CREATED, receipt, headers)


@app.get("/orders/<order_id>")
def get_order(order_id: str) -> Response[str]:
    """Answer with the order as it was placed."""
    try:
        order = orders.find(str(UUID(order_id)))
    except ValueError:
        order = None
    if order is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "There is no such order.")
    return accepted(HTTPStatus.OK, order)


def _count(receipt: Receipt) -> None:
    logger.info("Order placed", order_id=receipt.order_id, replayed=receipt.replayed)
    if receipt.replayed:
        metrics.add_metric("DuplicateOrders", MetricUnit.Count, 1)
        return
    metrics.add_metric("OrdersCreated", MetricUnit.Count, 1)
    # Amounts add up within one currency only.
    dimensions = {"service": settings.service, "currency": receipt.currency}
    with single_metric("OrderValue", MetricUnit.NoUnit, float(receipt.total), default_dimensions=dimensions):
        pass


def refuse(refused: RefusedError) -> Response[str]:
    """Answer a request that cannot succeed however often it is repeated."""
    # Field names and problems come from the client: only the sentence, which is ours, is logged.
    logger.info("Request refused", status=refused.status, error=refused.error, problems=len(refused.details))
    metrics.add_metric("RequestsRefused", MetricUnit.Count, 1)
    return problem(refused.status, refused.error, refused.details)


def no_route(_: NotFoundError) -> Response[str]:
    """Answer a path or method that this API does not have."""
    return refuse(RefusedError(HTTPStatus.NOT_FOUND, "There is no such resource."))


def another_body(_: Exception) -> Response[str]:
    """Answer a key that was used for another order. The statuses are those of the header's Internet draft."""
    error = "This Idempotency-Key was used for another order; a new order needs a new key."
    return refuse(RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, error))


def in_progress(_: Exception) -> Response[str]:
    """Answer a request whose twin is being worked on."""
    logger.info("Duplicate of a request in progress")
    metrics.add_metric("DuplicateOrders", MetricUnit.Count, 1)
    return problem(
        HTTPStatus.CONFLICT, "A request with this key is in progress; ask again soon.", headers=_SOON
    )


def try_again(problem_: DependencyUnavailableError) -> Response[str]:
    """Answer that nothing is lost: the same request, repeated, completes what was begun.

    Such an answer is no error of this function, so Lambda's Errors stays silent: alarms watch these metrics.
    """
    logger.warning("Dependency unavailable", reason=problem_.reason, throttled=problem_.throttled)
    name = "DependencyThrottled" if problem_.throttled else "DependencyUnavailable"
    metrics.add_metric(name, MetricUnit.Count, 1)
    error = "The service is busy; repeat the same request, with the same key, soon."
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, error, headers=_SOON)


def idempotency_store(error: IdempotencyPersistenceLayerError) -> Response[str]:
    """Tell a busy idempotency table from a broken one."""
    if problem_ := unavailable(error.__cause__):
        return try_again(problem_)
    raise error


_ANSWERS: Final = {
    RefusedError: refuse,
    NotFoundError: no_route,
    IdempotencyValidationError: another_body,
    OrderConflictError: another_body,
    IdempotencyAlreadyInProgressError: in_progress,
    IdempotencyInconsistentStateError: in_progress,
    DependencyUnavailableError: try_again,
    IdempotencyPersistenceLayerError: idempotency_store,
}
for _error, _answer in _ANSWERS.items():
    app.exception_handler(_error)(_answer)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """Answer one request; the unexpected is raised, for Lambda to count and the gateway to answer 500."""
    idempotency.register_lambda_context(context)
    return app.resolve(event, context)
