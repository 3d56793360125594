"""EventBridge and SNS invoke functions asynchronously, and EventBridge's messages to topics obey the topic's policy.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

import contextvars
import json
import logging
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import deliveries, topic_access

_LOG = logging.getLogger("local_cloud.event_targets")
_rule: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("rule", default=None)


def install() -> None:
    replace("services.eventbridge._invoke_target", _with_rule)
    replace("services.eventbridge._dispatch_to_lambda", lambda _: _to_function)
    replace("services.eventbridge._dispatch_to_sns", _to_topic)
    replace("services.sns._deliver_to_lambda", lambda _: _notify_function)


def _with_rule(original: Callable[..., None]) -> Callable[..., None]:
    def invoke(target: Any, event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
        scheduled = event.get("Source") == "aws.scheduler"  # acts with a role of its own, not as EventBridge
        token = _rule.set(None if scheduled else rule)
        try:
            original(target, event, rule, view)
        finally:
            _rule.reset(token)

    return invoke


def _to_function(function: str, payload: str) -> None:
    try:
        event = json.loads(payload)
    except (TypeError, ValueError):
        event = payload
    try:
        deliveries.invoke_function(function, event)
    except deliveries.DeliveryError as error:
        _failed(error)


def _to_topic(original: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def publish(topic: str, payload: str) -> None:
        rule = _rule.get()
        if rule is not None:
            reason = topic_access.refusal(topic, service="events.amazonaws.com", source=rule.get("Arn", ""))
            if reason:
                _failed(reason)
                return
        original(topic, payload)

    return publish


def _failed(reason: object) -> None:
    rule = _rule.get() or {}
    _LOG.warning("rule %s: %s", rule.get("Name"), reason)
    dimensions = {"RuleName": rule.get("Name", "")}
    internal("services.cloudwatch.record_metric")("AWS/Events", "FailedInvocations", 1, "Count", dimensions)


def _notify_function(
    function: str, envelope: str, _topic: str, subscription: str, _id: str, _message: str, _attributes: Any
) -> None:
    record = {"EventVersion": "1.0", "EventSubscriptionArn": subscription, "EventSource": "aws:sns"}
    try:
        deliveries.invoke_function(function, {"Records": [{**record, "Sns": json.loads(envelope)}]})
    except deliveries.DeliveryError as error:
        _LOG.warning("subscription %s: %s", subscription, error)
