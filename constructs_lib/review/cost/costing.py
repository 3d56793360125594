"""What a stack costs a month."""

from constructs_lib.review.cost.bill import Account, Bill
from constructs_lib.review.cost.prices import Prices
from constructs_lib.review.cost.services import PRICERS
from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.cost.traffic import Traffic
from constructs_lib.review.reading import StackReading
from constructs_lib.review.report import Cost

__all__ = ["cost_of"]


def cost_of(
    stack: StackReading,
    *,
    prices: Prices | None = None,
    traffic: Traffic | None = None,
    account: Account | None = None,
) -> Cost:
    """What `stack` costs a month, as far as its template and a traffic file tell.

    Args:
        stack: the stack.
        prices: left out, those that come with the library.
        traffic: left out, nothing is known of its use.
        account: what other stacks of the account use up of tiers and free tier; this one adds to it. Left out: nothing.

    Raises:
        UnusableError: the traffic file tells something of a resource that it has not.
    """
    prices = prices or Prices.read()
    region = stack.region or prices.fallback
    bill = Bill(region, prices, account or Account())
    if stack.region is None:
        bill.unknown(f"Where the stack is deployed is known only then: these are the prices of {region}.")
    sheet = Sheet(stack=stack, traffic=traffic or Traffic(), bill=bill)
    for price in PRICERS:
        price(sheet)
    if uncertain := sum(not each.surely_made for each in stack.nodes.values()):
        who = "One resource is" if uncertain == 1 else f"{uncertain} resources are"
        bill.unknown(f"{who} made only under a condition that deployment decides; the sum has all of them.")
    return Cost(
        region=region,
        prices_of=prices.date,
        lines=tuple(bill.lines),
        advice=tuple(bill.advice),
        unknown=bill.unknowns,
    )
