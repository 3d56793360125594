"""Names that tell what one construct publishes from what others do."""

import aws_cdk as cdk
from constructs import Construct

__all__ = ["deployed_name"]


def deployed_name(scope: Construct, construct_id: str) -> str:
    """The stack's name and the path in it: another one for each construct of each deployment of an app."""
    depth = len(cdk.Stack.of(scope).node.path.split("/"))
    inside = [*scope.node.path.split("/")[depth:], construct_id]
    return f"{cdk.Aws.STACK_NAME}/{'/'.join(inside)}"
