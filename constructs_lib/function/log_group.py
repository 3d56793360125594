"""Where a function's logs go, for how long, and who can read them."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.checks import Check

__all__ = ["FunctionLogs", "check_logs", "log_group"]

_LOG_KEY_ACTIONS = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]


@dataclass(frozen=True, kw_only=True)
class FunctionLogs:
    """What becomes of a function's logs.

    Attributes:
        retention: how long CloudWatch keeps them. Left out: three months.
        encryption_key: the KMS key that encrypts them; without one, CloudWatch's own encryption. The policy
            of a key that is in the app is told to let CloudWatch Logs use it; an imported one must do so.
        log_group: an existing log group to write to, in place of a new one; it keeps its retention and key.
    """

    retention: logs.RetentionDays | None = None
    encryption_key: kms.IKey | None = None
    log_group: logs.ILogGroup | None = None


def check_logs(check: Check, settings: FunctionLogs) -> None:
    """Fail where one setting would silently override another."""
    check.instance("log_settings.retention", settings.retention, logs.RetentionDays, None)
    check.offers(
        "log_settings.log_group",
        settings.log_group,
        "log_group_arn",
        remedy="Give an aws_cdk.aws_logs.LogGroup, made or imported.",
    )
    check.require(
        settings.log_group is None or (settings.retention is None and settings.encryption_key is None),
        "log_settings has a log_group together with a retention or an encryption_key.",
        remedy="An existing log group keeps its own: set them there.",
    )


def log_group(
    scope: Construct, settings: FunctionLogs, removal_policy: cdk.RemovalPolicy | None
) -> logs.ILogGroup:
    """The log group that `settings` name, or a new one."""
    if settings.log_group is not None:
        return settings.log_group
    if settings.encryption_key is not None:
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        everything = cdk.Stack.of(scope).format_arn(service="logs", resource="*")
        settings.encryption_key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{cdk.Aws.REGION}.amazonaws.com")],
                actions=_LOG_KEY_ACTIONS,
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": everything}},
            )
        )
    return logs.LogGroup(
        scope,
        "Logs",
        retention=settings.retention or logs.RetentionDays.THREE_MONTHS,
        encryption_key=settings.encryption_key,
        removal_policy=removal_policy or cdk.RemovalPolicy.RETAIN,
    )
