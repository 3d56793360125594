"""What the stack tells this function through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from order_book.settings import SettingsError, required

from check_orders.models import Patience

__all__ = ["Settings", "SettingsError"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The names of what this function uses, and its patience."""

    orders_table: str
    state_machine: str
    queue_url: str
    parking_queue_url: str
    region: str
    other_regions: tuple[str, ...]
    patience: Patience

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read `environment`; OTHER_REGIONS may be missing, where there are none.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        table, machine, queue, parking, region, again, over, most = required(
            "check_orders",
            environment,
            "ORDERS_TABLE_NAME",
            "STATE_MACHINE_ARN",
            "ORDER_QUEUE_URL",
            "PARKING_QUEUE_URL",
            "AWS_REGION",
            "SEND_AGAIN_AFTER_SECONDS",
            "TAKE_OVER_AFTER_SECONDS",
            "MOST_SENDINGS",
        )
        return cls(
            orders_table=table,
            state_machine=machine,
            queue_url=queue,
            parking_queue_url=parking,
            region=region,
            other_regions=tuple(filter(None, environment.get("OTHER_REGIONS", "").split(","))),
            patience=Patience(
                before_sending_again=timedelta(seconds=int(again)),
                before_taking_over=timedelta(seconds=int(over)),
                most_sendings=int(most),
            ),
        )
