"""Takes the workflow's steps about an order's state."""

from collections.abc import Mapping
from typing import Any, Final

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import with_time_budget
    from order_book.attempts import tells_what_passes
    from order_book.states import Status
    from order_book.steps import Action, Step, StepEvent

    from track_order.logic import track
    from track_order.wiring import logger, metrics, orders, tracer

__all__ = ["handler"]

_COUNTED: Final[Mapping[tuple[Step, Action, str | None], str]] = {
    (Step.COMPLETE, Action.DO, Status.COMPLETED): "OrdersCompleted",
    (Step.START, Action.UNDO, Status.CANCELLED): "OrdersCancelled",
}


@logger.inject_lambda_context(correlation_id_path="input.correlation_id", clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
@with_time_budget()
@tells_what_passes(metrics)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - the budget reads it
    """Bring the order into the state that the step is about."""
    step = StepEvent.model_validate(event)
    result = track(step, orders)
    logger.info(
        "Order moved",
        order_id=step.input.order_id,
        step=step.saga.step,
        action=step.saga.action,
        status=result.get("status", "processing"),
    )
    if counted := _COUNTED.get((step.saga.step, step.saga.action, result.get("status"))):
        metrics.add_metric(counted, MetricUnit.Count, 1)
    return result
