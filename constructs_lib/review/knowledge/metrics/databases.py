"""Metrics of what keeps data: tables, buckets, databases, caches, backups."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.metrics.model import (
    Kind,
    Published,
    Service,
    dimension_sets,
    named,
    names_of,
)

__all__ = ["SERVICES"]

_TABLE: Final = dimension_sets("TableName", "TableName GlobalSecondaryIndexName")
_OPERATION: Final = dimension_sets("TableName Operation", "TableName GlobalSecondaryIndexName Operation")
_ACCOUNT: Final = dimension_sets("")
_DAY: Final = 86_400

_PERCENT_OF_ACCOUNT: Final = Published(kind=Kind.SHARE, unit="Percent", highest=100, by=_ACCOUNT)
_DYNAMODB: Final = Service(
    source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html",
    by=_TABLE,
    at_least=dimension_sets(
        "TableName Operation",
        "TableName ReceivingRegion",
        "TableName DelegatedOperation",
        "TableName StreamLabel",
        "TableName Source",
        "TableName Verb",
        "TableName OperationType",
    ),
    metrics={
        **named(
            "ConditionalCheckFailedRequests ConsumedReadCapacityUnits ConsumedWriteCapacityUnits ReadThrottleEvents "
            "WriteThrottleEvents TransactionConflict TimeToLiveDeletedItemCount OnlineIndexConsumedWriteCapacity "
            "OnlineIndexThrottleEvents ReadAccountLimitThrottleEvents ReadKeyRangeThroughputThrottleEvents "
            "ReadMaxOnDemandThroughputThrottleEvents ReadProvisionedThroughputThrottleEvents "
            "WriteAccountLimitThrottleEvents WriteKeyRangeThroughputThrottleEvents "
            "WriteMaxOnDemandThroughputThrottleEvents WriteProvisionedThroughputThrottleEvents "
            "FaultInjectionServiceInducedErrors ThrottledPutRecordCount ConsumedChangeDataCaptureUnits "
            "FailedToReplicateRecordCount",
            Published(kind=Kind.EVENTS, unit="Count", sparse=True),
        ),
        **named(
            "SystemErrors ThrottledRequests ReturnedItemCount ReturnedRecordsCount",
            Published(kind=Kind.EVENTS, unit="Count", sparse=True, by=_OPERATION),
        ),
        **named("UserErrors", Published(kind=Kind.EVENTS, unit="Count", sparse=True, by=_ACCOUNT)),
        **named(
            "SuccessfulRequestLatency",
            Published(kind=Kind.TIME, unit="Milliseconds", sparse=True, by=_OPERATION),
        ),
        **named(
            "AgeOfOldestUnreplicatedRecord",
            Published(kind=Kind.LEVEL, by=dimension_sets("TableName DelegatedOperation")),
        ),
        **named(
            "PendingReplicationCount",
            Published(kind=Kind.LEVEL, unit="Count", by=dimension_sets("TableName ReceivingRegion")),
        ),
        **named(
            "ReplicationLatency",
            Published(kind=Kind.TIME, unit="Milliseconds", by=dimension_sets("TableName ReceivingRegion")),
        ),
        **named("ReturnedBytes", Published(kind=Kind.SIZE, unit="Bytes", by=_OPERATION)),
        **named(
            "ProvisionedReadCapacityUnits ProvisionedWriteCapacityUnits OnDemandMaxReadRequestUnits "
            "OnDemandMaxWriteRequestUnits",
            Published(kind=Kind.LEVEL, unit="Count"),
        ),
        **named("OnlineIndexPercentageProgress", Published(kind=Kind.SHARE, highest=100)),
        **named(
            "AccountMaxReads AccountMaxWrites AccountMaxTableLevelReads AccountMaxTableLevelWrites",
            Published(kind=Kind.LEVEL, unit="Count", by=_ACCOUNT),
        ),
        **named(
            "AccountProvisionedReadCapacityUtilization AccountProvisionedWriteCapacityUtilization "
            "MaxProvisionedTableReadCapacityUtilization MaxProvisionedTableWriteCapacityUtilization",
            _PERCENT_OF_ACCOUNT,
        ),
    },
)

_REQUESTS: Final = dimension_sets("BucketName FilterId", "BucketName FilterId AccessPointName")
_REPLICATED: Final = dimension_sets("SourceBucket DestinationBucket RuleId")
_S3: Final = Service(
    source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html",
    by=_REQUESTS,
    complete=False,
    at_least=dimension_sets("AccessPointName", "DataSourceARN"),
    others=names_of("StorageType RuleId SourceBucket DestinationBucket"),
    metrics={
        **named(
            "AllRequests GetRequests PutRequests DeleteRequests HeadRequests PostRequests SelectRequests ListRequests "
            "4xxErrors 5xxErrors",
            Published(kind=Kind.EVENTS, sparse=True),
        ),
        **named(
            "BytesDownloaded BytesUploaded SelectScannedBytes SelectReturnedBytes",
            Published(kind=Kind.SIZE, sparse=True),
        ),
        **named(
            "FirstByteLatency TotalRequestLatency",
            Published(kind=Kind.TIME, unit="Milliseconds", sparse=True),
        ),
        # "Storage metrics for Amazon S3 are reported once per day."
        **named(
            "BucketSizeBytes NumberOfObjects",
            Published(kind=Kind.LEVEL, every=_DAY, by=dimension_sets("BucketName StorageType")),
        ),
        **named(
            "ReplicationLatency BytesPendingReplication OperationsPendingReplication OperationsFailedReplication",
            Published(kind=Kind.LEVEL, by=_REPLICATED),
        ),
    },
)

_PERCENT: Final = Published(kind=Kind.SHARE, unit="Percent", highest=100)
_RDS: Final = Service(
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html",
    complete=False,
    others=names_of(
        "DBInstanceIdentifier DBClusterIdentifier DbClusterIdentifier DatabaseClass EngineName Role SourceRegion "
        "ProxyName Target TargetGroup TargetRole EndpointName"
    ),
    metrics={
        **named("CPUUtilization", _PERCENT),
        **named(
            "FreeStorageSpace FreeableMemory SwapUsage FreeLocalStorage VolumeBytesUsed",
            Published(kind=Kind.LEVEL, unit="Bytes"),
        ),
        **named(
            "DatabaseConnections DiskQueueDepth ReadIOPS WriteIOPS ReadThroughput WriteThroughput CPUCreditBalance "
            "BurstBalance ReplicaLag AuroraReplicaLag AuroraGlobalDBReplicationLag ServerlessDatabaseCapacity "
            "ACUUtilization EBSIOBalance% EBSByteBalance%",
            Published(kind=Kind.LEVEL, least=None),
        ),
        **named("ReadLatency WriteLatency", Published(kind=Kind.TIME, unit="Seconds")),
        **named("Deadlocks LoginFailures", Published(kind=Kind.LEVEL)),
    },
)

_ELASTICACHE: Final = Service(
    source="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html",
    complete=False,
    others=names_of(
        "CacheClusterId CacheNodeId ReplicationGroupId NodeGroupId clusterId GlobalReplicationGroupId Region"
    ),
    metrics={
        **named("CPUUtilization EngineCPUUtilization DatabaseMemoryUsagePercentage", _PERCENT),
        **named(
            "FreeableMemory SwapUsage BytesUsedForCache CurrConnections CurrItems ReplicationLag",
            Published(kind=Kind.LEVEL),
        ),
        **named("Evictions Reclaimed NewConnections CacheHits CacheMisses", Published(kind=Kind.EVENTS)),
    },
)

_BACKUP: Final = Service(
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html",
    by=dimension_sets("", "BackupVaultName", "ResourceType", "BackupVaultName ResourceType"),
    complete=False,
    metrics=named(
        "NumberOfBackupJobsAborted NumberOfBackupJobsCompleted NumberOfBackupJobsCreated NumberOfBackupJobsExpired "
        "NumberOfBackupJobsFailed NumberOfBackupJobsPending NumberOfBackupJobsRunning NumberOfCopyJobsCompleted "
        "NumberOfCopyJobsCreated NumberOfCopyJobsFailed NumberOfCopyJobsRunning NumberOfRestoreJobsCompleted "
        "NumberOfRestoreJobsFailed NumberOfRestoreJobsPending NumberOfRestoreJobsRunning NumberOfRecoveryPointsCold "
        "NumberOfRecoveryPointsCompleted NumberOfRecoveryPointsDeleting NumberOfRecoveryPointsExpired "
        "NumberOfRecoveryPointsPartial",
        Published(kind=Kind.EVENTS, unit="Count", sparse=True),
    ),
)

SERVICES: Final[Mapping[str, Service]] = {
    "AWS/DynamoDB": _DYNAMODB,
    "AWS/S3": _S3,
    "AWS/RDS": _RDS,
    "AWS/ElastiCache": _ELASTICACHE,
    "AWS/Backup": _BACKUP,
}
