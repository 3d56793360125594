"""What a client is told when its order was not placed, and what is logged and counted about it."""

from http import HTTPStatus
from typing import Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from create_order.answers import RefusedError, problem
from create_order.data import unavailable
from create_order.errors import DependencyUnavailableError, OrderConflictError
from create_order.wiring import logger, metrics

__all__ = ["ANSWERS"]

_SOON: Final = {"Retry-After": "1"}


def _refuse(refused: RefusedError) -> Response[str]:
    """Answer a request that cannot succeed however often it is repeated."""
    # Field names and problems come from the client: only the sentence, which is ours, is logged.
    logger.info(
        "Request refused", status=refused.status.value, error=refused.error, problems=len(refused.details)
    )
    metrics.add_metric("RequestsRefused", MetricUnit.Count, 1)
    return problem(refused.status, refused.error, refused.details)


def _no_route(_: NotFoundError) -> Response[str]:
    """Answer a path or method that this API does not have."""
    return _refuse(RefusedError(HTTPStatus.NOT_FOUND, "There is no such resource."))


def _another_body(_: Exception) -> Response[str]:
    """Answer a key that was used for another order. The statuses are those of the header's Internet draft."""
    error = "This Idempotency-Key was used for another order; a new order needs a new key."
    return _refuse(RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, error))


def _in_progress(_: Exception) -> Response[str]:
    """Answer a request whose twin is being worked on."""
    logger.info("Duplicate of a request in progress")
    metrics.add_metric("DuplicateOrders", MetricUnit.Count, 1)
    return problem(
        HTTPStatus.CONFLICT, "A request with this key is in progress; ask again soon.", headers=_SOON
    )


def _try_again(unavailability: DependencyUnavailableError) -> Response[str]:
    """Answer that nothing is lost: the same request, repeated, completes what was begun.

    Such an answer is no error of this function, so Lambda's Errors stays silent: alarms watch these metrics.
    """
    logger.warning("Dependency unavailable", reason=unavailability.reason, throttled=unavailability.throttled)
    name = "DependencyThrottled" if unavailability.throttled else "DependencyUnavailable"
    metrics.add_metric(name, MetricUnit.Count, 1)
    error = "The service is busy; repeat the same request, with the same key, soon."
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, error, headers=_SOON)


def _idempotency_store(error: IdempotencyPersistenceLayerError) -> Response[str]:
    """Tell a busy idempotency table from a broken one."""
    if unavailability := unavailable(error.__cause__):
        return _try_again(unavailability)
    raise error


# An error that is not here is raised.
ANSWERS: Final = {
    RefusedError: _refuse,
    NotFoundError: _no_route,
    IdempotencyValidationError: _another_body,
    OrderConflictError: _another_body,
    IdempotencyAlreadyInProgressError: _in_progress,
    IdempotencyInconsistentStateError: _in_progress,
    DependencyUnavailableError: _try_again,
    IdempotencyPersistenceLayerError: _idempotency_store,
}
