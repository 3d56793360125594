"""Takes the ping of the clock; an order that cannot be dealt with is raised once all others have been."""

from datetime import UTC, datetime
from typing import Any

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import TimeBudget

    from check_orders import wiring
    from check_orders.logic import Check
    from check_orders.models import Deed, Patience
    from check_orders.wiring import logger, metrics, settings, tracer

__all__ = ["handler"]

_RESERVE = 5.0


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Look at all orders that have been open for too long; what was done, by the names of the metrics."""
    with TimeBudget.of(context, reserve=_RESERVE) as budget:
        check = Check(
            orders=wiring.orders,
            workflows=wiring.workflows,
            queue=wiring.queue,
            parking=wiring.parking,
            patience=Patience.asked_for(event, settings.patience),
            region=settings.region,
            others=settings.other_regions,
            clock=lambda: datetime.now(UTC),
            expired=lambda: budget.expired,
            tell=_tell,
        )
        metrics.add_metric("OldestOpenOrder", MetricUnit.Seconds, check.oldest())
        try:
            check.run()
        finally:
            # Those that are 0 too: alarms and pictures show that the check was made.
            for deed in Deed:
                metrics.add_metric(deed.value, MetricUnit.Count, check.deeds[deed])
    return {deed.value: check.deeds[deed] for deed in Deed}


def _tell(order_id: str, deed: Deed, reason: str) -> None:
    logger.warning("Order not finished in time", order_id=order_id, deed=deed.name, reason=reason)
