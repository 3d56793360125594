"""What would be cheaper: whether provisioned concurrency pays, and with which memory a function costs least.

With provisioned concurrency a GB-second costs ``p`` whether it is busy or not, and ``e`` more while it is busy; on
demand it costs ``d`` while it is busy. For a share ``u`` of busy time, ``p + u * e < u * d`` where ``u > p / (d - e)``:
above that utilization provisioned concurrency is the cheaper one. Where ``d - e <= p`` it never is.
"""

from collections.abc import Sequence
from typing import Final

from constructs_lib.review.cost.bill import SECONDS
from constructs_lib.review.cost.prices import Price
from constructs_lib.review.cost.provisioned import Provisioned
from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.cost.tuning import TunedMemory
from constructs_lib.review.reading import Node

__all__ = ["advise_memory", "advise_provisioned", "break_even"]

_MB: Final = 1024
_MILLION: Final = 1_000_000


def break_even(provisioned: float, busy: float, on_demand: float) -> float | None:
    """The share of busy time above which provisioned concurrency is cheaper than on-demand; None where it never is.

    Args:
        provisioned: US dollars a GB-second that is ready.
        busy: US dollars a GB-second that is busy on provisioned concurrency, beside that.
        on_demand: US dollars a GB-second on demand.
    """
    saved = on_demand - busy
    return provisioned / saved if saved > provisioned else None


def advise_provisioned(
    sheet: Sheet, ready: Sequence[Provisioned], memory: float | None, architecture: str, served: float | None
) -> None:
    """Say when the provisioned concurrency of a function pays.

    Args:
        sheet: whose bill takes the advice.
        ready: what is provisioned; nothing is said where that is nothing.
        memory: of the function in MB; None where it is unknown.
        architecture: of the function.
        served: seconds a month in which provisioned environments are busy; None where nobody told it.
    """
    environments = sum(each.environments or 0 for each in ready)
    if not environments:
        return
    prices = [
        sheet.bill.prices.of(f"lambda-{part}-{architecture}", sheet.bill.region)
        for part in ("provisioned", "provisioned-second", "second")
    ]
    known = [each for each in prices if each is not None]
    name = ", ".join(each.node.path for each in ready)
    if len(known) < len(prices) or len({each.region for each in known}) > 1:
        sheet.bill.unknown(
            f"{name}: the break-even of provisioned concurrency on {architecture} in {sheet.bill.region} is not known, "
            "since the price file lacks a price of it."
        )
        return
    provisioned, busy, on_demand = (each.at(0.0, 0.0) for each in known)
    share = break_even(provisioned, busy, on_demand)
    says = f"{name}: provisioned concurrency on {architecture} in {known[0].region} " + (
        "never costs less than on-demand"
        if share is None
        else f"costs less than on-demand above {share:.0%} busy"
    )
    if served is not None and memory is not None:
        says += _now(known, environments, served, memory / _MB)
    sheet.bill.advice.append(f"{says}.")


def _now(prices: Sequence[Price], environments: float, served: float, gigabytes: float) -> str:
    provisioned, busy, on_demand = (each.at(0.0, 0.0) for each in prices)
    capacity = environments * SECONDS
    more = gigabytes * (capacity * provisioned + served * (busy - on_demand))
    compared = f"{abs(more):.2f} US dollars a month {'more' if more >= 0 else 'less'} than on-demand"
    busy_share = f"{served / capacity:.1%}"
    return (
        f"; by the traffic file its {environments:g} environments are {busy_share} busy and cost {compared}"
    )


def advise_memory(sheet: Sheet, node: Node, memory: float | None) -> None:
    """Say which memory is the cheapest, the fastest and the balanced one, where power tuning measured it."""
    amounts = sheet.amounts(node)
    tuning = amounts.tuning
    if tuning is None:
        return
    cheapest, fastest, balanced = tuning.cheapest, tuning.fastest, tuning.balanced
    says = (
        f"{node.path}: of {len(tuning.measured)} memories {_shown(cheapest)} is the cheapest, {_shown(fastest)} the "
        f"fastest, {_shown(balanced)} balanced"
    )
    now = tuning.of(memory) if memory is not None else None
    if memory is not None:
        says += f"; it has {memory:g} MB" + ("" if now else ", which was not measured")
    requests = amounts.number("requests")
    if now and requests and now.usd > cheapest.usd:
        saved = (now.usd - cheapest.usd) * requests
        says += f", and {cheapest.megabytes} MB would save {saved:.2f} US dollars a month of duration"
    sheet.bill.advice.append(f"{says}.")


def _shown(tuned: TunedMemory) -> str:
    return (
        f"{tuned.megabytes} MB ({tuned.usd * _MILLION:.2f} US dollars a million, {tuned.milliseconds:.0f} ms)"
    )
