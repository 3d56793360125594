"""No stack gets more resources than CloudFormation takes."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm

from constructs_lib.alarms import AlarmRoute
from constructs_lib.alarms.routing.state_change import StateChange
from tests.alarms.watch.watched_app import (
    ALARM,
    COMPOSITE,
    a_function,
    a_queue,
    alarms_of,
    app_of,
    new_stack,
    notes,
    template,
    watch,
    watched,
)
from tests.delivery import lost_alarms
from tests.graph import circle
from tests.synthesis import Synthesized, read_template

QUEUE_SET = 3  # two alarms and a composite
TOPIC_OF_STACK = 3
METADATA = 1
FULL = 500


def filled(stack: cdk.Stack, number: int) -> None:
    """Add resources until `stack` has `number` of them."""
    present = sum(isinstance(each, cdk.CfnResource) for each in stack.node.find_all())
    for each in range(number - present):
        ssm.CfnParameter(stack, f"Filler{each}", type="String", value="x")


def no_room(stack: cdk.Stack) -> list[str]:
    return [note for note in notes(stack, "warning") if "watch-no-room" in note]


def test_the_last_alarms_that_fit_are_made() -> None:
    stack = new_stack()
    a_queue(stack)
    filled(stack, FULL - METADATA - QUEUE_SET - TOPIC_OF_STACK)
    watch(stack)

    assert len(template(stack).resources) == FULL - METADATA
    assert no_room(stack) == []


def test_a_stack_that_would_become_too_large_gets_nothing_and_is_told_the_way_out() -> None:
    stack = new_stack()
    a_queue(stack)
    a_queue(stack, "Another")
    filled(stack, FULL - METADATA - QUEUE_SET - TOPIC_OF_STACK)
    before = template(stack).resources
    watch(stack)

    assert template(stack).resources.keys() == before.keys()
    (warning,) = no_room(stack)
    assert "no alarms to 2 queues" in warning
    assert "Watch(nested_stacks=True)" in warning


def test_a_topic_of_the_apps_own_counts_as_well() -> None:
    stack = new_stack()
    a_queue(stack)
    filled(stack, FULL - METADATA - QUEUE_SET)
    watch(stack, route=lambda of: AlarmRoute.to_topic(sns.Topic(of, "Ops")))

    assert not template(stack).of_type(ALARM)
    assert no_room(stack)


def test_resources_that_an_action_brings_along_count_as_well() -> None:
    stack = new_stack()
    queue = a_queue(stack)
    filled(stack, FULL - METADATA - QUEUE_SET)
    change = StateChange(targets=[targets.SqsQueue(queue)])
    watch(stack, route=lambda _: AlarmRoute(alarm=[change]))

    assert not template(stack).of_type(ALARM)


def test_the_rules_and_permissions_of_changes_of_state_count_as_well() -> None:
    stack = new_stack()
    called = a_function(stack, "Called")
    a_queue(stack)
    filled(stack, FULL - METADATA - QUEUE_SET - 1)  # the rule alone would fit
    change = StateChange(targets=[targets.LambdaFunction(called)])
    watch(stack, exclude=["Stack/Called"], route=lambda _: AlarmRoute(alarm=[change]))

    assert not template(stack).of_type(ALARM)
    assert no_room(stack)


def test_the_other_stacks_of_the_app_are_watched_all_the_same() -> None:
    full = new_stack("Full")
    a_queue(full)
    filled(full, FULL - METADATA)
    other = cdk.Stack(app_of(full), "Other")
    a_queue(other)
    watch(full)

    assert alarms_of(template(other), "Queue")
    assert not template(full).of_type(ALARM)


def nested(stack: cdk.Stack) -> list[Synthesized]:
    folder = Path(app_of(stack).outdir)
    return [
        read_template(folder / each.template_file)
        for each in stack.node.find_all()
        if isinstance(each, cdk.NestedStack)
    ]


def test_alarms_that_do_not_fit_go_into_nested_stacks_where_these_are_allowed() -> None:
    stack = new_stack()
    queue = a_queue(stack)
    a_function(stack)
    filled(stack, FULL - METADATA - TOPIC_OF_STACK - 1)
    before = template(stack).resources
    watch(stack, nested_stacks=True)
    found = template(stack)

    added = {key: each for key, each in found.resources.items() if key not in before}
    assert {key: found.resources[key] for key in before} == before
    assert sorted(each["Type"] for each in added.values()) == [
        "AWS::CloudFormation::Stack",
        "AWS::KMS::Key",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
    ]
    (inner,) = nested(stack)
    plain = new_stack()
    a_queue(plain)
    a_function(plain)
    assert len(inner.of_type(ALARM)) == len(watched(plain).of_type(ALARM))
    assert len(inner.of_type(COMPOSITE)) == 2
    (arguments,) = [
        each["Properties"]["Parameters"] for each in found.of_type("AWS::CloudFormation::Stack").values()
    ]
    assert stack.resolve(queue.queue_name) in arguments.values()
    assert inner.body["Parameters"].keys() == arguments.keys()
    assert circle(found.resources) == []
    assert no_room(stack) == []


def test_a_stack_with_room_has_no_nested_stack() -> None:
    stack = new_stack()
    a_queue(stack)
    watch(stack, nested_stacks=True)
    found = template(stack)

    assert alarms_of(found, "Queue")
    assert nested(stack) == []
    assert lost_alarms(found.resources, subscribed=False) == []


def test_no_nested_stack_becomes_too_large_either_or_gets_too_many_parameters() -> None:
    stack = new_stack()
    for number in range(200):
        a_queue(stack, f"Queue{number}")
    watch(stack, nested_stacks=True)
    template(stack)

    found = nested(stack)
    assert sum(len(each.of_type(COMPOSITE)) for each in found) == 200
    assert len(found) == 2
    for each in found:
        assert len(each.resources) <= FULL
        assert len(each.body["Parameters"]) <= 200


def test_a_second_synthesis_leaves_nested_stacks_as_they_are() -> None:
    stack = new_stack()
    a_queue(stack)
    filled(stack, FULL - METADATA - TOPIC_OF_STACK - 1)
    watch(stack, nested_stacks=True)

    first = template(stack).resources.keys()
    assert template(stack).resources.keys() == first
    assert len(nested(stack)) == 1


@pytest.mark.parametrize("room", [0, TOPIC_OF_STACK])
def test_a_stack_without_room_for_a_nested_one_is_told_so(room: int) -> None:
    stack = new_stack()
    a_queue(stack)
    filled(stack, FULL - METADATA - room)
    watch(stack, nested_stacks=True)

    assert len(template(stack).resources) == FULL - METADATA - room
    (warning,) = no_room(stack)
    assert "split this stack" in warning


def test_a_nested_stack_of_the_app_counts_by_itself() -> None:
    stack = new_stack()
    inner = cdk.NestedStack(stack, "Inner")
    a_queue(inner)
    filled(inner, FULL - METADATA)
    a_queue(stack)
    watch(stack)

    assert alarms_of(template(stack), "Queue")
    assert "this stack would have more than 500" in no_room(stack)[0]
