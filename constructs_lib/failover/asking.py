"""How the health function of a Region is told what to ask, and what it may ask for that."""

from collections.abc import Sequence
from functools import cache
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.failover.publisher import AnyAlarm, arn_of, name_of
from constructs_lib.failover.region_needs import ReadTable, RegionNeeds
from constructs_lib.failover.standby_function import unqualified
from constructs_lib.function import HardenedFunction

__all__ = ["as_environment", "grant_asking", "kept_for"]

_DEFAULT_KEEP_SECONDS = 5


def as_environment(scope: Construct, needs: RegionNeeds) -> dict[str, str]:
    """`needs` as the environment variables that the handler reads."""
    keep = needs.keep
    return {
        "HEALTH_NEEDS": cdk.Stack.of(scope).to_json_string(_described(needs)),
        "HEALTH_KEEP_SECONDS": str(_DEFAULT_KEEP_SECONDS)
        if keep is None
        else cdk.Tokenization.stringify_number(keep.to_seconds()),
    }


def kept_for(needs: RegionNeeds) -> cdk.Duration:
    """For how long an answer stands."""
    return _default_keep() if needs.keep is None else needs.keep


@cache
def _default_keep() -> cdk.Duration:
    return cdk.Duration.seconds(_DEFAULT_KEEP_SECONDS)


def _described(needs: RegionNeeds) -> list[dict[str, object]]:
    """`needs` as the handler reads them."""
    described: list[dict[str, object]] = []
    for each in needs.tables:
        if isinstance(each, ReadTable):
            key = {name: dict(value) for name, value in each.key.items()}
            described.append(
                {
                    "kind": "table",
                    "name": each.table.table_name,
                    "key": key,
                    **({"consistent": True} if each.consistent_read else {}),
                }
            )
        else:
            described.append({"kind": "table", "name": each.table_name})
    described += [{"kind": "queue", "url": queue.queue_url} for queue in needs.queues]
    described += [
        {
            "kind": "function",
            "arn": asked.function.function_arn,
            "event": dict(asked.event),
            **({} if asked.busy_is_well else {"busy_is_well": False}),
        }
        for asked in needs.functions
    ]
    if needs.alarms:
        described.append({"kind": "alarms", "names": [name_of(alarm) for alarm in needs.alarms]})
    return described


def grant_asking(function: HardenedFunction, needs: RegionNeeds) -> None:
    """Let `function` ask what is in `needs`, and nothing else."""
    for each in needs.tables:
        if isinstance(each, ReadTable):
            _allow(function, "dynamodb:GetItem", each.table.table_arn)
            key: kms.IKey | None = getattr(each.table, "encryption_key", None)
            if key is not None:
                key.grant_decrypt(function.role)
        else:
            _allow(function, "dynamodb:DescribeTable", each.table_arn)
    for queue in needs.queues:
        queue.grant(function.role, "sqs:GetQueueAttributes")
    for asked in needs.functions:
        rights = {"lambda:InvokeFunction": asked.function.function_arn}
        if not asked.busy_is_well:
            rights["lambda:GetFunctionConcurrency"] = unqualified(asked.function)
        for action, resource in rights.items():
            _allow(function, action, resource)
    if needs.alarms:
        _may_read(function, needs.alarms)


def _allow(function: HardenedFunction, action: str, resource: str) -> None:
    """Let `function` do one thing with one resource: CDK's grants add all indexes of a table that has some."""
    function.role.add_to_principal_policy(iam.PolicyStatement(actions=[action], resources=[resource]))


def _may_read(function: HardenedFunction, alarms: Sequence[AnyAlarm]) -> None:
    # Composite alarms are described to whoever may describe all alarms, and to nobody else.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    plain = all(isinstance(alarm, cloudwatch.Alarm | cloudwatch.CfnAlarm) for alarm in alarms)
    role = cast("iam.Role", function.role)
    statement = iam.PolicyStatement(
        actions=["cloudwatch:DescribeAlarms"],
        resources=[arn_of(alarm) for alarm in alarms] if plain else ["*"],
    )
    policy = iam.Policy(role, "Alarms", statements=[statement])
    policy.attach_to_role(role)
    reason = "Composite alarms can be read only by whoever may read all alarms."
    findings = (
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "Serverless::Serverless-LambdaStarPermissions",
    )
    acknowledge(policy, dict.fromkeys(findings, reason))
