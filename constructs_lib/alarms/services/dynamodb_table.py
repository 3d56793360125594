"""The alarms of a DynamoDB table, or of one of its global secondary indexes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.arguments import check_place
from constructs_lib.alarms.services.dynamodb_table_rows import TABLE_ALARMS, filled
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.definition import AlarmDefinition, Operand
from constructs_lib.alarms.table.settings import BY_PROFILE, AlarmSetSettings, AlarmSettings, ByProfile
from constructs_lib.checks import Check, is_token

__all__ = [
    "TABLE_ALARMS",
    "TableAlarmSettings",
    "TableAlarms",
    "TableSubject",
    "table_rows",
    "table_subject",
]

_MOST_REGIONS = 9  # one of the ten metrics of an alarm is the capacity consumed
_REPLICATION = "replication_latency"


@dataclass(frozen=True, kw_only=True)
class TableSubject:
    """What alarms need to know about the table that they watch.

    Attributes:
        table_name: the name, usually a token.
        index_name: the global secondary index that is watched; None for the table itself, whose figures leave the
            indexes out.
        provisioned: whether capacity is provisioned; False when unknown.
        receiving_regions: the other Regions of a global table that writes arrive in later; empty when unknown.
    """

    table_name: str
    index_name: str | None = None
    provisioned: bool = False
    receiving_regions: tuple[str, ...] = ()

    @property
    def whole_table(self) -> bool:
        """Whether the table itself is watched."""
        return self.index_name is None

    @property
    def receiving_region(self) -> str | None:
        """The first of the other Regions."""
        return self.receiving_regions[0] if self.receiving_regions else None


def table_subject(
    table: dynamodb.ITable | dynamodb.ITableV2,
    *,
    index_name: str | None = None,
    replica_regions: Sequence[str] | None = None,
) -> TableSubject:
    """The subject for any table, imported ones included.

    Args:
        table: the table.
        index_name: the global secondary index to watch. Left out: the table itself.
        replica_regions: the Regions that the table is replicated to. Left out: those of a `TableV2` that is made in
            the app.
    """
    resource = _resource(table)
    return TableSubject(
        table_name=table.table_name,
        index_name=index_name,
        # CloudFormation's default is PROVISIONED.
        provisioned=resource is not None and resource.billing_mode in (None, "PROVISIONED"),
        receiving_regions=tuple(_lagging(table, resource) if replica_regions is None else replica_regions),
    )


def _resource(
    table: dynamodb.ITable | dynamodb.ITableV2,
) -> dynamodb.CfnTable | dynamodb.CfnGlobalTable | None:
    found = table.node.default_child
    return found if isinstance(found, dynamodb.CfnTable | dynamodb.CfnGlobalTable) else None


def _lagging(
    table: dynamodb.ITable | dynamodb.ITableV2,
    resource: dynamodb.CfnTable | dynamodb.CfnGlobalTable | None,
) -> list[str]:
    """The Regions that writes arrive in later; none under strong consistency, where no latency is published.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
    """
    strong = isinstance(resource, dynamodb.CfnGlobalTable) and resource.multi_region_consistency == "STRONG"
    return [] if strong else _replicas(table, resource)


def _replicas(
    table: dynamodb.ITable | dynamodb.ITableV2,
    resource: dynamodb.CfnTable | dynamodb.CfnGlobalTable | None,
) -> list[str]:
    if not isinstance(resource, dynamodb.CfnGlobalTable):
        return []
    stack = cdk.Stack.of(table)
    regions = [str(replica["region"]) for replica in _resolved(stack, resource.replicas)]
    own = stack.region
    return [] if is_token(own) else [region for region in regions if region != own]


def _resolved(stack: cdk.Stack, value: object) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", stack.resolve(value) or [])


@dataclass(frozen=True, kw_only=True)
class TableAlarmSettings(AlarmSetSettings):
    """The alarms of one table or index. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `TABLE_ALARMS`.
    """

    read_throttles: AlarmSettings | ByProfile | None = BY_PROFILE
    write_throttles: AlarmSettings | ByProfile | None = BY_PROFILE
    replication_latency: AlarmSettings | ByProfile | None = BY_PROFILE
    system_errors: AlarmSettings | ByProfile | None = BY_PROFILE
    read_utilization: AlarmSettings | ByProfile | None = BY_PROFILE
    write_utilization: AlarmSettings | ByProfile | None = BY_PROFILE
    latency: AlarmSettings | ByProfile | None = BY_PROFILE
    transaction_conflicts: AlarmSettings | ByProfile | None = BY_PROFILE
    hot_partition: AlarmSettings | ByProfile | None = BY_PROFILE


class TableAlarms(AlarmSet):
    """Alarms on one table or one global secondary index; only composites notify, so that one fault pages once.

    The figures of a table leave out its global secondary indexes, which are throttled by themselves: give each
    that matters a set of its own, by `index_name`.
    """

    TABLE = TABLE_ALARMS
    SUBJECT = "table"

    read_throttles = AlarmAttribute()
    write_throttles = AlarmAttribute()
    replication_latency = AlarmAttribute()
    system_errors = AlarmAttribute()
    read_utilization = AlarmAttribute()
    write_utilization = AlarmAttribute()
    latency = AlarmAttribute()
    transaction_conflicts = AlarmAttribute()
    hot_partition = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: dynamodb.ITable | dynamodb.ITableV2,
        index_name: str | None = None,
        replica_regions: Sequence[str] | None = None,
        settings: TableAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms that the table has something to watch for.

        Args:
            scope: the parent, in the Region of the table.
            construct_id: the id in `scope`.
            table: the table, made or imported. Of an imported one it is unknown whether capacity is provisioned,
                and there are no utilization alarms.
            index_name: the global secondary index to watch. Left out: the table itself.
            replica_regions: the Regions that the table is replicated to, up to 9, without its own. Left out: those
                of a `TableV2` that is made in the app; for other tables there is no alarm on replication.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, TableAlarmSettings, None)
        check.require(
            hasattr(table, "table_name"),
            f"table is {table!r}.",
            remedy="Give an aws_cdk.aws_dynamodb.TableV2 or Table, made or imported.",
        )
        region = cdk.Stack.of(scope).region
        if region not in _replicas(table, _resource(table)):  # a replica has the name, and figures of its own
            check_place(check, scope, "table", table)
        _check_index(check, table, index_name)
        _check_regions(check, region, replica_regions)
        subject = table_subject(table, index_name=index_name, replica_regions=replica_regions)
        rows = table_rows(check, subject, settings or TableAlarmSettings(), route)
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)


def table_rows(
    check: Check, subject: TableSubject, settings: TableAlarmSettings, route: Route | None
) -> list[AlarmDefinition]:
    """The rows that are switched on and apply, once checked; that on replication watches all of the Regions."""
    return [
        _for_each_region(row, subject.receiving_regions) if row.name == _REPLICATION else row
        for row in chosen_rows(check, TABLE_ALARMS, subject, settings, route)
    ]


def _for_each_region(row: AlarmDefinition, regions: Sequence[str]) -> AlarmDefinition:
    """`row` watching the slowest of several Regions."""
    if len(regions) == 1:
        return row
    slowest = {
        f"latency{number}": Operand(
            metric="ReplicationLatency",
            dimensions={"TableName": "table_name"},
            fixed={"ReceivingRegion": region},
        )
        for number, region in enumerate(regions)
    }
    operands = {**slowest, "consumed": row.operands["consumed"]}
    return replace(row, operands=operands, expression=filled(list(slowest), "MAX({})"))


def _check_index(check: Check, table: dynamodb.ITable | dynamodb.ITableV2, index_name: str | None) -> None:
    check.instance("index_name", index_name, str, None)
    resource = _resource(table)
    if resource is None or index_name is None or is_token(index_name):
        return
    known = [
        str(index["indexName"]) for index in _resolved(cdk.Stack.of(table), resource.global_secondary_indexes)
    ]
    check.require(
        index_name in known,
        f"index_name is {index_name!r}, and the table has no such global secondary index: the alarms could never ring.",
        remedy=f"Give one of: {', '.join(known) or 'none so far'}; or add the index before its alarms.",
    )


def _check_regions(check: Check, own: str, regions: Sequence[str] | None) -> None:
    check.instance("replica_regions", regions, list, tuple, None)
    for region in regions or ():
        check.require(
            isinstance(region, str) and bool(region) and region != own,
            f"replica_regions holds {region!r}.",
            remedy=f"Give the other Regions of the global table, without {own}.",
        )
    check.require(
        len(regions or ()) <= _MOST_REGIONS,
        f"replica_regions holds {len(regions or ())} Regions.",
        remedy=f"One alarm can watch {_MOST_REGIONS}: give those, and a second set for the others.",
    )
