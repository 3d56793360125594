"""Conditions of CloudFormation: what watches a resource is there only where that resource is."""

from collections.abc import Iterator
from contextlib import contextmanager

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

__all__ = ["condition_of", "under"]


def condition_of(resource: cdk.CfnResource) -> cdk.CfnCondition | None:
    """The condition that `resource` is made under."""
    return resource.cfn_options.condition


@contextmanager
def under(condition: cdk.CfnCondition | None, scope: Construct) -> Iterator[None]:
    """Put what is made meanwhile below `scope`, and permissions that come with it, under `condition`, if any.

    Of a nested stack it is the stack itself. CloudFormation refuses a template in which a resource that is made refers
    to one that is not.
    """
    if condition is None:
        yield
        return
    nested = scope if isinstance(scope, cdk.NestedStack) else None
    stack = cdk.Stack.of(condition)
    before = {each.node.path for each in _resources(stack, scope)}
    yield
    made = [each for each in _resources(stack, scope) if each.node.path not in before]
    own = None if nested is None else nested.nested_stack_resource
    for each in [*made, *([] if own is None else [own])]:
        each.cfn_options.condition = condition


def _resources(stack: cdk.Stack, scope: Construct) -> list[cdk.CfnResource]:
    """The resources below `scope`, and all permissions of `stack`, such as CDK adds to a function that alarms call."""
    below = [] if isinstance(scope, cdk.NestedStack) else scope.node.find_all()
    permissions = [each for each in stack.node.find_all() if isinstance(each, lambda_.CfnPermission)]
    found = [each for each in below if isinstance(each, cdk.CfnResource)]
    return list({each.node.path: each for each in [*found, *permissions]}.values())
