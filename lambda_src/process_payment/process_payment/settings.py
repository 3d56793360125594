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
    breaker_table: str
    provider: str
    region: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read `environment`.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        orders_table, breaker_table, provider, region = required(
            "process_payment",
            environment,
            "ORDERS_TABLE_NAME",
            "BREAKER_TABLE_NAME",
            "PAYMENT_PROVIDER_ARN",
            "AWS_REGION",
        )
        return cls(orders_table=orders_table, breaker_table=breaker_table, provider=provider, region=region)
