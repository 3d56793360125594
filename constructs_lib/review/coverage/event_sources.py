"""Schedules, rules and topics as failure modes see them."""

from collections.abc import Iterator
from typing import Final

from constructs_lib.review.coverage.functions import environment_of, names_of_queues, part_of
from constructs_lib.review.coverage.subject import Subject, called, qualified
from constructs_lib.review.knowledge.schedule_expressions import interval_of
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.alarms import STATES, alarms_of
from constructs_lib.review.reading.data import at, is_known, items_of, text_of
from constructs_lib.review.reading.functions import callee_of, function_of
from constructs_lib.review.reading.topics import TOPIC, Topic, topics_of

__all__ = ["has_own_bus", "rules", "schedules", "topics"]

_DEFAULT_BUS: Final = "default"
_WEEK: Final = 604_800
"""Seconds: an alarm looks back no further."""
_READ_BY_PEOPLE: Final = ("email", "email-json", "sms", "application")


def schedules(stack: StackReading) -> Iterator[Subject]:
    """The schedules of EventBridge Scheduler of a stack that are not switched off."""
    for node in stack.of_type("AWS::Scheduler::Schedule"):
        if node.text("State") == "DISABLED":
            continue
        group = node.value("GroupName") or "default"
        names = {qualified(stack, str(group)): "group"}
        made = stack.find(group, "AWS::Scheduler::ScheduleGroup")
        names |= dict.fromkeys(called(made, {"Ref": made.id}) if made else (), "group")
        dead_letters = node.value("Target", "DeadLetterConfig", "Arn")
        facts: dict[str, float | None] = {"regular": 1}
        facts |= {"dead_letters": 1} if dead_letters is not None else {}
        # Scheduler publishes for groups: what many schedules share says little of one.
        facts |= {"own_group": 1} if node.has("GroupName") else {}
        callee = callee_of(stack, node.value("Target", "Arn"))
        function = callee.function if callee else None
        every = interval_of(node.text("ScheduleExpression") or "")
        if every and every <= _WEEK:
            facts |= {"every_minutes": every / 60, "others": _others(node, function)}
        yield Subject(
            kind="schedule",
            node=node,
            names={
                **names,
                **names_of_queues(stack, [dead_letters]),
                **dict.fromkeys(called(function, {"Ref": function.id}) if function else (), "function"),
            },
            dimensions={"ScheduleGroup": "group"},
            part_dimension="Resource",
            part_value="function:part",
            parts=part_of(callee) if callee else {},
            facts=facts,
            environment=environment_of(function) if function else "",
        )


def _others(schedule: Node, function: Node | None) -> int:
    """1 where others invoke what a schedule does, so that its invocations tell little of the schedule."""
    invocations = function_of(function).invocations if function else ()
    return int(any(each.by is not schedule for each in invocations))


def rules(stack: StackReading) -> Iterator[Subject]:
    """The rules of EventBridge of a stack that have targets and are not switched off."""
    for node in stack.of_type("AWS::Events::Rule"):
        targets = node.items("Targets")
        if not targets or node.text("State") == "DISABLED":
            continue
        dead_letters = [
            found for each in targets if (found := at(each, "DeadLetterConfig", "Arn")) is not None
        ]
        bus = node.value("EventBusName")
        own_bus = isinstance(bus, str) and bus != _DEFAULT_BUS
        role = "rule of a bus" if own_bus else "rule"
        # On a bus of its own, a reference to the rule is no name of it, but that of the bus, a bar, and its own:
        # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1131
        name = node.value("Name") if has_own_bus(node) else {"Ref": node.id}
        names = dict.fromkeys(called(node, name), role)
        names |= {qualified(stack, bus): "bus"} if own_bus else {}
        yield Subject(
            kind="rule",
            node=node,
            names={**names, **names_of_queues(stack, dead_letters)},
            dimensions={"RuleName": role},
            facts={"dead_letters": 1} if dead_letters else {},
        )


def has_own_bus(rule: Node) -> bool | None:
    """Whether a rule is on another bus than the one that events of AWS services come to; None where that is unknown.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html
    """
    bus = rule.value("EventBusName")
    if rule.stack.find(bus, "AWS::Events::EventBus") is not None:
        return True
    if bus is None or (isinstance(bus, str) and bus.rpartition("/")[2] == _DEFAULT_BUS):
        return False
    return True if isinstance(bus, str) and is_known(bus) else None


def topics(stack: StackReading) -> Iterator[Subject]:
    """The topics of a stack that machines subscribe to; not those that alarms go to."""
    for topic in topics_of(stack):
        protocols = _protocols(topic)
        if topic.node in _told(stack.whole) or not set(protocols) - set(_READ_BY_PEOPLE):
            continue
        dead_letters = [
            found
            for each in topic.subscriptions
            if (found := each.value("RedrivePolicy", "deadLetterTargetArn")) is not None
        ]
        yield Subject(
            kind="topic",
            node=topic.node,
            names={
                **dict.fromkeys(called(topic.node, {"Fn::GetAtt": [topic.node.id, "TopicName"]}), "topic"),
                **names_of_queues(stack, dead_letters),
            },
            dimensions={"TopicName": "topic"},
            facts={"dead_letters": 1} if dead_letters else {},
        )


def _protocols(topic: Topic) -> Iterator[str]:
    for each in topic.subscriptions:
        yield each.text("Protocol") or ""
    for inline in items_of(topic.node.value("Subscription")):
        yield text_of(at(inline, "Protocol")) or ""


def _told(whole: Reading) -> frozenset[Node]:
    return whole.once("coverage.told", _collect_told)


def _collect_told(whole: Reading) -> frozenset[Node]:
    return frozenset(
        found
        for alarm in alarms_of(whole)
        for state in STATES
        for action in alarm.actions(state)
        if (found := alarm.node.stack.find(action, TOPIC)) is not None
    )
