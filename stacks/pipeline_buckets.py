"""The buckets of the data pipeline: what is uploaded, what comes out of it, and what could not be used."""

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
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
        logs = _bucket(
            stack,
            "AccessLogs",
            keep,
            rules=[s3.LifecycleRule(expiration=cdk.Duration.days(_LOGS_DAYS))],
        )
        acknowledge(logs, {"AwsSolutions::AwsSolutions-S1": "This is the bucket that access logs go to."})
        made = {
            name.lower(): _bucket(stack, name, keep, logs=logs)
            for name in ("Uploads", "Output", "Quarantine")
        }
        return cls(**made, access_logs=logs)


def _bucket(
    stack: cdk.Stack,
    name: str,
    keep: cdk.RemovalPolicy,
    *,
    logs: s3.IBucket | None = None,
    rules: list[s3.LifecycleRule] | None = None,
) -> s3.Bucket:
    tidy = s3.LifecycleRule(
        abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
        noncurrent_version_expiration=cdk.Duration.days(_NONCURRENT_DAYS),
    )
    return s3.Bucket(
        stack,
        name,
        versioned=logs is not None,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        server_access_logs_bucket=logs,
        server_access_logs_prefix=None if logs is None else f"{name.lower()}/",
        lifecycle_rules=[tidy] if rules is None else rules,
        removal_policy=keep,
    )
