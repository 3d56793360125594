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
    acknowledge_patterns(policy, [f"{arn}/backup/*" for arn in arns], _OWN)
