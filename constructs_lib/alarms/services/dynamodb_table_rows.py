"""The alarms of a DynamoDB table or of one of its global secondary indexes, one row each."""

from collections.abc import Mapping, Sequence
from functools import partial

from constructs_lib.alarms.table.definition import AlarmDefinition, Operand, Profile, Severity

__all__ = ["TABLE_ALARMS", "filled"]

_METRICS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html"
_RECOMMENDED = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#DynamoDB"
)
_THROTTLING = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TroubleshootingThrottling-cloudwatch.html"
_THROTTLES_BY_CAUSE = (
    "aws cloudwatch list-metrics --namespace AWS/DynamoDB --dimensions Name=TableName,Value=TABLE; "
    "the metrics that end in ThrottleEvents say why."
)
_OF_TABLE_OR_INDEX = {"TableName": "table_name", "GlobalSecondaryIndexName": "index_name"}
_OF_TABLE = {"TableName": "table_name"}

# A metric alarm can hold ten metrics: nine operations, and one that is always there.
_OPERATIONS = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "TransactGetItems",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
)
_ONE_ITEM = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
_READ = Operand(metric="ConsumedReadCapacityUnits", statistic="Sum")
_WRITTEN = Operand(metric="ConsumedWriteCapacityUnits", statistic="Sum")


def filled(operands: Sequence[str], combine: str = "{}") -> str:
    """Metric math over metrics that are published only when something happens, with a datapoint for each minute.

    CloudWatch may ignore missing data of DynamoDB's metrics whatever an alarm says: one that rang would ring for ever.
    The capacity consumed is published without traffic, too; the expression has a datapoint wherever that has one.

    Args:
        operands: the ids of the metrics.
        combine: a function over an array of them. Left out: their sum.
    """
    series = [f"FILL({operand}, 0)" for operand in operands]
    values = " + ".join(series) if combine == "{}" else combine.format(f"[{', '.join(series)}]")
    return f"{values} + 0 * consumed"


def _per_operation(metric: str, operations: Sequence[str]) -> Mapping[str, Operand | str]:
    # DynamoDB publishes these with TableName and Operation together, and not with TableName alone.
    found: dict[str, Operand | str] = {
        _id(operation): Operand(metric=metric, fixed={"Operation": operation}) for operation in operations
    }
    return found | {"consumed": _READ}


def _id(operation: str) -> str:
    return operation[0].lower() + operation[1:]


# The latest minute may be filled before its datapoint comes: never ask for all periods.
_row = partial(
    AlarmDefinition,
    namespace="AWS/DynamoDB",
    dimensions=_OF_TABLE_OR_INDEX,
    statistic="Sum",
    evaluation_periods=10,
    datapoints_to_alarm=5,
)
_table_row = partial(_row, dimensions=_OF_TABLE, needs=("whole_table",))

_THROTTLES = tuple(
    _row(
        name=f"{kind}_throttles",
        metric=f"{kind}_throttles",
        threshold=1,
        unit=f"throttled {kind}s",
        severity=Severity.WARNING,
        profile=Profile.ESSENTIAL,
        expression=filled(["throttled"]),
        operands={"throttled": f"{kind.capitalize()}ThrottleEvents", "consumed": consumed},
        means=f"DynamoDB has refused {kind}s for several minutes; callers that are out of retries fail.",
        cause="a hot key, too little capacity, or the maximum of an on-demand table.",
        query=_THROTTLES_BY_CAUSE,
        source=_RECOMMENDED,
    )
    for kind, consumed in (("read", _READ), ("write", _WRITTEN))
)
_UTILIZATION = tuple(
    _row(
        name=f"{kind}_utilization",
        metric=f"{kind}_utilization",
        threshold=90,
        highest=1_000,  # bursts can consume more than is provisioned
        unit=f"% of the provisioned {kind} capacity",
        period=300,  # how often DynamoDB publishes what is provisioned
        published_every=300,
        evaluation_periods=3,
        datapoints_to_alarm=3,
        needs=("provisioned",),
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        expression="100 * consumed / {period} / provisioned",
        operands={
            "consumed": consumed,
            "provisioned": Operand(
                metric=f"Provisioned{kind.capitalize()}CapacityUnits", statistic="Average"
            ),
        },
        means=f"Nearly all of the provisioned {kind} capacity is consumed; more is throttled.",
        cause="more traffic than was planned for, or auto scaling that stands at its maximum.",
        query="aws application-autoscaling describe-scaling-activities --service-namespace dynamodb "
        "--resource-id table/TABLE.",
        source=_METRICS,
    )
    for kind, consumed in (("read", _READ), ("write", _WRITTEN))
)

TABLE_ALARMS: tuple[AlarmDefinition, ...] = (
    *_THROTTLES,
    _table_row(
        name="replication_latency",
        metric="replication_latency",
        statistic="Average",
        threshold=180_000,
        unit="ms",
        period=300,
        published_every=300,
        evaluation_periods=5,
        datapoints_to_alarm=3,
        needs=("whole_table", "receiving_region"),
        severity=Severity.WARNING,
        profile=Profile.ESSENTIAL,
        expression=filled(["latency"]),
        operands={
            "latency": Operand(
                metric="ReplicationLatency",
                dimensions={**_OF_TABLE, "ReceivingRegion": "receiving_region"},
            ),
            "consumed": _WRITTEN,
        },
        means="What is written here arrives minutes later in another Region; a failover would lose it for that long.",
        cause="too little write capacity or throttling in the other Region, or trouble at AWS.",
        query="aws dynamodb describe-table --table-name TABLE --query Table.Replicas.",
        source=_RECOMMENDED,
    ),
    _table_row(
        name="system_errors",
        metric="system_errors",
        threshold=1,
        unit="errors",
        severity=Severity.WARNING,
        profile=Profile.STANDARD,
        expression=filled([_id(operation) for operation in _OPERATIONS]),
        operands=_per_operation("SystemErrors", _OPERATIONS),
        means="DynamoDB has answered with HTTP 500 for several minutes; SDKs retry, so calls get slower first.",
        cause="trouble at AWS.",
        query="aws health describe-events --region us-east-1 --filter services=DYNAMODB, then the log of the callers.",
        source=_METRICS,
    ),
    *_UTILIZATION,
    _table_row(
        name="latency",
        metric="latency",
        statistic="Average",
        threshold=20,
        unit="ms",
        evaluation_periods=15,
        datapoints_to_alarm=10,
        severity=Severity.WARNING,
        profile=Profile.COMPLETE,
        expression=filled([_id(operation) for operation in _ONE_ITEM], "MAX({})"),
        operands=_per_operation("SuccessfulRequestLatency", _ONE_ITEM),
        means="Operations on one item are slow inside DynamoDB, where single-digit milliseconds are usual.",
        cause="large items, strongly consistent or transactional access, or trouble at AWS.",
        query="the metric SuccessfulRequestLatency of the table, by operation.",
        source=_RECOMMENDED,
    ),
    _table_row(
        name="transaction_conflicts",
        metric="transaction_conflicts",
        threshold=1,
        unit="rejected items",
        severity=Severity.INFO,
        profile=Profile.COMPLETE,
        expression=filled(["conflicts"]),
        operands={"conflicts": "TransactionConflict", "consumed": _WRITTEN},
        means="Requests are rejected since others write the same items at the same time.",
        cause="several writers of one item, or retries that overlap.",
        query="the log of the callers, for TransactionConflict and the keys.",
        source=_METRICS,
    ),
    _row(
        name="hot_partition",
        metric="hot_partition",
        threshold=1,
        unit="throttled requests",
        severity=Severity.INFO,
        profile=Profile.COMPLETE,
        expression=filled(["reads", "writes"]),
        operands={
            "reads": "ReadKeyRangeThroughputThrottleEvents",
            "writes": "WriteKeyRangeThroughputThrottleEvents",
            "consumed": _WRITTEN,
        },
        means="One partition is throttled while the table has capacity left.",
        cause="a key that gets most of the traffic.",
        query="CloudWatch Contributor Insights of the table, its most throttled keys.",
        source=_THROTTLING,
    ),
)
