"""EventBridge invokes functions asynchronously, obeys the policies of topics, and measures rules and schedules.

What cannot be delivered goes to the target's dead-letter queue. Here that is so because the target is gone or refuses,
which EventBridge does not try again either; Scheduler does, until its retry policy ends.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ReplayDestination.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

import contextvars
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import deliveries, topic_access

_LOG = logging.getLogger("local_cloud.event_targets")
_NOT_THERE = {
    "lambda": "ResourceNotFoundException",
    "sns": "NotFoundException",
    "sqs": "AWS.SimpleQueueService.NonExistentQueue",
    "states": "StateMachineDoesNotExist",
}
"""What the API of a schedule's target says when the target is gone."""
_current: contextvars.ContextVar["_Invocation | None"] = contextvars.ContextVar("current", default=None)


@dataclass(frozen=True, kw_only=True)
class _Metrics:
    """The metrics of EventBridge's rules, or of its schedules, by what has happened."""

    namespace: str
    dimension: str
    attempted: tuple[str, ...]
    failed: tuple[str, ...]
    redriven: str
    lost: str


_OF_RULES = _Metrics(
    namespace="AWS/Events",
    dimension="RuleName",
    attempted=("Invocations",),
    failed=("FailedInvocations",),
    redriven="InvocationsSentToDlq",
    lost="InvocationsFailedToBeSentToDlq",
)
_OF_SCHEDULES = _Metrics(
    namespace="AWS/Scheduler",
    dimension="ScheduleGroup",
    attempted=("InvocationAttemptCount",),
    failed=("TargetErrorCount", "InvocationDroppedCount"),
    redriven="InvocationsSentToDeadLetterCount",
    lost="InvocationsFailedToBeSentToDeadLetterCount",
)


@dataclass(frozen=True)
class _Invocation:
    """One target that an event has reached by a rule, or a schedule at its time."""

    rule: dict[str, Any]
    target: dict[str, Any]
    event: dict[str, Any]

    @property
    def scheduled(self) -> bool:
        return self.event.get("Source") == "aws.scheduler"

    @property
    def metrics(self) -> _Metrics:
        return _OF_SCHEDULES if self.scheduled else _OF_RULES

    def count(self, *metrics: str) -> None:
        record = internal("services.cloudwatch.record_metric")
        value = self.rule.get("GroupName" if self.scheduled else "Name") or "default"
        dimensions = {self.metrics.dimension: value}
        bus = "default" if self.scheduled else self.rule.get("EventBusName", "default")
        if bus != "default":  # a rule of the default bus is counted without the bus's name
            dimensions["EventBusName"] = bus
        for metric in metrics:
            record(self.metrics.namespace, metric, 1, "Count", dimensions)

    def fail(self, reason: object) -> None:
        _LOG.warning("%s: %s", self.rule.get("Name"), reason)
        self.count(*self.metrics.failed)
        queue = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        attributes = {name: ("String", value) for name, value in self.attributes(str(reason)).items()}
        try:
            deliveries.send(queue, self.payload(), attributes)
        except deliveries.DeliveryError as error:
            _LOG.warning("dead letter of %s: %s", self.rule.get("Name"), error)
            self.count(self.metrics.lost)
        else:
            self.count(self.metrics.redriven)

    def attributes(self, reason: str) -> dict[str, str]:
        """What a dead letter says of its origin."""
        refused = "authorized" in reason
        said = {"TARGET_ARN": self.target["Arn"], "ERROR_MESSAGE": reason[:1024], "RETRY_ATTEMPTS": "0"}
        if not self.scheduled:
            code = "NO_PERMISSIONS" if refused else "NO_RESOURCE"
            return {**said, "RULE_ARN": self.rule.get("Arn", "-"), "ERROR_CODE": code}
        policy = self.target.get("RetryPolicy") or {}
        never = str(policy.get("MaximumRetryAttempts")) == "0"
        service = self.target["Arn"].split(":")[2]
        return {
            **said,
            "SCHEDULE_ARN": self.rule.get("Arn", "-"),
            "ERROR_CODE": "AccessDeniedException"
            if refused
            else _NOT_THERE.get(service, "ValidationException"),
            "EXECUTION_ID": str(self.event["EventId"]),
            "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts" if never else "MaximumEventAgeInSeconds",
            "IS_PAYLOAD_TRUNCATED": "false",
            "SCHEDULED_TIME": f"{datetime.fromtimestamp(float(self.event['Time']), UTC):%Y-%m-%dT%H:%M:%SZ}",
        }

    def payload(self) -> str:
        """What could not be delivered: a schedule's input, a rule's event."""
        if self.scheduled and self.target.get("Input"):
            return str(self.target["Input"])
        view = internal("services.eventbridge._pattern_event_view")(self.event)
        return json.dumps(view.event_with_detail())


def install() -> None:
    replace("services.eventbridge._invoke_target", _with_rule)
    replace("services.eventbridge._dispatch_to_lambda", lambda _: _to_function)
    replace("services.eventbridge._dispatch_to_sns", _to_topic)
    replace("services.eventbridge._dispatch_to_sqs", _to_queue)
    replace("services.eventbridge._dispatch_to_stepfunctions", _to_state_machine)


def _with_rule(original: Callable[..., None]) -> Callable[..., None]:
    last = threading.local()

    def invoke(target: Any, event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
        if not _is_replayed_to(rule, event):
            return
        invocation = _Invocation(rule, target, event)
        seen = getattr(last, "event", None) is event and last.rule is rule
        if not seen and not invocation.scheduled:  # once for all of its targets
            last.event, last.rule = event, rule
            invocation.count("TriggeredRules", "MatchedEvents")
        invocation.count(*invocation.metrics.attempted)
        token = _current.set(invocation)
        try:
            original(target, event, rule, view)
        finally:
            _current.reset(token)

    return invoke


def _is_replayed_to(rule: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether an event that is replayed is meant for a rule; any other event is."""
    replay = internal("services.eventbridge._replays").get(event.get("ReplayName") or "") or {}
    rules = (replay.get("Destination") or {}).get("FilterArns")
    return not rules or rule.get("Arn") in rules


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
        invocation = _current.get()
        if invocation is not None and not invocation.scheduled:  # which acts with a role of its own
            source = invocation.rule.get("Arn", "")
            reason = topic_access.refusal(topic, service="events.amazonaws.com", source=source)
            if reason:
                _failed(reason)
                return
        if internal("services.sns._topic_by_arn_any_scope")(topic) is None:
            _failed(f"there is no topic {topic}")
            return
        original(topic, payload)

    return publish


def _to_queue(original: Callable[..., None]) -> Callable[..., None]:
    def send(spec: Any, payload: str, parameters: Any = None) -> None:
        if internal("services.sqs._queue_by_arn")(str(spec)) is None:
            _failed(f"there is no queue {spec}")
            return
        original(spec, payload, parameters)

    return send


def _to_state_machine(original: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def start(machine: str, payload: str) -> None:
        if internal("services.stepfunctions._resolve_state_machine_arn")(machine) is None:
            _failed(f"there is no state machine {machine}")
        elif not _is_json(payload):
            _failed(f"the input of {machine} is not JSON")
        else:
            original(machine, payload)

    return start


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _failed(reason: object) -> None:
    if invocation := _current.get():
        invocation.fail(reason)
