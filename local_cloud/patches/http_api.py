"""HTTP APIs: a route with IAM authorization takes requests signed for its Region only; errors stay inside.

Whose signature a request carries does not matter here. One for another Region is refused: HTTP APIs know signatures of
version 4, which hold for one Region, and none of version 4a. A client never sees why a function failed: an HTTP API
answers 500, anything else 502, both without the error.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
"""

import contextvars
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from local_cloud.hooks import internal, replace

_SIGNATURE = "AWS4-HMAC-SHA256"
_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/(?P<region>[a-z0-9-]+)/execute-api/aws4_request")


_in_http_api: contextvars.ContextVar[bool] = contextvars.ContextVar("in_http_api", default=False)


def install() -> None:
    replace("app._enforce_execute_api", _enforce)
    replace("services.apigateway._invoke_lambda_proxy", _as_http_api)
    replace("services.lambda_svc.lambda_execute_result_to_api_proxy_response", _hide_error)


def _enforce(original: Callable[..., Any]) -> Callable[..., Any]:
    def enforce(api: str, stage: str, method: str, path: str, *rest: Any, **named: Any) -> Any:
        refused = original(api, stage, method, path, *rest, **named)
        headers, query = rest[:2]
        signed_for = _signed_for(headers, query)
        if refused or (signed_for and _region_of(api) in (None, signed_for)):
            return refused
        if internal("app._execute_api_authorization_type")(api, stage, method, path) != "AWS_IAM":
            return None
        return 403, {"Content-Type": "application/json"}, json.dumps({"message": "Forbidden"}).encode()

    return enforce


def _signed_for(headers: Mapping[str, str], query: Mapping[str, Any]) -> str | None:
    """The Region that a request is signed for; None if it is not signed."""
    text = headers.get("authorization", "")
    if not text.startswith(_SIGNATURE):
        given = query.get("X-Amz-Credential", "")
        text = f"Credential={given if isinstance(given, str) else given[0]}"
    match = _SCOPE.search(text)
    return match["region"] if match else None


def _region_of(api: str) -> str | None:
    apis = internal("services.apigateway._apis").all_items()
    return next((region for (_, region, identifier), _ in apis if identifier == api), None)


def _as_http_api(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def invoke(*arguments: Any, **named: Any) -> Any:
        token = _in_http_api.set(True)
        try:
            return await original(*arguments, **named)
        finally:
            _in_http_api.reset(token)

    return invoke


def _hide_error(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def answer(result: dict[str, Any]) -> Any:
        if not (result.get("error") or result.get("throttle")):
            return original(result)
        failed = {
            "statusCode": 500 if _in_http_api.get() or result.get("throttle") else 502,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps({"message": "Internal Server Error"}),
        }
        return failed, None

    return answer
