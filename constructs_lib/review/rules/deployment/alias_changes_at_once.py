from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import LATEST
from constructs_lib.review.rule import Found, rule

__all__ = ["alias_changes_at_once"]


@rule(
    severity=Severity.NOTE,
    remedy="Add an UpdatePolicy with CodeDeployLambdaAliasUpdate (in the CDK: LambdaDeploymentGroup).",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html",
)
def alias_changes_at_once(stack: StackReading) -> Iterator[Found]:
    """A new version of a function gets all traffic at once, and nothing takes it back."""
    for node in stack.of_type("AWS::Lambda::Alias"):
        if "UpdatePolicy" not in node.resource.declared and node.text("FunctionVersion") != LATEST:
            yield Found(node=node, message=f"{node.path} has no UpdatePolicy.")
