"""What the function that backs up may do."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from constructs_lib.backup.common.known_patterns import acknowledge_patterns
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
_OWN = (
    "DynamoDB gives a backup its ARN, below that of its table; the handler touches only those in its ledger."
)


_TABLES_A_POLICY = 12
"""A managed policy has 6,144 characters at most, and a role ten of them; all inline policies of a role have 10,240.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


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
    for first in range(0, len(tables), _TABLES_A_POLICY):
        _let_back_up(role, first, [each.table_arn for each in tables[first : first + _TABLES_A_POLICY]])


def _let_back_up(role: iam.Role, first: int, arns: Sequence[str]) -> None:
    backups = [f"{arn}/backup/*" for arn in arns]
    policy = iam.ManagedPolicy(
        role,
        f"Tables{first or ''}",
        statements=[
            iam.PolicyStatement(actions=["dynamodb:CreateBackup"], resources=list(arns)),
            iam.PolicyStatement(
                actions=["dynamodb:DescribeBackup", "dynamodb:DeleteBackup"], resources=backups
            ),
        ],
        roles=[role],
    )
    acknowledge_patterns(policy, backups, _OWN)
