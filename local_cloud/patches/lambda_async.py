"""Asynchronous invocation: the settings of the qualifier that was invoked, retries, destinations and dead letters.

An EventInvokeConfig belongs to one qualifier: the alias's applies to calls through the alias and to no other, the
function's own to unqualified ones. A failed event is tried again after one minute, then after two; a throttled one
until it is too old. Here those waits pass quickly (`LOCAL_CLOUD_RETRY_DELAY`), yet the age of an event counts them in
full, so that a maximum age shorter than the waits ends an event as it does in Lambda.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

import contextvars
import json
import logging
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud import faults
from local_cloud.hooks import internal, replace
from local_cloud.patches import deliveries, lambda_metrics
from local_cloud.patches.lambda_function import LATEST, Invoked, function_record
from local_cloud.patches.lambda_invocation import request_id
from local_cloud.settings import Settings

_LOG = logging.getLogger("local_cloud.lambda_async")
_SIX_HOURS = 21600
_FIRST_WAIT = 60.0
_FIRST_THROTTLED_WAIT = 1.0
_LONGEST_THROTTLED_WAIT = 300.0


def install() -> None:
    replace("services.lambda_svc.invoke_async_with_retry", lambda _: invoke)


def invoke(record: dict[str, Any], event: Any) -> None:
    """Queue an event for a function and return at once."""
    invoked = Invoked.of(record)
    lambda_metrics.publish(invoked, {"AsyncEventsReceived": 1})
    work = _Work(record, event, invoked, _settings(invoked), str(uuid.uuid4()))
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work.run,), name=f"async-{invoked.name}", daemon=True).start()


def _settings(invoked: Invoked) -> dict[str, Any]:
    configs = function_record(invoked.name).get("event_invoke_configs") or {}
    for qualifier in [invoked.qualifier] if invoked.qualifier not in ("", LATEST) else ["", LATEST]:
        if qualifier in configs:
            return dict(configs[qualifier])
    return {}


@dataclass
class _Work:
    record: dict[str, Any]
    event: Any
    invoked: Invoked
    settings: dict[str, Any]
    request: str

    def run(self) -> None:
        retries = self.settings.get("MaximumRetryAttempts")
        retries = 2 if retries is None else int(retries)
        longest = float(self.settings.get("MaximumEventAgeInSeconds") or _SIX_HOURS)
        faster = Settings.from_environment().retry_delay / _FIRST_WAIT
        queued, waited, attempts, throttles = time.time(), 0.0, 0, 0
        result: dict[str, Any] = {}
        while True:
            age = time.time() - queued + waited
            if age >= longest and (attempts or throttles):
                return self.give_up("EventAgeExceeded", attempts, result)
            lambda_metrics.publish(self.invoked, {"AsyncEventAge": age * 1000})
            result = self.attempt()
            if result.get("throttle"):
                if function_record(self.invoked.name).get("concurrency") == 0:
                    return self.give_up("RetriesExhausted", attempts, result)
                wait = min(_FIRST_THROTTLED_WAIT * 2**throttles, _LONGEST_THROTTLED_WAIT)
                throttles += 1
            else:
                attempts += 1
                if not result.get("error"):
                    return self.succeed(attempts, result)
                if attempts > retries:
                    return self.give_up("RetriesExhausted", attempts, result)
                wait = _FIRST_WAIT * 2 ** (attempts - 1)
            time.sleep(wait * faster)
            waited += wait

    def attempt(self) -> dict[str, Any]:
        token = request_id.set(self.request)
        try:
            with faults.delivered():
                return dict(internal("services.lambda_svc._execute_function")(self.record, self.event))
        except Exception as error:  # noqa: BLE001 - whatever happened to the worker, it is one failed attempt
            _LOG.exception("an attempt to run %s failed", self.invoked.name)
            return {"error": True, "body": {"errorType": type(error).__name__, "errorMessage": str(error)}}
        finally:
            request_id.reset(token)

    def succeed(self, attempts: int, result: dict[str, Any]) -> None:
        self.send_record("OnSuccess", "Success", attempts, result)

    def give_up(self, condition: str, attempts: int, result: dict[str, Any]) -> None:
        self.send_record("OnFailure", condition, attempts, result)
        self.send_dead_letter(result)
        lambda_metrics.publish(self.invoked, {"AsyncEventsDropped": 1})

    def send_record(self, outcome: str, condition: str, attempts: int, result: dict[str, Any]) -> None:
        destination = ((self.settings.get("DestinationConfig") or {}).get(outcome) or {}).get("Destination")
        if not destination:
            return
        record = self.destination_record(condition, attempts, result)
        try:
            deliveries.send_destination_record(destination, record)
        except deliveries.DeliveryError as error:
            _LOG.warning("%s of %s: %s", outcome, self.invoked.qualified_arn, error)
            lambda_metrics.publish(self.invoked, {"DestinationDeliveryFailures": 1})

    def destination_record(self, condition: str, attempts: int, result: dict[str, Any]) -> dict[str, Any]:
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": self.request,
                "functionArn": self.invoked.qualified_arn,
                "condition": condition,
                "approximateInvokeCount": attempts,
            },
            "requestPayload": self.event,
        }
        if attempts:
            record["responseContext"] = {"statusCode": 200, "executedVersion": self.invoked.version}
            if result.get("error"):
                record["responseContext"]["functionError"] = result.get("function_error") or "Unhandled"
            record["responsePayload"] = result.get("body")
        return record

    def send_dead_letter(self, result: dict[str, Any]) -> None:
        config = self.record.get("config") or {}
        target = (config.get("DeadLetterConfig") or {}).get("TargetArn")
        if not target:
            return
        body = result.get("body")
        message = body.get("errorMessage", "") if isinstance(body, dict) else ""
        attributes = {
            "RequestID": ("String", self.request),
            "ErrorCode": ("Number", "429" if result.get("throttle") else "200"),
            "ErrorMessage": ("String", str(message)[:1024] or "-"),
        }
        try:
            deliveries.send(target, json.dumps(self.event), attributes)
        except deliveries.DeliveryError as error:
            _LOG.warning("dead letter of %s: %s", self.invoked.qualified_arn, error)
            lambda_metrics.publish(self.invoked, {"DeadLetterErrors": 1})
