from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.dependencies import condition_holds, dependencies_of, references_in
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import is_expanded

__all__ = ["reference_to_nothing"]


@rule(
    severity=Severity.ERROR,
    remedy="Correct the logical id, or add the resource or parameter.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
)
def reference_to_nothing(stack: StackReading) -> Iterator[Found]:
    """A reference names what the template does not have: CloudFormation refuses it."""
    if not is_expanded(stack):
        return
    resources = stack.template.section("Resources")
    known = {*resources, *stack.template.section("Parameters")}
    for node, references in dependencies_of(stack).items():
        for each in references:
            there = resources if each.by == "DependsOn" else known
            if each.certain and node.surely_made and each.name not in there and ":" not in each.name:
                yield Found(
                    node=node, message=f"{node.path} refers to {each.name} ({each.by}), which does not exist."
                )
    for name, output in stack.template.section("Outputs").items():
        if isinstance(output, Mapping) and (
            "Condition" not in output or condition_holds(stack, output["Condition"])
        ):
            for each in dict.fromkeys(references_in(stack, output.get("Value"))):
                if each.certain and each.name not in known and ":" not in each.name:
                    yield Found(
                        node=None,
                        message=f"The output {name} refers to {each.name} ({each.by}), which does not exist.",
                    )
