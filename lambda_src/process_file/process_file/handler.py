"""Takes messages of files to process; a message that fails comes back, and ends in the dead-letter queue."""

from handler_toolkit import quick_start

with quick_start():
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from handler_toolkit import process_queue, with_time_budget

    from process_file.models import Processed, Upload
    from process_file.wiring import logger, metrics, process, tracer

__all__ = ["handler"]


def _handle(record: SQSRecord) -> None:
    upload = Upload.model_validate_json(record.body)
    logger.append_keys(file_id=upload.file_id, correlation_id=upload.correlation_id)
    try:
        _tell(process(upload))
    except Exception:
        logger.exception("The file was not processed; its message comes back")
        raise


def _tell(result: Processed | str | None) -> None:
    if result is None:
        logger.info("The file is finished already")
        metrics.add_metric("DuplicateFiles", MetricUnit.Count, 1)
    elif isinstance(result, str):
        logger.warning("File in quarantine", reason=result)
        metrics.add_metric("FilesQuarantined", MetricUnit.Count, 1)
    else:
        logger.info("File processed", rows=result.rows, rejected=result.rejected, output=result.output)
        metrics.add_metric("FilesProcessed", MetricUnit.Count, 1)
        metrics.add_metric("RowsProcessed", MetricUnit.Count, result.rows)
        metrics.add_metric("RowsRejected", MetricUnit.Count, result.rejected)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
@with_time_budget()
def handler(event: dict[str, object], context: LambdaContext) -> object:
    """Process the files that the messages of `event` name, once each."""
    return process_queue(event, context, _handle)
