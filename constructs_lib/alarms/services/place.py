"""Whether the metrics of a resource are where its alarms are."""

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.checks import Check, is_token

__all__ = ["check_place"]


def check_place(check: Check, scope: Construct, name: str, resource: cdk.IResource) -> None:
    """Fail where `resource` is known to publish its metrics elsewhere than in the stack that `scope` is in.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
    """
    theirs, own = resource.env, cdk.Stack.of(scope)
    for kind, there, here in (
        ("Region", theirs.region, own.region),
        ("account", theirs.account, own.account),
    ):
        check.require(
            is_token(there) or is_token(here) or there == here,
            f"{name} is in the {kind} {there}, and its alarms would be in {here}: they could never ring.",
            remedy=f"CloudWatch has its metrics there: make the alarms in a stack of that {kind}.",
        )
