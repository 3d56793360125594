"""A DynamoDB table with replicas in other Regions."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.consistency import (
    GLOBAL_TABLES,
    Consistency,
    EventualConsistency,
    StrongConsistency,
    check_consistency,
    check_replicas,
)
from constructs_lib.failover.failover_plan import Replication
from constructs_lib.failover.replicated_table_check import ReplicatedTableCheck
from constructs_lib.failover.replication_alarms import (
    NOTICED_AFTER,
    ReplicationAlarms,
    lag_seconds,
    recovery_point_seconds,
)

__all__ = ["ReplicatedTable"]

_LONGEST_RECOVERY_DAYS = 35
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html"""
_KEPT = (cdk.RemovalPolicy.RETAIN, cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


class ReplicatedTable(dynamodb.TableV2):
    """A table of CDK with replicas in other Regions, each of which takes writes; without replicas, a plain table.

    It is an `aws_cdk.aws_dynamodb.TableV2` and can be used wherever one can; a `TableV2` that is there already keeps
    its logical id, and so its data, when it becomes one of these under the same id. Functions in another Region's
    stack get ``table.replica(region)``, and that stack needs ``cross_region_references=True``.

    Attributes:
        regions: where it is, its own Region first.
        consistency: how the replicas agree.
        alarms: what watches the replication; None without replicas, and under strong consistency.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        partition_key: dynamodb.Attribute,
        sort_key: dynamodb.Attribute | None = None,
        replicas: Sequence[str] = (),
        consistency: Consistency | None = None,
        time_to_live_attribute: str | None = None,
        point_in_time_recovery: bool = True,
        recovery_period: cdk.Duration | None = None,
        deletion_protection: bool | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
        encryption: dynamodb.TableEncryptionV2 | None = None,
        billing: dynamodb.Billing | None = None,
        global_secondary_indexes: Sequence[dynamodb.GlobalSecondaryIndexPropsV2] | None = None,
        local_secondary_indexes: Sequence[dynamodb.LocalSecondaryIndexProps] | None = None,
        dynamo_stream: dynamodb.StreamViewType | None = None,
        table_name: str | None = None,
        runbook: str | None = None,
        alarm_route: Route | None = None,
    ) -> None:
        """Make the table.

        Args:
            scope: the parent, in a stack whose Region is known if there are replicas.
            construct_id: the id in `scope`.
            partition_key: its name and type.
            sort_key: its name and type. Left out: there is none.
            replicas: the other Regions. One can be added or removed at a deployment, and only under eventual
                consistency.
            consistency: how the replicas agree. Left out: `EventualConsistency()`. It can't be changed later.
            time_to_live_attribute: when an item expires, in seconds since 1970; not under strong consistency. Left out:
                items stay.
            point_in_time_recovery: whether each replica can be restored to any second of the recovery period.
            recovery_period: how far back that is, in whole days. Left out: as far as DynamoDB can.
            deletion_protection: whether each replica refuses to be deleted. Left out: while the table is retained.
            removal_policy: what becomes of the table with its stack. Left out, it is retained.
            encryption: customer managed keys, one a Region. Left out: the keys of DynamoDB, which cost nothing.
            billing: provisioned capacity. Left out: on demand.
            global_secondary_indexes: as CDK takes them; they are made in every Region.
            local_secondary_indexes: likewise; not under strong consistency.
            dynamo_stream: what the table's stream shows. Left out: both images where there are replicas, else there
                is no stream.
            table_name: a name of your own. Left out: CloudFormation gives one.
            runbook: a link that the description of each alarm ends with.
            alarm_route: what the alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: AWS has no such table, or an alarm could never ring.
        """
        check = Check(scope, construct_id)
        agreed = EventualConsistency() if consistency is None else consistency
        region = cdk.Stack.of(scope).region
        check_consistency(check, agreed)
        check_replicas(check, region, replicas, agreed)
        strong = isinstance(agreed, StrongConsistency)
        if strong:
            _check_strong(check, time_to_live_attribute, local_secondary_indexes)
        elif replicas:
            _check_stream(check, dynamo_stream)
        _check_keys(check, encryption, replicas)
        _check_recovery(check, recovery_period, on=point_in_time_recovery)
        check_route(check, alarm_route, name="alarm_route")
        policy = removal_policy or cdk.RemovalPolicy.RETAIN
        with check.all_or_nothing():
            super().__init__(
                scope,
                construct_id,
                partition_key=partition_key,
                sort_key=sort_key,
                replicas=[dynamodb.ReplicaTableProps(region=each) for each in replicas] or None,
                multi_region_consistency=dynamodb.MultiRegionConsistency.STRONG if strong else None,
                witness_region=agreed.witness if isinstance(agreed, StrongConsistency) else None,
                time_to_live_attribute=time_to_live_attribute,
                # CDK gives both to each replica.
                point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                    point_in_time_recovery_enabled=point_in_time_recovery,
                    recovery_period_in_days=None if recovery_period is None else recovery_period.to_days(),
                ),
                deletion_protection=policy in _KEPT if deletion_protection is None else deletion_protection,
                removal_policy=policy,
                encryption=encryption,
                billing=billing,
                global_secondary_indexes=global_secondary_indexes,
                local_secondary_indexes=local_secondary_indexes,
                dynamo_stream=dynamo_stream,
                table_name=table_name,
            )
            self.regions: tuple[str, ...] = (region, *replicas)
            self.consistency: Consistency = agreed
            self.alarms: ReplicationAlarms | None = None
            if replicas and isinstance(agreed, EventualConsistency):
                self.alarms = ReplicationAlarms(
                    self,
                    "ReplicationAlarms",
                    table=self,
                    to=replicas,
                    lag=agreed.lag,
                    runbook=runbook,
                    route=alarm_route,
                )
        self._data = construct_id
        self._seen: dict[str, dynamodb.ITableV2] = {}
        self.node.add_validation(
            ReplicatedTableCheck(self, regions=self.regions, named=table_name is not None, strong=strong)
        )

    @property
    def replication(self) -> Replication | None:
        """How far replicas may be behind, for a `FailoverPlan`; None without replicas.

        Under eventual consistency that is what the alarms hold: as long as they are silent, no replica has been behind
        by more than the lag for longer than it takes them to ring, and a lag grows no faster than time passes.
        """
        if len(self.regions) == 1:
            return None
        if isinstance(self.consistency, StrongConsistency):
            return Replication(data=self._data, lag=cdk.Duration.seconds(0), source=GLOBAL_TABLES)
        lag = self.consistency.lag
        return Replication(
            data=self._data,
            lag=cdk.Duration.seconds(recovery_point_seconds(lag)),
            arithmetic=f"{lag_seconds(lag)} s, from which on alarms ring, + {NOTICED_AFTER} until they do; AWS "
            "promises no bound",
            source=GLOBAL_TABLES,
        )

    def replica(self, region: str) -> dynamodb.ITableV2:
        """The table in `region`, for grants and names in stacks of that Region; any number of times.

        Args:
            region: the table's own Region or one of its replicas'.

        Raises:
            ConfigurationError: it is not there.
        """
        if region == self.regions[0]:
            return self
        if region not in self.regions:
            own = "its own, which is not known" if is_token(self.regions[0]) else ", ".join(self.regions)
            Check(self, "").fail(
                f"it has no replica in {region!r}.", remedy=f"Give one of its Regions: {own}."
            )
        if region not in self._seen:  # CDK makes a construct at each call, and a second one fails
            self._seen[region] = super().replica(region)
        return self._seen[region]


def _check_strong(check: Check, time_to_live: str | None, local_indexes: Sequence[object] | None) -> None:
    check.require(
        time_to_live is None,
        f"time_to_live_attribute is {time_to_live!r}, and strong consistency knows no time to live.",
        remedy="Leave it out and let readers judge what has expired, as Powertools' idempotency does; or take "
        f"EventualConsistency. See {GLOBAL_TABLES}",
    )
    check.require(
        not local_indexes,
        f"there are {len(local_indexes or ())} local_secondary_indexes, and strong consistency knows none.",
        remedy=f"Make them global ones, or take EventualConsistency. See {GLOBAL_TABLES}",
    )


def _check_stream(check: Check, stream: dynamodb.StreamViewType | None) -> None:
    check.require(
        stream in (None, dynamodb.StreamViewType.NEW_AND_OLD_IMAGES),
        f"dynamo_stream is {stream}, and replicas are made from a stream with both images.",
        remedy="Leave it out, or give StreamViewType.NEW_AND_OLD_IMAGES.",
    )


def _check_recovery(check: Check, period: cdk.Duration | None, *, on: bool) -> None:
    if period is None:
        return
    check.instance("recovery_period", period, cdk.Duration)
    check.require(
        not is_token(period),
        "recovery_period is known only at deployment.",
        remedy="CDK checks it when it makes the table: give a fixed duration.",
    )
    check.within("recovery_period", period.to_days(integral=False), 1, _LONGEST_RECOVERY_DAYS, unit="days")
    check.require(
        on,
        "recovery_period is given, and point_in_time_recovery is False.",
        remedy="Leave one of them out.",
    )


def _check_keys(check: Check, encryption: dynamodb.TableEncryptionV2 | None, replicas: Sequence[str]) -> None:
    check.instance("encryption", encryption, dynamodb.TableEncryptionV2, None)
    if encryption is None or encryption.table_key is None:
        return
    missing = [region for region in replicas if region not in (encryption.replica_key_arns or {})]
    check.require(
        not missing,
        f"encryption has no key for {', '.join(missing)}.",
        remedy="A replica uses a key of its own Region: TableEncryptionV2.customer_managed_key(key, {region: arn}).",
    )
