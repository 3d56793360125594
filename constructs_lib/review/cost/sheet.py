"""What pricers of services work on: a stack, what is known of its use, and its bill."""

from dataclasses import dataclass

from constructs_lib.review.cost.bill import Bill
from constructs_lib.review.cost.kinds import kind_of
from constructs_lib.review.cost.traffic import Amounts, Traffic
from constructs_lib.review.reading import Node, StackReading

__all__ = ["Sheet"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A stack to be priced."""

    stack: StackReading
    traffic: Traffic
    bill: Bill

    def amounts(self, node: Node) -> Amounts:
        """What is known of the use of a resource."""
        return self.traffic.of(node)

    def used(self, node: Node, group: str, amount: str, key: str, *, needed: bool = True) -> None:
        """Bill an amount of the traffic file by a price; say so if it is needed and nobody told it."""
        quantity = self.amounts(node).number(amount)
        if quantity is not None:
            self.bill.add(node, group, key, quantity)
        elif needed:
            self.bill.untold(kind_of(node.type) or "", node, [amount])
