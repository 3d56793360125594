"""A Lambda function with its own role, log group, tracing, published version and live alias."""

from collections.abc import Mapping
from functools import cache
from typing import Unpack, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.bundling import PythonCode
from constructs_lib.checks import Check, is_token
from constructs_lib.function.code_checks import check_code, check_snap_start, is_image, warn_of_architecture
from constructs_lib.function.execution_role import execution_role
from constructs_lib.function.log_group import FunctionLogs, check_logs, log_group
from constructs_lib.function.options import FunctionOptions, refuse_unknown

__all__ = [
    "DEFAULT_MEMORY_SIZE",
    "DEFAULT_TIMEOUT_SECONDS",
    "LIVE_ALIAS",
    "HardenedFunction",
    "timeout_seconds",
]

LIVE_ALIAS = "live"
"""The alias that all traffic goes through."""
DEFAULT_TIMEOUT_SECONDS = 30
"""Seconds. Longer than the SDK's own retries need, and as long as an HTTP API waits for an answer."""
DEFAULT_MEMORY_SIZE = 512
"""MB. CPU grows with memory: 128 MB gets a fourteenth of a core, which is what makes Python starts slow."""

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_MEMORY_MB = (128, 10_240)
_TIMEOUT_S = (1, 900)


# Each of these is a call into jsii, and the same for every function.
@cache
def _default_timeout() -> cdk.Duration:
    return cdk.Duration.seconds(DEFAULT_TIMEOUT_SECONDS)


@cache
def _default_runtime() -> lambda_.Runtime:
    return lambda_.Runtime.PYTHON_3_14


@cache
def _default_architecture() -> lambda_.Architecture:
    return lambda_.Architecture.ARM_64


class HardenedFunction(Construct):
    """A Lambda function set up as production needs it; everything invokes it through `alias`.

    It writes JSON logs to a log group of its own, is traced by X-Ray, stops recursive loops, has a role that
    may do nothing but that, publishes a version at each change and points the alias ``live`` to it.

    Attributes:
        function: the `aws_cdk.aws_lambda.Function`.
        version: the version published from the present code and configuration.
        alias: ``live``, on `version`: give this one to event sources, APIs and callers.
        log_group: where the logs go.
        role: the execution role.
        timeout_seconds: the timeout as a number; None when it is a token.
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
        removal_policy: cdk.RemovalPolicy | None = None,
        **options: Unpack[FunctionOptions],
    ) -> None:
        """Make the function, its log group, role, version and alias.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            code: any CDK code, container images included, or this library's `PythonCode`.
            handler: ``module.function``; `aws_cdk.aws_lambda.Handler.FROM_IMAGE` for a container image.
            runtime: left out, Python 3.14, the newest that Lambda has; for a container image `Runtime.FROM_IMAGE`.
            architecture: left out, arm64, which costs a fifth less than x86_64 for the same milliseconds
                (https://aws.amazon.com/lambda/pricing/).
            memory_size: MB, 128 to 10,240. Left out: `DEFAULT_MEMORY_SIZE`.
            timeout: 1 s to 15 min. Left out: `DEFAULT_TIMEOUT_SECONDS`.
            environment: variables; Powertools' service name (the construct id) and log level are set beside
                these unless given.
            log_settings: retention, encryption or an existing log group. Left out: `FunctionLogs()`.
            reserved_concurrency: executions reserved for, and allowed to, this function. Left out: none.
            role: an existing role, which is then given what the function needs where CDK may change it.
                Left out, a role of its own.
            tracing: whether X-Ray traces it. Lambda samples one request a second and 5 % of the rest.
            removal_policy: what happens to the log group with the stack. Left out, it is retained.
            options: anything else that CDK's Function takes and this library leaves alone.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        refuse_unknown(options)
        check.instance("log_settings", log_settings, FunctionLogs, None)
        settings = log_settings or FunctionLogs()
        check_logs(check, settings)
        for name, value, kinds in (
            ("handler", handler, (str,)),
            ("runtime", runtime, (lambda_.Runtime, None)),
            ("architecture", architecture, (lambda_.Architecture, None)),
            ("environment", environment, (Mapping, None)),
            ("tracing", tracing, (bool,)),
            ("removal_policy", removal_policy, (cdk.RemovalPolicy, None)),
        ):
            check.instance(name, value, *kinds)
        check.offers("role", role, "role_arn", remedy="Give an aws_cdk.aws_iam.Role, made or imported.")
        check_code(check, code, handler, runtime)
        if options.get("snap_start") is not None:
            check_snap_start(check, code, runtime, options)
        check.within("memory_size", memory_size, *_MEMORY_MB, unit="MB")
        seconds = timeout_seconds(check, timeout)
        check.within("reserved_concurrency", reserved_concurrency, 0, 1_000_000)
        image = is_image(code)
        runtime = runtime or (lambda_.Runtime.FROM_IMAGE if image else _default_runtime())
        unsaid = architecture is None
        architecture = architecture or _default_architecture()
        if isinstance(code, PythonCode):
            code = code.bind(scope, construct_id, runtime=runtime, architecture=architecture)

        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            if isinstance(code, lambda_.AssetImageCode) and unsaid:
                warn_of_architecture(self)
            self.log_group = log_group(self, settings, removal_policy)
            self.role = execution_role(
                self,
                log_group=self.log_group,
                role=role,
                traced=tracing,
                in_vpc=options.get("vpc") is not None,
            )
            self.function = lambda_.Function(
                self,
                "Function",
                code=code,
                handler=handler,
                runtime=runtime,
                architecture=architecture,
                memory_size=DEFAULT_MEMORY_SIZE if memory_size is None else memory_size,
                timeout=_default_timeout() if timeout is None else timeout,
                environment={
                    "POWERTOOLS_SERVICE_NAME": construct_id,
                    "POWERTOOLS_LOG_LEVEL": "INFO",
                    **(environment or {}),
                },
                log_group=self.log_group,
                logging_format=lambda_.LoggingFormat.JSON,
                recursive_loop=lambda_.RecursiveLoop.TERMINATE,
                reserved_concurrent_executions=reserved_concurrency,
                role=self.role,
                **options,
            )
            if tracing:
                # CDK's `tracing` argument also adds a statement on every resource to the role's policy, beside the
                # user's own grants, where no acknowledgement could tell the two apart. The role has it already.
                resource = cast("lambda_.CfnFunction", self.function.node.default_child)
                resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
            self.version = self.function.current_version
            self.alias = lambda_.Alias(self, "Live", alias_name=LIVE_ALIAS, version=self.version)
            self.timeout_seconds = seconds


def timeout_seconds(check: Check, timeout: cdk.Duration | None) -> int | None:
    """The timeout as a number once it is checked, the default where it is left out; None for a token."""
    check.duration("timeout", timeout, *_TIMEOUT_S)
    if timeout is None:
        return DEFAULT_TIMEOUT_SECONDS
    return None if is_token(timeout) else int(timeout.to_seconds())
