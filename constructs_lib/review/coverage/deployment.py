"""What works only while a stack is deployed: its failure fails the deployment, and nobody needs an alarm.

These are the functions that custom resources name as their ServiceToken, such as those that CDK makes for the retention
of logs, for emptying buckets or for calls of the SDK; what its provider framework calls, as the environment of its
function says: the functions of the author, and the state machine that waits; and the functions that CodeDeploy calls
before and after it shifts traffic to a new version.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
"""

from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.coverage.subject import plain
from constructs_lib.review.reading import Node, Reading
from constructs_lib.review.reading.data import at
from constructs_lib.review.reading.functions import callee_of, function_of

__all__ = ["deployed_with"]

_CUSTOM: Final = "AWS::CloudFormation::CustomResource"
_FUNCTION: Final = "AWS::Lambda::Function"
_STATE_MACHINE: Final = "AWS::StepFunctions::StateMachine"
_FRAMEWORK: Final = ("USER_", "WAITER_")
"""What the names of variables begin with by which CDK's provider framework finds what it calls."""
_HOOKS: Final = ("BeforeAllowTrafficHook", "AfterAllowTrafficHook")


def deployed_with(whole: Reading) -> frozenset[Node]:
    """Functions and state machines that nothing but deployments calls."""
    return whole.once("coverage.deployed_with", _collect)


def _collect(whole: Reading) -> frozenset[Node]:
    handlers: dict[Node, None] = {}
    for stack in whole.stacks:
        for node in stack.nodes.values():
            if node.type == _CUSTOM or node.type.startswith("Custom::"):
                called = callee_of(stack, node.value("ServiceToken"))
                if called:
                    handlers[called.function] = None
    found = {**handlers, **dict.fromkeys(_hooks(whole))}
    for each in handlers:
        found.update(dict.fromkeys(_called_by_framework(each)))
    return frozenset(each for each in found if each.type != _FUNCTION or not _called_otherwise(each, found))


def _hooks(whole: Reading) -> Iterator[Node]:
    for alias in whole.of_type("AWS::Lambda::Alias"):
        update = at(alias.resource.declared, "UpdatePolicy", "CodeDeployLambdaAliasUpdate")
        for key in _HOOKS:
            called = callee_of(alias.stack, plain(alias, at(update, key)))
            if called is not None:
                yield called.function


def _called_by_framework(handler: Node) -> Iterator[Node]:
    variables = handler.value("Environment", "Variables")
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        if str(name).startswith(_FRAMEWORK):
            called = callee_of(handler.stack, value)
            target = called.function if called else handler.stack.find(value, _STATE_MACHINE)
            if target is not None:
                yield target


def _called_otherwise(function: Node, helpers: Mapping[Node, None]) -> bool:
    return any(each.by not in helpers for each in function_of(function).invocations)
