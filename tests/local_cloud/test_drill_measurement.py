"""What the drill reads off recorded requests: who was not served, for how long, and what was lost or duplicated."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.failover import PLAN_METADATA
from local_cloud.dns.client import Resolved
from local_cloud.drill import checks, plan
from local_cloud.drill.attempts import (
    Attempt,
    acknowledged,
    failed_by,
    given_up,
    served_again_at,
    switched_at,
)
from local_cloud.drill.client import Answers, customer_of, key_of
from local_cloud.drill.evidence import Divergence, acknowledged_since, collect, may_be_hidden, missing_orders
from local_cloud.drill.figures import Figures, Phases, measure
from local_cloud.drill.plan import Plan, Step
from local_cloud.drill.watch import Confirmation, Notice
from local_cloud.replication import Conflict

ONE, OTHER = "eu-west-1", "eu-central-1"
PHASES = Phases(
    fault="slow", number=1, began=0.0, broken=10.0, failed_over=50.0, mended=70.0, back=110.0, ended=120.0
)


def attempt(began: float, **changes: Any) -> Attempt:
    """An order that the primary takes in half a second, unless said otherwise."""
    given: dict[str, Any] = {
        "seconds": 0.5,
        "client": 0,
        "kind": "order",
        "key": f"key-{began}",
        "region": ONE,
        "status": 201,
        "order_id": f"order-{began}",
    }
    return Attempt(began=began, **(given | changes))


def failed(began: float, **changes: Any) -> Attempt:
    return attempt(began, status=None, error="TimeoutError", order_id=None, seconds=3.0, **changes)


def figures(attempts: list[Attempt], notices: list[Notice] | None = None, **changes: Any) -> Figures:
    given: dict[str, Any] = {"worst_case": 60.0, "cut_off": (), "primary": ONE, "standby": OTHER}
    return measure(attempts, notices or [], PHASES, **(given | changes))


def confirmation(order: str, key: str, region: str = ONE) -> Confirmation:
    return Confirmation(at=0.0, region=region, order_id=order, key=key)


CONFLICT = Conflict(
    table="orders",
    key={"order_id": {"S": "1"}},
    kept=OTHER,
    discarded=ONE,
    kept_item=None,
    discarded_item=None,
    kept_at=2.0,
    discarded_at=1.0,
)


@pytest.mark.parametrize(
    ("strong", "changes", "failed_claim"),
    [
        (True, {}, None),
        (True, {"missing": ["1"], "reappeared": ["1"]}, "the standby has every order"),
        (True, {"conflicts": [CONFLICT]}, "no write is discarded"),
        (False, {}, None),
        (False, {"missing": ["1"], "within_lag": ["1"], "reappeared": ["1"], "conflicts": [CONFLICT]}, None),
        (False, {"missing": ["1"], "reappeared": ["1"]}, "the standby lacks only orders"),
        (False, {"missing": ["1"], "within_lag": ["1"]}, "all of them are there again"),
        (False, {"caught_up": None}, "all of them are there again"),
    ],
)
def test_the_regions_may_be_apart_only_as_their_consistency_allows(
    strong: Any, changes: dict[str, Any], failed_claim: str | None
) -> None:
    given: dict[str, Any] = {
        "missing": [],
        "within_lag": [],
        "reappeared": [],
        "waiting": 0,
        "caught_up": 1.0,
        "conflicts": [],
    } | changes
    found = list(
        checks.of_divergence("slow", Divergence(**given), figures([attempt(5)]), strong=strong, lag=5.0)
    )

    wrong = [check.claim for check in found if not check.held]
    assert len(found) == (3 if strong else 2)
    assert len(wrong) == (failed_claim is not None)
    assert all(str(failed_claim) in claim for claim in wrong)


def test_an_acknowledged_order_that_cannot_be_read_is_found_under_strong_consistency() -> None:
    read = attempt(20, kind="read", status=404)
    nothing = Divergence(missing=[], within_lag=[], reappeared=[], waiting=0, caught_up=0.0, conflicts=[])
    found = checks.of_divergence("slow", nothing, figures([attempt(5), read]), strong=True, lag=0.0)

    assert ["can be read" in check.claim for check in found if not check.held] == [True]


def test_the_plan_is_found_by_the_type_that_the_library_gives_it() -> None:
    assert plan._KIND == PLAN_METADATA


def test_a_client_is_not_served_until_the_attempt_after_its_last_failure_ends() -> None:
    tried = [attempt(5), failed(11), failed(20), attempt(30, region=OTHER)]
    assert served_again_at(tried, 10, 70, standby=OTHER) == 30.5


def test_the_last_of_several_clients_counts() -> None:
    tried = [failed(11), attempt(20, region=OTHER), failed(12, client=1), attempt(44, client=1, region=OTHER)]
    assert served_again_at(tried, 10, 70, standby=OTHER) == 44.5


def test_a_client_that_is_never_served_again_makes_the_time_unknown() -> None:
    assert served_again_at([failed(11), attempt(20, client=1)], 10, 70, standby=OTHER) is None


def test_failures_before_the_fault_and_after_the_mending_are_not_the_faults() -> None:
    tried = [failed(1), attempt(11), failed(70), attempt(80)]
    assert served_again_at(tried, 10, 70, standby=OTHER) == 10


def test_an_attempt_that_was_under_way_when_the_fault_began_counts_by_its_end() -> None:
    assert served_again_at([failed(9), attempt(15)], 10, 70, standby=OTHER) == 15.5


def test_what_the_standby_fails_before_it_served_a_client_delays_the_failover_and_later_is_counted_apart() -> (
    None
):
    there = {"region": OTHER}
    tried = [failed(11), failed(20, **there), attempt(30, **there), failed(40, **there), attempt(50, **there)]

    assert served_again_at(tried, 10, 70, standby=OTHER) == 30.5
    assert failed_by(tried, OTHER, 10, 70) == 1


def test_failing_back_ends_when_the_last_client_changes_the_region() -> None:
    tried = [
        attempt(71, region=OTHER),
        attempt(90),
        attempt(72, client=1, region=OTHER),
        attempt(99, client=1),
    ]
    assert switched_at(tried, ONE, 70) == 99.5


def test_failing_back_is_not_over_while_a_client_is_served_elsewhere() -> None:
    assert switched_at([attempt(90), attempt(91, client=1, region=OTHER)], ONE, 70) is None


def test_figures_count_what_failed_before_and_after_the_mending() -> None:
    tried = [attempt(5), failed(11), attempt(30, region=OTHER), failed(71), attempt(80), attempt(130)]
    found = figures(tried)

    assert found.failover_seconds == 20.5
    assert (found.failed, found.failed_afterwards, found.placed) == (1, 1, 3)
    assert found.by_region == {OTHER: 1, ONE: 2}
    assert found.back_seconds == 10.5


def test_an_order_that_took_several_attempts_is_retried_and_one_without_success_given_up() -> None:
    tried = [failed(11, key="a"), attempt(20, key="a", region=OTHER), failed(12, key="b", client=1)]
    found = figures([*tried, attempt(60, client=1, region=OTHER)])

    assert (found.retried, found.given_up) == (1, 1)
    assert given_up(tried) == ["b"]


def test_people_are_told_by_the_first_alarm_that_can_leave_its_region() -> None:
    notices = [
        Notice(at=12.0, region=ONE, alarm="Service", state="ALARM"),
        Notice(at=45.0, region=OTHER, alarm="Other", state="OK"),
        Notice(at=50.0, region=OTHER, alarm="StandbyServes", state="ALARM"),
    ]
    assert figures([], notices, cut_off=(ONE,)).told_after == 40.0
    assert figures([], notices).told_after == 2.0
    assert figures([], notices[:1], cut_off=(ONE,)).told_after is None


def test_an_order_that_is_read_too_early_is_an_answer_but_not_found() -> None:
    read = attempt(20, kind="read", status=404, order_id=None)
    assert read.served
    assert figures([read]).not_found == 1


def test_an_acknowledged_order_that_one_region_lacks_is_lost() -> None:
    tried = [attempt(1, key="a", order_id="1"), attempt(2, key="b", order_id="2")]
    found = collect(
        tried,
        {ONE: {"1": "a", "2": "b"}, OTHER: {"1": "a"}},
        [confirmation("1", "a"), confirmation("2", "b")],
        lag=0,
        cuts=(),
    )
    assert (found.acknowledged, found.lost, found.unconfirmed) == (2, ["2"], [])


def test_a_key_with_two_orders_is_found_in_the_tables_and_in_the_answers() -> None:
    tried = [
        attempt(1, key="a", order_id="1"),
        attempt(2, key="a", order_id="2"),
        attempt(3, key="b", order_id="3"),
    ]
    tables = {ONE: {"1": "a", "2": "a", "3": "b"}, OTHER: {"1": "a", "2": "a", "3": "b", "4": "b"}}
    assert collect(tried, tables, [], lag=0, cuts=()).ordered_twice == ["a", "b"]


def test_a_second_confirmation_is_explained_only_where_the_other_region_could_not_know() -> None:
    tables = {ONE: {"1": "a"}, OTHER: {"1": "a"}}
    confirmed = [confirmation("1", "a"), confirmation("1", "a", OTHER)]
    apart = [failed(9, key="a"), attempt(40, key="a", order_id="1", region=OTHER)]
    same = [failed(9, key="a"), attempt(40, key="a", order_id="1")]

    def twice(tried: list[Attempt], cuts: tuple[Phases, ...]) -> tuple[int, int]:
        found = collect(tried, tables, confirmed, lag=5, cuts=cuts)
        return len(found.confirmed_twice), len(found.explained_twice)

    assert twice(apart, (PHASES,)) == (1, 1)
    assert twice(apart, ()) == (1, 0)
    assert twice(same, (PHASES,)) == (1, 0)


def test_a_confirmation_that_the_fault_interrupted_may_come_twice_and_no_other() -> None:
    tried = [attempt(9, key="a", order_id="1"), attempt(9.1, key="b", order_id="2")]
    tables = {ONE: {"1": "a", "2": "b"}, OTHER: {"1": "a", "2": "b"}}
    confirmed = [confirmation("1", "a"), confirmation("2", "b")] * 2

    def held(resent: list[str]) -> list[bool]:
        found = collect(tried, tables, confirmed, lag=0, cuts=(PHASES,), resent=resent)
        return [check.held for check in checks.of_evidence(found, strong=True)]

    assert held(["1", "2"]) == [True, True, True, True]
    assert held(["1"]) == [True, True, False, True]


@pytest.mark.parametrize(
    ("first", "second", "lag", "hidden"),
    [
        (1.0, 4.0, 5.0, True),  # within the lag
        (1.0, 8.0, 5.0, False),
        (8.0, 40.0, 5.0, True),  # written before the cut, still under way when it came
        (2.0, 40.0, 5.0, False),  # arrived before it
        (8.0, 90.0, 5.0, False),  # arrived after it
        (1.0, 4.0, 0.0, False),
    ],
)
def test_what_a_region_cannot_know_of_the_other(
    *, first: float, second: float, lag: float, hidden: bool
) -> None:
    earlier, later = attempt(first), attempt(second, region=OTHER)
    assert may_be_hidden(earlier, later, lag=lag, cuts=(PHASES,)) is hidden
    assert not may_be_hidden(earlier, replace(later, region=ONE), lag=lag, cuts=(PHASES,))


def test_orders_missing_from_a_table_are_those_acknowledged_by_the_other_region() -> None:
    tried = [
        attempt(1, order_id="1"),
        attempt(8, order_id="2"),
        attempt(9, order_id="3", region=OTHER),
        attempt(80, order_id="4"),
    ]
    missing = missing_orders(tried, {"1": "a"}, ONE, until=60)

    assert missing == ["2"]
    assert acknowledged_since(tried, ["1", "2"], 5.0) == ["2"]
    assert set(acknowledged(tried)) == {"1", "2", "3", "4"}


def test_a_client_asks_again_only_when_the_ttl_has_run_out() -> None:
    now = [100.0]
    asked = []

    def ask() -> Resolved:
        asked.append(now[0])
        return Resolved(status="NOERROR", values=(f"127.0.0.{len(asked)}",), ttl=60)

    answers = Answers(ask=ask, speed=2.0, age=0.5, clock=lambda: now[0])
    seen = []
    for moment in (100.0, 114.9, 115.1, 144.9, 145.2):
        now[0] = moment
        seen.append(answers.address())

    assert seen == ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.3"]
    assert asked == [100.0, 115.1, 145.2]


def test_an_order_names_its_key() -> None:
    assert key_of(customer_of("abc")) == "abc"
    assert key_of("customer@example.com") is None


def test_the_worst_case_shrinks_by_what_runs_faster_and_keeps_what_a_probe_may_last() -> None:
    steps = [("seen", 49.0), ("known", 10.0), ("forgotten", 60.0)]
    plan = Plan(name="n", steps=[Step(what=what, seconds=s, arithmetic="") for what, s in steps])

    assert plan.at_speed(1, interval=10, threshold=3, ttl=60) == 119
    assert plan.at_speed(10, interval=10, threshold=3, ttl=60) == pytest.approx(119 - 27 - 54)


def test_fails_when_recovery_takes_longer_than_planned_and_when_nobody_is_told() -> None:
    slow = figures([failed(11), attempt(65, region=OTHER), attempt(75)], worst_case=50.0)
    held = {check.claim.partition(": ")[2]: check.held for check in checks.of_fault("slow", slow)}

    assert held == {
        "everybody is served again within the plan's worst case": False,
        "users notice the fault, or it would prove nothing": True,
        "everybody is back on the primary once it is mended": True,
        "somebody is told": False,
    }


def test_fails_on_a_lost_a_duplicated_and_an_unconfirmed_order() -> None:
    tried = [attempt(1, key="a", order_id="1"), attempt(2, key="b", order_id="2")]
    found = collect(
        tried, {ONE: {"1": "a", "3": "a"}, OTHER: {}}, [confirmation("1", "a")] * 2, lag=0, cuts=()
    )

    assert [check.held for check in checks.of_evidence(found, strong=True)] == [False] * 4
    assert [check.held for check in checks.of_evidence(found, strong=False)] == [False] * 4
