"""What became of the orders: lost, duplicated, diverged; from the tables, the confirmations and the attempts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from local_cloud.drill.attempts import Attempt, acknowledged, by_key
from local_cloud.drill.figures import Phases
from local_cloud.drill.watch import Confirmation
from local_cloud.replication import Conflict

__all__ = ["Divergence", "Evidence", "collect", "may_be_hidden"]

_SLACK_SECONDS = 0.5
"""How much later than it is due a write may arrive in the other Region."""


@dataclass(frozen=True, kw_only=True)
class Divergence:
    """How far the Regions were apart while they did not reach each other.

    Attributes:
        missing: ids of acknowledged orders that the standby did not have.
        within_lag: those of them that were acknowledged so shortly before that the lag explains it.
        reappeared: those of them that both Regions have in the end.
        waiting: writes, in either direction, that were under way when the fault was mended.
        caught_up: seconds after that until none was; None if some always were.
        conflicts: writes that lost against a later one.
    """

    missing: Sequence[str]
    within_lag: Sequence[str]
    reappeared: Sequence[str]
    waiting: int
    caught_up: float | None
    conflicts: Sequence[Conflict]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What became of all orders of some traffic.

    Attributes:
        acknowledged: how many orders were acknowledged.
        lost: ids of those that are not in the tables of both Regions.
        ordered_twice: keys for which there is more than one order.
        confirmed_twice: ids of orders that were confirmed more than once.
        explained_twice: those of them whose second Region could not know of the first one's work.
        interrupted_twice: those of them that were kept as dead letters and sent again: the fault came between
            publishing the confirmation and noting that it is.
        unconfirmed: ids of acknowledged orders that nobody confirmed.
    """

    acknowledged: int
    lost: Sequence[str]
    ordered_twice: Sequence[str]
    confirmed_twice: Sequence[str]
    explained_twice: Sequence[str]
    interrupted_twice: Sequence[str]
    unconfirmed: Sequence[str]


def collect(
    attempts: Iterable[Attempt],
    tables: Mapping[str, Mapping[str, str]],
    confirmations: Iterable[Confirmation],
    *,
    lag: float,
    cuts: Sequence[Phases],
    resent: Iterable[str] = (),
) -> Evidence:
    """Compare what clients were told with what there is.

    Args:
        attempts: all that were made to place the orders.
        tables: Region to order id to key of what its table has.
        confirmations: what customers were told.
        lag: seconds that a write takes to the other Region.
        cuts: the faults in which the Regions did not reach each other.
        resent: ids of orders whose confirmation was kept as a dead letter and sent again.
    """
    made = [each for each in attempts if each.kind == "order"]
    tried, told = by_key(made), acknowledged(made)
    count = Counter(each.order_id for each in confirmations if each.key in tried)
    ids: dict[str, set[str]] = {}
    for order_id, key in [(order_id, key) for table in tables.values() for order_id, key in table.items()]:
        ids.setdefault(key, set()).add(order_id)
    for order_id, answers in told.items():
        for each in answers:
            ids.setdefault(each.key, set()).add(order_id)
    twice = sorted(order_id for order_id, times in count.items() if times > 1)
    key_by_id = {order_id: key for key, found in ids.items() for order_id in found}
    return Evidence(
        acknowledged=len(told),
        lost=sorted(order_id for order_id in told if not all(order_id in table for table in tables.values())),
        ordered_twice=sorted(key for key, found in ids.items() if key in tried and len(found) > 1),
        confirmed_twice=twice,
        explained_twice=[
            order_id
            for order_id in twice
            if _explained(tried.get(key_by_id.get(order_id, ""), ()), lag=lag, cuts=cuts)
        ],
        interrupted_twice=sorted(set(twice) & set(resent)),
        unconfirmed=sorted(order_id for order_id in told if not count[order_id]),
    )


def _explained(tried: Sequence[Attempt], *, lag: float, cuts: Sequence[Phases]) -> bool:
    return any(
        may_be_hidden(first, second, lag=lag, cuts=cuts)
        for number, first in enumerate(tried)
        for second in tried[number + 1 :]
    )


def may_be_hidden(first: Attempt, second: Attempt, *, lag: float, cuts: Sequence[Phases]) -> bool:
    """Whether the Region of a second attempt could not know what a first attempt had done in the other Region."""
    if None in (first.region, second.region) or first.region == second.region:
        return False
    # What a client has given up waiting for may be done later: as long as a function may take.
    done = first.ended + lag + _SLACK_SECONDS
    if second.began < done:
        return True
    return any(
        first.ended + lag + _SLACK_SECONDS >= cut.broken
        and second.ended >= cut.broken
        and second.began < cut.mended + lag + _SLACK_SECONDS
        for cut in cuts
    )


def missing_orders(
    attempts: Iterable[Attempt], table: Mapping[str, str], region: str, until: float
) -> Sequence[str]:
    """Ids of orders that `region` acknowledged until a moment, and a table does not have."""
    return sorted(
        order_id
        for order_id, answers in acknowledged(attempts).items()
        if order_id not in table and any(each.region == region and each.ended <= until for each in answers)
    )


def acknowledged_since(attempts: Iterable[Attempt], order_ids: Iterable[str], moment: float) -> Sequence[str]:
    """Those of the orders whose first acknowledgement came at a moment or later."""
    told = acknowledged(attempts)
    return [
        order_id
        for order_id in order_ids
        if min(each.ended for each in told[order_id]) >= moment - _SLACK_SECONDS
    ]
