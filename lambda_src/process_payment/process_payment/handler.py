"""Takes the workflow's step about the money."""

from typing import Any

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import with_time_budget
    from order_book.attempts import tells_what_passes
    from order_book.steps import Action, StepEvent

    from process_payment.logic import pay
    from process_payment.wiring import logger, metrics, orders, provider, tracer

__all__ = ["handler"]


@logger.inject_lambda_context(correlation_id_path="input.correlation_id", clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
@with_time_budget()
@tells_what_passes(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - the budget reads it
    """Have the order's money taken, or given back."""
    step = StepEvent.model_validate(event)
    result = pay(step, provider=provider, orders=orders)
    logger.info(
        "Payment processed",
        order_id=step.input.order_id,
        step=step.saga.step,
        action=step.saga.action,
        outcome=result["outcome"],
        payment_id=result["payment_id"],
    )
    metrics.add_metric(
        "PaymentsTaken" if step.saga.action is Action.DO else "PaymentsReturned", MetricUnit.Count, 1
    )
    return result
