"""What the function that exports may do."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_lib.backup.common.known_patterns import acknowledge_patterns

__all__ = ["let_export"]

_OWN = (
    "DynamoDB gives an export its ARN, below that of its table, and its objects their keys, below the prefix; the "
    "handler touches only exports in its ledger."
)


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
    arns = [table.table_arn for table in tables]
    exports = [f"{arn}/export/*" for arn in arns]
    objects = bucket.arn_for_objects(f"{prefix}/*" if prefix else "*")
    statements = [
        iam.PolicyStatement(
            actions=[
                "dynamodb:DescribeContinuousBackups",
                "dynamodb:ExportTableToPointInTime",
                "dynamodb:ListExports",
            ],
            resources=arns,
        ),
        iam.PolicyStatement(actions=["dynamodb:DescribeExport"], resources=exports),
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
    acknowledge_patterns(policy, [*exports, objects], _OWN)
