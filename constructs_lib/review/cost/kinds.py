"""What a traffic file can tell of a resource, by its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["FLAGS", "KINDS", "SHARES", "TUNING", "Kind", "kind_of"]

TUNING: Final = "power_tuning"
FLAGS: Final = frozenset({"aws"})
SHARES: Final = frozenset({"provisioned_share"})
"""Amounts from 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of resource that is paid by its use.

    Attributes:
        plural: as people say it.
        types: of CloudFormation.
        amounts: what a traffic file can tell, each by the month where nothing else is said.
    """

    plural: str
    types: tuple[str, ...]
    amounts: Mapping[str, str]


_LOGS: Final = {
    "log_gb": "GB written to the log",
    "log_stored_gb": "GB of the log that are kept, as CloudWatch counts them: compressed",
}

KINDS: Final[Mapping[str, Kind]] = {
    "function": Kind(
        plural="functions",
        types=("AWS::Lambda::Function",),
        amounts={
            "requests": "invocations",
            "milliseconds": "billed duration of an invocation, on average",
            "provisioned_share": "share of the requests that come to provisioned environments; left out, 1",
            "traces": "traces that X-Ray records",
            "custom_metrics": "metrics that the function publishes, each combination of dimensions counted",
            **_LOGS,
            TUNING: "result file of AWS Lambda Power Tuning, beside the traffic file",
        },
    ),
    "log_group": Kind(plural="log groups", types=("AWS::Logs::LogGroup",), amounts=_LOGS),
    "metric_filter": Kind(
        plural="metric filters with dimensions",
        types=("AWS::Logs::MetricFilter",),
        amounts={"metrics": "combinations of dimensions that occur"},
    ),
    "alarm": Kind(
        plural="alarms on Metrics Insights queries",
        types=("AWS::CloudWatch::Alarm",),
        amounts={"metrics": "metrics that its query analyses"},
    ),
    "health_check": Kind(
        plural="health checks",
        types=("AWS::Route53::HealthCheck",),
        amounts={"aws": "whether its endpoint is on AWS"},
    ),
    "hosted_zone": Kind(
        plural="hosted zones",
        types=("AWS::Route53::HostedZone",),
        amounts={"queries": "DNS queries; those of aliases to AWS resources are free"},
    ),
    "table": Kind(
        plural="tables",
        types=("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
        amounts={
            "reads": "read request units",
            "writes": "write request units",
            "stored_gb": "GB of data and indexes",
            "backup_gb": "GB of all on-demand backups that are kept",
            "export_gb": "GB that are exported",
            "restore_gb": "GB that are restored",
        },
    ),
    "backup_vault": Kind(
        plural="backup vaults",
        types=("AWS::Backup::BackupVault",),
        amounts={"backup_gb": "GB of all backups of tables that are kept, in warm storage"},
    ),
    "queue": Kind(
        plural="queues",
        types=("AWS::SQS::Queue",),
        amounts={"requests": "requests, of up to 64 KB each; one that finds nothing counts"},
    ),
    "topic": Kind(
        plural="topics",
        types=("AWS::SNS::Topic",),
        amounts={
            "publishes": "messages published, of up to 64 KB each",
            "emails": "notifications by e-mail",
            "https_notifications": "notifications by HTTP or HTTPS",
        },
    ),
    "state_machine": Kind(
        plural="state machines",
        types=("AWS::StepFunctions::StateMachine",),
        amounts={
            "transitions": "state transitions of all executions, of a standard workflow",
            "executions": "executions, of an express workflow",
            "milliseconds": "duration of an execution on average, of an express workflow",
            "memory_mb": "memory of an execution, of an express workflow",
        },
    ),
    "api": Kind(
        plural="APIs",
        types=("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"),
        amounts={"requests": "requests"},
    ),
    "key": Kind(
        plural="keys",
        types=("AWS::KMS::Key", "AWS::KMS::ReplicaKey"),
        amounts={"requests": "requests"},
    ),
    "secret": Kind(
        plural="secrets",
        types=("AWS::SecretsManager::Secret",),
        amounts={"requests": "requests"},
    ),
    "schedule": Kind(
        plural="schedules",
        types=("AWS::Scheduler::Schedule",),
        amounts={"invocations": "invocations; left out, as often as a rate says"},
    ),
}

_BY_TYPE: Final = {type_: name for name, kind in KINDS.items() for type_ in kind.types}


def kind_of(type_: str) -> str | None:
    """The kind of a resource type; None where it is paid by no use that is known here."""
    return _BY_TYPE.get(type_)
