from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import STREAMS, batch_size, mappings_of, reports_failures

__all__ = ["stream_whole_batches"]


@rule(
    severity=Severity.WARNING,
    remedy="Set BisectBatchOnFunctionError (bisect_batch_on_error in the CDK), or ReportBatchItemFailures and let the "
    "function tell which record failed.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html",
)
def stream_whole_batches(stack: StackReading) -> Iterator[Found]:
    """One bad record of a stream fails its whole batch: the good ones are handled again, and dropped with it."""
    for mapping in mappings_of(stack, *STREAMS):
        size = batch_size(mapping)
        if (
            size is None
            or size <= 1
            or mapping.flag("BisectBatchOnFunctionError", default=False) is not False
        ):
            continue
        if not reports_failures(mapping):
            yield Found(
                node=mapping,
                message=f"{mapping.path} hands over up to {figure(size)} records and neither bisects a failed batch "
                "nor has ReportBatchItemFailures.",
            )
