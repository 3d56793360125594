"""Whether an alarm that rings tells somebody.

Counted is what surely or possibly does: a topic at hand that CloudWatch may publish to, a topic that is not at hand, a
function, an OpsItem, a rule of EventBridge on the alarm's change of state. What only acts tells nobody: a scaling
policy, or a reboot.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs_lib.review.coverage.event_sources import has_own_bus
from constructs_lib.review.reading import Node, Reading
from constructs_lib.review.reading.alarms import Alarm, alarms_of, find_alarm
from constructs_lib.review.reading.data import at, is_known, items_of, texts_in
from constructs_lib.review.reading.deliveries import CLOUDWATCH, TOPIC, Delivery
from constructs_lib.review.reading.permits import document_statements, permits
from constructs_lib.review.reading.resource_policies import (
    has_policy,
    key_of,
    managed_key_of,
    policy_statements,
)

__all__ = ["tellers"]

_ACTS: Final = ("AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::AutoScaling::ScalingPolicy")
_ACTING: Final = (":automate:", ":autoscaling:", ":swf:")
_CHANGE: Final = "CloudWatch Alarm State Change"
_RINGING: Final[Mapping[tuple[str, ...], str]] = {
    ("source",): "aws.cloudwatch",
    ("detail", "state", "value"): "ALARM",
}
"""What the event of an alarm that rings has where.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html"""
_DECRYPT: Final = ("kms:Decrypt", "kms:GenerateDataKey")


def tellers(whole: Reading) -> frozenset[Node]:
    """The alarms that may tell somebody when they ring."""
    return whole.once(
        "coverage.tellers", lambda _: frozenset(each.node for each in alarms_of(whole) if _is_heard(each))
    )


def _is_heard(alarm: Alarm) -> bool:
    if _caught(alarm.node):
        return True
    if alarm.actions_enabled is False:
        return False
    return any(_tells(alarm.node, each) for each in alarm.actions())


def _tells(alarm: Node, action: str) -> bool:
    target = alarm.stack.find(action, TOPIC) or alarm.stack.find(action)
    if target is None:
        return not any(each in action for each in _ACTING)
    if target.type in _ACTS:
        return False
    return target.type != TOPIC or not _refuses(Delivery(by=alarm, service=CLOUDWATCH, to=target))


def _refuses(delivery: Delivery) -> bool:
    """Whether a topic or its key surely does not let CloudWatch publish.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    topic = delivery.to
    if managed_key_of(topic):
        return True
    statements = policy_statements(topic) if has_policy(topic) else None
    if statements is not None and permits(statements, ("sns:Publish",), delivery) is False:
        return True
    key = key_of(topic)
    of_key = document_statements(key, "KeyPolicy") if key else None
    return of_key is not None and permits(of_key, _DECRYPT, delivery) is False


def _caught(alarm: Node) -> bool:
    """Whether a rule of EventBridge hears of its change of state."""
    for rule in alarm.stack.whole.once("coverage.state_changes", _rules):
        pattern = rule.value("EventPattern")
        named = [
            *items_of(at(pattern, "resources")),
            *items_of(at(pattern, "detail", "alarmName")),
        ]
        if not named or any(_names(rule, alarm, each) for each in named):
            return True
    return False


def _rules(whole: Reading) -> Sequence[Node]:
    return [
        each
        for each in whole.of_type("AWS::Events::Rule")
        if _CHANGE in items_of(each.value("EventPattern", "detail-type"))
        and each.text("State") != "DISABLED"
        and each.has("Targets", 0)
        and all(_lets_through(each.value("EventPattern", *place), text) for place, text in _RINGING.items())
        and has_own_bus(each) is not True
    ]


def _lets_through(entries: Any, text: str) -> bool:
    """Whether an entry of a pattern may match a text: a pattern within the entry may match any."""
    return entries is None or any(
        isinstance(each, Mapping) or each == text or not is_known(each) for each in items_of(entries)
    )


def _names(rule: Node, alarm: Node, entry: Any) -> bool:
    """Whether an entry of a pattern may mean the alarm; a pattern within the entry may mean any."""
    if isinstance(entry, Mapping):
        return True
    found = find_alarm(rule.stack, entry)
    return found is alarm if found else not is_known(list(texts_in(entry)))
