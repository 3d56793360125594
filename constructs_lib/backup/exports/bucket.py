"""The bucket that exports go to, and how long it keeps them."""

from dataclasses import dataclass, field
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.checks import Check, is_token

__all__ = ["ExportLifecycle", "export_bucket"]

_LONGEST_DAYS = 36_500
_ABORT_DAYS = 7
_DAYS_BEFORE: Final = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html"""
_LOG_PREFIX = "exports/"
_LOG_DAYS = 400
"""For more than a year, in which it may still be asked who has read what."""


def _days(count: int) -> cdk.Duration:
    return cdk.Duration.days(count)


@dataclass(frozen=True, kw_only=True)
class ExportLifecycle:
    """What becomes of exports with time.

    A chain needs its full export: when that has expired, the windows after it are of no use until the next full one.
    So how far back one can go is the time of `expire_after`, less the largest gap between full exports.

    Attributes:
        archive_after: when objects go to `archive`. None: never. Left out: 35 days, as long as point-in-time recovery
            reaches back at most.
        archive: where they go. Left out: Glacier Instant Retrieval, from which they can be read at once, for a fee.
        expire_after: when they are deleted. None: never. Left out: 400 days, a year and the month in which its
            accounts are made.
        noncurrent_after: how long after that they can still be brought back. Left out: 30 days.
    """

    archive_after: cdk.Duration | None = field(default_factory=lambda: _days(35))
    archive: s3.StorageClass = field(default_factory=lambda: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL)
    expire_after: cdk.Duration | None = field(default_factory=lambda: _days(400))
    noncurrent_after: cdk.Duration = field(default_factory=lambda: _days(30))

    @property
    def expire_days(self) -> int:
        """The days after which objects are deleted; 0 for never."""
        return 0 if self.expire_after is None else int(self.expire_after.to_days())

    def check(self, check: Check, full_gap: int | None, *, windows: bool) -> None:
        """Fail unless S3 takes it, and it keeps full exports as long as what follows needs them.

        Args:
            check: the check.
            full_gap: the largest gap between full exports; None where it is known only at deployment.
            windows: whether there are windows between them.
        """
        check.instance("lifecycle.archive", self.archive, s3.StorageClass)
        for name in ("archive_after", "expire_after", "noncurrent_after"):
            value = getattr(self, name)
            check.require(
                not is_token(value),
                f"lifecycle.{name} is known only at deployment.",
                remedy="What is kept depends on it: give a fixed duration.",
            )
            check.duration(f"lifecycle.{name}", value, 86_400, _LONGEST_DAYS * 86_400)
            seconds = 0 if value is None else int(value.to_seconds())
            check.require(
                seconds % 86_400 == 0,
                f"lifecycle.{name} is {seconds:,} s.",
                remedy="S3 counts in whole days: give aws_cdk.Duration.days(...).",
            )
        archive = 0 if self.archive_after is None else int(self.archive_after.to_days())
        check.require(
            not self.expire_days or archive < self.expire_days,
            f"lifecycle.archive_after is {archive} days, and expire_after {self.expire_days}.",
            remedy="Archive earlier, or give archive_after=None.",
        )
        check.require(
            not archive or archive >= _DAYS_BEFORE.get(self.archive.value, 0),
            f"lifecycle.archive_after is {archive} days.",
            remedy=f"S3 moves objects to {self.archive.value} after {_DAYS_BEFORE.get(self.archive.value)} days at the "
            "earliest.",
        )
        check.require(
            not self.expire_days or full_gap is None or self.expire_days * 86_400 > full_gap * (1 + windows),
            f"lifecycle.expire_after is {self.expire_days} days, and full exports come every {full_gap or 0:,} s.",
            remedy=(
                "What follows a full export that has expired is of no use: keep exports for more than twice as long, "
                if windows
                else "There would be none until the next one: keep exports for longer, "
            )
            + "or make full ones more often.",
        )

    def rules(self) -> list[s3.LifecycleRule]:
        """As S3 takes it."""
        transitions = (
            []
            if self.archive_after is None
            else [s3.Transition(storage_class=self.archive, transition_after=self.archive_after)]
        )
        return [
            s3.LifecycleRule(
                id="Exports",
                transitions=transitions,
                expiration=self.expire_after,
                noncurrent_version_expiration=self.noncurrent_after,
                abort_incomplete_multipart_upload_after=_days(_ABORT_DAYS),
            )
        ]


def export_bucket(
    scope: Construct,
    *,
    key: kms.IKey | None,
    lifecycle: ExportLifecycle,
    object_lock: s3.ObjectLockRetention | None,
    access_logs: s3.IBucket | None,
    removal_policy: cdk.RemovalPolicy,
) -> s3.Bucket:
    """The bucket ``Bucket`` below `scope`, and ``AccessLogs`` where no other is given for them."""
    made = s3.Bucket(
        scope,
        "Bucket",
        encryption=s3.BucketEncryption.S3_MANAGED if key is None else s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=None if key is None else True,
        versioned=True,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        object_lock_default_retention=object_lock,
        lifecycle_rules=lifecycle.rules(),
        removal_policy=removal_policy,
    )
    _log(made, access_logs or _log_bucket(scope, removal_policy))
    return made


def _log(bucket: s3.Bucket, logs: s3.IBucket) -> None:
    """Have access to `bucket` logged to `logs`.

    CDK's own argument lets S3 write by an access control list, unless the app has a feature flag.
    """
    conditions = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
    if cdk.Stack.of(logs) == cdk.Stack.of(bucket):  # else each stack would need the other one first
        conditions["ArnLike"] = {"aws:SourceArn": bucket.bucket_arn}
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    added = logs.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[logs.arn_for_objects(f"{_LOG_PREFIX}*")],
            conditions=conditions,
        )
    )
    if not added.statement_added:
        cdk.Annotations.of(bucket).add_warning_v2(
            "constructs-lib:access-logs-ungranted",
            f"{logs.node.path} is imported, so its policy was not changed: have it allow "
            f"logging.s3.amazonaws.com to put objects below {_LOG_PREFIX}, or there will be no access logs.",
        )
    resource = cast("s3.CfnBucket", bucket.node.default_child)
    resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
        destination_bucket_name=logs.bucket_name, log_file_prefix=_LOG_PREFIX
    )


def _log_bucket(scope: Construct, removal_policy: cdk.RemovalPolicy) -> s3.Bucket:
    """Who has read a whole table is what somebody will ask one day."""
    return s3.Bucket(
        scope,
        "AccessLogs",
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html takes no other key
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        lifecycle_rules=[
            s3.LifecycleRule(
                id="AccessLogs",
                expiration=_days(_LOG_DAYS),
                abort_incomplete_multipart_upload_after=_days(_ABORT_DAYS),
            )
        ],
        removal_policy=removal_policy,
    )
