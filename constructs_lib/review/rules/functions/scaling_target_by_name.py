from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.dependencies import dependencies_of
from constructs_lib.review.reading.functions import callee_of, function_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.functions._provisioning import scalable_targets

__all__ = ["scaling_target_by_name"]


@rule(
    severity=Severity.WARNING,
    remedy="Add the alias to DependsOn, or build the ResourceId from a reference to it (in the CDK: "
    "alias.add_auto_scaling).",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
)
def scaling_target_by_name(stack: StackReading) -> Iterator[Found]:
    """A scalable target names an alias without a reference: CloudFormation may register it before the alias is made."""
    for node in scalable_targets(stack):
        name, _, qualifier = str(node.value("ResourceId")).removeprefix("function:").partition(":")
        callee = callee_of(stack, name)
        if callee is None or not qualifier or not is_known(qualifier):
            continue
        needed = {each.name for each in dependencies_of(stack).get(node, ())}
        aliases = [each for each in function_of(callee.function).aliases if each.text("Name") == qualifier]
        if aliases and aliases[0].stack is stack and not any(each.id in needed for each in aliases):
            yield Found(node=node, message=f"{node.path} names {aliases[0].path} by the text {qualifier}.")
