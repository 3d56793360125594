from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import least_text

__all__ = ["environment_too_large"]

_MOST: Final = 4_096


@rule(
    severity=Severity.ERROR,
    remedy="Keep large values in SSM Parameter Store, Secrets Manager or S3, and give the function their names.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
)
def environment_too_large(stack: StackReading) -> Iterator[Found]:
    """A function's environment variables take more than 4 KB, whatever stands for what is not known of them yet."""
    for node in stack.of_type("AWS::Lambda::Function"):
        variables = node.value("Environment", "Variables")
        if not isinstance(variables, Mapping):
            continue
        # Names and values alone, without what JSON adds.
        size = sum(
            len(least_text(part).encode(errors="surrogatepass"))
            for each in variables.items()
            for part in each
        )
        if size > _MOST:
            yield Found(
                node=node,
                message=f"The environment variables of {node.path} have at least {figure(size)} bytes; they may have "
                f"{figure(_MOST)}.",
            )
