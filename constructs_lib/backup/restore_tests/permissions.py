"""What the function that tests restores may do, and what it may never do."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.backup.common.known_patterns import acknowledge_patterns
from constructs_lib.checks import acknowledge

__all__ = ["READ_TEMPORARY", "let_look", "let_test"]

READ_TEMPORARY = (
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
"""What a verifier may do with the temporary tables."""
_RESTORING = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
"""What DynamoDB needs of whoever restores to a table, beside `READ_TEMPORARY`.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html
"""
_DESCRIBING = (
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeKinesisStreamingDestination",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListContributorInsights",
    "dynamodb:ListTagsOfResource",
)
_CHANGING = (
    "dynamodb:DeleteTable",
    "dynamodb:TagResource",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
)
_KEY = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"""
_ANYWHERE = (
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "cloudwatch:DescribeAlarms",
    "dynamodb:ListBackups",
    "lambda:ListEventSourceMappings",
)
_STAR = "AwsSolutions::AwsSolutions-IAM5[Resource::*]"
_LISTED = "It lists backups, and what names a table; these calls have no resource that a policy could name."


def let_test(
    role: iam.Role,
    tables: Sequence[dynamodb.ITable],
    ledger: dynamodb.ITable,
    *,
    temporary: str,
    viewed: bool,
    compared: bool,
) -> None:
    """Let `role` restore `tables` to temporary ones, and read them where it has to.

    Args:
        role: the function's.
        tables: what is tested.
        ledger: what is remembered.
        temporary: the pattern of the ARNs of temporary tables.
        viewed: whether tables are restored to a point in time.
        compared: whether items of `tables` are read.
    """
    arns = [table.table_arn for table in tables]
    backups = [f"{arn}/backup/*" for arn in arns]
    statements = [
        _allow(("dynamodb:DescribeBackup",), backups),
        _allow(("dynamodb:RestoreTableFromBackup",), [*backups, temporary]),
        _allow(_DESCRIBING, [*arns, temporary]),
        _allow(tuple(sorted({*READ_TEMPORARY, *_RESTORING, *_CHANGING})), [temporary]),
        _allow(_ANYWHERE, ["*"]),
        _allow(("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"), [ledger.table_arn]),
        # Whatever else this role is granted.
        _deny((*_CHANGING, *_RESTORING), arns),
    ]
    if viewed:
        statements.append(_allow(("dynamodb:RestoreTableToPointInTime",), [*arns, temporary]))
    if compared:
        statements.append(_allow(("dynamodb:BatchGetItem", "dynamodb:Scan"), arns))
    keys = {table.encryption_key.key_arn: None for table in tables if table.encryption_key is not None}
    if keys:
        statements.append(_of_key(list(keys)))
    policy = iam.Policy(role, "Restores", statements=statements)
    policy.attach_to_role(role)
    acknowledge(policy, dict.fromkeys((_STAR, "Serverless::Serverless-LambdaStarPermissions"), _LISTED))
    acknowledge_patterns(
        policy,
        [*backups, temporary],
        "DynamoDB gives a backup its ARN, below that of its table; temporary tables are named by each run.",
    )
    if keys:
        acknowledge(
            policy,
            {
                f"AwsSolutions::AwsSolutions-IAM5[Action::{action}]": "DynamoDB's own list of what it needs of a key."
                for action in _KEY
                if action.endswith("*")
            },
        )


def let_look(scope: Construct, role: iam.IRole, machine: sfn.StateMachine) -> iam.Policy:
    """Let `role` see whether an execution of `machine` runs.

    It stands below `scope`, not below the role: the machine needs the function, and that waits for what is below its
    role.
    """
    executions = cdk.Stack.of(scope).format_arn(
        service="states",
        resource="execution",
        resource_name=f"{machine.state_machine_name}:*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    policy = iam.Policy(scope, "Looking", statements=[_allow(("states:DescribeExecution",), [executions])])
    policy.attach_to_role(role)
    acknowledge_patterns(policy, [executions], "Each execution has an ARN of its own, by its name.")
    return policy


def _allow(actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))


def _deny(actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(effect=iam.Effect.DENY, actions=list(actions), resources=list(resources))


def _of_key(keys: Sequence[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(_KEY),
        resources=list(keys),
        conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"}},
    )
