"""Takes the requests of shops; what it raises says whose fault it is."""

from typing import Any

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import with_time_budget

    from payment_sandbox.logic import answer
    from payment_sandbox.models import request_of
    from payment_sandbox.wiring import charges, logger, metrics, tracer

__all__ = ["handler"]


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
@with_time_budget()
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - the budget reads it
    """Charge or refund, once for each idempotency key."""
    request = request_of(event)
    given = answer(request, charges)
    logger.info("Answered", operation=request.operation, outcome=given.outcome, payment_id=given.payment_id)
    metrics.add_metric(f"Payments{given.outcome.capitalize()}", MetricUnit.Count, 1)
    return given.model_dump(mode="json")
