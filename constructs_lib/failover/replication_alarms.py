"""The alarms by which people learn that a replica falls behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.services.dynamodb_table_rows import filled
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.consistency import GLOBAL_TABLES, check_lag

__all__ = ["NOTICED_AFTER", "ReplicationAlarms", "lag_seconds", "recovery_point_seconds"]

_NAMESPACE = "AWS/DynamoDB"
_DEFAULT_LAG = 30
# "For all other DynamoDB metrics, the aggregation granularity is five minutes":
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
_PERIOD = 300
_LATEST = 3
_DELAY = 300
_TABLES = "Give a ReplicatedTable, its replica(region), or any other table of CDK."
# These are what writes; CloudWatch lets an alarm read ten metrics.
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")

NOTICED_AFTER: Final = f"({_LATEST} + 1) x {_PERIOD} s + {_DELAY} s until CloudWatch has it"
"""How long it takes at most until an alarm rings, as arithmetic; the delay is an assumption."""
_NOTICED_SECONDS = (_LATEST + 1) * _PERIOD + _DELAY


@dataclass(frozen=True, kw_only=True)
class _Row:
    """An alarm on the replication to one Region.

    Attributes:
        construct_id: its id, without the Region.
        expression: what is watched.
        label: what that is called.
        threshold: it rings from this on; None for the lag, in milliseconds.
        highest: the largest value there is.
        datapoints: how many of the latest three datapoints have to breach.
        means: what it means when it rings.
        cause: the likely cause.
    """

    construct_id: str
    expression: str
    label: str
    threshold: float | None
    highest: float | None
    datapoints: int
    means: str
    cause: str


_ROWS = (
    _Row(
        construct_id="Late",
        expression=filled(["latency"]),
        label="Longest replication to {region} (ms)",
        threshold=None,
        highest=None,
        # The latest datapoint may count as 0 before it comes: never ask for all.
        datapoints=_LATEST - 1,
        means="What is written here arrives late in {region}: a failover would lose what is on its way.",
        cause="writes are throttled in {region}, or trouble at AWS.",
    ),
    _Row(
        construct_id="Stalled",
        # The latency of what never arrives is never published: AWS measures it on arrival.
        expression="IF(FILL(latency, -1) < 0, IF({writes} > 0, 1, 0), 0) + 0 * consumed",
        label="Periods with writes and no arrival in {region}",
        threshold=1,
        highest=1,
        # The latency of the newest periods may come later than the writes: one of them alone says nothing.
        datapoints=_LATEST,
        means="Nothing of what is written here has arrived in {region} for minutes: a failover would lose all of that.",
        cause="{region} is cut off or down, trouble at AWS, or a replica that has been deleted. Writes that change "
        "nothing are not replicated either.",
    ),
)


def lag_seconds(lag: cdk.Duration | None) -> int:
    """The lag from which on alarms ring, in seconds."""
    return _DEFAULT_LAG if lag is None else int(lag.to_seconds())


def recovery_point_seconds(lag: cdk.Duration | None) -> int:
    """How far a replica can be behind while no alarm rings, in seconds: a lag grows no faster than time passes."""
    return lag_seconds(lag) + _NOTICED_SECONDS


class ReplicationAlarms(Construct):
    """Two alarms for each Region that a table is replicated to: what is written arrives late, or not at all.

    They belong in the Region in which is written, since DynamoDB publishes its metric there. For the way back, make
    them once more in a stack of the other Region, on the replica. Neither rings while nothing is written.

    A table with strong consistency publishes no such metric and needs none.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html

    Attributes:
        late: Region to the alarm on what arrives late.
        stalled: Region to the alarm on what does not arrive.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: dynamodb.ITable | dynamodb.ITableV2,
        to: Sequence[str],
        lag: cdk.Duration | None = None,
        severity: Severity = Severity.WARNING,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Watch what is written in the Region of the stack.

        Args:
            scope: the parent, in a stack of a Region in which the table or a replica of it is written to.
            construct_id: the id in `scope`.
            table: the table, or its replica in that Region.
            to: the Regions that it is replicated to.
            lag: how far they may be behind, in whole seconds up to a day. Left out: as for `EventualConsistency`.
            severity: who has to know.
            runbook: a link that every alarm's description ends with.
            route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: there could be no such metric, so that an alarm would never ring.
        """
        check = Check(scope, construct_id)
        check.require(table is not None, "table is None.", remedy=_TABLES)
        check.offers("table", table, "table_name", remedy=_TABLES)
        check_lag(check, lag)
        check.instance("severity", severity, Severity)
        check_route(check, route)
        _check_regions(check, table, cdk.Stack.of(scope).region, to)
        super().__init__(scope, construct_id)
        by_kind: dict[str, dict[str, ThresholdAlarm]] = {row.construct_id: {} for row in _ROWS}
        name, period = table.table_name, cdk.Duration.seconds(_PERIOD)
        for region in to:
            for row in _ROWS:
                by_kind[row.construct_id][region] = ThresholdAlarm(
                    self,
                    f"{row.construct_id}{region.title().replace('-', '')}",
                    metric=_watched(row, name, period, region),
                    threshold=lag_seconds(lag) * 1_000 if row.threshold is None else row.threshold,
                    evaluation_periods=_LATEST,
                    datapoints_to_alarm=row.datapoints,
                    treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
                    severity=severity,
                    means=row.means.format(region=region),
                    cause=row.cause.format(region=region),
                    query="aws dynamodb describe-table --table-name TABLE --query Table.Replicas",
                    runbook=runbook,
                    route=route,
                    lowest=0,
                    highest=row.highest,
                )
        self.late: Mapping[str, ThresholdAlarm] = by_kind["Late"]
        self.stalled: Mapping[str, ThresholdAlarm] = by_kind["Stalled"]


def _watched(row: _Row, table_name: str, period: cdk.Duration, region: str) -> cloudwatch.MathExpression:
    def metric(name: str, statistic: str, **dimensions: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=_NAMESPACE,
            metric_name=name,
            dimensions_map={"TableName": table_name, **dimensions},
            statistic=statistic,
            period=period,
        )

    writes = {f"writes{number}": operation for number, operation in enumerate(_WRITES)}
    expression = row.expression.format(writes=f"({' + '.join(f'FILL({each}, 0)' for each in writes)})")
    metrics = {
        "latency": metric("ReplicationLatency", "Maximum", ReceivingRegion=region),
        "consumed": metric("ConsumedWriteCapacityUnits", "Sum"),
        **{
            each: metric("SuccessfulRequestLatency", "SampleCount", Operation=operation)
            for each, operation in writes.items()
            if each in expression
        },
    }
    return cloudwatch.MathExpression(
        expression=expression,
        using_metrics=cast("dict[str, cloudwatch.IMetric]", metrics),
        label=row.label.format(region=region),
        period=period,
    )


def _check_regions(
    check: Check, table: dynamodb.ITable | dynamodb.ITableV2, own: str, to: Sequence[str]
) -> None:
    check.instance("to", to, list, tuple)
    check.require(bool(to), "to is empty.", remedy="Give the Regions that the table is replicated to.")
    resource = table.node.default_child
    known: list[str] = []
    if isinstance(resource, dynamodb.CfnGlobalTable):
        if resource.multi_region_consistency == dynamodb.MultiRegionConsistency.STRONG.value:
            check.fail(
                f"{table.node.path} is strongly consistent and publishes no replication latency.",
                remedy=f"There is no lag to watch: leave these alarms out. See {GLOBAL_TABLES}",
            )
        known = [each["region"] for each in cdk.Stack.of(table).resolve(resource.replicas)]
    for region in to:
        check.require(
            isinstance(region, str) and bool(region) and not is_token(region) and region != own,
            f"to holds {check.shown(region)}.",
            remedy=f"Give the other Regions of the table, without {own}.",
        )
    for region in (*to, *(() if is_token(own) else (own,))):
        if known and region not in known:
            check.fail(
                f"{table.node.path} has no replica in {region}: the alarms could never ring.",
                remedy=f"It has {', '.join(known)}: watch from one of these to others.",
            )
