"""HTTP APIs: a route with IAM authorization takes signed requests only, and a function's error stays inside.

Whose signature a request carries does not matter here. A client never sees why a function failed: an HTTP API answers
500, anything else 502, both without the error.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control-iam.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
"""

import contextvars
import json
from collections.abc import Awaitable, Callable
from typing import Any

from local_cloud.hooks import internal, replace

_SIGNATURE = "AWS4-HMAC-SHA256"


_in_http_api: contextvars.ContextVar[bool] = contextvars.ContextVar("in_http_api", default=False)


def install() -> None:
    replace("app._enforce_execute_api", _enforce)
    replace("services.apigateway._invoke_lambda_proxy", _as_http_api)
    replace("services.lambda_svc.lambda_execute_result_to_api_proxy_response", _hide_error)


def _enforce(original: Callable[..., Any]) -> Callable[..., Any]:
    def enforce(api: str, stage: str, method: str, path: str, *rest: Any, **named: Any) -> Any:
        refused = original(api, stage, method, path, *rest, **named)
        headers, query = rest[:2]
        signed = headers.get("authorization", "").startswith(_SIGNATURE) or "X-Amz-Signature" in query
        if refused or signed:
            return refused
        if internal("app._execute_api_authorization_type")(api, stage, method, path) != "AWS_IAM":
            return None
        return 403, {"Content-Type": "application/json"}, json.dumps({"message": "Forbidden"}).encode()

    return enforce


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
