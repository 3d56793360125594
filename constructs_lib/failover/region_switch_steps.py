"""The steps of a Region switch plan: a person's approval, and the functions that move the failover controller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_arcregionswitch as arc
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.checks import Check, acknowledge, is_token
from constructs_lib.failover.failover_controller import FailoverController
from constructs_lib.function import HardenedFunction
from constructs_lib.handlers import handler_folder

__all__ = [
    "ManualApproval",
    "Tries",
    "approval_step",
    "check_approval",
    "check_tries",
    "step_function",
    "switch_step",
]

_APPROVAL_MINUTES = 60
_STEP_MINUTES = 30
_LONGEST_MINUTES = 1_440
_ANSWER = 5
"""Seconds that the controller's answer may take beyond its own timeout."""
_REST = 30
"""Seconds that a step has beside two calls of the controller."""
_LONGEST_TIMEOUT = 900
_NO_DEAD_LETTERS = (
    "Region switch waits for its answer and tries again; the execution of the plan shows what failed."
)


@dataclass(frozen=True, kw_only=True)
class ManualApproval:
    """A step that waits until somebody approves.

    Attributes:
        role: whoever can assume it may approve or decline. Of the account of the plan.
        timeout: how long the plan waits, 1 minute to a day. Left out: an hour.
    """

    role: iam.IRole
    timeout: cdk.Duration | None = None


def check_approval(check: Check, name: str, approval: ManualApproval | None) -> None:
    """Fail unless Region switch can wait for `approval`."""
    check.instance(name, approval, ManualApproval, None)
    if approval is None:
        return
    remedy = "Give a role of CDK, made or imported."
    check.require(approval.role is not None, f"{name}.role is None.", remedy=remedy)
    check.offers(f"{name}.role", approval.role, "role_arn", remedy=remedy)
    check.duration(f"{name}.timeout", approval.timeout, 1, _LONGEST_MINUTES, unit="minutes")
    theirs, ours = approval.role.env.account, cdk.Stack.of(check.scope).account
    # https://docs.aws.amazon.com/r53recovery/latest/dg/manual-approval-block.html
    check.require(
        is_token(theirs) or is_token(ours) or theirs == ours,
        f"{name}.role is of the account {theirs}, and the plan of {ours}.",
        remedy="Region switch takes approvals only from a role of the account that owns the plan: give one.",
    )


def approval_step(name: str, what: str, approval: ManualApproval | None) -> list[arc.CfnPlan.StepProperty]:
    """The step `name` that waits for the approval of `what`; none where nobody has to approve."""
    if approval is None:
        return []
    minutes = _APPROVAL_MINUTES if approval.timeout is None else approval.timeout.to_minutes()
    config = arc.CfnPlan.ExecutionApprovalConfigurationProperty(
        approval_role=approval.role.role_arn, timeout_minutes=minutes
    )
    return [
        arc.CfnPlan.StepProperty(
            name=name,
            description=f"Waits until somebody approves {what}",
            execution_block_type="ManualApproval",
            execution_block_configuration=arc.CfnPlan.ExecutionBlockConfigurationProperty(
                execution_approval_config=config
            ),
        )
    ]


@dataclass(frozen=True, kw_only=True)
class Tries:
    """How long a step is tried.

    Attributes:
        interval: minutes from one try to the next.
        timeout: minutes for all of them.
    """

    interval: int
    timeout: float


def switch_step(
    name: str, what: str, function: HardenedFunction, *, region_to_run: str, tries: Tries
) -> arc.CfnPlan.StepProperty:
    """The step `name` that calls `function` until it succeeds."""
    config = arc.CfnPlan.CustomActionLambdaConfigurationProperty(
        # As in AWS's own policy for this step, the function's ARN without a qualifier.
        # https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_lambda.html
        lambdas=[arc.CfnPlan.LambdasProperty(arn=function.function.function_arn)],
        region_to_run=region_to_run,
        retry_interval_minutes=tries.interval,
        timeout_minutes=tries.timeout,
    )
    return arc.CfnPlan.StepProperty(
        name=name,
        description=what,
        execution_block_type="CustomActionLambda",
        execution_block_configuration=arc.CfnPlan.ExecutionBlockConfigurationProperty(
            custom_action_lambda_config=config
        ),
    )


def check_tries(check: Check, controller: FailoverController, timeout: cdk.Duration | None) -> Tries:
    """How a step of `controller` is tried within `timeout`: again once the last call is over, and not before."""
    interval = -(-_timeout(controller) // 60)
    if timeout is None:
        return Tries(interval=interval, timeout=_STEP_MINUTES)
    check.duration("step_timeout", timeout, interval, _LONGEST_MINUTES, unit="minutes")
    return Tries(interval=interval, timeout=int(timeout.to_minutes()))


def _patience(controller: FailoverController) -> int:
    return int(controller.function.timeout_seconds or _LONGEST_TIMEOUT) + _ANSWER


def _timeout(controller: FailoverController) -> int:
    return min(2 * _patience(controller) + _REST, _LONGEST_TIMEOUT)


def step_function(
    scope: Construct,
    construct_id: str,
    controller: FailoverController,
    *,
    step: str,
    options: Mapping[str, Any],
) -> HardenedFunction:
    """The function that lets `controller` do `step`, which is ``take_over`` or ``fail_back``."""
    function = HardenedFunction(
        scope,
        construct_id,
        code=lambda_.Code.from_asset(str(handler_folder("region_switch")), exclude=["__pycache__"]),
        handler="region_switch.handler",
        description=f"Lets the failover controller {step.replace('_', ' ')}, as a step of a Region switch plan",
        memory_size=256,
        timeout=cdk.Duration.seconds(_timeout(controller)),
        environment={
            "SWITCH_STEP": step,
            "SWITCH_PARAMETER": controller.parameter.parameter_name,
            "SWITCH_CONTROLLER": controller.function.alias.function_arn,
            "SWITCH_PATIENCE": str(_patience(controller)),
        },
        **options,
    )
    acknowledge(function.function, {"Serverless::Serverless-LambdaDLQ": _NO_DEAD_LETTERS})
    role = cast("iam.Role", function.role)
    statements = [
        iam.PolicyStatement(
            actions=["ssm:GetParameter", "ssm:PutParameter"], resources=[controller.parameter.parameter_arn]
        ),
        iam.PolicyStatement(
            actions=["lambda:InvokeFunction"], resources=[controller.function.alias.function_arn]
        ),
    ]
    iam.Policy(role, "Controller", statements=statements).attach_to_role(role)
    return function
