"""What alarms need to know about the function that they watch."""

from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from constructs_lib.checks import is_token

__all__ = ["FunctionSubject", "function_subject", "underlying_function"]

_CDK_DEFAULT_TIMEOUT_MS = 3_000
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html"""


@dataclass(frozen=True, kw_only=True)
class FunctionSubject:
    """What alarms need to know about the function that they watch.

    Attributes:
        function_name: the name, usually a token.
        qualifier: the alias or version that traffic uses; None for the unqualified function.
        timeout_ms: its timeout; None when unknown.
        reserved_concurrency: None when it has none, or when unknown.
        queue_name: the dead-letter queue's name; None without one.
        asynchronous: whether failed asynchronous events go to a destination.
        provisioned: whether concurrency is provisioned.
    """

    function_name: str
    qualifier: str | None = None
    timeout_ms: float | None = None
    reserved_concurrency: float | None = None
    queue_name: str | None = None
    asynchronous: bool = False
    provisioned: bool = False

    @property
    def resource(self) -> str | None:
        """The value of the dimension ``Resource``; None for the unqualified function."""
        return None if self.qualifier is None else f"{self.function_name}:{self.qualifier}"


def underlying_function(function: lambda_.IFunction) -> lambda_.IFunction:
    """The function behind an alias or a version; a plain function is its own."""
    if _has(function, "alias_name"):
        return underlying_function(cast("lambda_.IAlias", function).version)
    return cast("lambda_.IVersion", function).lambda_ if _has(function, "lambda_") else function


def _has(function: lambda_.IFunction, attribute: str) -> bool:
    # Imported aliases and versions reach Python as proxies of several interfaces, whose type knows nothing;
    # where the type does, asking it saves a call into jsii.
    return hasattr(type(function), attribute) or hasattr(function, attribute)


def function_subject(
    function: lambda_.IFunction,
    *,
    timeout: cdk.Duration | None = None,
    queue_name: str | None = None,
    asynchronous: bool = False,
    provisioned: bool = False,
) -> FunctionSubject:
    """The subject for any function, version or alias, imported ones included.

    Args:
        function: what traffic uses.
        timeout: the function's timeout. Left out, it is read from a function that is in the app; for an
            imported one it is unknown, and there is no duration alarm.
        queue_name: its dead-letter queue's name.
        asynchronous: whether failed asynchronous events go to a destination.
        provisioned: whether concurrency is provisioned.
    """
    base = underlying_function(function)
    qualifier: str | None = None
    if base is not function:
        named = _has(function, "alias_name")
        qualifier = (
            cast("lambda_.IAlias", function).alias_name
            if named
            else cast("lambda_.IVersion", function).version
        )
    timeout_ms: float | None = None
    reserved: float | None = None
    resource = base.node.default_child
    if isinstance(resource, lambda_.CfnFunction):
        seconds = resource.timeout
        timeout_ms = (
            _CDK_DEFAULT_TIMEOUT_MS if seconds is None else seconds if is_token(seconds) else seconds * 1000
        )
        reserved = resource.reserved_concurrent_executions
    if timeout is not None:
        timeout_ms = timeout.to_milliseconds() if not is_token(timeout) else None
    return FunctionSubject(
        function_name=base.function_name,
        qualifier=qualifier,
        timeout_ms=timeout_ms,
        reserved_concurrency=reserved,
        queue_name=queue_name,
        asynchronous=asynchronous,
        provisioned=provisioned,
    )
