"""What has to hold after every run, whatever went wrong: each claim finds what contradicts it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from local_cloud.chaos.facts import Facts
from local_cloud.chaos.faults import UNKNOWN
from local_cloud.chaos.file_claims import FILE_CLAIMS
from local_cloud.chaos.orders import OrderKind
from local_cloud.chaos.traffic import Placed

__all__ = ["CLAIMS", "Breach", "Claim", "judge"]

Breach = tuple[str, str]
"""What contradicts a claim: the order, file, queue or article, and how."""
_COMPLETED, _CANCELLED, _PARKED = "completed", "cancelled", "parked"
_CHARGED, _RESERVED = "charged", "reserved"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim.

    Attributes:
        text: what has to hold.
        breaches: what contradicts it; nothing where it holds.
    """

    text: str
    breaches: Sequence[Breach]

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts it."""
        return not self.breaches


def judge(facts: Facts) -> Sequence[Claim]:
    """Every claim."""
    return [Claim(text=text, breaches=list(find(facts))) for text, find in CLAIMS.items()]


def _every_order_is_accepted_once(facts: Facts) -> Iterator[Breach]:
    for each in facts.placed:
        if len(each.order_ids) != 1:
            said = f"{len(each.order_ids)} orders for one key, after {each.attempts} attempts {each.refusals}"
            yield from ((name, said) for name in sorted(each.order_ids) or [each.order.key])


def _every_order_has_one_end(facts: Facts) -> Iterator[Breach]:
    for order_id in facts.accepted:
        item = facts.orders.get(order_id)
        if item is None:
            yield order_id, "it was accepted, and the table does not have it"
        elif _PARKED in (item["status"], facts.end_of(order_id)):
            told = [name for name in facts.parked(order_id) if facts.queues[name].rang]
            if not told:
                yield order_id, "it is parked, and no queue with an alarm that rang names it"
        elif item["status"] not in (_COMPLETED, _CANCELLED):
            yield order_id, f"it is {item['status']}"
        if item is not None and "open_in" in item:
            yield order_id, f"it is {item['status']} and still among the open ones"


def _nothing_is_completed_that_must_not_be(facts: Facts) -> Iterator[Breach]:
    for order_id, placed in facts.accepted.items():
        kind = placed.order.kind
        if kind in (OrderKind.DECLINED, OrderKind.SHORT) and _is(facts, order_id, _COMPLETED):
            yield order_id, f"it is {_COMPLETED}, though {kind}"


def _completed_orders_are_paid_and_reserved(facts: Facts) -> Iterator[Breach]:
    for order_id, placed in facts.accepted.items():
        if not _is(facts, order_id, _COMPLETED):
            continue
        charge, reservation = facts.charges.get(order_id), facts.reservations.get(order_id)
        if charge is None or charge.outcome != _CHARGED:
            yield order_id, f"completed, and its payment is {charge.outcome if charge else 'missing'}"
        elif charge.amount != placed.order.total:
            yield order_id, f"it costs {placed.order.total}, and {charge.amount} were charged"
        if reservation is None or reservation["state"] != _RESERVED:
            yield (
                order_id,
                f"completed, and its stock is {reservation['state'] if reservation else 'not'} reserved",
            )


def _cancelled_orders_have_given_back(facts: Facts) -> Iterator[Breach]:
    for order_id in facts.accepted:
        if not _is(facts, order_id, _CANCELLED):
            continue
        charge, reservation = facts.charges.get(order_id), facts.reservations.get(order_id)
        if charge is not None and charge.outcome == _CHARGED:
            yield order_id, f"cancelled, and {charge.amount} are still charged"
        if reservation is not None and reservation["state"] == _RESERVED:
            yield order_id, "cancelled, and its stock is still reserved"


def _money_adds_up(facts: Facts) -> Iterator[Breach]:
    """What the provider keeps is what completed orders cost; what parked ones were charged is named there."""
    kept = Decimal(0)
    for key, charge in facts.charges.items():
        if charge.outcome != _CHARGED:
            continue
        kept += charge.amount
        if key not in facts.accepted:
            yield key, f"{charge.amount} are charged for no order that anybody was told of"
    due = sum((placed.order.total for order_id, placed in _ended(facts, _COMPLETED)), Decimal(0))
    open_to_people = sum(
        (
            facts.charges[order_id].amount
            for order_id, _ in _ended(facts, _PARKED)
            if order_id in facts.charges and facts.charges[order_id].outcome == _CHARGED
        ),
        Decimal(0),
    )
    if kept != due + open_to_people:
        yield "money", f"{kept} are charged; completed orders cost {due}, parked ones hold {open_to_people}"


def _stock_adds_up(facts: Facts) -> Iterator[Breach]:
    reserved: Counter[str] = Counter()
    for reservation in facts.reservations.values():
        if reservation["state"] == _RESERVED:
            reserved.update({sku: int(quantity) for sku, quantity in reservation["lines"].items()})
    for sku, initial in facts.initial.items():
        left = facts.stock.get(sku, 0)
        if left < 0 or left + reserved[sku] != initial:
            yield sku, f"{initial} in the beginning, {left} are left and {reserved[sku]} are reserved"
            yield from ((order_id, f"something went wrong as it took {sku}") for order_id in _hit(facts, sku))


def _hit(facts: Facts, sku: str) -> Sequence[str]:
    """The orders that wanted an article, and whose reservation had a fault."""
    hit = {fault.subject for fault in facts.faults if fault.handler == "update_inventory"}
    return [
        order_id for order_id, each in facts.accepted.items() if order_id in hit and sku in each.order.lines
    ]


def _customers_are_told(facts: Facts) -> Iterator[Breach]:
    for order_id in facts.accepted:
        told = facts.told.get(order_id, 0)
        if _is(facts, order_id, _COMPLETED) and not told:
            yield order_id, "completed, and nobody told the customer"
        if told and not _is(facts, order_id, _COMPLETED):
            yield order_id, "the customer was told that it is complete, and it is not"


def _nothing_is_under_way(facts: Facts) -> Iterator[Breach]:
    yield from ((name, f"has {count} messages") for name, count in facts.waiting.items() if count)
    yield from ((name, "its workflow still runs") for name in facts.running)
    yield from (("time", said) for said in facts.slow)


def _alarms_rang(facts: Facts) -> Iterator[Breach]:
    for name, queue in facts.queues.items():
        if queue.most and not queue.rang:
            said = f"none of {', '.join(queue.alarms)} rang" if queue.alarms else "it has no alarm"
            yield name, f"it had up to {queue.most} messages, and {said}"


def _redrive_brings_what_passes_to_its_end(facts: Facts) -> Iterator[Breach]:
    for name, queue in facts.queues.items():
        if queue.redriven and queue.bodies:
            yield name, f"{len(queue.bodies)} letters are left, such as {queue.bodies[0][:80]}"
        if queue.hidden:
            yield name, f"somebody has received {queue.hidden} of its letters, and has not deleted them"
        if queue.redriven:
            continue
        for body in queue.bodies:
            parked = not queue.given_up and any(order_id in body for order_id in facts.accepted)
            if not parked and not any(marker in body for marker in facts.markers):
                yield name, f"something is parked that is neither poison nor a parked order: {body[:160]}"


def _letters_are_taken_once(facts: Facts) -> Iterator[Breach]:
    for letter, count in facts.given_again.items():
        if count > 1:
            yield letter, f"its function took it {count} times"


def _poison_is_parked(facts: Facts) -> Iterator[Breach]:
    bodies = [body for queue in facts.queues.values() if not queue.redriven for body in queue.bodies]
    for marker in facts.markers:
        if not any(marker in body for body in bodies):
            yield marker, "it was put in, and no queue for people has it"


def _every_fault_is_accounted_for(facts: Facts) -> Iterator[Breach]:
    for fault in facts.faults:
        if fault.subject == UNKNOWN:
            yield fault.handler, f"{fault.kind} at attempt {fault.attempt} came to an event that nobody knows"


def _is(facts: Facts, order_id: str, status: str) -> bool:
    return facts.end_of(order_id) == status


def _ended(facts: Facts, status: str) -> Iterator[tuple[str, Placed]]:
    return ((order_id, placed) for order_id, placed in facts.accepted.items() if _is(facts, order_id, status))


CLAIMS: Mapping[str, Callable[[Facts], Iterator[Breach]]] = {
    "each order is accepted once, however often it is sent": _every_order_is_accepted_once,
    "each order is completed, cancelled or parked where an alarm rang": _every_order_has_one_end,
    "no order is completed that is declined or out of stock": _nothing_is_completed_that_must_not_be,
    "completed orders are paid, once, and reserved": _completed_orders_are_paid_and_reserved,
    "cancelled orders have their money and stock back": _cancelled_orders_have_given_back,
    "what is charged is what completed orders cost": _money_adds_up,
    "what is left and what is reserved is the stock of the beginning": _stock_adds_up,
    "customers are told of completed orders, and of no others": _customers_are_told,
    **FILE_CLAIMS,
    "nothing is under way": _nothing_is_under_way,
    "each queue of failed messages that had any has an alarm that rang": _alarms_rang,
    "the redrive leaves nothing but what people have to look at": _redrive_brings_what_passes_to_its_end,
    "no function takes a dead letter twice, though two runs re-drive it at once": _letters_are_taken_once,
    "all poison is parked": _poison_is_parked,
    "each fault came to an event that the ledger knows": _every_fault_is_accounted_for,
}
"""By what is claimed."""
