"""POST /orders and GET /orders/{order_id}: parses requests and answers them."""

import re
from http import HTTPStatus
from typing import Final

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools import single_metric
    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
    from aws_lambda_powertools.logging import correlation_paths
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from pydantic import ValidationError

    from create_order.answers import RefusedError, accepted, raw_body, reasons
    from create_order.failures import ANSWERS
    from create_order.models import NewOrder, PlaceOrder, Receipt
    from create_order.wiring import idempotency, logger, metrics, orders, place_order, settings, tracer

__all__ = ["handler"]

app: Final = APIGatewayHttpResolver()
_KEY: Final = re.compile(r"[\x21-\x7e]{8,128}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    order = orders.find(order_id) if _UUID.fullmatch(order_id) else None
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


for _error, _answer in ANSWERS.items():
    app.exception_handler(_error)(_answer)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """Answer one request; the unexpected is raised, for Lambda to count and the gateway to answer 500."""
    idempotency.register_lambda_context(context)
    return app.resolve(event, context)
