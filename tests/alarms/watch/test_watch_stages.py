"""Where an aspect does not reach, it says so."""

import re
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_lambda as lambda_

from constructs_lib.alarms.watch import Watch
from tests.alarms.watch.watched_app import ALARM, a_function, notes
from tests.synthesis import Synthesized, fresh_app, read_template


def staged(app: cdk.App, name: str = "Prod") -> cdk.Stack:
    stack = cdk.Stack(cdk.Stage(app, name), "Shop")
    a_function(stack)
    return stack


def stage_of(stack: cdk.Stack) -> cdk.Stage:
    stage = cdk.Stage.of(stack)
    assert stage is not None
    return stage


def template_of(stack: cdk.Stack) -> Synthesized:
    app = stack.node.root
    assert isinstance(app, cdk.App)
    folder = Path(app.synth().directory)
    (path,) = folder.glob(f"**/{stack.template_file}")
    return read_template(path)


def test_a_stage_without_a_watch_of_its_own_stops_the_synthesis() -> None:
    app = fresh_app({})
    staged(app)
    cdk.Aspects.of(app).add(Watch())

    problem = re.escape("Watch: in Prod, resources without alarms: 1. The aspect does not reach")
    with pytest.raises(RuntimeError, match=f"{problem}.*Aspects.of\\(stage\\).add\\(Watch\\(\\)\\)"):
        app.synth()


def test_a_stage_with_a_watch_of_its_own_is_watched() -> None:
    app = fresh_app({})
    stack = staged(app)
    cdk.Aspects.of(stage_of(stack)).add(Watch())
    cdk.Aspects.of(app).add(Watch())

    assert template_of(stack).of_type(ALARM)


def test_one_watch_serves_several_stages() -> None:
    app = fresh_app({})
    one = Watch()
    stacks = [staged(app, name) for name in ("Test", "Prod")]
    for stack in stacks:
        cdk.Aspects.of(stage_of(stack)).add(one)

    for stack in stacks:
        assert template_of(stack).of_type(ALARM)


def test_a_stage_that_is_excluded_is_no_error() -> None:
    app = fresh_app({})
    stack = staged(app)
    plain = cdk.Stack(app, "Plain")
    a_function(plain)
    cdk.Aspects.of(app).add(Watch(exclude=["Prod"]))

    assert not template_of(stack).of_type(ALARM)
    assert template_of(plain).of_type(ALARM)
    assert notes(plain, "warning")[0].startswith("Nobody subscribes")


def test_a_stage_whose_resources_have_alarms_is_no_error() -> None:
    app = fresh_app({})
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Shop")
    a_function(stack).metric_errors().create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)
    cdk.Aspects.of(app).add(Watch())

    assert len(template_of(stack).of_type(ALARM)) == 1


def test_a_stage_in_which_nothing_could_be_watched_is_no_error() -> None:
    app = fresh_app({})
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Shop")
    apigatewayv2.CfnApi(stack, "Chat", protocol_type="WEBSOCKET", name="chat")
    lambda_.CfnEventSourceMapping(
        stack, "Mapping", function_name="worker", event_source_arn="arn:aws:sqs:::work"
    )
    cdk.Aspects.of(app).add(Watch())

    assert not template_of(stack).of_type(ALARM)


def test_on_a_stage_what_is_elsewhere_is_none_of_its_concern() -> None:
    app = fresh_app({})
    first, second = staged(app, "First"), staged(app, "Second")
    cdk.Aspects.of(stage_of(first)).add(Watch())

    assert template_of(first).of_type(ALARM)
    assert not template_of(second).of_type(ALARM)


def test_on_a_part_of_a_stack_only_that_part_is_watched() -> None:
    app = fresh_app({})
    stack = cdk.Stack(app, "Shop")
    for name in ("Seen", "Unseen"):
        a_function(stack, name)
    cdk.Aspects.of(stack.node.find_child("Seen")).add(Watch())
    found = template_of(stack)

    assert found.of_type(ALARM, under="WatchSeen")
    assert not found.of_type(ALARM, under="WatchUnseen")


def test_copies_of_a_stack_in_several_regions_have_a_topic_each() -> None:
    app = fresh_app({})
    stacks = [
        cdk.Stack(app, region, env=cdk.Environment(account="111111111111", region=region))
        for region in ("us-east-1", "eu-west-1")
    ]
    for stack in stacks:
        a_function(stack)
    cdk.Aspects.of(app).add(Watch())

    for stack in stacks:
        found = template_of(stack)
        assert found.of_type(ALARM)
        assert len(found.of_type("AWS::SNS::Topic")) == 1


def test_a_stack_in_the_scope_of_another_that_is_not_nested_has_a_topic_of_its_own() -> None:
    app = fresh_app({})
    outer = cdk.Stack(app, "Outer", env=cdk.Environment(account="111111111111", region="us-east-1"))
    inner = cdk.Stack(outer, "Inner", env=cdk.Environment(account="111111111111", region="eu-west-1"))
    a_function(inner)
    a_function(cdk.NestedStack(inner, "Nested"))
    cdk.Aspects.of(app).add(Watch())

    found = template_of(inner)
    assert found.of_type(ALARM)
    assert len(found.of_type("AWS::SNS::Topic")) == 1
    assert not [each for each in outer.node.children if each.node.id in {"Watch", "AlarmTopic"}]
