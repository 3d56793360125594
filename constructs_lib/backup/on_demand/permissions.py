"""What the function that backs up may do."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from constructs_lib.backup.common.table_permissions import TableActions, let_use_tables
from constructs_lib.checks import acknowledge

__all__ = ["let_back_up"]

_ANYWHERE = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
    "Serverless::Serverless-LambdaStarPermissions",
)
_LISTING = (
    "Backups can be listed only by whoever may list all of the account: ListBackups has no resource "
    "(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html)."
)
_ON_TABLES = (
    TableActions(actions=("dynamodb:CreateBackup",)),
    TableActions(actions=("dynamodb:DescribeBackup", "dynamodb:DeleteBackup"), below="/backup/*"),
)
_OWN = (
    "DynamoDB gives a backup its ARN, below that of its table; the handler touches only those in its ledger."
)


def let_back_up(role: iam.Role, tables: Sequence[dynamodb.ITable], ledger: dynamodb.ITable) -> None:
    """Let `role` back `tables` up, look at their backups, delete these, and write to `ledger`; nothing else."""
    policy = iam.Policy(
        role,
        "Backups",
        statements=[
            iam.PolicyStatement(actions=["dynamodb:ListBackups"], resources=["*"]),
            iam.PolicyStatement(
                actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
                resources=[ledger.table_arn],
            ),
        ],
        roles=[role],
    )
    acknowledge(policy, dict.fromkeys(_ANYWHERE, _LISTING))
    let_use_tables(role, tables, _ON_TABLES, _OWN)
