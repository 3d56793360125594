"""Requests to DynamoDB and its answers: which tables a request is about, and how an error is answered."""

from collections.abc import Callable, Iterator
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches.consistency import Table

Request = dict[str, Any]
Response = tuple[int, Any, Any]
Handler = Callable[[Request], Response]


def find(name: Any) -> Table | None:
    """A table of the current Region by its name or ARN."""
    if not isinstance(name, str):
        return None
    found: Table | None = internal("services.dynamodb._tables").get(name.rpartition("/")[2])
    return found


def parts(request: Request) -> Iterator[tuple[Any, Any]]:
    """The tables that a request names, each with the part of the request that is about it."""
    yield request.get("TableName"), request
    yield from dict(request.get("RequestItems") or {}).items()
    for member in request.get("TransactItems") or ():
        yield from ((action.get("TableName"), action) for action in member.values())
    for each in (request, *(request.get("TransactStatements") or ())):
        if each.get("Statement"):
            yield _statement(each)


def _statement(request: Request) -> tuple[Any, Any]:
    try:
        parsed = internal("services.dynamodb._parse_partiql")(
            request["Statement"], request.get("Parameters", [])
        )
    except ValueError:
        return None, request  # who runs it says what is wrong with it
    writes = parsed["op"] not in ("SELECT", "EXISTS")
    return parsed.get("table"), {**request, "ConsistentRead": writes or request.get("ConsistentRead", False)}


def answer(body: dict[str, Any]) -> Response:
    """What DynamoDB answers when all is well."""
    response: Response = internal("core.responses.json_response")(body)
    return response


def refused(message: str, code: str = "ValidationException", status: int = 400) -> Response:
    """An error as DynamoDB answers it."""
    response: Response = internal("core.responses.error_response_json")(code, message, status)
    return response


def violated(value: object, member: str, constraint: str) -> Response:
    """The error for a member of a request that is not what the service model asks for."""
    given = "null" if value is None else f"'{value}'"
    return refused(
        f"1 validation error detected: Value {given} at '{member}' failed to satisfy constraint: "
        f"Member must {constraint}"
    )
