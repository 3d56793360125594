from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import Range, outside
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING

__all__ = ["event_source_out_of_range"]

RANGES: Final = (
    Range(keys=("BatchSize",), low=1, high=10_000),
    Range(keys=("MaximumBatchingWindowInSeconds",), low=0, high=300),
    Range(keys=("ParallelizationFactor",), low=1, high=10),
    Range(keys=("MaximumRetryAttempts",), low=-1, high=10_000),
    Range(keys=("MaximumRecordAgeInSeconds",), low=60, high=604_800, also=(-1,)),
    Range(keys=("TumblingWindowInSeconds",), low=0, high=900),
    Range(keys=("ScalingConfig", "MaximumConcurrency"), low=2, high=1_000),
)


@rule(
    severity=Severity.ERROR,
    remedy="Set the property to a value that Lambda takes, or leave it out.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
)
def event_source_out_of_range(stack: StackReading) -> Iterator[Found]:
    """An event source mapping has a setting that Lambda refuses."""
    for node in stack.of_type(MAPPING):
        for message in outside(node, RANGES):
            yield Found(node=node, message=message)
