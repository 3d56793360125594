"""Which changes make CloudFormation replace a resource, and which resources hold what is then lost.

The schemas of the resource types of 2026-10-20 (``createOnlyProperties``, ``conditionalCreateOnlyProperties``):
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

__all__ = [
    "KEYS_OF_TABLES",
    "MAY_REPLACE",
    "REPLACES",
    "SNAPSHOT_BY_DEFAULT",
    "STATEFUL",
    "Emptied",
    "Stateful",
]


class Emptied(Enum):
    """What becomes of what is in a resource that CloudFormation deletes."""

    SURELY = "surely"
    """It is gone."""
    PERHAPS = "perhaps"
    """It is gone, if there is any just then."""
    NOT = "not"
    """It stays: a resource that is not empty is not deleted, such as a bucket.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html"""


@dataclass(frozen=True)
class Stateful:
    """A resource that holds something.

    Attributes:
        title: what it is.
        holds: what is in it.
        emptied: what becomes of that where it is deleted.
    """

    title: str
    holds: str
    emptied: Emptied = Emptied.SURELY


STATEFUL: Final[Mapping[str, Stateful]] = {
    "AWS::Backup::BackupVault": Stateful("vault", "its backups", Emptied.NOT),
    "AWS::Cognito::UserPool": Stateful("user pool", "its users"),
    "AWS::DocDB::DBCluster": Stateful("cluster", "its data"),
    "AWS::DynamoDB::GlobalTable": Stateful("table", "its items in all Regions"),
    "AWS::DynamoDB::Table": Stateful("table", "its items"),
    "AWS::EC2::Volume": Stateful("volume", "its data"),
    "AWS::ECR::Repository": Stateful("repository", "its images", Emptied.NOT),
    "AWS::EFS::FileSystem": Stateful("file system", "its files"),
    "AWS::ElastiCache::ReplicationGroup": Stateful("cache", "what it holds"),
    "AWS::Events::Archive": Stateful("archive", "its events"),
    "AWS::FSx::FileSystem": Stateful("file system", "its files"),
    "AWS::KMS::Key": Stateful("key", "what it encrypted"),
    "AWS::KMS::ReplicaKey": Stateful("key", "what it encrypted", Emptied.PERHAPS),
    "AWS::Kinesis::Stream": Stateful("stream", "its records"),
    "AWS::Logs::LogGroup": Stateful("log group", "its logs"),
    "AWS::MSK::Cluster": Stateful("cluster", "its messages"),
    "AWS::Neptune::DBCluster": Stateful("cluster", "its data"),
    "AWS::OpenSearchService::Domain": Stateful("domain", "its indexes"),
    "AWS::RDS::DBCluster": Stateful("cluster", "its data"),
    "AWS::RDS::DBInstance": Stateful("database", "its data"),
    "AWS::Redshift::Cluster": Stateful("cluster", "its data"),
    "AWS::Route53::HostedZone": Stateful("hosted zone", "its records", Emptied.NOT),
    "AWS::S3::Bucket": Stateful("bucket", "its objects", Emptied.NOT),
    "AWS::SQS::Queue": Stateful("queue", "the messages that wait in it", Emptied.PERHAPS),
    "AWS::SecretsManager::Secret": Stateful("secret", "its value"),
    "AWS::Timestream::Table": Stateful("table", "its records"),
}
SNAPSHOT_BY_DEFAULT: Final = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
"""Where no DeletionPolicy means Snapshot; of an instance only outside of a cluster.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""
KEYS_OF_TABLES: Final = ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table")
"""Which are surely replaced with another primary key, though their schemas call it conditional.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-keyschema.html"""
REPLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::ApiGatewayV2::Api": ("ProtocolType",),
    "AWS::Backup::BackupSelection": ("BackupPlanId", "BackupSelection"),
    "AWS::Backup::BackupVault": ("BackupVaultName", "EncryptionKeyArn"),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName",),
    "AWS::CodeDeploy::DeploymentGroup": ("ApplicationName", "DeploymentGroupName"),
    "AWS::DocDB::DBCluster": (
        "AvailabilityZones",
        "DBClusterIdentifier",
        "DBSubnetGroupName",
        "KmsKeyId",
        "MasterUsername",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
        "StorageEncrypted",
    ),
    "AWS::DynamoDB::GlobalTable": ("TableName",),
    "AWS::DynamoDB::Table": ("ImportSourceSpecification", "TableName"),
    "AWS::ECR::Repository": (
        "EncryptionConfiguration",
        "EncryptionConfiguration/EncryptionType",
        "EncryptionConfiguration/KmsKey",
        "RepositoryName",
    ),
    "AWS::EFS::FileSystem": ("AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode"),
    "AWS::ElastiCache::ReplicationGroup": (
        "AtRestEncryptionEnabled",
        "CacheSubnetGroupName",
        "DataTieringEnabled",
        "GlobalReplicationGroupId",
        "KmsKeyId",
        "NetworkType",
        "Port",
        "PreferredCacheClusterAZs",
        "ReplicationGroupId",
        "SnapshotArns",
        "SnapshotName",
    ),
    "AWS::Events::Archive": ("ArchiveName", "SourceArn"),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Events::Rule": ("Name",),
    "AWS::FSx::FileSystem": ("BackupId", "FileSystemType", "KmsKeyId", "SecurityGroupIds", "SubnetIds"),
    "AWS::KMS::ReplicaKey": ("PrimaryKeyArn",),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::Lambda::Alias": ("FunctionName", "Name"),
    "AWS::Lambda::EventSourceMapping": (
        "EventSourceArn",
        "SelfManagedEventSource",
        "StartingPosition",
        "StartingPositionTimestamp",
    ),
    "AWS::Lambda::Function": ("FunctionName", "PackageType", "TenancyConfig"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::MSK::Cluster": (
        "BrokerNodeGroupInfo/BrokerAZDistribution",
        "BrokerNodeGroupInfo/ClientSubnets",
        "BrokerNodeGroupInfo/SecurityGroups",
        "ClusterName",
        "EncryptionInfo/EncryptionAtRest",
        "EncryptionInfo/EncryptionInTransit/InCluster",
    ),
    "AWS::Neptune::DBCluster": (
        "AvailabilityZones",
        "DBClusterIdentifier",
        "DBSubnetGroupName",
        "GlobalClusterIdentifier",
        "KmsKeyId",
        "RestoreToTime",
        "RestoreType",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
        "StorageEncrypted",
        "UseLatestRestorableTime",
    ),
    "AWS::OpenSearchService::Domain": ("DomainName", "EngineMode"),
    "AWS::RDS::DBCluster": (
        "ClusterScalabilityType",
        "DBClusterIdentifier",
        "DBSubnetGroupName",
        "DBSystemId",
        "DatabaseName",
        "EngineMode",
        "KmsKeyId",
        "PubliclyAccessible",
        "RestoreToTime",
        "RestoreType",
        "SnapshotIdentifier",
        "SourceDBClusterIdentifier",
        "SourceDbClusterResourceId",
        "SourceRegion",
        "StorageEncrypted",
        "UseLatestRestorableTime",
    ),
    "AWS::RDS::DBInstance": (
        "BackupTarget",
        "CharacterSetName",
        "CustomIAMInstanceProfile",
        "DBClusterIdentifier",
        "DBInstanceIdentifier",
        "DBName",
        "DBSubnetGroupName",
        "DBSystemId",
        "KmsKeyId",
        "MasterUsername",
        "NcharCharacterSetName",
        "SourceRegion",
        "StorageEncrypted",
        "Timezone",
    ),
    "AWS::Redshift::Cluster": (
        "ClusterIdentifier",
        "ClusterSubnetGroupName",
        "DBName",
        "MasterUsername",
        "OwnerAccount",
        "SnapshotClusterIdentifier",
        "SnapshotIdentifier",
    ),
    "AWS::Route53::HealthCheck": (
        "HealthCheckConfig/MeasureLatency",
        "HealthCheckConfig/RequestInterval",
        "HealthCheckConfig/Type",
    ),
    "AWS::Route53::HostedZone": ("DelegationSetId", "Name"),
    "AWS::S3::Bucket": ("BucketName", "BucketNamePrefix", "BucketNamespace"),
    "AWS::SNS::Topic": ("FifoTopic", "TopicName"),
    "AWS::SQS::Queue": ("FifoQueue", "QueueName"),
    "AWS::Scheduler::Schedule": ("Name",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "StateMachineType"),
    "AWS::Timestream::Table": ("DatabaseName", "TableName"),
}
"""Type to the properties whose change surely replaces it."""
MAY_REPLACE: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::DynamoDB::GlobalTable": ("GlobalTableSourceArn", "KeySchema", "LocalSecondaryIndexes"),
    "AWS::DynamoDB::Table": ("KeySchema",),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken", "NodeGroupConfiguration"),
    "AWS::Events::Rule": ("EventBusName",),
    "AWS::Lambda::Function": ("DurableConfig",),
    "AWS::OpenSearchService::Domain": (
        "AdvancedSecurityOptions/Enabled",
        "EncryptionAtRestOptions/Enabled",
        "EncryptionAtRestOptions/KmsKeyId",
    ),
    "AWS::RDS::DBCluster": ("AvailabilityZones", "Engine", "GlobalClusterIdentifier", "MasterUsername"),
    "AWS::RDS::DBInstance": (
        "AutoMinorVersionUpgrade",
        "AvailabilityZone",
        "BackupRetentionPeriod",
        "DBClusterSnapshotIdentifier",
        "DBParameterGroupName",
        "DBSnapshotIdentifier",
        "Engine",
        "MultiAZ",
        "PerformanceInsightsKMSKeyId",
        "PreferredMaintenanceWindow",
        "RestoreTime",
        "SourceDBClusterIdentifier",
        "SourceDBInstanceAutomatedBackupsArn",
        "SourceDBInstanceIdentifier",
        "SourceDbiResourceId",
        "UseLatestRestorableTime",
    ),
}
"""Type to the properties whose change replaces it in some cases."""
