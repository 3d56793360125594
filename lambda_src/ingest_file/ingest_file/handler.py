"""Takes the event of an upload; raises every failure, for Lambda to retry and then keep the event."""

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import with_time_budget

    from ingest_file.models import ObjectCreated
    from ingest_file.wiring import ingest, logger, metrics, tracer

__all__ = ["handler"]


@logger.inject_lambda_context(correlation_id_path="id", clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
@with_time_budget()
def handler(event: dict[str, object], context: LambdaContext) -> dict[str, str | None]:  # noqa: ARG001 - Lambda's
    """Take in the object version of `event`, unless it is finished."""
    arrival = ingest(ObjectCreated.model_validate(event))
    if arrival is None:
        logger.info("The file is finished already")
        return {"file_id": None}
    logger.info("File taken in", file_id=arrival.file_id, key=arrival.key, size=arrival.size)
    metrics.add_metric("FilesReceived", MetricUnit.Count, 1)
    return {"file_id": arrival.file_id}
