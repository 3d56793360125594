from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import missing_words

__all__ = ["function_may_not_join_network"]

_ACTIONS = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")


@rule(
    severity=Severity.ERROR,
    remedy="Give the function's role the managed policy AWSLambdaVPCAccessExecutionRole (CDK does it for vpc).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
def function_may_not_join_network(stack: StackReading) -> Iterator[Found]:
    """A function is in a VPC, and its role may not make network interfaces: the deployment is refused."""
    for function in functions_of(stack):
        role, node = function.role, function.node
        if (
            role
            and node.count("VpcConfig", "SubnetIds")
            and node.surely_made
            and (missing := lacks(role, _ACTIONS))
        ):
            yield Found(node=node, message=f"{node.path} is in a VPC, and {missing_words(role, missing)}.")
