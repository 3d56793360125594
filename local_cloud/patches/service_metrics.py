"""Metrics of services that MiniStack runs without measuring them: Step Functions, API Gateway, DynamoDB.

https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from local_cloud.hooks import internal, replace

Response = tuple[int, Any, Any]

_EXECUTIONS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_CONDITION_FAILED = "ConditionalCheckFailedException"


def install() -> None:
    replace("services.stepfunctions._emit_execution_status_event", _with_execution_metrics)
    replace("services.apigateway._handle_execute_in_scope", _with_http_metrics)
    replace("services.apigateway_v1._handle_execute_in_scope", _with_rest_metrics)
    replace("services.dynamodb.handle_request", _with_table_metrics)


def _record(namespace: str, dimensions: Mapping[str, str], **values: tuple[float, str]) -> None:
    record = internal("services.cloudwatch.record_metric")
    for name, (value, unit) in values.items():
        record(namespace, name, value, unit, dict(dimensions))


def _with_execution_metrics(original: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def emit(execution: dict[str, Any]) -> None:
        original(execution)
        machine = {"StateMachineArn": execution["stateMachineArn"]}
        metric = _EXECUTIONS.get(execution["status"])
        if metric:
            _record("AWS/States", machine, **{metric: (1, "Count")})
        if execution.get("stopDate"):
            begun, ended = (datetime.fromisoformat(execution[key]) for key in ("startDate", "stopDate"))
            elapsed = (ended - begun).total_seconds() * 1000
            _record("AWS/States", machine, ExecutionTime=(elapsed, "Milliseconds"))

    return emit


def _with_http_metrics(original: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    async def execute(api_id: str, stage: str, *rest: Any) -> Response:
        begun = time.perf_counter()
        response = await original(api_id, stage, *rest)
        latency, count = (time.perf_counter() - begun) * 1000, "Count"
        client, server = _errors(response[0])
        for dimensions in ({"ApiId": api_id}, {"ApiId": api_id, "Stage": stage}):
            _record("AWS/ApiGateway", dimensions, **{"4xx": (client, count), "5xx": (server, count)})
            _record("AWS/ApiGateway", dimensions, Count=(1, count), Latency=(latency, "Milliseconds"))
        return response

    return execute


def _with_rest_metrics(original: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    async def execute(api_id: str, stage: str, *rest: Any) -> Response:
        begun = time.perf_counter()
        response = await original(api_id, stage, *rest)
        latency, count = (time.perf_counter() - begun) * 1000, "Count"
        client, server = _errors(response[0])
        name = (internal("services.apigateway_v1._rest_apis").get(api_id) or {}).get("name", api_id)
        for dimensions in ({"ApiName": name}, {"ApiName": name, "Stage": stage}):
            _record(
                "AWS/ApiGateway", dimensions, **{"4XXError": (client, count), "5XXError": (server, count)}
            )
            _record("AWS/ApiGateway", dimensions, Count=(1, count), Latency=(latency, "Milliseconds"))
        return response

    return execute


def _errors(status: int) -> tuple[int, int]:
    """One of the client's, one of the server's, or none: so the average of either is its rate."""
    return int(_CLIENT_ERROR <= status < _SERVER_ERROR), int(status >= _SERVER_ERROR)


def _with_table_metrics(original: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Response:
        begun = time.perf_counter()
        response = await original(method, path, headers, body, query_params)
        latency = (time.perf_counter() - begun) * 1000
        operation, table = headers.get("x-amz-target", "").rpartition(".")[2], _table(body)
        if response[0] < _CLIENT_ERROR and table:
            dimensions = {"TableName": table, "Operation": operation}
            _record("AWS/DynamoDB", dimensions, SuccessfulRequestLatency=(latency, "Milliseconds"))
        elif response[0] >= _SERVER_ERROR and table:
            dimensions = {"TableName": table, "Operation": operation}
            _record("AWS/DynamoDB", dimensions, SystemErrors=(1, "Count"))
        elif _CLIENT_ERROR <= response[0] < _SERVER_ERROR:
            refused = _CONDITION_FAILED in str(response[2])
            if refused and table:
                _record("AWS/DynamoDB", {"TableName": table}, ConditionalCheckFailedRequests=(1, "Count"))
            elif not refused:
                _record("AWS/DynamoDB", {}, UserErrors=(1, "Count"))
        return response

    return handle


def _table(body: bytes) -> str | None:
    """The table that a request names, where it names one."""
    try:
        name = json.loads(body).get("TableName")
    except (ValueError, AttributeError):
        return None
    return name.rpartition("/")[2] if isinstance(name, str) else None
