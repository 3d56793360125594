"""The ledger of the chaos run finds what contradicts each of its claims, and nothing in a run where all is well."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from local_cloud.chaos.claims import CLAIMS, judge
from local_cloud.chaos.facts import Charge, Facts, Letters, Output
from local_cloud.chaos.faults import UNKNOWN, Fault
from local_cloud.chaos.files import PlannedFile
from local_cloud.chaos.ledger import Ledger
from local_cloud.chaos.orders import OrderKind, PlannedOrder
from local_cloud.chaos.traffic import Placed, Uploaded

LINE = {"sku": "TEA", "quantity": 2, "unit_price": "8.50"}
GOOD, CANCELLED, PARKED = "order-good", "order-cancelled", "order-parked"
REDRIVEN, PARKING, GIVEN_UP = "dead-letters", "parking", "given-up"


def placed(order_id: str, kind: OrderKind = OrderKind.GOOD) -> Placed:
    order = PlannedOrder(key=f"key of {order_id}", kind=kind, body={"items": [LINE]})
    return Placed(order=order, order_ids={order_id}, attempts=1)


def uploaded(version: str, rows: int | None) -> Uploaded:
    revenue = {} if rows is None else {"EUR": Decimal(10)}
    file = PlannedFile(key=f"incoming/{version}.csv", content=b"", rows=rows, revenue=revenue)
    return Uploaded(file=file, version=version, etag="etag")


def well() -> Facts:
    """A run in which everything ended as it should: one of each."""
    reserved = {"state": "reserved", "lines": {"TEA": Decimal(2)}}
    record = {"file_id": "file-1", "status": "processed", "rows": Decimal(3), "sha256": "sum"}
    return Facts(
        placed=[placed(GOOD), placed(CANCELLED, OrderKind.DECLINED), placed(PARKED)],
        orders={
            GOOD: {"status": "completed"},
            CANCELLED: {"status": "cancelled"},
            PARKED: {"status": "parked"},
        },
        charges={
            GOOD: Charge(outcome="charged", amount=Decimal("17.00")),
            CANCELLED: Charge(outcome="declined", amount=Decimal("17.00")),
            PARKED: Charge(outcome="charged", amount=Decimal("17.00")),
        },
        initial={"TEA": 10},
        stock={"TEA": 8},
        reservations={GOOD: reserved},
        told={GOOD: 1},
        uploaded=[uploaded("v1", 3), uploaded("v2", None)],
        manifest={"v1": [record], "v2": [{"file_id": "file-2", "status": "quarantined"}]},
        totals={"EUR": (Decimal(10), 1)},
        outputs={"file-1": Output(rows=3, sha256="sum")},
        quarantined=frozenset({"file-2"}),
        queues={
            REDRIVEN: Letters(most=2, alarms=["depth"], rang=True, redriven=True),
            PARKING: Letters(bodies=[f'{{"order_id": "{PARKED}"}}'], most=1, alarms=["parked"], rang=True),
            GIVEN_UP: Letters(bodies=["poison-1"], most=1, alarms=["given up"], rang=True, given_up=True),
        },
        waiting={"orders": 0},
        given_again={"letter-0": 1},
        faults=[Fault(time=1.0, kind="crash_after", handler="process_payment", subject=GOOD, attempt=1)],
        markers=["poison-1"],
    )


def broken(facts: Facts) -> list[str]:
    return [claim.text for claim in judge(facts) if not claim.holds]


def test_nothing_contradicts_a_run_in_which_all_is_well() -> None:
    assert broken(well()) == []


def letters(name: str, **changes: Any) -> dict[str, Any]:
    queues = well().queues
    return {"queues": {**queues, name: replace(queues[name], **changes)}}


def order(order_id: str, **item: Any) -> dict[str, Any]:
    return {"orders": {**well().orders, order_id: item}}


def charge(key: str, outcome: str, amount: str = "17.00") -> dict[str, Any]:
    return {"charges": {**well().charges, key: Charge(outcome=outcome, amount=Decimal(amount))}}


def record(version: str, *records: dict[str, Any]) -> dict[str, Any]:
    return {"manifest": {**well().manifest, version: records}}


PROCESSED = {"file_id": "file-1", "status": "processed", "rows": Decimal(3), "sha256": "sum"}
TWO_IDS = replace(placed(GOOD), order_ids={GOOD, "order-twin"})
LOST_FAULT = Fault(time=1.0, kind="throttle", handler="track_order", subject=UNKNOWN)
(
    ONCE,
    ENDS,
    FORBIDDEN,
    PAID,
    BACK,
    MONEY,
    STOCK,
    TOLD,
    FILES,
    OUTPUTS,
    TOTALS,
    UNDER_WAY,
    RANG,
    REDRIVE,
    LETTERS,
    POISON,
    FAULTS,
) = CLAIMS


@pytest.mark.parametrize(
    ("claim", "subject", "changes"),
    [
        (ONCE, GOOD, {"placed": [TWO_IDS, *well().placed[1:]]}),
        (ONCE, "key of lost", {"placed": [*well().placed, replace(placed("lost"), order_ids=set())]}),
        (ENDS, GOOD, {"orders": {key: item for key, item in well().orders.items() if key != GOOD}}),
        (ENDS, GOOD, order(GOOD, status="processing")),
        (ENDS, GOOD, order(GOOD, status="completed", open_in="us-east-1")),
        (ENDS, PARKED, letters(PARKING, bodies=[])),
        (ENDS, PARKED, letters(PARKING, rang=False)),
        (FORBIDDEN, CANCELLED, order(CANCELLED, status="completed")),
        (PAID, GOOD, charge(GOOD, "refunded")),
        (PAID, GOOD, charge(GOOD, "charged", "34.00")),
        (PAID, GOOD, {"reservations": {}}),
        (PAID, GOOD, {"reservations": {GOOD: {"state": "released", "lines": {}}}}),
        (BACK, CANCELLED, charge(CANCELLED, "charged")),
        (BACK, CANCELLED, {"reservations": {**well().reservations, CANCELLED: well().reservations[GOOD]}}),
        (MONEY, "order-nobody-knows", charge("order-nobody-knows", "charged")),
        (MONEY, "money", charge(CANCELLED, "charged")),
        (STOCK, "TEA", {"stock": {"TEA": 6}}),
        (STOCK, "TEA", {"stock": {"TEA": 10}}),
        (STOCK, "TEA", {"stock": {"TEA": -2}}),
        (TOLD, GOOD, {"told": {}}),
        (TOLD, CANCELLED, {"told": {GOOD: 1, CANCELLED: 1}}),
        (FILES, "v1", record("v1")),
        (FILES, "v1", record("v1", PROCESSED, PROCESSED)),
        (FILES, "v1", record("v1", {**PROCESSED, "status": "received"})),
        (FILES, "v2", record("v2", {"file_id": "file-2", "status": "processed"} | PROCESSED)),
        (FILES, "v2", {"quarantined": frozenset()}),
        (OUTPUTS, "v1", {"outputs": {}}),
        (OUTPUTS, "v1", {"outputs": {"file-1": Output(rows=3, sha256="other")}}),
        (OUTPUTS, "v1", {"outputs": {"file-1": Output(rows=2, sha256="sum")}}),
        (TOTALS, "EUR", {"totals": {"EUR": (Decimal(20), 2)}}),
        (TOTALS, "EUR", {"totals": {}}),
        (UNDER_WAY, "orders", {"waiting": {"orders": 1}}),
        (UNDER_WAY, GOOD, {"running": [GOOD]}),
        (UNDER_WAY, "time", {"slow": ["after the traffic: orders 3"]}),
        (RANG, REDRIVEN, letters(REDRIVEN, rang=False)),
        (RANG, REDRIVEN, letters(REDRIVEN, alarms=[], rang=False)),
        (REDRIVE, REDRIVEN, letters(REDRIVEN, bodies=["a letter"])),
        (REDRIVE, REDRIVEN, letters(REDRIVEN, hidden=1)),
        (REDRIVE, PARKING, letters(PARKING, bodies=[PARKED, "something else"])),
        (REDRIVE, GIVEN_UP, letters(GIVEN_UP, bodies=["poison-1", f'{{"order_id": "{GOOD}"}}'])),
        (LETTERS, "letter-1", {"given_again": {"letter-1": 2, "letter-2": 1}}),
        (POISON, "poison-1", letters(GIVEN_UP, bodies=[])),
        (FAULTS, "track_order", {"faults": [LOST_FAULT]}),
    ],
)
def test_what_contradicts_a_claim_is_found_and_named(
    claim: str, subject: str, changes: dict[str, Any]
) -> None:
    found = {each.text: each.breaches for each in judge(replace(well(), **changes))}

    assert subject in [named for named, _ in found[claim]]


def test_every_order_file_and_poison_is_in_the_ledger_with_its_outcome_and_faults() -> None:
    ledger = Ledger.of(well())

    assert ledger.holds
    assert {entry.subject: entry.outcome for entry in ledger.entries} == {
        GOOD: "completed",
        CANCELLED: "cancelled",
        PARKED: "parked",
        "v1": "processed",
        "v2": "quarantined",
        "poison-1": "parked",
    }
    assert ledger.by_fault == {"crash_after": {"completed": 1}}
    assert [fault.handler for fault in ledger.history(GOOD)] == ["process_payment"]
    assert ledger.outcomes["order, good"] == {"completed": 1, "parked": 1}


def test_an_order_that_the_table_does_not_have_is_lost_and_a_confirmation_too_many_is_told() -> None:
    ledger = Ledger.of(replace(well(), orders={}, told={GOOD: 2}))

    assert not ledger.holds
    assert [entry.outcome for entry in ledger.entries][:2] == ["lost"] * 2
    assert ledger.told_twice == [GOOD]


def test_an_order_whose_money_a_person_has_to_give_back_counts_as_parked_whatever_its_status_says() -> None:
    named = letters(PARKING, bodies=[PARKED, f"Undo ChargePayment of {CANCELLED} failed"])
    facts = replace(well(), **named, **charge(CANCELLED, "charged"))

    assert broken(facts) == []
    assert Ledger.of(facts).outcomes["order, declined"] == {"parked": 1}
