"""A service in two Regions under one name, built with this library."""

from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns_subscriptions as subscriptions

from benchmarks import two_regions
from benchmarks.ours import busy_hours, equipped
from benchmarks.watched import EVERYTHING
from constructs_lib.alarms import AlarmTopic
from constructs_lib.alarms.services import HttpApiAlarms, TableAlarms
from constructs_lib.failover import (
    MultiRegionApp,
    ReadTable,
    RegionalApi,
    RegionalService,
    RegionNeeds,
    RegionScope,
    ReplicatedTable,
)

__all__ = ["build"]


class Orders(cdk.Stack):
    """An API with a function and a table, or its replica, in one Region."""

    def __init__(self, place: RegionScope, primary: Self | None) -> None:
        super().__init__(place.scope, place.construct_id, **place.settings)
        AlarmTopic.of(self).add_subscription(subscriptions.EmailSubscription("on-call@example.com"))
        self.replicated: ReplicatedTable = self._replicated(place) if primary is None else primary.replicated
        self.table: dynamodb.ITableV2 = self.replicated.replica(place.region)
        environment = {"TABLE_NAME": self.table.table_name}
        concurrency = busy_hours()
        api = apigateway.HttpApi(self, "Api", create_default_stage=False)
        for path, name in two_regions.FUNCTIONS.items():
            function = equipped(self, name, concurrency, environment, EVERYTHING)
            self.table.grant(function.role, *two_regions.ACTIONS)
            api.add_routes(
                path=path,
                methods=[apigateway.HttpMethod.POST],
                integration=integrations.HttpLambdaIntegration(name, function.alias),
            )
        self.stage = apigateway.HttpStage(self, "Stage", http_api=api, auto_deploy=True)
        TableAlarms(self, "TableAlarms", table=self.table, settings=two_regions.TABLE_ALARMS)
        HttpApiAlarms(self, "ApiAlarms", api=api, stage=self.stage, settings=two_regions.API_ALARMS)

    def _replicated(self, place: RegionScope) -> ReplicatedTable:
        return ReplicatedTable(
            self,
            "Table",
            partition_key=two_regions.key(),
            replicas=[place.other_region],
        )


def build(app: cdk.App) -> tuple[cdk.Stack, ...]:
    """The stacks of both Regions, and the one of the name."""
    made: list[Orders] = []

    def make(place: RegionScope) -> RegionalService:
        stack = Orders(place, made[0] if made else None)
        made.append(stack)
        item = {two_regions.KEY: {"S": "health"}}
        replication = stack.replicated.replication
        return RegionalService(
            stack=stack,
            serves=RegionalApi(
                stage=stack.stage, needs=RegionNeeds(tables=[ReadTable(table=stack.table, key=item)])
            ),
            requests=two_regions.requests(),
            replicates=[] if replication is None else [replication],
        )

    service = MultiRegionApp(
        app,
        two_regions.SERVICE,
        account=two_regions.ACCOUNT,
        regions=two_regions.REGIONS,
        make=make,
        zone=two_regions.zone_attributes(),
        record_name=two_regions.RECORD,
    )
    AlarmTopic.of(service.global_stack).add_subscription(
        subscriptions.EmailSubscription("on-call@example.com")
    )
    return service.stacks
