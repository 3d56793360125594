"""What AWS Backup may do for a plan: back its tables up, and restore them for a test.

The statements are those of AWS's managed policies that are about DynamoDB, on the plan's own tables, vault and keys:
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html and
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html .
"""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.backup.common.table_permissions import TableActions, let_use_tables
from constructs_lib.backup.common.tables import TaggedTables
from constructs_lib.known_patterns import acknowledge_patterns

__all__ = ["Protected", "backup_role", "restore_role"]

_SERVICE = "backup.amazonaws.com"
_TEST_TABLES = "awsbackup-restore-test-*"
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html"""
_BACK_UP = (
    TableActions(
        actions=(
            "dynamodb:CreateBackup",
            "dynamodb:DescribeTable",
            "dynamodb:ListTagsOfResource",
            "dynamodb:StartAwsBackupJob",
        )
    ),
    # What is made without AWS Backup's advanced features is a backup of DynamoDB's own.
    TableActions(actions=("dynamodb:DeleteBackup", "dynamodb:DescribeBackup"), below="/backup/*"),
)
_RESTORE = (
    TableActions(actions=("dynamodb:RestoreTableFromAwsBackup",)),
    TableActions(actions=("dynamodb:RestoreTableFromBackup",), below="/backup/*"),
)
_RESTORE_TO = [action for each in _RESTORE for action in each.actions]
_VIA_DYNAMODB = {"StringLike": {"kms:ViaService": "dynamodb.*.amazonaws.com"}}
_FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
_USE_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
_RESTORE_WITH_KEY = [
    *_USE_KEY,
    "kms:Encrypt",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]
_FILL_TABLE = [
    f"dynamodb:{action}"
    for action in (
        "BatchWriteItem",
        "DeleteItem",
        "DescribeTable",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
    )
]
_REASON = (
    "AWS Backup gives recovery points, copies and tested tables their names, and finds tagged tables itself: the part "
    "of the ARN that is known is given."
)


@dataclass(frozen=True, kw_only=True)
class Protected:
    """What a plan protects, and where it puts the recovery points.

    Attributes:
        tables: the tables.
        vault: the plan's vault.
        vault_key: its key, as far as it is known.
        copies: the ARNs of the vaults that are copied to.
    """

    tables: Sequence[dynamodb.ITable] | TaggedTables
    vault: backup.IBackupVault
    vault_key: kms.IKey | None
    copies: Sequence[str]

    def on_tagged(self, stack: cdk.Stack, allowed: Sequence[TableActions]) -> list[iam.PolicyStatement]:
        """What is `allowed` on tagged tables, which are any of the account and Region; nothing on listed ones."""
        if not isinstance(self.tables, TaggedTables):
            return []
        every = stack.format_arn(service="dynamodb", resource="table", resource_name="*")
        return [each.on([every]) for each in allowed]

    def let_use_listed(self, role: iam.Role, allowed: Sequence[TableActions]) -> Sequence[iam.ManagedPolicy]:
        """Let `role` do what is `allowed` with listed tables; the policies, none for tagged ones."""
        if isinstance(self.tables, TaggedTables):
            return []
        return let_use_tables(role, self.tables, allowed, _REASON)

    def table_keys(self, stack: cdk.Stack) -> list[str]:
        """The ARNs of the tables' own keys, as far as they are known."""
        if isinstance(self.tables, TaggedTables):
            return [stack.format_arn(service="kms", resource="key", resource_name="*")]
        keys = [table.encryption_key for table in self.tables]
        return list(dict.fromkeys(key.key_arn for key in keys if key is not None))


def backup_role(scope: Construct, protected: Protected, removal_policy: cdk.RemovalPolicy) -> iam.Role:
    """The role, below `scope`, as which AWS Backup makes, copies and deletes recovery points of what is `protected`.

    It has to outlive the stack where they do: without it, AWS Backup may fail to delete them at their end.
    https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-iam.html
    """
    stack = cdk.Stack.of(scope)
    points = stack.format_arn(
        service="backup",
        resource="recovery-point",
        resource_name="*",
        region="*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    statements = [
        *protected.on_tagged(stack, _BACK_UP),
        _allow(
            ["CopyIntoBackupVault", "DescribeBackupVault"],
            [protected.vault.backup_vault_arn, *protected.copies],
            service="backup",
        ),
        _allow(["TagResource"], [points], service="backup"),
        *_key_statements(protected, stack, _USE_KEY),
    ]
    if isinstance(protected.tables, TaggedTables):
        statements.append(_allow(["GetResources"], ["*"], service="tag"))
    if protected.copies:
        # Of the vaults that are copied to only the names are known, not the keys.
        keys = [stack.format_arn(service="kms", resource="key", resource_name="*", region="*", account="*")]
        statements += [
            _allow(["CopyFromBackupVault"], ["*"], service="backup"),
            _allow(["DescribeKey"], keys, service="kms"),
            _allow(["CreateGrant"], keys, service="kms", conditions=_FOR_AWS),
        ]
    role = _role(scope, "Role", "What AWS Backup makes recovery points as", statements)
    for kept in (role, *protected.let_use_listed(role, _BACK_UP)):
        kept.apply_removal_policy(removal_policy)
    return role


def restore_role(scope: Construct, protected: Protected) -> iam.Role:
    """The role, below `scope`, as which AWS Backup restores what is `protected` to tables for a test."""
    stack = cdk.Stack.of(scope)
    tests = stack.format_arn(service="dynamodb", resource="table", resource_name=_TEST_TABLES)
    statements = [
        *protected.on_tagged(stack, _RESTORE),
        iam.PolicyStatement(actions=[*_RESTORE_TO, *_FILL_TABLE], resources=[tests]),
        *_key_statements(protected, stack, _RESTORE_WITH_KEY),
    ]
    role = _role(scope, "RestoreRole", "What AWS Backup restores tables as, for a test", statements)
    protected.let_use_listed(role, _RESTORE)
    return role


def _key_statements(protected: Protected, stack: cdk.Stack, use: list[str]) -> list[iam.PolicyStatement]:
    statements = []
    if protected.vault_key is not None:
        own = [protected.vault_key.key_arn]
        statements += [
            iam.PolicyStatement(actions=use, resources=own),
            _allow(["CreateGrant"], own, service="kms", conditions=_FOR_AWS),
        ]
    if keys := protected.table_keys(stack):
        statements.append(iam.PolicyStatement(actions=use, resources=keys, conditions=_VIA_DYNAMODB))
    return statements


def _allow(
    actions: Sequence[str],
    resources: list[str],
    *,
    service: str,
    conditions: dict[str, dict[str, str]] | None = None,
) -> iam.PolicyStatement:
    named = [f"{service}:{action}" for action in actions]
    return iam.PolicyStatement(actions=named, resources=resources, conditions=conditions)


def _role(
    scope: Construct, construct_id: str, description: str, statements: list[iam.PolicyStatement]
) -> iam.Role:
    role = iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal(_SERVICE),
        description=description,
        inline_policies={"Backup": iam.PolicyDocument(statements=statements)},
    )
    patterns = [arn for statement in statements for arn in statement.resources if arn.endswith("*")]
    acknowledge_patterns(role, patterns, _REASON)
    return role
