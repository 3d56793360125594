from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.runtimes import RUNTIMES
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._edge import at_the_edge
from constructs_lib.review.rules.functions.common import is_image

__all__ = ["not_on_arm"]


@rule(
    severity=Severity.NOTE,
    remedy="Set Architectures to [arm64], unless a library needs x86 (in the CDK: architecture=Architecture.ARM_64).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html",
)
def not_on_arm(stack: StackReading) -> Iterator[Found]:
    """A function runs on x86_64, a fifth dearer for the same time than on arm64."""
    edge = {each.node for each in at_the_edge(stack.whole)}
    for node in stack.of_type("AWS::Lambda::Function"):
        runtime = RUNTIMES.get(node.text("Runtime") or "")
        living = runtime is not None and (
            runtime.deprecated is None or runtime.deprecated > stack.whole.today
        )
        on_x86 = node.value("Architectures") in (None, ["x86_64"])
        if living and on_x86 and not is_image(node) and node not in edge:
            yield Found(node=node, message=f"{node.path} runs on x86_64.")
