"""What the stack tells this function through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from order_book.settings import SettingsError, required

__all__ = ["Settings", "SettingsError"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The names of what this function uses."""

    confirmations_topic: str
    orders_table: str
    idempotency_table: str
    region: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read `environment`.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        confirmations_topic, orders_table, idempotency_table, region = required(
            "send_notification",
            environment,
            "CONFIRMATIONS_TOPIC_ARN",
            "ORDERS_TABLE_NAME",
            "IDEMPOTENCY_TABLE_NAME",
            "AWS_REGION",
        )
        return cls(
            confirmations_topic=confirmations_topic,
            orders_table=orders_table,
            idempotency_table=idempotency_table,
            region=region,
        )
