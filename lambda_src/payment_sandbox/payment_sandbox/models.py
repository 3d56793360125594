"""What the provider is asked, and what it answers."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

__all__ = ["Answer", "Charge", "Outcome", "Refund", "Request", "request_of"]

_Key = Annotated[str, Field(min_length=1, max_length=128)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Charge(_Model):
    """Take `amount` of `currency`."""

    operation: Literal["charge"]
    idempotency_key: _Key
    amount: str = Field(pattern=r"^\d{1,20}\.\d{2}$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class Refund(_Model):
    """Give back what was charged under the key; nothing can be charged under it any more, if nothing was."""

    operation: Literal["refund"]
    idempotency_key: _Key


Request = Charge | Refund
_REQUEST: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="operation")])


def request_of(event: object) -> Request:
    """The request that `event` is.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return _REQUEST.validate_python(event)


class Outcome(StrEnum):
    """What has become of a key."""

    CHARGED = "charged"
    DECLINED = "declined"
    REFUNDED = "refunded"
    """The money was taken and given back."""
    VOIDED = "voided"
    """It was never taken, and never will be."""


class Answer(_Model):
    """What has become of the key, under which payment's id, and why it was declined."""

    outcome: Outcome
    payment_id: str
    reason: str | None = None
