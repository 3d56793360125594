"""What the function that backs up may do."""

import json
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import IValidation

from constructs_lib.checks import acknowledge

__all__ = ["flat", "let_back_up"]

_ANYWHERE = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
    "Serverless::Serverless-LambdaStarPermissions",
)
_LISTING = (
    "Backups can be listed only by whoever may list all of the account: ListBackups has no resource "
    "(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html)."
)
_OWN = (
    "DynamoDB gives a backup its ARN, below that of its table; the handler touches only those in its ledger."
)


def let_back_up(role: iam.Role, tables: Sequence[dynamodb.ITable], ledger: dynamodb.ITable) -> None:
    """Let `role` back `tables` up, look at their backups, delete these, and write to `ledger`; nothing else."""
    arns = [table.table_arn for table in tables]
    policy = iam.Policy(
        role,
        "Backups",
        statements=[
            iam.PolicyStatement(actions=["dynamodb:CreateBackup"], resources=arns),
            iam.PolicyStatement(
                actions=["dynamodb:DescribeBackup", "dynamodb:DeleteBackup"],
                resources=[f"{arn}/backup/*" for arn in arns],
            ),
            iam.PolicyStatement(actions=["dynamodb:ListBackups"], resources=["*"]),
            iam.PolicyStatement(
                actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
                resources=[ledger.table_arn],
            ),
        ],
    )
    policy.attach_to_role(role)
    acknowledge(policy, dict.fromkeys(_ANYWHERE, _LISTING))
    policy.node.add_validation(_BackupsOfTables(policy, arns))


@jsii.implements(IValidation)
class _BackupsOfTables:
    """Acknowledges, at synthesis, that the policy allows any backup of the tables.

    Only then it is known how the template writes the ARN of a table of another stack, which is part of the finding.
    """

    def __init__(self, policy: iam.Policy, arns: Sequence[str]) -> None:
        self._policy = policy
        self._arns = arns

    def validate(self) -> list[str]:
        resolved = cdk.Stack.of(self._policy).resolve(list(self._arns))
        findings = [f"AwsSolutions::AwsSolutions-IAM5[Resource::{flat(arn)}/backup/*]" for arn in resolved]
        acknowledge(self._policy, dict.fromkeys(findings, _OWN))
        return []


def flat(value: Any) -> str:
    """A value of the template as cdk-nag writes it."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::ImportValue": name}:
            return flat(name)
        case str():
            return value
    return json.dumps(value, separators=(",", ":"))
