"""What the function that tests restores may do, and what it may never do."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.backup.common.table_permissions import TableActions, let_use_tables
from constructs_lib.checks import acknowledge
from constructs_lib.known_patterns import acknowledge_patterns

__all__ = ["READ_KEY", "READ_TEMPORARY", "keys_of", "let_look", "let_test"]

READ_TEMPORARY = (
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
"""What a verifier may do with the temporary tables."""
READ_KEY = ("kms:Decrypt", "kms:DescribeKey")
"""What a verifier may do with the keys that encrypt them, as the grants of CDK's tables have it."""
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
    "dynamodb:ListContributorInsights",
    "lambda:ListEventSourceMappings",
)
"""What has no resource.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""
_ON_BACKUPS = TableActions(
    actions=("dynamodb:DescribeBackup", "dynamodb:RestoreTableFromBackup"), below="/backup/*"
)
_OWN = "DynamoDB gives a backup its ARN, below that of its table."
_STAR = "AwsSolutions::AwsSolutions-IAM5[Resource::*]"
_LISTED = "It lists backups, and what names a table; these calls have no resource that a policy could name."


def keys_of(tables: Sequence[dynamodb.ITable]) -> list[kms.IKey]:
    """The customer managed keys that `tables` are known to be encrypted with, each once."""
    keys = [table.encryption_key for table in tables if table.encryption_key is not None]
    return list({key.key_arn: key for key in keys}.values())


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
    keys = [key.key_arn for key in keys_of(tables)]
    statements = [
        _allow(("dynamodb:RestoreTableFromBackup",), [temporary]),
        _allow(tuple(sorted({*READ_TEMPORARY, *_RESTORING, *_CHANGING, *_DESCRIBING})), [temporary]),
        _allow(_ANYWHERE, ["*"]),
        _allow(("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"), [ledger.table_arn]),
        _never_elsewhere(temporary, ledger),
    ]
    if viewed:
        statements.append(_allow(("dynamodb:RestoreTableToPointInTime",), [temporary]))
    if keys:
        statements.append(_of_key(keys))
    policy = iam.Policy(role, "Restores", statements=statements, roles=[role])
    acknowledge(policy, dict.fromkeys((_STAR, "Serverless::Serverless-LambdaStarPermissions"), _LISTED))
    acknowledge_patterns(policy, [temporary], "Temporary tables are named by each run.")
    if keys:
        acknowledge(
            policy,
            {
                f"AwsSolutions::AwsSolutions-IAM5[Action::{action}]": "DynamoDB's own list of what it needs of a key."
                for action in _KEY
                if action.endswith("*")
            },
        )
    actions = (
        *_DESCRIBING,
        *(("dynamodb:RestoreTableToPointInTime",) if viewed else ()),
        *(("dynamodb:BatchGetItem", "dynamodb:Scan") if compared else ()),
    )
    let_use_tables(role, tables, (TableActions(actions=actions), _ON_BACKUPS), _OWN)


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


def _never_elsewhere(temporary: str, ledger: dynamodb.ITable) -> iam.PolicyStatement:
    """Denies changes of all tables but these, whatever else the role is granted; its size is that of no list."""
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=[*_CHANGING, *_RESTORING],
        not_resources=[temporary, ledger.table_arn],
    )


def _of_key(keys: Sequence[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(_KEY),
        resources=list(keys),
        conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"}},
    )
