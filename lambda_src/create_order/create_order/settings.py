"""What the stack tells this function through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from order_book.settings import SettingsError, required

__all__ = ["Settings", "SettingsError"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The names of what this function uses."""

    orders_table: str
    idempotency_table: str
    queue_url: str
    region: str
    service: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read `environment`.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        orders, idempotency, queue, region = required(
            "create_order",
            environment,
            "ORDERS_TABLE_NAME",
            "IDEMPOTENCY_TABLE_NAME",
            "ORDER_QUEUE_URL",
            "AWS_REGION",
        )
        return cls(
            orders_table=orders,
            idempotency_table=idempotency,
            queue_url=queue,
            region=region,
            service=environment["POWERTOOLS_SERVICE_NAME"],
        )
