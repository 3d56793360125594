"""Takes the workflow's step about the stock."""

from typing import Any

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import with_time_budget
    from order_book.attempts import tells_what_passes
    from order_book.steps import Action, StepEvent

    from update_inventory.logic import update
    from update_inventory.wiring import logger, metrics, orders, stock, tracer

__all__ = ["handler"]


@logger.inject_lambda_context(correlation_id_path="input.correlation_id", clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
@with_time_budget()
@tells_what_passes(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - the budget reads it
    """Reserve the order's articles, or release them."""
    step = StepEvent.model_validate(event)
    result = update(step, stock=stock, orders=orders)
    logger.info("Stock updated", order_id=step.input.order_id, step=step.saga.step, action=step.saga.action)
    metrics.add_metric(
        "ReservationsMade" if step.saga.action is Action.DO else "ReservationsReleased", MetricUnit.Count, 1
    )
    return result
