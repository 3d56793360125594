"""The buckets of the data pipeline: what is uploaded, what comes out of it, and what could not be used."""

from dataclasses import dataclass
from typing import Self, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib.checks import acknowledge

__all__ = ["PipelineBuckets"]

_NONCURRENT_DAYS = 90
"""For how long versions are kept that were overwritten or deleted."""
_LOGS_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class PipelineBuckets:
    """Versioned, encrypted and private buckets.

    Attributes:
        uploads: where files arrive, and where the catalogue is.
        output: clean rows, rejected rows, totals and manifests.
        quarantine: files that cannot be used, each with its reason.
        access_logs: who read and wrote in the others.
    """

    uploads: s3.Bucket
    output: s3.Bucket
    quarantine: s3.Bucket
    access_logs: s3.Bucket

    @classmethod
    def make(cls, stack: cdk.Stack, keep: cdk.RemovalPolicy) -> Self:
        """Make them in `stack`; `keep` is what becomes of them with it."""
        expire = s3.LifecycleRule(expiration=cdk.Duration.days(_LOGS_DAYS))
        logs = _bucket(stack, "AccessLogs", keep, [expire])
        acknowledge(logs, {"AwsSolutions::AwsSolutions-S1": "This is the bucket that access logs go to."})
        made = {}
        for name in ("Uploads", "Output", "Quarantine"):
            tidy = s3.LifecycleRule(
                abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                noncurrent_version_expiration=cdk.Duration.days(_NONCURRENT_DAYS),
            )
            made[name.lower()] = bucket = _bucket(stack, name, keep, [tidy], versioned=True)
            _log(bucket, logs, f"{name.lower()}/")
        return cls(**made, access_logs=logs)


def _bucket(
    stack: cdk.Stack,
    name: str,
    keep: cdk.RemovalPolicy,
    rules: list[s3.LifecycleRule],
    *,
    versioned: bool = False,
) -> s3.Bucket:
    return s3.Bucket(
        stack,
        name,
        versioned=versioned,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycle_rules=rules,
        removal_policy=keep,
    )


def _log(bucket: s3.Bucket, logs: s3.Bucket, prefix: str) -> None:
    """Have access to `bucket` logged; CDK's own argument lets S3 do so by an access control list, which are off."""
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    logs.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[logs.arn_for_objects(f"{prefix}*")],
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": bucket.bucket_arn},
            },
        )
    )
    resource = cast("s3.CfnBucket", bucket.node.default_child)
    resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
        destination_bucket_name=logs.bucket_name, log_file_prefix=prefix
    )
