"""Workflows in Step Functions, one execution an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the stubs are not in the bundle
    from mypy_boto3_stepfunctions import SFNClient
    from order_book.steps import OrderInput

__all__ = ["OrderExecutions"]


class OrderExecutions:
    """The executions of one standard state machine."""

    def __init__(self, client: SFNClient, state_machine: str) -> None:
        """Begin executions of `state_machine`, an ARN."""
        self._client = client
        self._state_machine = state_machine

    def begin(self, order: OrderInput) -> bool:
        """Begin the execution that has the order's id for its name, which can be used once in 90 days.

        https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
        """
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine, name=order.order_id, input=order.model_dump_json()
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True
