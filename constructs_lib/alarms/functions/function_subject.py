"""What alarms need to know about the function that they watch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs_lib.checks import is_token

__all__ = [
    "DEFAULT_MEMORY_MB",
    "DEFAULT_TIMEOUT_SECONDS",
    "FunctionSubject",
    "function_subject",
    "underlying_function",
]

DEFAULT_TIMEOUT_SECONDS = 3
DEFAULT_MEMORY_MB = 128
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-function.html"""
_LAMBDA_DEFAULT_EVENT_AGE_MS = 21_600_000
"""https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"""


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
        max_event_age: how long Lambda keeps trying an asynchronous event; None for Lambda's own default.
        memory_mb: its memory; None when unknown.
        has_dead_letter_config: whether the function itself, not a qualifier of it, has a dead-letter queue or topic.
        stops_loops: whether Lambda is known to stop recursive loops of it.
        log_group: the log group that it writes JSON to; None where it writes text, has no log group in the app, or when
            unknown. Functions that share one are told of each other's log lines.
        logs_every_report: whether Lambda reports every invocation there, not only those that fail.
    """

    function_name: str
    qualifier: str | None = None
    timeout_ms: float | None = None
    reserved_concurrency: float | None = None
    queue_name: str | None = None
    asynchronous: bool = False
    provisioned: bool = False
    max_event_age: cdk.Duration | None = None
    memory_mb: float | None = None
    has_dead_letter_config: bool = False
    stops_loops: bool = False
    log_group: logs.ILogGroup | None = None
    logs_every_report: bool = False

    @property
    def resource(self) -> str | None:
        """The value of the dimension ``Resource``; None for the unqualified function."""
        return None if self.qualifier is None else f"{self.function_name}:{self.qualifier}"

    @property
    def max_event_age_ms(self) -> float | None:
        """How old an asynchronous event may grow; None where there are none, or where it is a token."""
        if not self.asynchronous or is_token(self.max_event_age):
            return None
        age = self.max_event_age
        return _LAMBDA_DEFAULT_EVENT_AGE_MS if age is None else age.to_milliseconds()

    @cached_property
    def log_group_name(self) -> str | None:
        """The log group that metrics can be made of: the class Infrequent Access takes no metric filters.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
        """
        if self.log_group is None:
            return None
        resource = self.log_group.node.default_child
        if isinstance(resource, logs.CfnLogGroup) and resource.log_group_class not in {None, "STANDARD"}:
            return None
        return self.log_group.log_group_name

    @property
    def log_metric_prefix(self) -> str:
        """What the names of metrics made of its log lines start with: two aliases share a log group, not a metric."""
        named = self.qualifier is not None and not self.qualifier.startswith(
            "$L"
        )  # of $LATEST, which no name takes
        return f"{self.function_name}/{self.qualifier}" if named else self.function_name

    @property
    def logs_cold_starts(self) -> bool:
        """Whether a start that is reported is one that a request waited for; with provisioned concurrency it is not."""
        return self.logs_every_report and not self.provisioned


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
    max_event_age: cdk.Duration | None = None,
    provisioned: bool = False,
) -> FunctionSubject:
    """The subject for any function, version or alias, imported ones included.

    Args:
        function: what traffic uses.
        timeout: the function's timeout. Left out, it is read from a function that is in the app; for an
            imported one it is unknown, and there is no duration alarm.
        queue_name: its dead-letter queue's name.
        asynchronous: whether failed asynchronous events go to a destination.
        max_event_age: how long Lambda keeps trying an asynchronous event. Left out: Lambda's own default.
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
    facts = _facts(base)
    if timeout is not None:
        facts["timeout_ms"] = timeout.to_milliseconds() if not is_token(timeout) else None
    return FunctionSubject(
        function_name=base.function_name,
        qualifier=qualifier,
        queue_name=queue_name,
        asynchronous=asynchronous,
        max_event_age=max_event_age,
        provisioned=provisioned,
        **facts,
    )


def _facts(function: lambda_.IFunction) -> dict[str, Any]:
    """What is known of a function that is in the app."""
    resource = function.node.default_child
    if not isinstance(resource, lambda_.CfnFunction):
        return {}
    # All of them in one call into jsii; what an escape hatch overrides is not among them.
    given: Mapping[str, Any] = resource._cfn_properties  # noqa: SLF001 - CDK's own extension point of L1 classes
    seconds = given.get("timeout", DEFAULT_TIMEOUT_SECONDS)
    known = {
        "timeout_ms": seconds if is_token(seconds) else seconds * 1000,
        "reserved_concurrency": given.get("reservedConcurrentExecutions"),
        "memory_mb": given.get("memorySize", DEFAULT_MEMORY_MB),
        "has_dead_letter_config": given.get("deadLetterConfig") is not None,
        "stops_loops": given.get("recursiveLoop", "Terminate") == "Terminate",
    }
    return known | _logs(function, given)


def _logs(function: lambda_.IFunction, given: Mapping[str, Any]) -> dict[str, Any]:
    """Where a function with the properties `given` logs, if it logs JSON to a log group that the app knows."""
    logging = given.get("loggingConfig")
    if not isinstance(logging, Mapping) or logging.get("logFormat") != "JSON" or "logGroup" not in logging:
        return {}
    # Asked of a function without a log group of its own, CDK would make a custom resource.
    if not isinstance(function, lambda_.Function):
        return {}
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    reports = logging.get("systemLogLevel", "INFO") != "WARN"
    # A report of Lambda Managed Instances has neither memory nor starts.
    return {
        "log_group": function.log_group,
        "logs_every_report": reports and "capacityProviderConfig" not in given,
    }
