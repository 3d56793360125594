"""A table with replicas: what is synthesized, and how stacks of other Regions use it."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    EventualConsistency,
    FailoverPlan,
    FailoverRecord,
    ReplicatedTable,
    StrongConsistency,
)
from tests.failover.parts import ACCOUNT, AZURE, EU, health, stack_in, zone
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.synthesis import (
    RECOMMENDED,
    VALIDATE,
    Synthesized,
    fresh_app,
    fresh_stack,
    read_template,
    some_code,
    synthesize,
)

TABLE = "AWS::DynamoDB::GlobalTable"
STRONG = StrongConsistency(witness="eu-west-2")
ID = dynamodb.Attribute(name="order_id", type=dynamodb.AttributeType.STRING)


def orders(stack: cdk.Stack, **options: Any) -> ReplicatedTable:
    given: dict[str, Any] = {"partition_key": ID, "replicas": ["eu-central-1"]} | options
    return ReplicatedTable(stack, "Orders", **given)


def regions_of(table: dict[str, Any]) -> dict[str, Any]:
    return {each["Region"]: each for each in table["Replicas"]}


class TestWhatIsMade:
    def test_each_replica_is_protected_and_can_be_restored(self) -> None:
        stack = stack_in("eu-west-1")
        orders(stack)
        result = synthesize(stack)
        (table,) = result.of_type(TABLE).values()
        replicas = regions_of(table["Properties"])

        assert set(replicas) == {"eu-west-1", "eu-central-1"}
        for replica in replicas.values():
            assert replica["DeletionProtectionEnabled"] is True
            assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
        assert table["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
        assert {"TableName", "MultiRegionConsistency", "TimeToLiveSpecification"}.isdisjoint(
            table["Properties"]
        )

    @pytest.mark.parametrize("replicas", [[], ["eu-central-1"]])
    def test_each_replica_can_be_restored_as_far_back_as_asked(self, replicas: list[str]) -> None:
        stack = stack_in("eu-west-1")
        orders(stack, replicas=replicas, recovery_period=cdk.Duration.days(7))
        found = [
            each["PointInTimeRecoverySpecification"] for each in synthesize(stack).only(TABLE)["Replicas"]
        ]
        wanted = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
        assert found == [wanted] * (1 + len(replicas))

    def test_without_replicas_it_is_a_plain_table_whatever_the_region(self) -> None:
        stack = fresh_stack()
        table = orders(stack, replicas=[])
        result = synthesize(stack)

        (replica,) = result.only(TABLE)["Replicas"]
        assert replica["Region"] == {"Ref": "AWS::Region"}
        assert "StreamSpecification" not in result.only(TABLE)
        assert (table.alarms, table.replication) == (None, None)
        assert set(result.resources) == {result.only_id(TABLE)}

    @pytest.mark.parametrize("replicas", [[], ["eu-central-1"]])
    def test_a_table_of_cdk_keeps_its_logical_id_and_its_name(self, replicas: list[str]) -> None:
        before, after = stack_in("eu-west-1"), stack_in("eu-west-1")
        dynamodb.TableV2(before, "Orders", partition_key=ID)
        orders(after, replicas=replicas)
        was, now = synthesize(before), synthesize(after)

        assert now.only_id(TABLE) == was.only_id(TABLE) == "OrdersA9B65338"
        assert now.only(TABLE)["KeySchema"] == was.only(TABLE)["KeySchema"]
        assert now.only(TABLE)["AttributeDefinitions"] == was.only(TABLE)["AttributeDefinitions"]
        assert now.only(TABLE).get("TableName") == was.only(TABLE).get("TableName") is None

    def test_a_table_that_goes_with_its_stack_is_not_protected_unless_asked(self) -> None:
        stack = stack_in("eu-west-1")
        orders(stack, removal_policy=cdk.RemovalPolicy.DESTROY, point_in_time_recovery=False)
        (table,) = synthesize(stack).of_type(TABLE).values()

        assert table["DeletionPolicy"] == "Delete"
        for replica in table["Properties"]["Replicas"]:
            assert replica["DeletionProtectionEnabled"] is False
            assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}

    def test_protection_can_be_asked_for_or_left_off_by_itself(self) -> None:
        stack = stack_in("eu-west-1")
        orders(stack, deletion_protection=False)
        (table,) = synthesize(stack).of_type(TABLE).values()

        assert table["DeletionPolicy"] == "Retain"
        assert not any(each["DeletionProtectionEnabled"] for each in table["Properties"]["Replicas"])

    def test_every_option_reaches_the_table(self) -> None:
        stack = stack_in("eu-west-1")
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        there = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/b9f0f1b2-9f0a-4c50-93c0-1d2b5e4f0a11"
        status = dynamodb.Attribute(name="status", type=dynamodb.AttributeType.STRING)
        orders(
            stack,
            sort_key=dynamodb.Attribute(name="line", type=dynamodb.AttributeType.NUMBER),
            consistency=EventualConsistency(lag=cdk.Duration.seconds(5)),
            time_to_live_attribute="expires",
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(key, {"eu-central-1": there}),
            billing=dynamodb.Billing.on_demand(max_write_request_units=100),
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(index_name="status", partition_key=status)
            ],
            local_secondary_indexes=[
                dynamodb.LocalSecondaryIndexProps(index_name="by_status", sort_key=status)
            ],
            dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            table_name="orders",
        )
        table = synthesize(stack).only(TABLE)

        assert [key["AttributeName"] for key in table["KeySchema"]] == ["order_id", "line"]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
        assert table["WriteOnDemandThroughputSettings"] == {"MaxWriteRequestUnits": 100}
        assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["status"]
        assert [index["IndexName"] for index in table["LocalSecondaryIndexes"]] == ["by_status"]
        assert regions_of(table)["eu-central-1"]["SSESpecification"] == {"KMSMasterKeyId": there}
        assert table["TableName"] == "orders"

    @pytest.mark.parametrize(
        ("replicas", "witness"), [(["eu-central-1"], "eu-west-2"), (["eu-west-2", "eu-west-3"], None)]
    )
    def test_strong_consistency_has_three_regions_and_no_alarms(
        self, replicas: list[str], witness: str | None
    ) -> None:
        stack = stack_in("eu-west-1")
        table = orders(stack, replicas=replicas, consistency=StrongConsistency(witness=witness))
        result = synthesize(stack)
        made = result.only(TABLE)

        assert made["MultiRegionConsistency"] == "STRONG"
        assert set(regions_of(made)) == {"eu-west-1", *replicas}
        assert made.get("GlobalTableWitnesses", []) == ([{"Region": witness}] if witness else [])
        assert table.alarms is None
        assert set(result.resources) == {result.only_id(TABLE)}

    def test_strong_consistency_takes_any_stream_and_global_indexes(self) -> None:
        stack = stack_in("eu-west-1")
        index = dynamodb.GlobalSecondaryIndexPropsV2(index_name="by_id", partition_key=ID)
        orders(
            stack,
            consistency=STRONG,
            dynamo_stream=dynamodb.StreamViewType.KEYS_ONLY,
            global_secondary_indexes=[index],
        )

        assert synthesize(stack).only(TABLE)["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}

    @pytest.mark.parametrize("consistency", [None, STRONG])
    def test_it_passes_every_gate(self, consistency: StrongConsistency | None) -> None:
        stack = stack_in("eu-west-1")
        orders(stack, consistency=consistency)
        app = cdk.App.of(stack)
        assert isinstance(app, cdk.App)

        assert [finding for finding in findings(app) if UNSUBSCRIBED not in finding.rule] == []
        assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


class TestInOtherRegions:
    """A function of another Region's stack that uses the replica there."""

    @staticmethod
    def two_stacks(context: dict[str, Any], *, references: bool = True, **options: Any) -> dict[str, Any]:
        """The templates of the table's stack and of a function's in another Region, by Region."""
        app = fresh_app(context)
        here, there = (
            cdk.Stack(
                app,
                region,
                env=cdk.Environment(account=ACCOUNT, region=region),
                cross_region_references=references,
            )
            for region in ("eu-west-1", "eu-central-1")
        )
        replica = orders(here, **options).replica("eu-central-1")
        function = lambda_.Function(
            there,
            "Function",
            code=some_code(),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            environment={"ORDERS_TABLE_NAME": replica.table_name},
        )
        replica.grant(function, "dynamodb:PutItem")
        assembly = app.synth()
        return {
            stack.stack_name: read_template(Path(assembly.directory) / stack.template_file)
            for stack in assembly.stacks
        }

    @staticmethod
    def used(template: Synthesized) -> tuple[Any, Any]:
        """The table's name that the function is told, and the ARN that it may write to."""
        (policy,) = (
            each["Properties"]["PolicyDocument"]["Statement"]
            for each in template.of_type("AWS::IAM::Policy", under="Function").values()
        )
        (statement,) = policy
        function = template.only("AWS::Lambda::Function", under="Function")
        return function["Environment"]["Variables"]["ORDERS_TABLE_NAME"], statement["Resource"]

    def test_weak_references_are_read_at_deployment(self) -> None:
        templates = self.two_stacks(RECOMMENDED)
        name, arn = self.used(templates["eu-central-1"])

        (output,) = (
            key
            for key, value in templates["eu-west-1"].body["Outputs"].items()
            if value["Value"] == {"Ref": "OrdersA9B65338"}
        )
        where = {"StackName": "eu-west-1", "Region": "eu-west-1", "OutputName": output}
        assert name == {"Fn::GetStackOutput": where}
        assert arn == {"Fn::Join": ["", [f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/", name]]}
        assert "TableName" not in templates["eu-west-1"].only(TABLE)

    def test_strong_references_are_copied_into_the_region(self) -> None:
        templates = self.two_stacks(VALIDATE)
        name, arn = self.used(templates["eu-central-1"])

        reader, path = name["Fn::GetAtt"]
        assert templates["eu-central-1"].resources[reader]["Type"] == "Custom::CrossRegionExportReader"
        written = templates["eu-west-1"].only("Custom::CrossRegionExportWriter")["WriterProps"]
        assert written["exports"][path] == {"Ref": "OrdersA9B65338"}
        assert arn["Fn::Join"][1][-2:] == [f":dynamodb:eu-central-1:{ACCOUNT}:table/", name]
        assert "TableName" not in templates["eu-west-1"].only(TABLE)

    def test_a_name_of_its_own_needs_no_reference(self) -> None:
        templates = self.two_stacks(RECOMMENDED, references=False, table_name="orders")

        assert self.used(templates["eu-central-1"]) == (
            "orders",
            f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/orders",
        )
        assert templates["eu-west-1"].only(TABLE)["TableName"] == "orders"
        assert "eu-west-1" not in json.dumps(templates["eu-central-1"].body)

    @pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["strong", "weak"])
    def test_fails_where_cdk_would_name_the_table_and_so_replace_it(self, context: dict[str, Any]) -> None:
        with pytest.raises(RuntimeError, match=r"eu-west-1/Orders.*cross_region_references=True"):
            self.two_stacks(context, references=False)

    def test_a_replica_can_be_asked_for_again_and_the_table_itself_is_one(self) -> None:
        stack = stack_in("eu-west-1")
        table = orders(stack)

        assert table.replica("eu-central-1") is table.replica("eu-central-1")
        assert table.replica("eu-west-1") is table
        assert stack.resolve(table.replica("eu-central-1").table_name) == {"Ref": "OrdersA9B65338"}

    def test_a_grant_on_the_table_is_for_its_own_region_only(self) -> None:
        stack = stack_in("eu-west-1")
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        orders(stack).grant(role, "dynamodb:PutItem")

        (statement,) = synthesize(stack).only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
        assert statement["Resource"] == {"Fn::GetAtt": ["OrdersA9B65338", "Arn"]}

    def test_fails_for_a_region_without_replica(self) -> None:
        table = orders(stack_in("eu-west-1"))
        with pytest.raises(
            ConfigurationError,
            match=r"^Stack/Orders: it has no replica in 'us-east-1'\. .* eu-west-1, eu-central-1",
        ):
            table.replica("us-east-1")

    def test_fails_for_any_region_where_its_own_is_not_known(self) -> None:
        table = orders(fresh_stack(), replicas=[])
        with pytest.raises(ConfigurationError, match=r"^Stack/Orders: it has no replica in 'us-east-1'"):
            table.replica("us-east-1")


class TestThePlan:
    def test_nothing_is_lost_under_strong_consistency(self) -> None:
        replication = orders(stack_in("eu-west-1"), consistency=STRONG).replication
        assert replication is not None
        assert (replication.data, replication.lag.to_seconds()) == ("Orders", 0)
        assert "V2globaltables_HowItWorks" in str(replication.source)

    @pytest.mark.parametrize(("lag", "seconds"), [(None, 30), (5, 5)])
    def test_the_lag_and_the_time_until_alarms_ring_bound_what_is_lost(
        self, lag: int | None, seconds: int
    ) -> None:
        consistency = EventualConsistency(lag=None if lag is None else cdk.Duration.seconds(lag))
        table = orders(stack_in("eu-west-1"), consistency=consistency)
        assert table.replication is not None
        assert table.alarms is not None

        late = properties(table.alarms.late["eu-central-1"])
        stalled = properties(table.alarms.stalled["eu-central-1"])
        period = late["metrics"][1]["metricStat"]["period"]
        slower = max(each["datapointsToAlarm"] for each in (late, stalled))
        assert late["threshold"] == seconds * 1_000
        assert table.replication.lag.to_seconds() == seconds + (slower + 1) * period + 300
        assert f"{seconds} s, from which on alarms ring, + ({slower} + 1) x {period} s" in str(
            table.replication.arithmetic
        )

    def test_a_plan_takes_it(self) -> None:
        stack = stack_in("eu-west-1")
        check = health(stack)
        replication = orders(stack, consistency=STRONG).replication
        assert replication is not None
        plan = FailoverPlan(
            stack,
            "Plan",
            detected_by=check,
            record=FailoverRecord(
                stack,
                "Record",
                zone=zone(stack),
                record_name="orders",
                primary=EU,
                primary_health=check,
                secondary=AZURE,
            ),
            replicates=[replication],
            recovery_point_objective=cdk.Duration.seconds(0),
        )

        assert "Orders: in both Regions before the writer is answered" in plan.explain()


def properties(alarm: cdk.IResource) -> dict[str, Any]:
    resolved: dict[str, Any] = cdk.Stack.of(alarm).resolve(alarm.node.default_child._cfn_properties)  # type: ignore[union-attr]
    return resolved
