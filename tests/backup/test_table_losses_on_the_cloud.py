"""Restores of a table that has everything: what is lost really, and applied again."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from table_restore.losses import Loss, as_restored, losses, reapply
from table_restore.reading import Clients, read_settings
from table_restore.restoring import FromBackup, FromMoment, OccupiedError, Overrides, begin, begun, progress
from table_restore.settings import TableSettings

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.backup.restored_table import clients_of, delete, ids, now, put, rich_table, window_reaches


@pytest.fixture(scope="module")
def table(cloud: LocalCloud) -> Iterator[str]:
    with rich_table(cloud) as name:
        yield name


@pytest.fixture(scope="module")
def backup(cloud: LocalCloud, table: str) -> FromBackup:
    made = cloud.client("dynamodb").create_backup(TableName=table, BackupName="by-hand")
    return FromBackup(backup=made["BackupDetails"]["BackupArn"])


def ready(clients: Clients, target: str) -> TableSettings:
    eventually(lambda: progress(clients.dynamodb, target).state == "ready", f"{target} to be restored")
    return read_settings(clients, target)


def apply(clients: Clients, target: str, lost: tuple[Loss, ...]) -> None:
    for loss in lost:
        if loss.by_hand:
            continue

        def applied(loss: Loss = loss) -> bool:
            try:
                reapply(clients, target, loss)
            except clients.dynamodb.exceptions.ResourceInUseException:
                return False
            return True

        eventually(applied, loss.what)


def test_what_is_lost_is_what_the_documentation_says_and_all_of_it_can_be_applied(
    cloud: LocalCloud, table: str, backup: FromBackup
) -> None:
    clients, target = clients_of(cloud), f"{table}-all"
    source = read_settings(clients, table)
    assert set(source.unknown) <= {"scaling"}  # the local cloud has no Application Auto Scaling
    begin(clients.dynamodb, backup, target)
    restored = ready(clients, target)
    lost = losses(source, restored)
    foretold = losses(source, as_restored(source, Overrides(), restored.arn))
    assert lost == foretold
    assert {each.setting for each in lost} == {
        "deletion_protection",
        "table_class",
        "stream",
        "recovery_days",
        "resource_policy",
        "tags",
        "kinesis",
        "contributor_insights",
        "ttl",
        "alarms",
    }

    apply(clients, target, lost)
    left = losses(source, read_settings(clients, target))
    assert [each.setting for each in left] == ["alarms"]
    apply(clients, target, lost)  # again, which changes nothing
    assert losses(source, read_settings(clients, target)) == left


def test_a_restore_is_begun_once_and_never_to_a_table_of_another(
    cloud: LocalCloud, table: str, backup: FromBackup
) -> None:
    client, target = cloud.client("dynamodb"), f"{table}-once"
    assert progress(client, target).state == "missing"
    assert not begun(client, backup, target)
    assert begin(client, backup, target)
    assert progress(client, target).state == "restoring"
    assert not begin(client, backup, target)
    eventually(lambda: progress(client, target).state == "ready", "the restore")
    assert not begin(client, backup, target)
    other = client.create_backup(TableName=table, BackupName="another")["BackupDetails"]["BackupArn"]
    with pytest.raises(OccupiedError, match="already"):
        begin(client, FromBackup(backup=other), target)
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    with pytest.raises(OccupiedError):
        begin(client, FromMoment(table=arn, moment=now()), target)
    with pytest.raises(OccupiedError):
        begun(client, backup, table)


def test_a_moment_brings_back_what_was_deleted_since_and_is_begun_once(cloud: LocalCloud, table: str) -> None:
    client, target = cloud.client("dynamodb"), f"{table}-moment"
    before = ids(client, table)
    put(client, table, "late")
    time.sleep(1.1)  # moments are whole seconds
    moment = datetime.now(UTC).replace(microsecond=0)
    window_reaches(client, table, moment + timedelta(seconds=1))
    client.delete_item(TableName=table, Key={"id": {"S": "late"}, "at": {"S": "2026-03-01"}})
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    origin = FromMoment(table=arn, moment=moment)
    assert begin(client, origin, target)
    assert not begin(client, origin, target)
    eventually(lambda: progress(client, target).state == "ready", "the restore")
    assert ids(client, target) == before | {"late"}
    assert ids(client, table) == before
    with pytest.raises(OccupiedError):
        begin(client, FromMoment(table=arn, moment=moment - timedelta(seconds=2)), target)


def test_without_indexes_and_on_other_capacity(cloud: LocalCloud, table: str, backup: FromBackup) -> None:
    clients, target = clients_of(cloud), f"{table}-bare"
    overrides = Overrides(without_indexes=True, billing_mode="PROVISIONED", read_units=3, write_units=2)
    begin(clients.dynamodb, backup, target, overrides)
    restored = ready(clients, target)
    assert (dict(restored.global_indexes), dict(restored.local_indexes)) == ({}, {})
    assert restored.billing == {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2},
    }
    source = read_settings(clients, table)
    assert losses(source, as_restored(source, overrides, restored.arn)) != ()
    assert {each.setting for each in losses(source, restored) if each.by_hand} == {
        "global_indexes",
        "local_indexes",
        "alarms",
    }


def test_a_table_that_goes_away_is_no_restore_any_more(
    cloud: LocalCloud, table: str, backup: FromBackup
) -> None:
    client, target = cloud.client("dynamodb"), f"{table}-gone"
    begin(client, backup, target)
    eventually(lambda: progress(client, target).state == "ready", "the restore")
    delete(client, target)
    eventually(lambda: progress(client, target).state == "missing", "the table to be gone")
    assert begin(client, backup, target)
