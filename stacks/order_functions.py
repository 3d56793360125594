"""How the functions of the order service are made: alike, but for what each of them is for."""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, FunctionAlarmSettings, Profile
from constructs_lib.bundling import PythonCode, Target
from constructs_lib.checks import acknowledge
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import SafeDeployment
from constructs_lib.handlers import handler_folder
from constructs_lib.resilient_function import ResilientFunction
from stacks.config import Config

__all__ = ["METRICS_NAMESPACE", "allow", "order_function"]

METRICS_NAMESPACE = "OrderService"
_HANDLERS = Path(__file__).parent.parent / "lambda_src"


def order_function(
    scope: Construct,
    construct_id: str,
    *,
    handler: str,
    description: str,
    config: Config,
    timeout: cdk.Duration,
    environment: Mapping[str, str],
    asynchronous: bool,
    deployment: SafeDeployment | None = None,
    alarms: FunctionAlarmSettings = FunctionAlarmSettings(profile=Profile.STANDARD),
) -> ResilientFunction:
    """Make the function of the handler in ``lambda_src/<handler>``.

    Args:
        scope: the parent.
        construct_id: the id in `scope`; what the function counts is counted under it.
        handler: the name of its folder and package.
        description: what it does.
        config: the settings of the app.
        timeout: how long it may run.
        environment: variables beside those that all have.
        asynchronous: whether events are handed to it without waiting, so that it needs dead letters.
        deployment: how traffic moves to a new version. Left out: at once.
        alarms: what is watched. Left out: what most functions need. The alarms tell nobody by themselves: the
            service's alarm does.
    """
    function = ResilientFunction(
        scope,
        construct_id,
        code=PythonCode.from_folder(
            _HANDLERS / handler,
            extra_folders=[handler_folder("handler_toolkit"), _HANDLERS / "order_book"],
            # The local cloud runs handlers on this machine; Lambda's own runtime decides otherwise.
            target=Target.host() if config.local else None,
        ),
        handler=f"{handler}.handler.handler",
        description=description,
        timeout=timeout,
        environment={**environment, "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE},
        dead_letters=DeadLetters() if asynchronous else None,
        deployment=deployment,
        alarms=alarms,
        alarm_route=AlarmRoute.silent(),
        removal_policy=config.removal_policy,
    )
    if not asynchronous:
        reason = "Who invokes it waits for its answer, and keeps the event that it fails on: a queue or a workflow."
        acknowledge(function.function, {"Serverless::Serverless-LambdaDLQ": reason})
    return function


def allow(function: ResilientFunction, resource: str, *actions: str) -> None:
    """Let `function` do `actions` on `resource` alone: CDK's grants add all indexes of a table that has some."""
    function.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
