from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.runtimes import AS_OF, RUNTIMES, Runtime
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["runtime_deprecated"]


@rule(
    severity=Severity.WARNING,
    remedy="Move to a runtime that Lambda supports.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
)
def runtime_deprecated(stack: StackReading) -> Iterator[Found]:
    """A runtime gets no security updates any more, and functions with it will be blocked."""
    for node in stack.of_type("AWS::Lambda::Function"):
        name = node.text("Runtime")
        runtime = RUNTIMES.get(name or "")
        if runtime is None or runtime.deprecated is None or runtime.deprecated > stack.whole.today:
            continue
        if runtime.no_update is None or runtime.no_update > AS_OF:
            yield Found(
                node=node,
                message=f"{node.path} has the runtime {name}, deprecated since {runtime.deprecated}; "
                f"{_block(runtime)}.",
            )


def _block(runtime: Runtime) -> str:
    created = runtime.no_create
    if created is None:
        return "when functions with it are blocked is not announced"
    since = "can be created since" if created <= AS_OF else "can be created from"
    return f"no function with it {since} {created}, nor changed from {runtime.no_update}"
