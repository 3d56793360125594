"""Takes the workflow's last step; raises every failure, for Lambda to retry and then keep the event."""

from typing import Any

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from order_book.errors import OrderStateError
    from order_book.steps import StepEvent

    from send_notification.logic import confirmation_of
    from send_notification.wiring import confirm, idempotency, logger, metrics, orders, tracer

__all__ = ["handler"]


@logger.inject_lambda_context(correlation_id_path="input.correlation_id", clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Confirm the order of `event`, unless an earlier attempt did."""
    idempotency.register_lambda_context(context)
    wanted = StepEvent.model_validate(event).input
    try:
        confirmation = confirmation_of(wanted, orders)
    except OrderStateError:
        # Its workflow was told that it could not hand this over, and has cancelled the order.
        logger.warning("Order is not complete", order_id=wanted.order_id)
        metrics.add_metric("NotificationsDropped", MetricUnit.Count, 1)
        return {"order_id": wanted.order_id}
    sent = confirm(confirmation=confirmation)
    logger.info("Order confirmed", order_id=sent.order_id, message_id=sent.message_id, replayed=sent.replayed)
    metrics.add_metric(
        "DuplicateConfirmations" if sent.replayed else "ConfirmationsSent", MetricUnit.Count, 1
    )
    return sent.model_dump()
