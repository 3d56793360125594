"""What the function that exports may do."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_lib.backup.common.table_permissions import TableActions, let_use_tables
from constructs_lib.known_patterns import acknowledge_patterns

__all__ = ["let_export"]

_ON_TABLES = (
    TableActions(
        actions=(
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:ExportTableToPointInTime",
            "dynamodb:ListExports",
        )
    ),
    TableActions(actions=("dynamodb:DescribeExport",), below="/export/*"),
)
_OWN_EXPORTS = (
    "DynamoDB gives an export its ARN, below that of its table; the handler touches only those in its ledger."
)
_OWN_OBJECTS = "DynamoDB gives the objects of an export their keys, below the prefix."


def let_export(
    role: iam.Role,
    tables: Sequence[dynamodb.ITable],
    ledger: dynamodb.ITable,
    *,
    bucket: s3.IBucket,
    prefix: str,
    key: kms.IKey | None,
) -> None:
    """Let `role` export `tables` below `prefix` of `bucket`, read what was written, and write to `ledger`.

    DynamoDB writes as whoever asks for the export:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
    """
    objects = bucket.arn_for_objects(f"{prefix}/*" if prefix else "*")
    statements = [
        iam.PolicyStatement(
            actions=["dynamodb:GetItem", "dynamodb:PutItem"],
            resources=[ledger.table_arn],
        ),
        iam.PolicyStatement(
            actions=["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"],
            resources=[objects],
        ),
        # Without it, S3 says of an object that is not there that access is denied; a condition on the prefix would not
        # hold for such a request, which names none.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
    ]
    if key is not None:
        statements.append(
            iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[key.key_arn])
        )
    policy = iam.Policy(role, "Exports", statements=statements)
    policy.attach_to_role(role)
    acknowledge_patterns(policy, [objects], _OWN_OBJECTS)
    let_use_tables(role, tables, _ON_TABLES, _OWN_EXPORTS)
