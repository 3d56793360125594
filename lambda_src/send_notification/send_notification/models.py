"""What customers are told, and what was done about it."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Confirmation", "Sent"]


class Confirmation(BaseModel):
    """The message: an order that is complete."""

    # An error must never repeat it: it ends up in logs and in the dead-letter queue's error context.
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    order_id: str = Field(min_length=1)
    customer_email: str = Field(min_length=1)
    currency: str = Field(min_length=1)
    total: str = Field(min_length=1)
    correlation_id: str = Field(min_length=1)


class Sent(BaseModel):
    """The answer: which message confirms the order, and whether an earlier attempt sent it."""

    order_id: str
    message_id: str
    replayed: bool = Field(default=False, exclude=True)
