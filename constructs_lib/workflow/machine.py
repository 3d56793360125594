"""The state machine of a saga, its role and its logs."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.function.log_group import FunctionLogs, log_group

__all__ = ["machine_logs", "state_machine"]

_PREFIX = "/aws/vendedlogs/states"
_LONGEST_NAME = 200


def machine_logs(
    scope: Construct, settings: FunctionLogs, removal_policy: cdk.RemovalPolicy
) -> logs.ILogGroup:
    """The log group that `settings` name, or a new one.

    A new one has a name, since CloudWatch Logs lists every other log group that a service delivers to in a policy of
    5,120 characters: https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
    The name ends with the stack's id, so that the stack can be deleted and made again while its logs are retained.
    """
    group = log_group(scope, settings, removal_policy)
    if settings.log_group is None:
        own = cdk.Names.unique_resource_name(scope, max_length=_LONGEST_NAME, allowed_special_characters="-_")
        stack = cdk.Fn.select(2, cdk.Fn.split("/", cdk.Aws.STACK_ID))
        cast("logs.CfnLogGroup", group.node.default_child).log_group_name = f"{_PREFIX}/{own}-{stack}"
    return group


def state_machine(
    scope: Construct,
    definition: sfn.IChainable,
    *,
    kind: sfn.StateMachineType,
    timeout: cdk.Duration,
    destination: logs.ILogGroup,
) -> sfn.StateMachine:
    """The state machine ``Machine`` below `scope`; what it is given and answers is not logged."""
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    machine = sfn.StateMachine(
        scope,
        "Machine",
        comment="A saga: steps, and the compensations that undo them when one fails",
        state_machine_type=kind,
        definition_body=sfn.DefinitionBody.from_chainable(definition),
        role=role,
        timeout=timeout,
        logs=sfn.LogOptions(destination=destination, level=sfn.LogLevel.ALL, include_execution_data=False),
        tracing_enabled=True,
    )
    acknowledge(
        role.node.find_child("DefaultPolicy"),
        {
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]": "X-Ray and the delivery of logs have no resources that "
            "a policy could name."
        },
    )
    return machine
