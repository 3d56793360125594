"""Point-in-time recovery as it is deployed, and the function that looks at what the local cloud can restore."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from recovery_window import UNITS, Look, UnseenError, look

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.synthesis import ROOT

APP = Path(__file__).with_name("point_in_time_recovery_app.py")
ASKED = Look(
    schedule="Shop/Recovery", namespace="constructs_lib/Backup", promised=timedelta(days=7), since=None
)
HOUR = timedelta(hours=1)
Outputs = dict[str, str]


def make(client: Any, name: str) -> str:
    made = client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    arn: str = made["TableDescription"]["TableArn"]
    return arn


@pytest.fixture
def orders(cloud: LocalCloud) -> Iterator[tuple[Any, str]]:
    """A client of DynamoDB, and the ARN of a table without point-in-time recovery."""
    client = cloud.client("dynamodb")
    arn = make(client, f"orders-{uuid4().hex[:8]}")
    yield client, arn
    client.delete_table(TableName=arn)


def switch(client: Any, arn: str, *, on: bool, days: int = 7) -> None:
    settings = {"PointInTimeRecoveryEnabled": on} | ({"RecoveryPeriodInDays": days} if on else {})
    client.update_continuous_backups(TableName=arn, PointInTimeRecoverySpecification=settings)


def seen(client: Any, *arns: str, later: timedelta = HOUR) -> dict[str, dict[str, float]]:
    """What is published some time later, by table; nothing is restored or lost meanwhile."""
    lines: list[dict[str, Any]] = []
    look(
        client,
        ASKED,
        arns,
        now=lambda: datetime.now(UTC) + later,
        remaining=lambda: 170.0,
        sleep=lambda _: None,
        write=lambda line: lines.append(json.loads(line)),
    )
    return {each["TableName"]: {name: each[name] for name in UNITS if name in each} for each in lines}


def test_a_table_that_is_on_from_the_beginning_lacks_nothing(orders: tuple[Any, str]) -> None:
    client, arn = orders
    switch(client, arn, on=True)
    (values,) = seen(client, arn).values()
    assert values["RecoveryWindow"] == pytest.approx(3_600, abs=5)
    assert values["RecoveryWindowMissing"] == pytest.approx(0, abs=2)
    assert values["AgeOfLatestRestorable"] == pytest.approx(3_600, abs=5)
    assert values["RecoveryLooksFailed"] == 0


def test_a_table_that_is_off_would_lose_everything_since_it_was_made(orders: tuple[Any, str]) -> None:
    client, arn = orders
    (values,) = seen(client, arn, later=10 * HOUR).values()
    assert values["RecoveryWindow"] == 0
    assert values["AgeOfLatestRestorable"] == pytest.approx(36_000, abs=5)
    assert values["RecoveryWindowMissing"] == values["AgeOfLatestRestorable"]


def test_switching_off_and_on_loses_what_there_was(orders: tuple[Any, str]) -> None:
    client, arn = orders
    switch(client, arn, on=True)

    def lost() -> float:
        switch(client, arn, on=False)
        switch(client, arn, on=True)
        (values,) = seen(client, arn).values()
        assert values["RecoveryWindow"] + values["RecoveryWindowMissing"] == pytest.approx(3_600, abs=10)
        return values["RecoveryWindowMissing"] if values["RecoveryWindowMissing"] >= 2 else 0.0

    assert eventually(lost, "seconds that are lost") >= 2


def test_the_latest_second_follows_the_time(orders: tuple[Any, str]) -> None:
    client, arn = orders
    switch(client, arn, on=True)
    begun = datetime.now(UTC)

    def follows() -> bool:
        (values,) = seen(client, arn, later=timedelta(0)).values()
        elapsed = (datetime.now(UTC) - begun).total_seconds()
        return elapsed > 4 and values["AgeOfLatestRestorable"] < 3

    eventually(follows, "a second that is younger than the switch")


def test_a_table_that_is_gone_keeps_nobody_from_looking_at_the_others(orders: tuple[Any, str]) -> None:
    client, arn = orders
    switch(client, arn, on=True)
    gone = make(client, f"gone-{uuid4().hex[:8]}")
    client.delete_table(TableName=gone)
    lines: list[dict[str, Any]] = []
    with pytest.raises(UnseenError, match=r"^1 of 2 tables: gone-"):
        look(
            client,
            ASKED,
            [gone, arn],
            now=lambda: datetime.now(UTC),
            remaining=lambda: 170.0,
            sleep=lambda _: None,
            write=lambda line: lines.append(json.loads(line)),
        )
    assert [each["RecoveryLooksFailed"] for each in lines] == [1, 0]


@pytest.fixture(scope="module")
def deployed(bootstrapped_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outputs]:
    """The outputs of the deployed app."""
    client = bootstrapped_cloud.client("dynamodb")
    make(client, "recoveries-mail")
    folder = tmp_path_factory.mktemp("recoveries")
    outputs = folder / "outputs.json"
    bootstrapped_cloud.cdk(
        "deploy",
        f"--app={sys.executable} {APP}",
        f"--output={folder / 'cdk.out'}",
        "--require-approval=never",
        f"--outputs-file={outputs}",
        cwd=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    found = json.loads(outputs.read_text())["Recoveries"]
    yield {name.removesuffix("Out"): value for name, value in found.items()}
    bootstrapped_cloud.cdk("destroy", "--app", str(folder / "cdk.out"), "--force", cwd=ROOT)
    client.delete_table(TableName="recoveries-mail")


def described(cloud: LocalCloud, name: str, region: str = "us-east-1") -> dict[str, Any]:
    client = cloud.client("dynamodb", region)
    found: dict[str, Any] = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery: dict[str, Any] = found["PointInTimeRecoveryDescription"]
    return recovery


@pytest.mark.parametrize(
    ("table", "region"), [("Orders", "us-east-1"), ("Orders", "eu-west-1"), ("Stock", "us-east-1")]
)
def test_tables_and_replicas_are_switched_on_by_the_deployment(
    bootstrapped_cloud: LocalCloud, deployed: Outputs, table: str, region: str
) -> None:
    found = described(bootstrapped_cloud, deployed[table], region)
    assert (found["PointInTimeRecoveryStatus"], found["RecoveryPeriodInDays"]) == ("ENABLED", 7)


def test_the_alarm_rings_until_somebody_looks(bootstrapped_cloud: LocalCloud, deployed: Outputs) -> None:
    cloud = bootstrapped_cloud
    assert described(cloud, "recoveries-mail")["PointInTimeRecoveryStatus"] == "DISABLED"
    watch = cloud.client("cloudwatch")

    def is_in(state: str) -> bool:
        (alarm,) = watch.describe_alarms(AlarmNames=[deployed["Age"]])["MetricAlarms"]
        return bool(alarm["StateValue"] == state)

    eventually(lambda: is_in("ALARM"), "an alarm that nobody keeps quiet", seconds=120)
    called = called_by_the_schedule(cloud, deployed)

    assert called == {"tables": 3}
    for name in (deployed["Orders"], deployed["Stock"], "recoveries-mail"):
        statistics = eventually(partial(published, cloud, name, "RecoveryWindow"), "a window")
        assert statistics[0]["Unit"] == "Seconds"
        assert (statistics[0]["Minimum"] == 0) is (name == "recoveries-mail")
    eventually(lambda: is_in("OK"), "an alarm that somebody keeps quiet", seconds=120)


def test_a_table_that_went_is_told_and_the_others_are_published(
    bootstrapped_cloud: LocalCloud, deployed: Outputs
) -> None:
    cloud = bootstrapped_cloud
    client = cloud.client("dynamodb")
    client.delete_table(TableName="recoveries-mail")
    try:
        answer = called_by_the_schedule(cloud, deployed)
    finally:
        make(client, "recoveries-mail")

    assert answer["errorType"] == "UnseenError"
    assert answer["errorMessage"].startswith("1 of 3 tables: recoveries-mail (")
    failed = eventually(
        lambda: [
            each
            for each in published(cloud, "recoveries-mail", "RecoveryLooksFailed")
            if each["Maximum"] == 1
        ],
        "the failure",
    )
    assert failed
    assert {each["Maximum"] for each in published(cloud, deployed["Stock"], "RecoveryLooksFailed")} == {0}


def called_by_the_schedule(cloud: LocalCloud, deployed: Outputs) -> dict[str, Any]:
    """What the function answers to what the schedule sends, now rather than in five minutes."""
    target = cloud.client("scheduler").get_schedule(Name=deployed["Schedule"])["Target"]
    answer = cloud.client("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"])
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def published(cloud: LocalCloud, table: str, metric: str) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    found: list[dict[str, Any]] = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="constructs_lib/Backup",
        MetricName=metric,
        Dimensions=[
            {"Name": "Schedule", "Value": "Recoveries/Recovery"},
            {"Name": "TableName", "Value": table},
        ],
        StartTime=now - HOUR,
        EndTime=now + HOUR,
        Period=300,
        Statistics=["Minimum", "Maximum"],
    )["Datapoints"]
    return found
