"""The event of one step of the workflow that fulfils an order."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Action", "Line", "OrderInput", "Placed", "Step", "StepEvent"]


class _Model(BaseModel):
    # Fields that a newer sender adds are ignored; an error never repeats the event, which ends up in logs.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Action(StrEnum):
    """What is wanted of a step."""

    DO = "do"
    UNDO = "undo"


class Step(StrEnum):
    """The steps, by their names in the workflow."""

    START = "StartOrder"
    CHARGE = "ChargePayment"
    RESERVE = "ReserveStock"
    COMPLETE = "CompleteOrder"
    NOTIFY = "NotifyCustomer"


class OrderInput(_Model):
    """The workflow's input, and the message in the queue before it: which order, and whose request placed it."""

    order_id: str = Field(min_length=1)
    correlation_id: str = Field(min_length=1)


class Line(_Model):
    """How many of one article."""

    sku: str = Field(min_length=1)
    quantity: int = Field(ge=1)


class Placed(_Model):
    """What the first step says of the order: what it costs, and what it takes from the stock, each article once."""

    currency: str
    total: str
    lines: tuple[Line, ...]


class _Saga(_Model):
    execution: str
    step: Step
    action: Action


class StepEvent(_Model):
    """The event: which step, done or undone, the workflow's input, and what became of other steps.

    Attributes:
        saga: which step, and whether it is done or undone.
        input: the workflow's input.
        results: what the steps before answered.
        unresolved: of an undoing, the steps that could not be undone before; people are told of each.
    """

    saga: _Saga
    input: OrderInput
    results: Mapping[str, Any] = Field(default_factory=dict)
    unresolved: Mapping[str, Any] = Field(default_factory=dict)

    @property
    def placed(self) -> Placed:
        """What the first step found out.

        Raises:
            pydantic.ValidationError: it is not among the results.
        """
        return Placed.model_validate(self.results.get(Step.START, {}))
