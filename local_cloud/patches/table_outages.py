"""Tables that the DynamoDB API of a Region knows nothing of for a while, whoever asks; replication goes on."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from local_cloud import outages
from local_cloud.hooks import internal, replace
from local_cloud.patches import scope

Response = tuple[int, Any, Any]

_ERROR = "ResourceNotFoundException"


def install() -> None:
    replace("services.dynamodb.handle_request", _without_what_is_gone)


def _without_what_is_gone(
    original: Callable[..., Awaitable[Response]],
) -> Callable[..., Awaitable[Response]]:
    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        if any(outages.is_gone(scope.region(), name) for name in _asked_for(body)):
            message = "Requested resource not found"
            answer: Response = internal("core.responses.error_response_json")(_ERROR, message, 400)
            return answer
        return await original(method, path, headers, body, query)

    return handle


def _asked_for(body: bytes) -> Iterator[str]:
    """The names of the tables that a request is about: of one, of a batch, or of a transaction."""
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return
    given = [data.get("TableName"), *(data.get("RequestItems") or {})]
    for item in data.get("TransactItems") or ():
        given += [each.get("TableName") for each in item.values()]
    for name in given:
        if isinstance(name, str):
            yield name.rpartition("/")[2]  # an ARN ends with table/ and the name
