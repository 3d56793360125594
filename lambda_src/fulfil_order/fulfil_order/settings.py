"""What the stack tells this function through its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from order_book.settings import SettingsError, required

__all__ = ["Settings", "SettingsError"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The names of what this function uses."""

    state_machine: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read `environment`.

        Raises:
            SettingsError: variables are missing or empty; the message names them.
        """
        (state_machine,) = required("fulfil_order", environment, "STATE_MACHINE_ARN")
        return cls(state_machine=state_machine)
