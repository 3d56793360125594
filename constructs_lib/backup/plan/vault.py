"""The vault that a backup plan makes: its key, who may delete from it, and its lock."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.backup.plan.rules import BackupRule, fixed_days
from constructs_lib.checks import Check

__all__ = ["ComplianceLock", "ExistingVault", "GovernanceLock", "NewVault", "make_vault"]

_LONGEST_NAME = 50
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html"""
_COOLING_OFF_DAYS = 3
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html"""
_DELETING = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"]


@dataclass(frozen=True, kw_only=True)
class GovernanceLock:
    """Nobody deletes a recovery point before its time, except whoever may take the lock away first.

    Attributes:
        min_retention: how long a recovery point is kept at least, in whole days. A job whose lifecycle is shorter
            fails, so rules with one are refused.
        max_retention: how long at most, in whole days. Left out: as long as a rule says.
    """

    min_retention: cdk.Duration
    max_retention: cdk.Duration | None = None

    @property
    def changeable_days(self) -> int | None:
        """For how many days the lock can be taken away; None for ever."""
        return None

    def check(self, check: Check, rules: Sequence[BackupRule]) -> None:
        """Fail unless AWS Backup takes it, and it takes the recovery points of all `rules`."""
        check.instance("vault.lock.min_retention", self.min_retention, cdk.Duration)
        low = fixed_days(check, "vault.lock.min_retention", self.min_retention) or 0
        high = fixed_days(check, "vault.lock.max_retention", self.max_retention)
        check.require(
            high is None or high > low,
            f"vault.lock.max_retention is {high} days, and min_retention {low}.",
            remedy="Give more for max_retention.",
        )
        for number, rule in enumerate(rules):
            delete = fixed_days(check, "delete_after", rule.lifecycle.delete_after)
            shown = "never" if delete is None else f"{delete:,} days"
            check.require(
                (delete is None or delete >= low)
                and (high is None or (delete is not None and delete <= high)),
                f"rules[{number}].lifecycle.delete_after is {shown}, and the vault's lock would fail its jobs.",
                remedy=f"The lock keeps recovery points for at least {low:,} days"
                + ("." if high is None else f" and at most {high:,}."),
            )

    def described(self) -> backup.LockConfiguration:
        """As CDK takes it."""
        days = self.changeable_days
        return backup.LockConfiguration(
            min_retention=self.min_retention,
            max_retention=self.max_retention,
            changeable_for=None if days is None else cdk.Duration.days(days),
        )


@dataclass(frozen=True, kw_only=True)
class ComplianceLock(GovernanceLock):
    """Nobody deletes a recovery point before its time: no administrator, not the root user, not AWS.

    Once `changeable_for` has passed after the deployment, nobody can take the lock away or loosen it any more. The
    recovery points, and their cost, stay until their lifecycle ends, and the vault until it is empty.

    Attributes:
        changeable_for: how long after the deployment the lock can still be taken away, at least 3 whole days.
        irreversible: has to be True: that you know that this cannot be undone.
    """

    changeable_for: cdk.Duration
    irreversible: bool = False

    @property
    def changeable_days(self) -> int | None:
        """For how many days the lock can be taken away."""
        return int(self.changeable_for.to_days())

    def check(self, check: Check, rules: Sequence[BackupRule]) -> None:
        """Fail unless it is confirmed, AWS Backup takes it, and it takes the recovery points of all `rules`."""
        check.require(
            self.irreversible is True,
            f"vault.lock is a ComplianceLock, and its irreversible is {self.irreversible!r}.",
            remedy="Once changeable_for has passed, nobody can undo it, AWS included: say irreversible=True, or use "
            "GovernanceLock.",
        )
        check.instance("vault.lock.changeable_for", self.changeable_for, cdk.Duration)
        fixed_days(check, "vault.lock.changeable_for", self.changeable_for, _COOLING_OFF_DAYS)
        super().check(check, rules)


@dataclass(frozen=True, kw_only=True)
class NewVault:
    """A vault that is made with the plan, and outlives it.

    Attributes:
        encryption_key: the key of its recovery points, and the one with which they are lost. Left out: one is made,
            which rotates and is retained.
        deletable_by: the only roles that may delete recovery points or change how long they are kept; none of them:
            nobody may. Left out: whoever IAM lets.
        lock: what not even these can delete. Left out: nothing.
        removal_policy: what becomes of vault, key and the plan's role with the stack; a vault that is not empty cannot
            be deleted. Left out, they are retained.
    """

    encryption_key: kms.IKey | None = None
    deletable_by: Sequence[iam.IRole] | None = None
    lock: GovernanceLock | ComplianceLock | None = None
    removal_policy: cdk.RemovalPolicy | None = None

    def check(self, check: Check, rules: Sequence[BackupRule]) -> None:
        """Fail unless such a vault can be made, and takes the recovery points of all `rules`."""
        check.offers("vault.encryption_key", self.encryption_key, "key_arn", remedy="Give a key of KMS.")
        check.instance("vault.deletable_by", self.deletable_by, list, tuple, None)
        for number, role in enumerate(self.deletable_by or ()):
            check.offers(
                f"vault.deletable_by[{number}]", role or "", "role_arn", remedy="Give a role of IAM."
            )
        check.instance("vault.removal_policy", self.removal_policy, cdk.RemovalPolicy, None)
        check.instance("vault.lock", self.lock, GovernanceLock, ComplianceLock, None)
        if self.lock is not None:
            self.lock.check(check, rules)


@dataclass(frozen=True, kw_only=True)
class ExistingVault:
    """A vault that is there already, whose lock and policy are its owner's.

    Failed jobs of DynamoDB tables of any plan in it are told, and completed ones of any plan are a sign of life.

    Attributes:
        vault: the vault, in the stack's account and Region.
        encryption_key: its customer managed key, which the plan's role is allowed to use. Left out: the role gets no
            right on a key, which is right for AWS Backup's own.
    """

    vault: backup.IBackupVault
    encryption_key: kms.IKey | None = None

    def check(self, check: Check, rules: Sequence[BackupRule]) -> None:  # noqa: ARG002 - as of a new one
        """Fail unless it is a vault."""
        check.offers(
            "vault.vault", self.vault or "", "backup_vault_arn", remedy="Give a vault of AWS Backup."
        )
        check.offers("vault.encryption_key", self.encryption_key, "key_arn", remedy="Give a key of KMS.")


def make_vault(scope: Construct, settings: NewVault) -> tuple[backup.BackupVault, kms.IKey]:
    """The vault, below `scope`, and its key."""
    kept = settings.removal_policy or cdk.RemovalPolicy.RETAIN
    key = settings.encryption_key or kms.Key(
        scope, "Key", description="Recovery points", enable_key_rotation=True, removal_policy=kept
    )
    vault = backup.BackupVault(
        scope,
        "Vault",
        # By the stack's name, so that a second deployment of the app has a vault of its own.
        backup_vault_name=cdk.Names.unique_resource_name(scope, max_length=_LONGEST_NAME, separator="-"),
        encryption_key=key,
        access_policy=_only_deleted_by(settings.deletable_by),
        lock_configuration=settings.lock.described() if settings.lock else None,
        removal_policy=kept,
    )
    return vault, key


def _only_deleted_by(roles: Sequence[iam.IRole] | None) -> iam.PolicyDocument | None:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html ."""
    if roles is None:
        return None
    allowed = {"ArnNotEquals": {"aws:PrincipalArn": [role.role_arn for role in roles]}} if roles else None
    statement = iam.PolicyStatement(
        sid="KeepRecoveryPoints",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=_DELETING,
        resources=["*"],
        conditions=allowed,
    )
    return iam.PolicyDocument(statements=[statement])
