from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import ON_FAILURE, qualifier_words

__all__ = ["failures_kept_twice"]


@rule(
    severity=Severity.NOTE,
    remedy="Keep the destination, which also tells why: remove the DeadLetterConfig.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
)
def failures_kept_twice(stack: StackReading) -> Iterator[Found]:
    """An event that fails goes to a dead-letter queue and to a destination: who handles both handles it twice."""
    for function in functions_of(stack):
        if function.node.has("DeadLetterConfig", "TargetArn"):
            for qualifier, config in function.async_configs.items():
                if config.has(*ON_FAILURE):
                    yield Found(
                        node=function.node,
                        message=f"{function.node.path} has a DeadLetterConfig, and {config.path} a destination for "
                        f"{qualifier_words(qualifier)}.",
                    )
