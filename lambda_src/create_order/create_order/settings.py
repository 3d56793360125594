"""What the stack tells this function through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Settings", "SettingsError"]

# Powertools reads these itself, but would go on under a made-up service name, or fail at the first metric.
_FOR_POWERTOOLS = ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE")


class SettingsError(RuntimeError):
    """The environment lacks something; the function must not take traffic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The names of what this function uses."""

    orders_table: str
    idempotency_table: str
    send_confirmation: str
    service: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `environment`.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        names = ("ORDERS_TABLE_NAME", "IDEMPOTENCY_TABLE_NAME", "SEND_CONFIRMATION_ARN", *_FOR_POWERTOOLS)
        if missing := [name for name in names if not environment.get(name)]:
            raise SettingsError(f"create_order cannot start without the environment's {', '.join(missing)}.")
        return cls(
            orders_table=environment["ORDERS_TABLE_NAME"],
            idempotency_table=environment["IDEMPOTENCY_TABLE_NAME"],
            send_confirmation=environment["SEND_CONFIRMATION_ARN"],
            service=environment["POWERTOOLS_SERVICE_NAME"],
        )
