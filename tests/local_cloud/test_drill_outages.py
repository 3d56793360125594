"""Faults that the local cloud injects: a Region that answers late, and a table that its API knows nothing of."""

import http.client
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud, LocalCloudError
from local_cloud.places import ADDRESSES

ONE, OTHER = "us-east-1", "us-west-2"
TABLE = "outages"
KEY = {"id": {"S": "1"}}


@pytest.fixture
def table(cloud: LocalCloud) -> Iterator[str]:
    """A table of the same name in two Regions."""
    for region in (ONE, OTHER):
        cloud.client("dynamodb", region).create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    cloud.client("dynamodb", ONE).put_item(TableName=TABLE, Item=KEY)
    yield TABLE
    cloud.mend_table(ONE, TABLE)
    for region in (ONE, OTHER):
        cloud.client("dynamodb", region).delete_table(TableName=TABLE)


def _answered_in(cloud: LocalCloud, region: str) -> float:
    begun = time.monotonic()
    connection = http.client.HTTPConnection(ADDRESSES[region], cloud.port, timeout=10)
    connection.request("GET", "/", headers={"Host": "nobody.example.com"})
    assert connection.getresponse().status == 403
    connection.close()
    return time.monotonic() - begun


def _refused(cloud: LocalCloud, region: str) -> str:
    try:
        cloud.client("dynamodb", region).get_item(TableName=TABLE, Key=KEY)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_a_slow_region_answers_late_until_it_is_mended(cloud: LocalCloud) -> None:
    cloud.slow(ONE, 1.5)
    late, quick = _answered_in(cloud, ONE), _answered_in(cloud, OTHER)
    cloud.slow(ONE, 0)

    assert late >= 1.5
    assert quick < 1.5
    assert _answered_in(cloud, ONE) < 1.5


def test_a_broken_table_is_missing_in_its_region_only(cloud: LocalCloud, table: str) -> None:
    cloud.break_table(ONE, table)
    assert _refused(cloud, ONE) == "ResourceNotFoundException"
    assert _refused(cloud, OTHER) == ""
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cloud.client("dynamodb", ONE).describe_table(TableName=table)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [KEY]}}}),
        ("transact_write_items", {"TransactItems": [{"Put": {"TableName": TABLE, "Item": KEY}}]}),
    ],
)
def test_a_broken_table_is_missing_in_batches_and_transactions(
    cloud: LocalCloud, table: str, operation: str, arguments: dict[str, Any]
) -> None:
    cloud.break_table(ONE, table)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        getattr(cloud.client("dynamodb", ONE), operation)(**arguments)


def test_a_mended_table_has_what_it_had(cloud: LocalCloud, table: str) -> None:
    cloud.break_table(ONE, table)
    cloud.mend_table(ONE, table)
    assert cloud.client("dynamodb", ONE).get_item(TableName=table, Key=KEY)["Item"] == KEY


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (lambda cloud: cloud.slow("nowhere", 1), "'nowhere' is none of us-east-1"),
        (lambda cloud: cloud.slow(ONE, -1), "seconds is '-1', not a number of seconds"),
        (lambda cloud: cloud.break_table(ONE, ""), "table is missing"),
    ],
)
def test_an_outage_that_makes_no_sense_is_refused(cloud: LocalCloud, action: object, problem: str) -> None:
    assert callable(action)
    with pytest.raises(LocalCloudError, match=problem):
        action(cloud)
