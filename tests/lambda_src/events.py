"""Events as API Gateway and Lambda send them, and the context that comes with them."""

import base64
import json
from dataclasses import dataclass, field
from uuid import uuid4

JsonObject = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Context:
    """What of the Lambda context the handlers use."""

    remaining_ms: int = 10_000
    function_name: str = "handler-under-test"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:handler-under-test:live"
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    tenant_id: str | None = None

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


def order(**changes: object) -> JsonObject:
    """The body of a valid order, with `changes`."""
    return {
        "customer_email": "ada@example.com",
        "currency": "EUR",
        "items": [
            {"sku": "TEA-1", "quantity": 2, "unit_price": "4.50"},
            {"sku": "CUP-7", "quantity": 1, "unit_price": "12.00"},
        ],
    } | changes


def http(
    method: str,
    path: str,
    *,
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
    request_id: str = "request-1",
) -> JsonObject:
    """An API Gateway HTTP API event, payload format 2.0; bytes are sent base64-encoded.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "api.example.com"} | (headers or {}),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "api.example.com",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": request_id,
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1773342238000,
        },
        "isBase64Encoded": isinstance(body, bytes),
    } | (
        {} if body is None else {"body": base64.b64encode(body).decode() if isinstance(body, bytes) else body}
    )


def post(
    body: object = None, *, key: str | None = "key-00000001", request_id: str = "request-1"
) -> JsonObject:
    """POST /orders: str and bytes are sent as they are, anything else as JSON."""
    raw = body if isinstance(body, str | bytes) else json.dumps(order() if body is None else body)
    # HTTP APIs send header names in lower case
    headers = {} if key is None else {"idempotency-key": key}
    return http("POST", "/orders", body=raw, headers=headers, request_id=request_id)


def get(order_id: str) -> JsonObject:
    """GET /orders/{order_id}."""
    return http("GET", f"/orders/{order_id}")


def confirmation(**changes: object) -> JsonObject:
    """What customers are told of an order, with `changes`."""
    return {
        "order_id": str(uuid4()),
        "customer_email": "ada@example.com",
        "currency": "EUR",
        "total": "21.00",
        "correlation_id": "request-1",
    } | changes


PLACED = {
    "currency": "EUR",
    "total": "21.00",
    "lines": [{"sku": "CUP-7", "quantity": 1}, {"sku": "TEA-1", "quantity": 2}],
}
"""What the workflow's first step says of the order above."""


def step(name: str, order_id: str, action: str = "do", **changes: object) -> JsonObject:
    """The event of a step of the workflow of an order, with `changes`."""
    return {
        "saga": {
            "execution": f"arn:aws:states:us-east-1:000000000000:execution:Orders:{order_id}",
            "step": name,
            "idempotency_key": f"{order_id}:{name}",
            "action": action,
        },
        "input": {"order_id": order_id, "correlation_id": "request-1"},
        "results": {} if name == "StartOrder" else {"StartOrder": PLACED},
    } | changes


def queue(*bodies: object) -> JsonObject:
    """Messages of an SQS queue, the bodies as JSON unless they are strings.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": "handle",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1773342238000",
                    "SenderId": "AIDAEXAMPLE",
                    "ApproximateFirstReceiveTimestamp": "1773342238001",
                },
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:orders",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }
