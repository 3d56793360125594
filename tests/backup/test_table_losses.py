"""What a restore loses, by comparing two tables, and what applies it again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber
from table_restore.losses import Loss, as_restored, losses, reapply, wanted
from table_restore.named_alarms import alarms_of
from table_restore.reading import Clients, read_settings, settings_of_backup
from table_restore.restoring import FromBackup, Overrides, begin
from table_restore.scaling import put_scaling, scaling_of
from table_restore.settings import TableSettings

ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
COPY = f"{ARN}-2"
STREAM = "arn:aws:kinesis:us-east-1:111122223333:stream/changes"
KEY = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012"
BY_DAY = {
    "IndexName": "by-day",
    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
SCALED: dict[str, Any] = {
    "Target": {"MinCapacity": 5, "MaxCapacity": 50},
    "Policies": [
        {
            "PolicyName": "read",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0},
        }
    ],
    "Actions": [{"ScheduledActionName": "morning", "Schedule": "cron(0 6 * * ? *)"}],
}
PROVISIONED: dict[str, Any] = {
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
}
BARE = TableSettings(
    arn=ARN,
    keys=[{"AttributeName": "id", "KeyType": "HASH"}],
    attributes={"id": "S", "day": "S"},
    global_indexes={"by-day": BY_DAY},
    billing=PROVISIONED,
)
FULL = replace(
    BARE,
    local_indexes={"by-name": {"IndexName": "by-name"}},
    table_class="STANDARD_INFREQUENT_ACCESS",
    encryption=KEY,
    stream="NEW_IMAGE",
    ttl="expires",
    recovery_days=20,
    tags={"team": "shop", "aws:cloudformation:stack-name": "shop"},
    deletion_protection=True,
    kinesis={STREAM: "MICROSECOND"},
    contributor_insights={"": "THROTTLED_KEYS", "by-day": "THROTTLED_KEYS"},
    resource_policy=json.dumps({"Statement": [{"Resource": [ARN, f"{ARN}/index/*", f"{ARN}-archive"]}]}),
    scaling={
        "dynamodb:table:ReadCapacityUnits": SCALED,
        "index/by-day dynamodb:index:ReadCapacityUnits": SCALED,
    },
    alarms={"throttled": {"Metrics": ["ReadThrottleEvents"]}},
    replicas=["eu-west-1"],
    event_sources={"0a1b": {"FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}},
)
NO_CHANGE = Overrides()


def lost(source: TableSettings = FULL, overrides: Overrides = NO_CHANGE) -> list[Loss]:
    return list(losses(wanted(source, overrides), as_restored(source, overrides, COPY)))


def test_a_restore_keeps_keys_indexes_capacity_and_encryption_and_loses_the_rest() -> None:
    applied = [each.setting for each in lost() if not each.by_hand]
    assert applied == [
        "deletion_protection",
        "table_class",
        "stream",
        "recovery_days",
        "resource_policy",
        "tags",
        "kinesis",
        "contributor_insights",
        "contributor_insights",
        "scaling",
        "scaling",
        "ttl",
    ]
    assert [each.setting for each in lost() if each.by_hand] == ["alarms", "event_sources", "replicas"]
    assert losses(BARE, as_restored(BARE, NO_CHANGE, COPY)) == ()


def test_a_table_that_has_everything_lost_nothing() -> None:
    policy = json.loads(FULL.resource_policy)
    policy["Statement"][0]["Resource"] = [COPY, f"{COPY}/index/*", f"{ARN}-archive"]
    same = replace(FULL, arn=COPY, resource_policy=json.dumps(policy, indent=2))
    assert losses(FULL, same) == ()
    more = replace(same, stream="NEW_AND_OLD_IMAGES", tags={**FULL.tags, "team": "other"})
    assert [each.setting for each in losses(FULL, more)] == ["stream", "tags"]


def test_tags_of_aws_itself_are_no_loss() -> None:
    (tags,) = [each for each in lost() if each.setting == "tags"]
    assert tags.value == {"team": "shop"}


def test_a_policy_names_the_new_table_and_still_the_others() -> None:
    (policy,) = [each for each in lost() if each.setting == "resource_policy"]
    assert json.loads(policy.value)["Statement"][0]["Resource"] == [
        COPY,
        f"{COPY}/index/*",
        f"{ARN}-archive",
    ]


def test_without_indexes_what_belongs_to_them_is_not_applied_and_they_are_left_to_people() -> None:
    bare = lost(overrides=Overrides(without_indexes=True))
    scaled = [list(each.value) for each in bare if each.setting == "scaling"]
    assert scaled == [["dynamodb:table:ReadCapacityUnits"]]
    assert [each.value for each in bare if each.setting == "contributor_insights"] == [{"": "THROTTLED_KEYS"}]
    by_hand = {each.setting: each.by_hand for each in bare if each.by_hand}
    assert "UpdateTable" in by_hand["global_indexes"]
    assert "restore again" in by_hand["local_indexes"]


def test_what_was_chosen_is_no_loss() -> None:
    on_demand = lost(overrides=Overrides(billing_mode="PAY_PER_REQUEST", kms_key=f"{KEY}-2"))
    assert not {"billing", "encryption", "scaling"} & {each.setting for each in on_demand}
    more = Overrides(billing_mode="PROVISIONED", read_units=9, write_units=8)
    assert wanted(BARE, more).billing["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 9,
        "WriteCapacityUnits": 8,
    }
    assert wanted(BARE, NO_CHANGE) == BARE


def test_capacity_that_changed_since_the_backup_is_lost() -> None:
    before = {**PROVISIONED, "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
    (loss,) = losses(BARE, replace(BARE, arn=COPY, billing=before))
    assert (loss.setting, loss.value) == ("billing", PROVISIONED)


def test_settings_are_plain_data() -> None:
    assert TableSettings.from_json(json.loads(json.dumps(FULL.to_json()))) == replace(FULL)
    assert FULL.name == "orders"


def test_what_has_to_be_done_by_hand_is_refused() -> None:
    (alarm,) = [each for each in lost() if each.setting == "alarms"]
    with pytest.raises(ValueError, match="alarm throttled cannot be applied"):
        reapply(Clients(dynamodb=None, autoscaling=None, cloudwatch=None, lambda_=None), "orders-2", alarm)


def test_a_backup_of_a_deleted_table_says_what_it_knows() -> None:
    described = {
        "SourceTableDetails": {
            "TableArn": ARN,
            "TableName": "orders",
            "KeySchema": BARE.keys,
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": PROVISIONED["ProvisionedThroughput"],
        },
        "SourceTableFeatureDetails": {
            "GlobalSecondaryIndexes": [
                {**BY_DAY, "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 1}}
            ],
            "StreamDescription": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
            "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"},
            "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": KEY},
        },
    }
    settings = settings_of_backup(described)
    assert (settings.stream, settings.ttl, settings.encryption) == ("KEYS_ONLY", "expires", KEY)
    assert settings.billing == PROVISIONED
    assert settings.global_indexes["by-day"]["ProvisionedThroughput"]["ReadCapacityUnits"] == 2
    assert {"tags", "alarms", "recovery_days", "attributes"} <= set(settings.unknown)
    assert "ttl" not in settings.unknown
    assert [each.setting for each in lost(settings)] == ["stream", "ttl"]


def stubbed(service: str, *answers: tuple[str, Mapping[str, Any], Mapping[str, Any]]) -> tuple[Any, Stubber]:
    """A client that answers so, in this order; what it is asked and answers is checked by boto3's model."""
    client = boto3.client(  # type: ignore[call-overload] # any service
        service,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - nothing is called
    )
    stubber = Stubber(client)
    for call, asked, answer in answers:
        stubber.add_response(call, answer, asked)
    stubber.activate()
    return client, stubber


NAMESPACE = {"ServiceNamespace": "dynamodb"}
TABLE_TARGET = {"ResourceId": "table/orders", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}


def test_scaling_is_read_for_one_table_page_by_page() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    target = {**NAMESPACE, **TABLE_TARGET, **SCALED["Target"], "RoleARN": "r", "CreationTime": at}
    other = {**target, "ResourceId": "table/orders-archive"}
    policy = {**NAMESPACE, **TABLE_TARGET, **SCALED["Policies"][0], "PolicyARN": "p", "CreationTime": at}
    action = {
        **NAMESPACE,
        **TABLE_TARGET,
        **SCALED["Actions"][0],
        "ScheduledActionARN": "a",
        "CreationTime": at,
    }
    client, stubber = stubbed(
        "application-autoscaling",
        ("describe_scalable_targets", NAMESPACE, {"ScalableTargets": [other], "NextToken": "more"}),
        ("describe_scalable_targets", {**NAMESPACE, "NextToken": "more"}, {"ScalableTargets": [target]}),
        ("describe_scaling_policies", {**NAMESPACE, **TABLE_TARGET}, {"ScalingPolicies": [policy]}),
        (
            "describe_scheduled_actions",
            {**NAMESPACE, **TABLE_TARGET},
            {"ScheduledActions": [action, {**action, "Schedule": "at(2026-03-01T06:00:00)"}]},
        ),
    )
    assert scaling_of(client, "orders") == {"dynamodb:table:ReadCapacityUnits": SCALED}
    stubber.assert_no_pending_responses()


def test_scaling_is_put_on_the_new_table_and_its_index() -> None:
    of_index = {
        "ResourceId": "table/orders-2/index/by-day",
        "ScalableDimension": "dynamodb:index:ReadCapacityUnits",
    }
    answers: list[Any] = []
    for of_it in ({**TABLE_TARGET, "ResourceId": "table/orders-2"}, of_index):
        answers += [
            ("register_scalable_target", {**NAMESPACE, **of_it, **SCALED["Target"]}, {}),
            ("put_scaling_policy", {**NAMESPACE, **of_it, **SCALED["Policies"][0]}, {"PolicyARN": "p"}),
            ("put_scheduled_action", {**NAMESPACE, **of_it, **SCALED["Actions"][0]}, {}),
        ]
    client, stubber = stubbed("application-autoscaling", *answers)
    put_scaling(client, "orders-2", FULL.scaling)
    stubber.assert_no_pending_responses()


def test_alarms_that_name_the_table_are_found_in_every_kind_of_metric() -> None:
    of_table = [{"Name": "TableName", "Value": "orders"}]
    of_other = [{"Name": "TableName", "Value": "orders-archive"}]

    def alarm(name: str, **more: Any) -> dict[str, Any]:
        return {"AlarmName": name, "AlarmArn": f"arn:{name}", **more}

    in_math = {
        "Id": "m",
        "MetricStat": {
            "Metric": {"MetricName": "Reads", "Dimensions": of_table},
            "Period": 60,
            "Stat": "Sum",
        },
    }
    insights = {"Id": "q", "Expression": "SELECT SUM(Reads) FROM \"AWS/DynamoDB\" WHERE TableName = 'orders'"}
    alarms = [
        alarm("plain", MetricName="Throttled", Dimensions=of_table),
        alarm("other", MetricName="Throttled", Dimensions=of_other),
        alarm("math", Metrics=[in_math, {"Id": "e", "Expression": "m * 2"}]),
        alarm("insights", Metrics=[insights]),
        alarm("TargetTracking-table/orders-AlarmHigh-1", MetricName="Consumed", Dimensions=of_table),
    ]
    asked = {"AlarmTypes": ["MetricAlarm"]}
    client, _ = stubbed(
        "cloudwatch",
        ("describe_alarms", asked, {"MetricAlarms": alarms[:1], "NextToken": "more"}),
        ("describe_alarms", {**asked, "NextToken": "more"}, {"MetricAlarms": alarms[1:]}),
    )
    found = alarms_of(client, "orders")
    assert {name: each["Metrics"] for name, each in found.items()} == {
        "plain": ["Throttled"],
        "math": ["Reads"],
        "insights": [insights["Expression"]],
    }


def test_what_may_not_be_read_is_unknown_and_nothing_of_it_is_lost() -> None:
    dynamodb, stubber = stubbed(
        "dynamodb",
        (
            "describe_table",
            {"TableName": "orders"},
            {"Table": {"TableArn": ARN, "TableName": "orders", "KeySchema": BARE.keys}},
        ),
    )
    for call in (
        "describe_time_to_live",
        "describe_continuous_backups",
        "list_tags_of_resource",
        "describe_kinesis_streaming_destination",
        "list_contributor_insights",
        "get_resource_policy",
    ):
        stubber.add_client_error(call, "AccessDeniedException", "not you")
    others = {}
    for name, service, call in (
        ("autoscaling", "application-autoscaling", "describe_scalable_targets"),
        ("cloudwatch", "cloudwatch", "describe_alarms"),
        ("lambda_", "lambda", "list_event_source_mappings"),
    ):
        others[name], denying = stubbed(service)
        denying.add_client_error(call, "AccessDenied", "not you")
    settings = read_settings(Clients(dynamodb=dynamodb, **others), "orders")
    assert set(settings.unknown) == {
        "ttl",
        "recovery_days",
        "tags",
        "kinesis",
        "contributor_insights",
        "resource_policy",
        "scaling",
        "alarms",
    }
    assert "not you" in settings.unknown["tags"]
    assert lost(settings) == []


def described(**more: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    table = {"TableArn": COPY, "TableName": "orders-2", "KeySchema": BARE.keys, **more}
    return ("describe_table", {"TableName": "orders-2"}, {"Table": table})


def kinesis(status: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    there = [{"StreamArn": STREAM, "DestinationStatus": status}]
    return (
        "describe_kinesis_streaming_destination",
        {"TableName": "orders-2"},
        {"KinesisDataStreamDestinations": there},
    )


@pytest.mark.parametrize(
    ("setting", "answers"),
    [
        ("stream", [described(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})]),
        ("deletion_protection", [described(DeletionProtectionEnabled=True)]),
        ("table_class", [described(TableClassSummary={"TableClass": "STANDARD_INFREQUENT_ACCESS"})]),
        ("kinesis", [kinesis("ACTIVE")]),
        (
            "ttl",
            [
                (
                    "describe_time_to_live",
                    {"TableName": "orders-2"},
                    {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLING", "AttributeName": "expires"}},
                )
            ],
        ),
    ],
)
def test_what_is_there_already_is_not_asked_for_again(setting: str, answers: list[Any]) -> None:
    client, stubber = stubbed("dynamodb", *answers)
    clients = Clients(dynamodb=client, autoscaling=None, cloudwatch=None, lambda_=None)
    (loss,) = [each for each in lost() if each.setting == setting]
    reapply(clients, "orders-2", loss)
    stubber.assert_no_pending_responses()


def test_a_kinesis_stream_is_written_to_again_with_its_precision() -> None:
    client, stubber = stubbed(
        "dynamodb",
        kinesis("DISABLED"),
        (
            "enable_kinesis_streaming_destination",
            {
                "TableName": "orders-2",
                "StreamArn": STREAM,
                "EnableKinesisStreamingConfiguration": {
                    "ApproximateCreationDateTimePrecision": "MICROSECOND"
                },
            },
            {},
        ),
    )
    clients = Clients(dynamodb=client, autoscaling=None, cloudwatch=None, lambda_=None)
    (loss,) = [each for each in lost() if each.setting == "kinesis"]
    reapply(clients, "orders-2", loss)
    stubber.assert_no_pending_responses()


def test_only_capacity_that_differs_is_sent() -> None:
    client, stubber = stubbed(
        "dynamodb",
        described(
            BillingModeSummary={"BillingMode": "PROVISIONED"},
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        ),
        (
            "update_table",
            {"TableName": "orders-2", "ProvisionedThroughput": PROVISIONED["ProvisionedThroughput"]},
            {},
        ),
    )
    clients = Clients(dynamodb=client, autoscaling=None, cloudwatch=None, lambda_=None)
    reapply(clients, "orders-2", Loss(setting="billing", what="capacity", value=PROVISIONED))
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize("older", [True, False])
def test_an_sdk_that_knows_no_vector_indexes_restores_without_the_others(older: bool) -> None:  # noqa: FBT001 - the case
    asked: list[dict[str, Any]] = []

    class Client:
        def describe_table(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeTable")

        def restore_table_from_backup(self, **request: Any) -> None:
            asked.append(request)
            if older and "VectorIndexOverride" in request:
                raise ParamValidationError(report='Unknown parameter in input: "VectorIndexOverride"')

    assert begin(Client(), FromBackup(backup="arn"), "new", Overrides(without_indexes=True))
    kept = {"GlobalSecondaryIndexOverride", "LocalSecondaryIndexOverride"}
    assert {name for name in asked[-1] if name.endswith("Override")} == kept | (
        set() if older else {"VectorIndexOverride"}
    )


def test_a_request_that_no_sdk_takes_fails() -> None:
    class Client:
        def describe_table(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeTable")

        def restore_table_from_backup(self, **_: Any) -> None:
            raise ParamValidationError(report="BackupArn")

    for overrides in (Overrides(), Overrides(without_indexes=True)):
        with pytest.raises(ParamValidationError):
            begin(Client(), FromBackup(backup=""), "new", overrides)
