"""Both handlers with real clients, against the services of the local cloud."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from local_cloud import LocalCloud
from tests.failover.parts import load_handler

KEY = {"id": {"S": "health"}}
TAIL = uuid4().hex[:8]
TABLE, QUEUE, ALARM = (f"{what}-{TAIL}" for what in ("table", "queue", "alarm"))


@pytest.fixture
def region(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    """The local cloud with a table, a queue and an alarm, and the environment of a function in it."""
    for name, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    cloud.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    url = cloud.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]
    cloud.client("cloudwatch").put_metric_alarm(
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
    needs = [
        {"kind": "table", "name": TABLE},
        {"kind": "table", "name": TABLE, "key": KEY},
        {"kind": "queue", "url": url},
        {"kind": "alarms", "names": [ALARM]},
    ]
    monkeypatch.setenv("HEALTH_NEEDS", json.dumps(needs))
    monkeypatch.setenv("HEALTH_DEADLINE_SECONDS", "30")  # this machine may be busy
    monkeypatch.setenv("HEALTH_KEEP_SECONDS", "0")
    yield cloud
    cloud.client("cloudwatch").delete_alarms(AlarmNames=[ALARM])
    cloud.client("sqs").delete_queue(QueueUrl=url)
    tables = cloud.client("dynamodb")
    with suppress(tables.exceptions.ResourceNotFoundException):  # a test may have deleted it
        tables.delete_table(TableName=TABLE)


def ring(cloud: LocalCloud, state: str) -> None:
    cloud.client("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="test")


def answers(module: Any) -> tuple[int, str]:
    answer = module.handler({}, None)
    return answer["statusCode"], answer["body"]


@pytest.fixture
def health() -> Iterator[Any]:
    module = load_handler("health")
    yield module
    for client in module.prepared().clients.values():
        client.close()


def test_a_region_is_healthy_until_its_table_is_gone(region: LocalCloud, health: Any) -> None:
    assert answers(health) == (200, "ok")
    region.client("dynamodb").delete_table(TableName=TABLE)
    assert answers(health) == (503, "unavailable")


def test_a_region_is_unavailable_while_an_alarm_rings(region: LocalCloud, health: Any) -> None:
    ring(region, "ALARM")
    assert answers(health) == (503, "unavailable")
    ring(region, "OK")
    assert answers(health) == (200, "ok")


def test_the_state_of_an_alarm_is_published(region: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HEALTH_ALARM": ALARM,
        "HEALTH_NAMESPACE": "constructs_lib/Failover",
        "HEALTH_METRIC": "Healthy",
        "HEALTH_NAME": TAIL,
        "HEALTH_INSUFFICIENT_DATA": "LAST_KNOWN_STATUS",
    }.items():
        monkeypatch.setenv(name, value)
    module = load_handler("alarm_health")
    published = []
    for state in ("INSUFFICIENT_DATA", "OK", "ALARM"):
        ring(region, state)
        published.append(module.handler({}, None)["healthy"])

    assert published == [None, 1, 0]
    now = datetime.now(UTC)
    found = region.client("cloudwatch").get_metric_statistics(
        Namespace="constructs_lib/Failover",
        MetricName="Healthy",
        Dimensions=[{"Name": "HealthCheck", "Value": TAIL}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["SampleCount", "Minimum", "Maximum"],
    )["Datapoints"]
    assert sum(each["SampleCount"] for each in found) == 2
    assert (min(each["Minimum"] for each in found), max(each["Maximum"] for each in found)) == (0, 1)
