"""What the stack tells this function through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Settings", "SettingsError"]

# Powertools reads these itself, but would go on under a made-up service name, or fail at the first metric.
_FOR_POWERTOOLS = ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE")


class SettingsError(RuntimeError):
    """The environment lacks something; the function must not take events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The names of what this function uses."""

    confirmations_topic: str
    idempotency_table: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `environment`.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        names = ("CONFIRMATIONS_TOPIC_ARN", "IDEMPOTENCY_TABLE_NAME", *_FOR_POWERTOOLS)
        if missing := [name for name in names if not environment.get(name)]:
            raise SettingsError(
                f"send_confirmation cannot start without the environment's {', '.join(missing)}."
            )
        return cls(
            confirmations_topic=environment["CONFIRMATIONS_TOPIC_ARN"],
            idempotency_table=environment["IDEMPOTENCY_TABLE_NAME"],
        )
