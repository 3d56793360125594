"""Many at once write to a global table, read it and cut it off: all Regions have the same in the end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.local_cloud.replicated import EAST, OHIO, WEST, GlobalTable, eventual_table, strong_table

KEYS, WRITES = 10, 60


@pytest.fixture(autouse=True)
def connected(cloud: LocalCloud) -> Iterator[None]:
    yield
    cloud.replication_lag(0)
    for region in (EAST, OHIO, WEST):
        cloud.restore(region)


def _items(table: GlobalTable, region: str) -> list[tuple[str, str]]:
    items = table.cloud.client("dynamodb", region).scan(TableName=table.name)["Items"]
    return sorted((item["id"]["S"], item["value"]["S"]) for item in items)


def _write(table: GlobalTable, region: str) -> None:
    for number in range(WRITES):
        table.put(region, str(number % KEYS), f"{region} {number}")
        _items(table, region)


@pytest.mark.parametrize("strong", [False, True])
def test_all_regions_agree_after_concurrent_writes(cloud: LocalCloud, *, strong: bool) -> None:
    regions = (EAST, OHIO, WEST)
    table = strong_table(cloud, witness=False) if strong else eventual_table(cloud, OHIO, WEST)
    cloud.replication_lag(0.05)
    clients = [cloud.client("dynamodb", region) for region in regions]  # not thread-safe to make
    assert clients
    with ThreadPoolExecutor(len(regions)) as threads:
        writing = [threads.submit(_write, table, region) for region in regions]
        if not strong:
            cloud.isolate(WEST)
            cloud.restore(WEST)
        for each in writing:
            each.result()
    eventually(lambda: table.pending == 0, "everything to arrive")

    east, ohio, west = (_items(table, region) for region in regions)
    assert east == ohio == west
    assert len(east) == KEYS
    assert not strong or table.conflicts == []
