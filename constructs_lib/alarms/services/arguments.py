"""Checks of the arguments that the alarms of services share, before anything is built."""

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.checks import Check, is_token

__all__ = ["check_fixed", "check_place"]


def check_fixed(check: Check, **arguments: object) -> None:
    """Fail where one of `arguments` is a token: thresholds are made of them."""
    for name, value in arguments.items():
        check.require(
            not is_token(value),
            f"{name} is known only at deployment.",
            remedy="The alarm's threshold is worked out when the app is synthesized: give a fixed one.",
        )


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
