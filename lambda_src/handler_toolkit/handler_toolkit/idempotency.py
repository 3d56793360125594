"""Effects that happen once: Powertools' idempotency with defaults that outlive every retry."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

from handler_toolkit.budget import current_budget

if TYPE_CHECKING:  # the stubs are not in the bundle
    from aws_lambda_powertools.utilities.idempotency import IdempotentHookFunction
    from aws_lambda_powertools.utilities.idempotency.serialization.base import BaseIdempotencySerializer
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["idempotent"]

F = TypeVar("F", bound=Callable[..., Any])

_DAY: Final = 24 * 60 * 60
# A message may lie in a queue for fourteen days before somebody sends it again.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_EXPIRY: Final = 15 * _DAY
# The longest that an invocation lasts. https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
_LONGEST_INVOCATION: Final = 15 * 60
_TABLE: Final = "IDEMPOTENCY_TABLE_NAME"


def idempotent(
    *,
    argument: str,
    key: str,
    prefix: str,
    payload: str = "",
    table: str | None = None,
    client: DynamoDBClient | None = None,
    expires_after: float = _EXPIRY,
    result: BaseIdempotencySerializer | None = None,
    replayed: Callable[[Any, Any], Any] | None = None,
) -> Callable[[F], F]:
    """Run a function once for each key; later calls get the first one's result.

    A call that finds another one running raises Powertools' `IdempotencyAlreadyInProgressError`, which is
    transient. How long it counts as running is what the current `TimeBudget` says is left of the invocation, so
    that a crash blocks nobody for longer; without a budget it is the longest that an invocation can last. A
    function that raises releases its key. One that dies between its effect and the record of it runs again: give
    the effect a key of its own where it has to be exactly once.

    Args:
        argument: the keyword argument that tells calls apart. Calls must name it.
        key: JMESPath of the key in it. A call without a key is refused with `IdempotencyKeyError`.
        prefix: what the keys in the table begin with. It must not change when the function is replaced.
        payload: JMESPath of what must be equal for the same key, else `IdempotencyValidationError` is raised.
            Left out, nothing is compared.
        table: its name; partition key ``id``, TTL attribute ``expiration``. Left out, the environment's
            IDEMPOTENCY_TABLE_NAME.
        client: left out, `handler_toolkit.client`, which obeys the current budget.
        expires_after: seconds that a result is kept. Left out, 15 days: longer than any queue keeps a message.
        result: Powertools' serializer of the result. Left out, the result has to be JSON.
        replayed: gets the result and the record when an earlier result is returned, and returns the one to use.
    """
    if client is None:
        from handler_toolkit.clients import client as new_client  # noqa: PLC0415 - only who needs it pays for it

        client = cast("DynamoDBClient", new_client("dynamodb"))
    config = IdempotencyConfig(
        event_key_jmespath=key,
        payload_validation_jmespath=payload,
        raise_on_no_idempotency_key=True,
        expires_after_seconds=int(expires_after),
        hash_function="sha256",
        lambda_context=cast("LambdaContext", _CurrentInvocation()),  # all that it reads of a context
        response_hook=cast("IdempotentHookFunction | None", replayed),
    )
    layer = DynamoDBPersistenceLayer(table or os.environ[_TABLE], boto3_client=client)

    def decorate(function: F) -> F:
        made: F = idempotent_function(
            function,
            data_keyword_argument=argument,
            persistence_store=layer,
            config=config,
            key_prefix=prefix,
            output_serializer=result,
        )
        return made

    return decorate


class _CurrentInvocation:
    """What Powertools reads of a Lambda context: how long the invocation may still run, reserve included."""

    def get_remaining_time_in_millis(self) -> int:
        budget = current_budget()
        return int((_LONGEST_INVOCATION if budget is None else budget.until_the_end()) * 1000)
