"""Who is told of each job of AWS Backup that failed, and why it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms import Severity, StateChange
from constructs_lib.alarms.routing.actions import is_topic
from constructs_lib.alarms.routing.route import Route, actions_of
from constructs_lib.alarms.routing.topic import route_or_topic
from constructs_lib.checks import acknowledge

__all__ = ["job_events"]

_EVENTS = "events.amazonaws.com"
_WITHOUT_DEAD_LETTERS = ("Serverless::Serverless-EventBusDLQ", "constructs_lib::target-without-dead-letters")
_RETRIED = "EventBridge tries for a day to publish, and alarms on metrics tell of failed backups in any case."


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """Events of one kind of job.

    Attributes:
        construct_id: of the rule.
        detail_type: what the event calls itself.
        state: the key of the job's state.
        failed: the states that are a failure.
        vault: the key of the plan's vault.
    """

    construct_id: str
    detail_type: str
    state: str
    failed: tuple[str, ...]
    vault: str


# https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
_KINDS: Final = (
    _Kind(
        construct_id="BackupJobs",
        detail_type="Backup Job State Change",
        state="state",
        failed=("ABORTED", "EXPIRED", "FAILED"),
        vault="backupVaultArn",
    ),
    _Kind(
        construct_id="CopyJobs",
        detail_type="Copy Job State Change",
        state="state",
        failed=("FAILED",),
        vault="sourceBackupVaultArn",
    ),
    _Kind(
        construct_id="RestoreJobs",
        detail_type="Restore Job State Change",
        state="status",
        failed=("ABORTED", "FAILED"),
        vault="backupVaultArn",
    ),
)


def job_events(
    scope: Construct, vault: backup.IBackupVault, tester: iam.IRole | None, route: Route | None
) -> Sequence[events.Rule]:
    """The rules, below `scope`, that send failed jobs of DynamoDB tables to whom `route` tells of warnings.

    Args:
        scope: the parent.
        vault: whose jobs.
        tester: the role of restore tests, whose failures do not always name the vault.
        route: where to. Its topics and the targets of its `StateChange` are told; other actions are for alarms only.
    """
    actions = actions_of(route_or_topic(scope, route), Severity.WARNING)
    listeners = [each for each in actions.alarm if is_topic(each)]
    others = [target for each in actions.alarm if isinstance(each, StateChange) for target in each.targets]
    if not listeners and not others:
        if not actions.tells_nobody:
            cdk.Annotations.of(scope).add_warning_v2(
                "constructs-lib:backup-events-unheard",
                "No topic and no StateChange is among the actions for warnings, and EventBridge reaches no others: "
                "nobody is told of failed copies and restores. Give the route a topic.",
            )
        return []
    for topic in listeners:
        _let_events_publish(topic)
    rules = []
    for kind in _KINDS:
        rule = events.Rule(
            scope,
            kind.construct_id,
            description="Failed jobs of AWS Backup",
            event_pattern=events.EventPattern(
                source=["aws.backup"],
                detail_type=[kind.detail_type],
                detail={
                    "resourceType": ["DynamoDB"],
                    kind.state: list(kind.failed),
                    **_whose(kind, vault, tester),
                },
            ),
            targets=[*(targets.SnsTopic(topic) for topic in listeners), *others],
        )
        acknowledge(rule, dict.fromkeys(_WITHOUT_DEAD_LETTERS, _RETRIED))
        rules.append(rule)
    return rules


def _whose(kind: _Kind, vault: backup.IBackupVault, tester: iam.IRole | None) -> Mapping[str, Any]:
    own = {kind.vault: [vault.backup_vault_arn]}
    if kind.state == "state" or tester is None:
        return own
    return {"$or": [own, {"iamRoleArn": [tester.role_arn]}]}


def _let_events_publish(topic: sns.ITopic) -> None:
    """Let EventBridge use the key of `topic`: without a condition, which it is not known to meet.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    key = topic.master_key if isinstance(topic, sns.Topic) else None
    if key is None:
        return
    # CDK's target adds the same, and says nothing where it cannot.
    statement = iam.PolicyStatement(
        principals=[iam.ServicePrincipal(_EVENTS)],
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=["*"],
    )
    if not key.add_to_resource_policy(statement).statement_added:
        cdk.Annotations.of(topic).add_warning_v2(
            "constructs-lib:events-key-untold",
            "This topic's key is imported, so it was not told to let EventBridge use it. Its policy must allow "
            "kms:Decrypt and kms:GenerateDataKey* to events.amazonaws.com; alias/aws/sns never does. AlarmTopic comes "
            "with a key that does.",
        )
