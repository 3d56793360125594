"""The table of orders: each change is one conditional write, so that no late or doubled step undoes another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from order_book.errors import OrderStateError, UnknownOrderError
from order_book.states import Part, Status, Transition

if TYPE_CHECKING:  # the stubs are not in the bundle
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

__all__ = ["OPEN_INDEX", "OrderBook", "opened", "pack", "unpack"]

OPEN_INDEX: Final = "open"
"""The sparse index of the orders that are not finished, by Region and age."""

_DONE: Final = "done"
_UNDONE: Final = "undone"


def pack(values: Mapping[str, Any]) -> dict[str, AttributeValueTypeDef]:
    """`values` as DynamoDB writes them."""
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def unpack(item: Mapping[str, Any]) -> dict[str, Any]:
    """What `pack` made, back."""
    fields: dict[str, Any] = TypeDeserializer().deserialize({"M": item})
    return fields


def opened(*, region: str, since: str, correlation_id: str) -> dict[str, str | int]:
    """What the item of a new order says beside the order: its state, whose it is, and its place in the index.

    Args:
        region: the Region that will fulfil it.
        since: when it was placed, in ISO format.
        correlation_id: whose request placed it.
    """
    return {
        "status": Status.PLACED.value,
        "region": region,
        "correlation_id": correlation_id,
        "open_in": region,
        "open_since": since,
        "sent_again": 0,
    }


@dataclass(frozen=True)
class OrderBook:
    """The orders of the table `table`, as `region` may change them.

    An order belongs to one Region at a time. What another one's leftover work wants of it is refused, so that two
    Regions that both believe to be in charge do not charge, refund and complete over each other.
    """

    client: DynamoDBClient
    table: str
    region: str

    def find(self, order_id: str) -> dict[str, Any]:
        """The order's item, with all writes that were acknowledged before.

        Raises:
            UnknownOrderError: there is none.
        """
        answer = self.client.get_item(TableName=self.table, Key=_key(order_id), ConsistentRead=True)
        if "Item" not in answer:
            raise UnknownOrderError(order_id)
        return unpack(answer["Item"])

    def move(self, order_id: str, transition: Transition) -> dict[str, Any]:
        """Bring the order into the transition's target; done already is done. Returns the item.

        Raises:
            OrderStateError: its state does not allow it, a part is missing, or it belongs to another Region.
            UnknownOrderError: there is no such order.
        """
        sources = {f":source{number}": value for number, value in enumerate(transition.sources)}
        values = {":target": transition.target, ":region": self.region, **sources}
        condition = f"#region = :region AND #status IN (:target, {', '.join(sources)})"
        names = {"#region": "region", "#status": "status"}
        if transition.needs_all_parts:
            condition += " AND " + " AND ".join(f"#{part} = :done" for part in Part)
            names |= {f"#{part}": part for part in Part}
            values[":done"] = _DONE
        if transition.untold:
            condition += " AND attribute_not_exists(told)"
        if transition.closes:
            change = "SET #status = :target REMOVE open_in"
        else:
            change, values[":here"] = "SET #status = :target, open_in = :here", self.region
        return self._change(order_id, change, condition, names, values, wanted=transition.target)

    def part_done(self, order_id: str, part: Part, reference: str) -> None:
        """Note that `part` is done, under `reference`; never once its undoing has begun, or processing has ended.

        Raises:
            OrderStateError: it is too late for that.
            UnknownOrderError: there is no such order.
        """
        self._change(
            order_id,
            "SET #part = :done, #reference = :reference",
            "#region = :region AND #status = :processing AND (attribute_not_exists(#part) OR #part = :done)",
            {"#part": part, "#reference": f"{part}_id", "#region": "region", "#status": "status"},
            {
                ":done": _DONE,
                ":reference": reference,
                ":region": self.region,
                ":processing": Status.PROCESSING,
            },
            wanted=f"{part} {_DONE}",
        )

    def undo_part(self, order_id: str, part: Part) -> None:
        """Note that `part` is being undone, before it is: from then on the order cannot be completed.

        Raises:
            OrderStateError: the order is complete, or another Region's.
            UnknownOrderError: there is no such order.
        """
        self._change(
            order_id,
            "SET #part = :undone",
            "#region = :region AND #status <> :completed",
            {"#part": part, "#region": "region", "#status": "status"},
            {":undone": _UNDONE, ":region": self.region, ":completed": Status.COMPLETED},
            wanted=f"{part} {_UNDONE}",
        )

    def tell(self, order_id: str) -> dict[str, Any]:
        """Note that the customer is about to be told: from then on the order cannot be taken back. Returns the item.

        Raises:
            OrderStateError: it is not complete.
            UnknownOrderError: there is no such order.
        """
        return self._change(
            order_id,
            "SET told = :yes",
            "#status = :completed",
            {"#status": "status"},
            {":yes": "yes", ":completed": Status.COMPLETED},
            wanted="telling",
        )

    def _change(
        self,
        order_id: str,
        change: str,
        condition: str,
        names: dict[str, str],
        values: dict[str, str],
        *,
        wanted: str,
    ) -> dict[str, Any]:
        try:
            answer = self.client.update_item(
                TableName=self.table,
                Key=_key(order_id),
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeNames={name: str(attribute) for name, attribute in names.items()},
                ExpressionAttributeValues={name: {"S": str(value)} for name, value in values.items()},
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.client.exceptions.ConditionalCheckFailedException as refused:
            found = unpack(refused.response.get("Item", {}))  # type: ignore[arg-type]  # not in the stubs
            if not found:
                raise UnknownOrderError(order_id) from None
            states = {name: found.get(name, "none") for name in ("status", "region", *Part)}
            said = ", ".join(f"{name} {value}" for name, value in states.items())
            raise OrderStateError(f"{order_id}: {wanted} is impossible in {self.region}: {said}") from None
        return unpack(answer["Attributes"])


def _key(order_id: str) -> dict[str, AttributeValueTypeDef]:
    return {"order_id": {"S": order_id}}
