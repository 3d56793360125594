from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.runtimes import AS_OF, RUNTIMES
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions.common import is_image

__all__ = ["runtime_blocked"]


@rule(
    severity=Severity.ERROR,
    remedy="Move to a runtime that Lambda supports.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
)
def runtime_blocked(stack: StackReading) -> Iterator[Found]:
    """Lambda neither creates nor changes functions with this runtime any more."""
    for node in stack.of_type("AWS::Lambda::Function"):
        name = node.text("Runtime")
        runtime = RUNTIMES.get(name or "")
        if (
            runtime
            and runtime.no_update
            and runtime.no_update <= AS_OF
            and node.surely_made
            and not is_image(node)
        ):
            yield Found(
                node=node, message=f"{node.path} has the runtime {name}, blocked since {runtime.no_update}."
            )
