"""What a restore test compares: items in one form, samples that are drawn again, counts, structure."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_restore import handler
from table_restore.checksums import canonical, checksum, shown
from table_restore.comparing import written
from table_restore.ledger import Entry, Ledger, OvertakenError, Phase, State
from table_restore.reports import more, report_of, stamp
from table_restore.sampling import Count, Reader
from table_restore.verifying import Subject, structure_problems, verify

from tests.backup.restore_world import BY_DAY, KEYS, LEDGER, ORDERS, RUN, FakeDynamo, Table, World, order

BEFORE: dict[str, Any] = {"KeySchema": KEYS}
AFTER: dict[str, Any] = {
    "KeySchema": KEYS,
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "day", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [BY_DAY],
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"N": "1"}, {"N": "1.0"}),
        ({"N": "1E+2"}, {"N": "100"}),
        ({"N": "-0"}, {"N": "0.00"}),
        ({"NS": ["2", "10"]}, {"NS": ["10.0", "2"]}),
        ({"SS": ["b", "a"]}, {"SS": ["a", "b"]}),
        ({"BS": [b"b", b"a"]}, {"BS": [b"a", b"b"]}),
        ({"M": {"b": {"N": "1"}, "a": {"NULL": True}}}, {"M": {"a": {"NULL": True}, "b": {"N": "1.0"}}}),
        ({"L": [{"SS": ["b", "a"]}]}, {"L": [{"SS": ["a", "b"]}]}),
    ],
)
def test_what_dynamodb_holds_equal_has_one_checksum(one: Any, other: Any) -> None:
    assert checksum({"id": {"S": "a"}, "it": one}) == checksum({"it": other, "id": {"S": "a"}})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"N": "1"}, {"S": "1"}),
        ({"L": [{"S": "a"}, {"S": "b"}]}, {"L": [{"S": "b"}, {"S": "a"}]}),
        ({"SS": ["a"]}, {"L": [{"S": "a"}]}),
        ({"BOOL": True}, {"BOOL": False}),
        ({"NULL": True}, {"S": ""}),
        ({"B": b"a"}, {"S": "YQ=="}),
        ({"N": "1.0000000000000000000000000000000000001"}, {"N": "1"}),
        ({"S": "é"}, {"S": "e\u0301"}),
    ],
)
def test_what_differs_has_another_checksum(one: Any, other: Any) -> None:
    assert checksum({"it": one}) != checksum({"it": other})


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-999, max_value=999)))
def test_a_set_of_numbers_has_one_form_in_any_order(numbers: list[Any]) -> None:
    texts = [str(each) for each in numbers]
    assert canonical({"it": {"NS": texts}}) == canonical({"it": {"NS": texts[::-1]}})


def test_a_long_key_is_shortened_for_people() -> None:
    assert len(shown({"id": {"S": "x" * 2_000}})) == 203


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ({"N": "1772326800"}, 1_772_326_800),
        ({"N": "1772326800123"}, 1_772_326_800.123),
        ({"S": "2026-03-01T01:00:00Z"}, 1_772_326_800),
        ({"S": "2026-03-01T02:00:00+01:00"}, 1_772_326_800),
        ({"S": "2026-03-01T01:00:00"}, None),
        ({"S": "yesterday"}, None),
        ({"BOOL": True}, None),
        (None, None),
    ],
)
def test_an_item_says_when_it_was_written(value: Any, seconds: float | None) -> None:
    assert written({"at": value} if value else {}, "at") == seconds


def reader(items: int, page: int = 7) -> tuple[Reader, World]:
    world = World(page=page)
    world.tables["orders"] = Table(items={f"o{each}": order(each) for each in range(items)})
    client: Any = FakeDynamo(world)
    return Reader(client=client, sleep=world._sleep, page=page), world


def drawn(items: int, wanted: int, seed: str) -> list[str]:
    pages = reader(items)[0].sample("orders", items=items, wanted=wanted, seed=seed)
    return [item["id"]["S"] for page in pages for item in page]


def test_samples_of_a_small_table_are_all_of_it() -> None:
    assert sorted(drawn(20, 100, "a")) == sorted(f"o{each}" for each in range(20))


def test_samples_are_bounded_and_drawn_again_by_their_seed() -> None:
    first = drawn(5_000, 200, "a")
    assert len(first) == len(set(first)) == 200
    assert drawn(5_000, 200, "a") == first
    assert set(drawn(5_000, 200, "b")) != set(first)


def test_samples_come_from_all_over_a_table() -> None:
    numbers = sorted(int(each[1:]) for each in drawn(5_000, 200, "a"))
    assert numbers[0] < 500
    assert numbers[-1] > 4_500


@pytest.mark.parametrize(
    ("up_to", "count"),
    [(100, Count(30, exact=True)), (29, Count(30, exact=True)), (10, Count(14, exact=False))],
)
def test_counting_stops_at_a_bound(up_to: int, count: Count) -> None:
    assert reader(30)[0].count("orders", up_to) == count


def test_a_count_tells_whether_there_are_more() -> None:
    assert (str(Count(1_000, exact=True)), str(Count(14, exact=False))) == ("1,000", "at least 14")


def test_all_keys_are_fetched_though_dynamodb_leaves_some_unanswered() -> None:
    mine, world = reader(30)
    keys: list[Any] = [{"id": {"S": f"o{each}"}} for each in range(25, 35)]
    found = mine.fetch("orders", keys)
    assert {item["id"]["S"] for item in found.values()} == {f"o{each}" for each in range(25, 30)}
    assert world.calls == ["batch_get_item"] * 2
    assert mine.fetch("orders", []) == {}


def test_fails_where_keys_stay_unanswered() -> None:
    mine, world = reader(30)
    world.hook = lambda _world, _what, _act: {
        "Responses": {},
        "UnprocessedKeys": {"orders": {"Keys": [{"id": {"S": "o1"}}]}},
    }
    with pytest.raises(TimeoutError, match="leaves keys of orders unanswered, 8 times"):
        mine.fetch("orders", [{"id": {"S": "o1"}}])


def index(**more: Any) -> dict[str, Any]:
    return {**AFTER, "GlobalSecondaryIndexes": [{**BY_DAY, **more}]}


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (AFTER, ""),
        ({**AFTER, "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}]}, "The key schema is"),
        ({**AFTER, "GlobalSecondaryIndexes": []}, "The index by-day is missing."),
        (index(Projection={"ProjectionType": "KEYS_ONLY"}), "The index by-day is ("),
        (index(KeySchema=KEYS), "The index by-day is ("),
        (index(IndexName="other"), "The index by-day is missing."),
        ({**AFTER, "LocalSecondaryIndexes": [BY_DAY]}, "The index by-day was not in the backup."),
        (
            {**AFTER, "AttributeDefinitions": AFTER["AttributeDefinitions"][:1]},
            "no definitions of the key attributes day",
        ),
    ],
)
def test_a_structure_is_compared(table: dict[str, Any], problem: str) -> None:
    backup = {"SourceTableDetails": BEFORE, "SourceTableFeatureDetails": {"GlobalSecondaryIndexes": [BY_DAY]}}
    problems = structure_problems(backup, table)
    assert bool(problems) == bool(problem)
    assert all(problem in problems[0] for _ in problems)


@pytest.mark.parametrize(
    ("restored", "counted", "problem"),
    [
        (30, 30, ""),
        (30, 0, ""),
        (30, 120, ""),
        (0, 20, "There are 0 items, and DynamoDB counted 20 for the backup."),
        (30, 140, "There are 30 items, and DynamoDB counted 140 for the backup."),
        (300, 150, "There are 300 items, and DynamoDB counted 150 for the backup."),
        (1_050, 1_000, ""),
        (880, 1_000, "There are 880 items, and DynamoDB counted 1,000 for the backup."),
    ],
)
def test_without_a_view_a_count_is_compared_with_dynamodbs(restored: int, counted: int, problem: str) -> None:
    mine, world = reader(restored, page=100)
    subject = Subject(
        restored="orders",
        live=ORDERS,
        before="",
        after="",
        created=world.now,
        backup={"SourceTableDetails": {**BEFORE, "ItemCount": counted}},
        seed="a",
    )
    found = verify(mine, replace(world.options, view="never"), subject)
    assert found.reasons == ([problem] if problem else [])
    assert found.count == Count(restored, exact=True)


def test_the_ledger_belongs_to_one_execution() -> None:
    client: Any = FakeDynamo(World())
    ledger = Ledger(client, LEDGER)
    mine = Entry(table=ORDERS, run=RUN, execution="one", reasons=("a", "b"), began=1.5, items=3)
    assert ledger.claim(mine) == ledger.claim(mine) == ledger.load(ORDERS, RUN) == mine
    with pytest.raises(OvertakenError, match="one"):
        ledger.claim(replace(mine, execution="two"))
    with pytest.raises(OvertakenError):
        ledger.save(replace(mine, execution="two"))
    changed = replace(mine, state=State.PASSED, phase=Phase.DONE, open=("t",), expires=9)
    assert ledger.save(changed) == ledger.load(ORDERS, RUN) == changed


def test_the_ledger_walks_from_the_newest_to_the_oldest_over_many_pages() -> None:
    client: Any = FakeDynamo(World())
    ledger = Ledger(client, LEDGER, page=2)
    runs = [f"2026-03-0{day}T01:00:00Z" for day in range(1, 6)]
    for run in runs:
        ledger.claim(Entry(table=ORDERS, run=run, execution=run))
    ledger.claim(Entry(table=f"{ORDERS}2", run=RUN, execution="other"))
    ledger.seen(ORDERS, 5.0)
    assert [each.run for each in ledger.walk(ORDERS)] == runs[::-1]
    assert ledger.seen(ORDERS, 7.0) == 5.0


@pytest.mark.parametrize(
    ("restored", "problem"),
    [(20, ""), (19, ""), (2, "There are 2 items, and were 14 to 14.")],
    ids=["both beyond the bound", "one more page", "far fewer"],
)
def test_counts_that_stopped_at_a_bound_are_compared_as_far_as_they_go(restored: int, problem: str) -> None:
    world = World.with_orders(20)
    world.options = replace(world.options, count_up_to=10, samples=1)
    items = dict(list(world.tables["orders"].items.items())[:restored])
    world.tables["restored"] = Table(items=items, indexes=[BY_DAY])
    found = verify(Reader(client=client_of(world), sleep=world._sleep), world.options, against_orders(world))
    assert [each for each in found.reasons if each.startswith("There are")] == ([problem] if problem else [])
    assert found.notes == ([] if problem else ["There are at least 14 items: more were not counted."])


def client_of(world: World) -> Any:
    return FakeDynamo(world)


def against_orders(world: World) -> Subject:
    """The table `restored`, compared with the orders as they are."""
    return Subject(
        restored="restored",
        live=ORDERS,
        before="orders",
        after="orders",
        created=world.now,
        backup={
            "SourceTableDetails": BEFORE,
            "SourceTableFeatureDetails": {"GlobalSecondaryIndexes": [BY_DAY]},
        },
        seed="a",
    )


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize("number", [40, 400])
@pytest.mark.parametrize(
    "change",
    [
        lambda items: [items.pop(key) for key in list(items)[::3]],
        lambda items: [item.update(total={"N": "1"}) for item in list(items.values())[::3]],
        lambda items: items.update({f"x{each}": order(each + 10_000) for each in range(150)}),
    ],
    ids=["missing", "changed", "extra"],
)
def test_samples_find_what_is_wrong_with_many_items(number: int, change: Change) -> None:
    world = World.with_orders(number, page=100)
    world.options = replace(world.options, samples=50)
    items = {key: dict(item) for key, item in world.tables["orders"].items.items()}
    change(items)
    world.tables["restored"] = Table(items=items, indexes=[BY_DAY])
    found = verify(Reader(client=client_of(world), sleep=world._sleep), world.options, against_orders(world))
    assert any("of the items compared are wrong" in each for each in found.reasons)
    assert min(number, 50) <= found.compared <= 100


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        ({"step": "begin", "table": "orders"}, "table is 'orders': give the ARN of a table"),
        (
            {"step": "begin", "table": f"{ORDERS.rpartition('/')[0]}/restore-test-1"},
            "that is no temporary one",
        ),
        ({"step": "begin", "table": ORDERS, "scheduled": "tonight"}, "Invalid isoformat string: 'tonight'"),
        ({"step": "begin", "table": ORDERS, "scheduled": "2026-03-01T01:00:00"}, "has no time zone"),
        ({"step": "dance", "table": ORDERS}, "step is 'dance': give begin, work, heard, tear_down or report"),
    ],
)
def test_fails_on_an_event_that_is_none(
    event: dict[str, str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"schedule": "s", "ledger": "l", "namespace": "n", "prefix": "restore-test-"}
    monkeypatch.setenv("TABLE_RESTORE", json.dumps(options))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    given = {"table": event["table"], "scheduled": event.get("scheduled", RUN)}
    with pytest.raises(ValueError, match=problem):
        handler.handler({"step": event["step"], "execution": "one", "given": given}, None)
    for service in ("dynamodb", "application-autoscaling", "cloudwatch", "lambda"):
        handler._client(service).close()
    handler._client.cache_clear()


def test_a_report_fits_into_the_cause_of_an_execution_that_fails() -> None:
    many = tuple(f"alarm {number} {'x' * 300}" for number in range(200))
    entry = Entry(table=ORDERS, run=RUN, execution="one", lost=many, reapplied=many, notes=many)
    reasons = more(entry, *(f"reason {number} {'x' * 2_000}" for number in range(50)))
    report = report_of(replace(entry, reasons=reasons))
    assert len(json.dumps(report)) < 32_768
    assert len(report["reasons"]) == 10
    assert (len(report["lost"]), report["lost"][-1]) == (25, "and 176 more")


@pytest.mark.parametrize("text", ["2026-03-01T01:00:00Z", "2026-03-01T02:00:00+01:00"])
def test_times_are_written_in_one_way(text: str) -> None:
    assert stamp(text) == RUN
