"""The bundle: a hardened function with every protection around it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, FunctionAlarmSettings, FunctionSubject, SeverityRoute
from constructs_lib.bundling import PythonCode
from constructs_lib.checks import Check
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import (
    DEFAULT_MEMORY_SIZE,
    LIVE_ALIAS,
    FixedProvisionedConcurrency,
    FunctionLogs,
    FunctionOptions,
    HardenedFunction,
    ProvisionedConcurrency,
    SafeDeployment,
    WarmUp,
)
from constructs_lib.function.hardened_function import timeout_seconds
from constructs_lib.function.safe_deployment import check_one_stack
from constructs_lib.resilient_function.protected import Protected
from constructs_lib.resilient_function.protected_function import ProtectedFunction
from constructs_lib.resilient_function.protections import Protections

__all__ = ["ResilientFunction"]


@jsii.implements(iam.IGrantable)
class ResilientFunction(HardenedFunction, Protected):
    """A Lambda function that fails loudly, loses nothing and comes back by itself.

    ``ResilientFunction(self, "Orders", code=code, handler="orders.handler")`` is enough: it gets a role, a log
    group, tracing, a version and the alias ``live``, a dead-letter queue, its alarms and one composite alarm
    that notifies. Everything that invokes it uses the alias; every child is an attribute.

    Attributes:
        function: the `aws_cdk.aws_lambda.Function`.
        alias: ``live``; `handle` is this too.
        version: the published version that the alias points to.
        log_group: where the logs go.
        role: the execution role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code | PythonCode,
        handler: str,
        runtime: lambda_.Runtime | None = None,
        architecture: lambda_.Architecture | None = None,
        memory_size: int | None = None,
        timeout: cdk.Duration | None = None,
        environment: Mapping[str, str] | None = None,
        log_settings: FunctionLogs | None = None,
        reserved_concurrency: int | None = None,
        role: iam.IRole | None = None,
        tracing: bool = True,
        dead_letters: DeadLetters | None = DeadLetters(),
        provisioned_concurrency: ProvisionedConcurrency | FixedProvisionedConcurrency | None = None,
        deployment: SafeDeployment | None = None,
        warm_up: WarmUp | None = None,
        alarms: FunctionAlarmSettings = FunctionAlarmSettings(),
        alarm_route: AlarmRoute | SeverityRoute | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
        **options: Unpack[FunctionOptions],
    ) -> None:
        """Make the function and its protections.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            code: any CDK code, container images included, or this library's `PythonCode`.
            handler: ``module.function``; `aws_cdk.aws_lambda.Handler.FROM_IMAGE` for a container image.
            runtime: left out, Python 3.14; for a container image `Runtime.FROM_IMAGE`.
            architecture: left out, arm64.
            memory_size: MB, 128 to 10,240. Left out: `DEFAULT_MEMORY_SIZE`.
            timeout: 1 s to 15 min. Left out: `DEFAULT_TIMEOUT_SECONDS`.
            environment: variables, beside Powertools' service name and log level.
            log_settings: retention, encryption or an existing log group. Left out: `FunctionLogs()`.
            reserved_concurrency: executions reserved for, and allowed to, this function. Left out: none.
            role: an existing role, which is then given what the function needs. Left out, one of its own.
            tracing: whether X-Ray traces it.
            dead_letters: what becomes of asynchronous events that fail; None leaves Lambda's own way, which
                is to drop them.
            provisioned_concurrency: environments kept initialised. Left out: none.
            deployment: how traffic moves to a new version. Left out: all at once, without CodeDeploy.
            warm_up: a ping by the clock. Left out: none.
            alarms: thresholds, and what is switched off.
            alarm_route: whom the alarms tell, by severity if need be. Left out: they publish to the stack's
                `AlarmTopic`.
            removal_policy: what becomes of the log group and the dead-letter queue with the stack. Left
                out, they are retained.
            options: anything else that CDK's Function takes and this library leaves alone.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        protections = Protections(
            dead_letters=dead_letters,
            provisioned_concurrency=provisioned_concurrency,
            deployment=deployment,
            warm_up=warm_up,
            alarms=alarms,
            alarm_route=alarm_route,
        )
        seconds = timeout_seconds(check, timeout)
        subject = FunctionSubject(
            function_name="",  # known once the function is there
            qualifier=LIVE_ALIAS,
            timeout_ms=None if seconds is None else seconds * 1000,
            reserved_concurrency=reserved_concurrency,
            memory_mb=DEFAULT_MEMORY_SIZE if memory_size is None else memory_size,
            stops_loops=True,
            logs_every_report=options.get("system_log_level_v2") is not lambda_.SystemLogLevel.WARN,
        )
        protections.check(check, subject, snap_start=options.get("snap_start") is not None)
        if deployment is not None:
            check_one_stack(check, scope, deployment)
        super().__init__(
            scope,
            construct_id,
            code=code,
            handler=handler,
            runtime=runtime,
            architecture=architecture,
            memory_size=memory_size,
            timeout=timeout,
            environment=environment,
            log_settings=log_settings,
            reserved_concurrency=reserved_concurrency,
            role=role,
            tracing=tracing,
            removal_policy=removal_policy,
            **options,
        )
        subject = replace(subject, function_name=self.function.function_name, log_group=self.log_group)
        with check.all_or_nothing():
            self._protect(self.alias, self.function, subject, protections, removal_policy)

    def add_environment(self, key: str, value: str) -> None:
        """Set an environment variable; a new version is published for it."""
        self.function.add_environment(key, value)

    def add_to_role_policy(self, statement: iam.PolicyStatement) -> None:
        """Let the function do what `statement` says."""
        self.role.add_to_principal_policy(statement)

    around = ProtectedFunction
    """Put the same protections around a function that an app already has: `ProtectedFunction`, by another name."""
