from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import MAPPING, STREAMS, Kind, kind_of

__all__ = ["event_source_setting_unused"]

_OF_STREAMS: Final = (*STREAMS, Kind.KAFKA)
_KINDS: Final[Mapping[str, tuple[Kind, ...]]] = {
    # What it has to read for the setting to mean anything.
    "BisectBatchOnFunctionError": _OF_STREAMS,
    "DestinationConfig": _OF_STREAMS,
    "MaximumRecordAgeInSeconds": _OF_STREAMS,
    "MaximumRetryAttempts": _OF_STREAMS,
    "ParallelizationFactor": STREAMS,
    "ScalingConfig": (Kind.QUEUE,),
    "TumblingWindowInSeconds": STREAMS,
}
_NOTHING: Final[tuple[object, ...]] = (None, False, -1, 0, {})


@rule(
    severity=Severity.WARNING,
    remedy="Remove it. What a queue retries, and where its dead letters go, stands in the queue's RedrivePolicy.",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
)
def event_source_setting_unused(stack: StackReading) -> Iterator[Found]:
    """An event source mapping has a setting that is not for what it reads: Lambda refuses or ignores it."""
    for mapping in stack.of_type(MAPPING):
        kind = kind_of(mapping)
        unused = [
            key for key, kinds in _KINDS.items() if mapping.value(key) not in _NOTHING and kind not in kinds
        ]
        if kind is not None and unused:
            yield Found(node=mapping, message=f"{mapping.path} reads {kind} and has {' and '.join(unused)}.")
