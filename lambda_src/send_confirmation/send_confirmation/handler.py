"""Takes the event of an accepted order; raises every failure, for Lambda to retry and then keep the event."""

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from send_confirmation.models import Confirmation
from send_confirmation.wiring import confirm, idempotency, logger, metrics, tracer

__all__ = ["handler"]


@logger.inject_lambda_context(correlation_id_path="correlation_id", clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, str]:
    """Confirm the order of `event`, unless an earlier attempt did."""
    idempotency.register_lambda_context(context)
    sent = confirm(confirmation=Confirmation.model_validate(event))
    logger.info("Order confirmed", order_id=sent.order_id, message_id=sent.message_id, replayed=sent.replayed)
    metrics.add_metric(
        "DuplicateConfirmations" if sent.replayed else "ConfirmationsSent", MetricUnit.Count, 1
    )
    return sent.model_dump()
