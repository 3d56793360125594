"""Answers given in a service's place, at the last step before a request leaves the process."""

import io
import json
from collections.abc import Callable

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders

from tests.lambda_src.events import JsonObject

Answer = Callable[[JsonObject], AWSResponse | None]


class _Raw(io.BytesIO):
    """As much of a urllib3 response as botocore reads."""

    def stream(self) -> list[bytes]:
        return [self.read()]


def answer(status: int, body: JsonObject, error: str = "") -> AWSResponse:
    """An HTTP answer of a service that speaks JSON."""
    headers = HTTPHeaders()
    headers["x-amzn-requestid"] = "wire"
    if error:
        headers["x-amzn-errortype"] = error
    return AWSResponse("http://127.0.0.1", status, headers, _Raw(json.dumps(body).encode()))


def accepted(_: JsonObject) -> AWSResponse:
    """SQS takes a message."""
    return answer(200, {"MessageId": "wire"})


def too_many_requests(_: JsonObject) -> AWSResponse:
    """SQS throttles requests."""
    return answer(
        403, {"__type": "com.amazonaws.sqs#RequestThrottled", "message": "Slow"}, "RequestThrottled"
    )


def unavailable(_: JsonObject) -> AWSResponse:
    """SQS fails."""
    return answer(500, {"message": "Oops"}, "ServiceException")


def throttled_table(name: str, error: str = "ProvisionedThroughputExceededException") -> Answer:
    """DynamoDB refuses the table `name` for a while, and no other."""

    def throttle(request: JsonObject) -> AWSResponse | None:
        if request.get("TableName") != name:
            return None
        return answer(400, {"__type": f"com.amazonaws.dynamodb.v20120810#{error}", "message": "Slow"}, error)

    return throttle


class Tap:
    """Requests that passed, and a switch: `answer`, if set, may reply in the service's place."""

    def __init__(self, answer: Answer | None) -> None:
        self.requests: list[JsonObject] = []
        self.seen: list[tuple[str, HTTPHeaders]] = []
        self.answer = answer

    def emit(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        # SNS takes forms, which no test looks into
        raw = request.body if isinstance(request.body, str | bytes) else ""
        body: JsonObject = json.loads(raw) if raw[:1] in {"{", b"{"} else {}
        self.requests.append(body)
        self.seen.append((request.url, request.headers))
        return self.answer(body) if self.answer else None


def tap(client: BaseClient, operation: str, answer: Answer | None = None) -> Tap:
    """Record what `client` sends for `operation`."""
    recorder = Tap(answer)
    service = client.meta.service_model.service_id.hyphenize()
    # the stubs know only of hooks that return nothing
    client.meta.events.register(f"before-send.{service}.{operation}", recorder.emit)  # type: ignore[arg-type]
    return recorder
