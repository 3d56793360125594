from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import STREAMS, mappings_of

__all__ = ["stream_retries_without_end"]

_ENDLESS: Final = -1


@rule(
    severity=Severity.WARNING,
    remedy="Set MaximumRetryAttempts (retry_attempts in the CDK) or MaximumRecordAgeInSeconds (max_record_age).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html",
)
def stream_retries_without_end(stack: StackReading) -> Iterator[Found]:
    """A record that always fails is retried until it expires: all behind it in its shard waits for a day or longer."""
    for mapping in mappings_of(stack, *STREAMS):
        figures = [
            mapping.number(key, default=_ENDLESS)
            for key in ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds")
        ]
        if figures == [_ENDLESS, _ENDLESS]:
            yield Found(
                node=mapping,
                message=f"{mapping.path} limits neither MaximumRetryAttempts nor MaximumRecordAgeInSeconds.",
            )
