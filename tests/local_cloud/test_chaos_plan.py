"""What happens in a chaos run follows from its seed, and there is something of everything."""

import gzip
import json
from collections import Counter
from decimal import Decimal

from local_cloud.chaos.faults import CLOCKWORK, UNKNOWN, attribute
from local_cloud.chaos.files import PlannedFile
from local_cloud.chaos.orders import OrderKind, warehouse
from local_cloud.chaos.outages import Happened
from local_cloud.chaos.plan import Plan
from local_cloud.chaos.poison import Into
from local_cloud.chaos.rules import FUNCTIONS, IDENTITY
from local_cloud.chaos.traffic import Placed, Uploaded
from local_cloud.event_identity import identities
from local_cloud.faults import KINDS
from local_cloud.faults import Fault as Rule


def a_plan(seed: int = 7, orders: int = 400, files: int = 100) -> Plan:
    return Plan.make(seed, orders=orders, files=files)


def test_the_same_seed_makes_the_same_run_and_another_one_another() -> None:
    assert a_plan() == a_plan()
    assert a_plan(8).orders != a_plan().orders
    assert a_plan(8).files != a_plan().files


def test_the_turn_of_a_seed_changes_names_and_nothing_else() -> None:
    first, second = a_plan(), Plan.make(7, orders=400, files=100, turn=1)

    assert not {each.key for each in first.orders} & {each.key for each in second.orders}
    assert [each.lines for each in first.orders] == [each.lines for each in second.orders]
    assert first.rules == second.rules


def test_every_kind_of_order_is_placed_and_amounts_decide_what_is_declined() -> None:
    orders = a_plan().orders
    kinds = Counter(each.kind for each in orders)

    assert set(kinds) == set(OrderKind)
    assert kinds[OrderKind.GOOD] > len(orders) / 2
    for each in orders:
        assert (f"{each.total:.2f}"[-2:] in ("05", "51", "54")) == (each.kind is OrderKind.DECLINED), each
    assert any(each.together for each in orders)
    assert any(each.repeats and not each.together for each in orders)


def test_the_warehouse_has_too_little_for_what_is_to_run_out_and_plenty_of_the_rest() -> None:
    orders = a_plan().orders
    stock = warehouse(orders)

    for each in orders:
        short = [sku for sku, wanted in each.lines.items() if wanted > stock[sku]]
        assert bool(short) == (each.kind is OrderKind.SHORT), each
    contested = sum(each.lines.get("CONTESTED", 0) for each in orders)
    assert 0 < stock["CONTESTED"] < contested


def usable_rows(file: PlannedFile) -> list[str]:
    text = gzip.decompress(file.content) if file.key.endswith(".gz") else file.content
    return [line for line in text.decode().splitlines()[1:] if ",many," not in line]


def test_good_files_have_the_rows_and_the_revenue_that_the_plan_says() -> None:
    good = [each for each in a_plan().files if each.rows is not None]

    for file in good:
        rows = [line.split(",") for line in usable_rows(file)]
        assert len(rows) == file.rows
        sums: dict[str, Decimal] = {}
        for _, _, quantity, price, currency, _ in rows:
            sums[currency] = sums.get(currency, Decimal(0)) + int(quantity) * Decimal(price)
        assert sums == file.revenue


def test_some_files_are_broken_and_some_are_new_versions_of_others() -> None:
    files = a_plan().files

    assert len(files) == 100
    assert 0 < sum(each.rows is None for each in files) < len(files) / 3
    assert max(Counter(each.key for each in files).values()) > 1


def test_the_rules_are_ones_that_the_local_cloud_takes_and_have_every_kind_of_fault() -> None:
    rules = [Rule.from_json({**rule}) for rule in a_plan().rules]

    assert {rule.kind for rule in rules} == set(KINDS)
    assert {rule.function for rule in rules} == set(FUNCTIONS.values())


def test_few_orders_are_hit_as_often_as_many_but_no_attempt_is_hopeless() -> None:
    few, many = (
        {
            (rule["function"], rule["kind"]): rule["probability"]
            for rule in a_plan(orders=size).rules
            if "between" not in rule
        }
        for size in (30, 2000)
    )

    key = FUNCTIONS["update_inventory"], "crash_after"
    assert few[key] > many[key] > 0
    assert all(chance <= 0.03 for (name, _), chance in few.items() if name != FUNCTIONS["check_orders"])


def test_short_runs_have_no_outage_that_they_could_not_outlast() -> None:
    assert {outage.handler for outage in a_plan(orders=30).outages} == {"ingest_file"}
    assert a_plan(orders=30).redrives == []
    assert {outage.handler for outage in a_plan(orders=400).outages} >= {"payment_sandbox", "fulfil_order"}


def test_there_is_poison_for_every_queue_and_function_and_each_says_its_marker() -> None:
    poison = [each for _, each in a_plan().poison]

    assert {each.target for each in poison if each.into is Into.QUEUE} == {
        "OrderQueueUrl",
        "FilesQueueUrl",
        "DeadLetterQueueUrl",
    }
    assert len({each.marker for each in poison}) == len(poison)
    assert all(each.marker in each.body for each in poison)


def injected(function: str, event: object, names: str) -> dict[str, object]:
    (identity,) = identities(event, IDENTITY[names])
    return {
        "time": 2.0,
        "function": f"{FUNCTIONS[names]}{function}",
        "kind": "throttle",
        "event": identity,
        "attempt": 1,
    }


def test_each_fault_is_told_with_what_its_event_was_about() -> None:
    plan = a_plan()
    order, file, (_, drop) = plan.orders[0], plan.files[0], plan.poison[0]
    saga = {"execution": "arn", "step": "ReserveStock", "action": "undo", "idempotency_key": "k"}
    step = {
        "saga": saga,
        "input": {"order_id": "o-1", "correlation_id": "c"},
        "results": {"StartOrder": {"total": "1"}},
    }
    message = {"eventSource": "aws:sqs", "messageAttributes": {}, "attributes": {"SentTimestamp": "1"}}
    faults = attribute(
        [
            injected("Function1", step, "update_inventory"),
            injected("Function1", {"headers": {"idempotency-key": order.key}, "body": "{}"}, "create_order"),
            injected(
                "Function1",
                {"Records": [message | {"body": json.dumps({"order_id": "o-1"})}]},
                "fulfil_order",
            ),
            injected("Function1", {"Records": [message | {"body": drop.body}]}, "fulfil_order"),
            injected("1", {"detail": {"object": {"key": file.key, "etag": "e"}}}, "ingest_file"),
            injected("1", {"chaos": "something else"}, "process_file"),
            injected("1", {"scheduled_time": "now"}, "check_orders"),
        ],
        [
            Happened(time=1.0, kind="poison", subject=drop.marker),
            Happened(time=3.0, kind="topic gone", subject="x"),
        ],
        placed=[Placed(order=order, order_ids={"o-1"})],
        uploaded=[Uploaded(file=file, version="v-1", etag="e")],
        poison=[drop],
    )

    assert [(fault.handler, fault.subject) for fault in faults] == [
        ("", drop.marker),
        ("update_inventory", "o-1"),
        ("create_order", "o-1"),
        ("fulfil_order", "o-1"),
        ("fulfil_order", drop.marker),
        ("ingest_file", "v-1"),
        ("process_file", UNKNOWN),
        ("check_orders", CLOCKWORK),
        ("", CLOCKWORK),
    ]
