"""HTTP answers, and the requests that do not even reach the logic."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from pydantic import BaseModel, ValidationError

__all__ = ["RefusedError", "accepted", "problem", "raw_body", "reasons"]

# An order may hold 100 items, about 20 KB of JSON. It has to fit a DynamoDB item (400 KB), an asynchronous
# invocation and a message in the dead-letter queue (1 MB each).
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
LARGEST_BODY: Final = 64 * 1024
_MALFORMED: Final = "json_invalid"


class RefusedError(Exception):
    """A request that is answered with an error of the 4xx kind."""

    def __init__(self, status: HTTPStatus, error: str, details: Sequence[Mapping[str, str]] = ()) -> None:
        """Answer `status` with one sentence and what it is about."""
        super().__init__(error)
        self.status = status
        self.error = error
        self.details = details


def accepted(status: HTTPStatus, model: BaseModel, headers: Mapping[str, str] | None = None) -> Response[str]:
    """Answer with `model`."""
    return _response(status, model.model_dump_json(), headers)


def problem(
    status: HTTPStatus,
    error: str,
    details: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    """Answer with what is wrong: one sentence, then a list of fields and their problems."""
    return _response(status, json.dumps({"error": error, "details": list(details)}), headers)


def raw_body(event: APIGatewayProxyEventV2) -> bytes:
    """The body as the client sent it.

    Raises:
        RefusedError: there is none, it is too large, or not what the gateway says it is.
    """
    text = event.body or ""
    too_large = RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {LARGEST_BODY // 1024} KiB."
    )
    # base64 takes four characters for three bytes: far too much is refused before it is decoded
    if len(text) > LARGEST_BODY * (4 / 3 if event.is_base64_encoded else 1) + 4:
        raise too_large
    try:
        body = base64.b64decode(text, validate=True) if event.is_base64_encoded else text.encode()
    except (binascii.Error, ValueError) as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The body cannot be decoded.") from error
    if len(body) > LARGEST_BODY:
        raise too_large
    return body


def reasons(error: ValidationError) -> RefusedError:
    """What a client should read about a body that is no order."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if any(each["type"] == _MALFORMED for each in problems):
        return RefusedError(HTTPStatus.BAD_REQUEST, "The body is not valid JSON.")
    details = [
        {"field": ".".join(map(str, each["loc"])) or "body", "problem": each["msg"]} for each in problems
    ]
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "The body is not a valid order.", details)


def _response(status: HTTPStatus, body: str, headers: Mapping[str, str] | None) -> Response[str]:
    return Response(
        status_code=status.value,
        content_type=content_types.APPLICATION_JSON,
        body=body,
        headers=dict(headers or {}),
    )
