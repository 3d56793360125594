"""Takes messages of the order queue; those that fail go back to it, and in the end to its dead letters."""

from typing import Any

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import process_queue

    from fulfil_order.logic import begin
    from fulfil_order.wiring import executions, logger, metrics, tracer

__all__ = ["handler"]


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Begin the workflow of each order; which messages failed."""
    return process_queue(event, context, _fulfil)


def _fulfil(record: SQSRecord) -> None:
    try:
        order, begun = begin(record.body, executions)
    except Exception as error:
        # The body is not logged: what is no order may be anything.
        logger.warning("Message failed", message_id=record.message_id, error=type(error).__name__)
        raise
    logger.info(
        "Fulfilment begun" if begun else "Fulfilment had begun already",
        order_id=order.order_id,
        correlation_id=order.correlation_id,
    )
    metrics.add_metric("FulfilmentsBegun" if begun else "DuplicateFulfilments", MetricUnit.Count, 1)
