from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import Kind, batch_size, mappings_of, reports_failures

__all__ = ["event_source_whole_batches"]


@rule(
    severity=Severity.WARNING,
    remedy="Set FunctionResponseTypes to ReportBatchItemFailures and let the function tell which messages failed "
    "(report_batch_item_failures in the CDK), or set BatchSize to 1.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
)
def event_source_whole_batches(stack: StackReading) -> Iterator[Found]:
    """One failed message brings a whole batch back: what was done is done again, good messages become dead letters."""
    for mapping in mappings_of(stack, Kind.QUEUE):
        size = batch_size(mapping)
        if size is not None and size > 1 and not reports_failures(mapping):
            yield Found(
                node=mapping,
                message=f"{mapping.path} hands over up to {figure(size)} messages and has no ReportBatchItemFailures.",
            )
