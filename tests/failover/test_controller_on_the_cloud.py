"""The controller with real clients, against the services of the local cloud."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from failover_controller import handler as module
from failover_controller.controller import IncompleteError
from failover_controller.model import Phase, State
from failover_controller.ports import OvertakenError, Record
from failover_controller.table import TableStore

from local_cloud import LocalCloud

TAIL = uuid4().hex[:8]
TABLE, ALARM, FUNCTION, RULE, SCHEDULE, PARAMETER = (
    f"{what}-{TAIL}" for what in ("state", "alarm", "orders", "rule", "schedule", "mode")
)
ROLE = "arn:aws:iam::000000000000:role/anything"
QUICK = {"observations": 1, "between": -10, "healthy_for": -10, "drain": -10, "wake_up_limit": 5}
"""Negative: what the clocks' tolerance would add is taken away."""


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    return data.getvalue()


@pytest.fixture
def region(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The standby's Region with everything asleep, and the environment of the controller in it."""
    for name, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    made: dict[str, Any] = {
        each: cloud.client(each, "us-west-2")
        for each in ("dynamodb", "cloudwatch", "lambda", "events", "scheduler", "ssm", "sns", "sqs")
    }
    made["dynamodb"].create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "controller", "KeyType": "HASH"},
            {"AttributeName": "record", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("controller", "record")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    made["ssm"].put_parameter(Name=PARAMETER, Value="auto", Type="String")
    made["cloudwatch"].put_metric_alarm(
        AlarmName=ALARM,
        Namespace="Orders",
        MetricName=f"Served-{TAIL}",
        Statistic="Minimum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="ignore",
    )
    lambda_ = made["lambda"]
    lambda_.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.11",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": zipped()},
        Publish=True,
    )
    lambda_.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="1")
    lambda_.put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=0)
    queue = made["sqs"].create_queue(QueueName=f"work-{TAIL}")["QueueUrl"]
    arn = f"arn:aws:sqs:us-west-2:000000000000:work-{TAIL}"
    uuid = lambda_.create_event_source_mapping(
        EventSourceArn=arn, FunctionName=f"{FUNCTION}:live", Enabled=False
    )["UUID"]
    rule = made["events"].put_rule(Name=RULE, ScheduleExpression="rate(1 hour)", State="DISABLED")["RuleArn"]
    schedule = made["scheduler"].create_schedule(
        Name=SCHEDULE,
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        State="DISABLED",
        Description="kept",
        Target={"Arn": arn, "RoleArn": ROLE},
    )["ScheduleArn"]
    topic = made["sns"].create_topic(Name=f"people-{TAIL}")["TopicArn"]
    inbox = made["sqs"].create_queue(QueueName=f"inbox-{TAIL}")["QueueUrl"]
    made["sns"].subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:us-west-2:000000000000:inbox-{TAIL}",
        Attributes={"RawMessageDelivery": "true"},
    )
    sleepers = [
        {"kind": "reserved", "name": "reserved", "asleep": 0, "awake": 20, "target": {"function": FUNCTION}},
        {
            "kind": "provisioned",
            "name": "provisioned",
            "asleep": 0,
            "awake": 5,
            "target": {"function": FUNCTION, "alias": "live"},
        },
        {"kind": "mapping", "name": "mapping", "asleep": False, "awake": True, "target": {"uuid": uuid}},
        {"kind": "rule", "name": "rule", "asleep": False, "awake": True, "target": {"arn": rule}},
        {"kind": "schedule", "name": "schedule", "asleep": False, "awake": True, "target": {"arn": schedule}},
    ]
    settings = {
        "name": f"Shop-{TAIL}",
        "alarm": ALARM,
        "spacing": 0,
        "gap": 300,
        "lease": 60,
        "sleepers": sleepers,
    }
    places = {
        "table": TABLE,
        "parameter": PARAMETER,
        "topic": topic,
        "metric": {"namespace": "constructs_lib/Failover", "name": "TakeOver", "health_check": TAIL},
    }
    made |= {"uuid": uuid, "inbox": inbox, "settings": settings | QUICK, "places": places}
    monkeypatch.setenv("CONTROLLER", json.dumps({"settings": made["settings"], "places": places}))
    module._client.cache_clear()
    yield made
    for service in ("dynamodb", "cloudwatch", "lambda", "events", "scheduler", "ssm", "sns"):
        module._client(service).close()
    module._client.cache_clear()
    made["cloudwatch"].delete_alarms(AlarmNames=[ALARM])
    lambda_.delete_event_source_mapping(UUID=uuid)
    lambda_.delete_function(FunctionName=FUNCTION)
    made["events"].delete_rule(Name=RULE)
    made["scheduler"].delete_schedule(Name=SCHEDULE)
    made["ssm"].delete_parameter(Name=PARAMETER)
    made["sns"].delete_topic(TopicArn=topic)
    for url in (queue, inbox):
        made["sqs"].delete_queue(QueueUrl=url)
    made["dynamodb"].delete_table(TableName=TABLE)


def ring(region: dict[str, Any], state: str) -> None:
    region["cloudwatch"].set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="test")


def settings_of(region: dict[str, Any]) -> dict[str, Any]:
    """How everything that sleeps is set now."""
    lambda_ = region["lambda"]
    try:
        provisioned = lambda_.get_provisioned_concurrency_config(FunctionName=FUNCTION, Qualifier="live")
    except lambda_.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        provisioned = {}
    schedule = region["scheduler"].get_schedule(Name=SCHEDULE)
    assert (schedule["Description"], schedule["Target"]["RoleArn"]) == ("kept", ROLE)
    return {
        "reserved": lambda_.get_function_concurrency(FunctionName=FUNCTION).get(
            "ReservedConcurrentExecutions"
        ),
        "provisioned": provisioned.get("RequestedProvisionedConcurrentExecutions", 0),
        "mapping": lambda_.get_event_source_mapping(UUID=region["uuid"])["State"] in ("Enabled", "Enabling"),
        "rule": region["events"].describe_rule(Name=RULE)["State"] == "ENABLED",
        "schedule": schedule["State"] == "ENABLED",
    }


def told(region: dict[str, Any]) -> list[str]:
    answer = region["sqs"].receive_message(QueueUrl=region["inbox"], MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def records(region: dict[str, Any]) -> list[str]:
    answer = region["dynamodb"].query(
        TableName=TABLE,
        KeyConditionExpression="controller = :name",
        ExpressionAttributeValues={":name": {"S": f"Shop-{TAIL}"}},
    )
    return [item["what"]["S"] for item in answer["Items"] if item["record"]["S"] != "state"]


AWAKE = {"reserved": 20, "provisioned": 5, "mapping": True, "rule": True, "schedule": True}
ASLEEP = {"reserved": 0, "provisioned": 0, "mapping": False, "rule": False, "schedule": False}


def test_it_takes_over_and_fails_back(region: dict[str, Any]) -> None:
    ring(region, "OK")
    assert module.handler({}, None)["phase"] == "PRIMARY"
    assert settings_of(region) == ASLEEP

    ring(region, "ALARM")
    assert module.handler({}, None)["phase"] == "STANDBY"
    assert settings_of(region) == AWAKE
    (text,) = told(region)
    assert '{"command": "fail_back", "takeover": 1}' in text

    region["lambda"].put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=0)
    module.handler({}, None)
    assert settings_of(region) == AWAKE

    ring(region, "OK")
    module.handler({}, None)
    answer = module.handler({"command": "fail_back", "takeover": 1}, None)
    assert (answer["phase"], answer["failing_back"]) == ("PRIMARY", True)
    assert settings_of(region) == ASLEEP
    assert module.handler({"command": "status"}, None)["takeover"] == 2
    assert records(region) == [
        "WAKING",
        *["waking"] * 5,
        "STANDBY",
        "waking",
        "RELEASING",
        *["putting to sleep"] * 5,
        "PRIMARY",
    ]
    now = datetime.now(UTC)
    (found,) = region["cloudwatch"].get_metric_statistics(
        Namespace="constructs_lib/Failover",
        MetricName="TakeOver",
        Dimensions=[{"Name": "HealthCheck", "Value": TAIL}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["SampleCount", "Sum"],
    )["Datapoints"]
    assert (found["SampleCount"], found["Sum"]) == (6, 3)


def test_people_overrule_it_by_the_parameter(region: dict[str, Any]) -> None:
    ring(region, "ALARM")
    region["ssm"].put_parameter(Name=PARAMETER, Value="frozen", Overwrite=True)
    assert module.handler({}, None)["phase"] == "PRIMARY"
    region["ssm"].put_parameter(Name=PARAMETER, Value="standby", Overwrite=True)
    assert module.handler({}, None)["phase"] == "STANDBY"
    region["ssm"].put_parameter(Name=PARAMETER, Value="primary", Overwrite=True)
    assert module.handler({}, None)["phase"] == "PRIMARY"
    region["ssm"].put_parameter(Name=PARAMETER, Value="whatever", Overwrite=True)
    with pytest.raises(IncompleteError, match="'whatever' is not a valid Mode"):
        module.handler({}, None)


def test_of_two_writers_of_the_same_version_one_is_overtaken(region: dict[str, Any]) -> None:
    first, second = (TableStore(region["dynamodb"], table=TABLE, controller="Two") for _ in range(2))
    state, now = first.load()
    assert second.load()[0] == state == State()
    assert abs(now - datetime.now(UTC).timestamp()) < 60
    new = replace(state, version=1, phase=Phase.WAKING, done=frozenset({"mail", "orders"}), leased_by="one")
    first.save(new, now, [Record(what="WAKING", detail="because"), Record(what="mode", detail="auto")])

    for version in (1, 3):
        with pytest.raises(OvertakenError):
            second.save(replace(state, version=version), now)
    assert second.load()[0] == new
    second.save(replace(new, version=2), now)


def test_a_command_that_is_none_is_refused(region: dict[str, Any]) -> None:
    assert region
    with pytest.raises(ValueError, match="no command 'fail_bakc'"):
        module.handler({"command": "fail_bakc"}, None)
