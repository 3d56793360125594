from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import function_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.queues.common import Kind, enabled, kind_of

__all__ = ["queue_consumer_throttled"]

_LEAST_POLLERS: Final = 5


@rule(
    severity=Severity.WARNING,
    remedy="Set ScalingConfig.MaximumConcurrency of the event source mapping (max_concurrency in the CDK), and "
    "reserve at least the sum of those of all queues that the function reads.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html",
)
def queue_consumer_throttled(stack: StackReading) -> Iterator[Found]:
    """Queues may start more of a function than is reserved for it: throttled, good messages become dead letters."""
    for function in stack.of_type("AWS::Lambda::Function"):
        reserved = function.number("ReservedConcurrentExecutions")
        mappings = [
            each for each in function_of(function).polled if kind_of(each) is Kind.QUEUE and enabled(each)
        ]
        if not mappings or not reserved:
            continue
        limits = [each.number("ScalingConfig", "MaximumConcurrency", default=0) for each in mappings]
        if 0 in limits:
            if reserved < _LEAST_POLLERS:
                yield Found(
                    node=function,
                    message=f"{function.path} has {figure(reserved)} reserved executions, and "
                    f"{mappings[limits.index(0)].path} starts with five and has no MaximumConcurrency.",
                )
        elif sum(each or 0 for each in limits) > reserved:
            yield Found(
                node=function,
                message=f"{function.path} has {figure(reserved)} reserved executions, and its queues may start "
                f"{figure(sum(each or 0 for each in limits))}.",
            )
