"""Resources that hold data, what CloudFormation does with it, and what keeps it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html, read on
2026-11-22. Buckets are left out: CloudFormation deletes empty ones only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["STATEFUL", "Stateful"]


@dataclass(frozen=True, kw_only=True)
class Stateful:
    """What holds data.

    Attributes:
        protection: the property that keeps anybody from deleting it; empty where there is none.
        on: its value that does.
        default: the DeletionPolicy where none is written.
        part_of: properties that make it a part or a copy of another, which has the data.
    """

    protection: str = ""
    on: str = "true"
    default: str = "Delete"
    part_of: tuple[str, ...] = ()


STATEFUL: Final[Mapping[str, Stateful]] = {
    "AWS::DynamoDB::Table": Stateful(protection="DeletionProtectionEnabled"),
    "AWS::DynamoDB::GlobalTable": Stateful(protection="DeletionProtectionEnabled"),
    "AWS::RDS::DBInstance": Stateful(
        protection="DeletionProtection",
        default="Snapshot",
        part_of=("DBClusterIdentifier", "SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"),
    ),
    "AWS::RDS::DBCluster": Stateful(
        protection="DeletionProtection", default="Snapshot", part_of=("ReplicationSourceIdentifier",)
    ),
    "AWS::DocDB::DBCluster": Stateful(protection="DeletionProtection"),
    "AWS::Neptune::DBCluster": Stateful(protection="DeletionProtection"),
    "AWS::EFS::FileSystem": Stateful(),
    "AWS::Cognito::UserPool": Stateful(protection="DeletionProtection", on="ACTIVE"),
}
