import re
from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["version_published_once"]

_HASHED = re.compile(r"[0-9a-f]{8,}$|Version[A-Za-z0-9]{38,}$")
"""What the CDK and SAM, and what the Serverless Framework, put behind the name."""


@rule(
    severity=Severity.NOTE,
    remedy="Let the logical id change with the code, as the CDK's current_version and SAM's AutoPublishAlias do.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html",
)
def version_published_once(stack: StackReading) -> Iterator[Found]:
    """CloudFormation publishes a version once, not with every change of the code: its alias stays where it is."""
    for node in stack.of_type("AWS::Lambda::Version"):
        if not _HASHED.search(node.id):
            yield Found(
                node=node, message=f"{node.path} has a logical id that does not change with the code."
            )
