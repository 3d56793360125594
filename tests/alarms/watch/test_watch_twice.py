"""However often an app is watched or synthesized, each resource has one set of alarms."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import AlarmRoute
from constructs_lib.alarms.watch import Watch
from tests.alarms.watch.watched_app import (
    ALARM,
    SUMMARY,
    a_function,
    a_queue,
    alarms_of,
    app_of,
    new_stack,
    notes,
    template,
    watch,
)


def an_app() -> cdk.Stack:
    """Two stacks, a nested one, an alarm of its own on a function of another stack."""
    stack = new_stack()
    a_function(stack)
    a_queue(cdk.NestedStack(stack, "Nested"))
    # Its name has letters that CloudWatch leaves out.
    apigateway.RestApi(stack, "Rest", rest_api_name="caf\u00e9").root.add_method(
        "GET", apigateway.MockIntegration()
    )
    other = cdk.Stack(app_of(stack), "Other")
    seen = a_function(stack, "Seen")
    seen.metric_errors().create_alarm(other, "Mine", threshold=1, evaluation_periods=1)
    a_function(other)
    return stack


def all_of(stack: cdk.Stack) -> dict[str, set[str]]:
    template(stack)
    return {
        found.node.path: set(template(found).resources)
        for found in stack.node.root.node.find_all()
        if isinstance(found, cdk.Stack) and not isinstance(found, cdk.NestedStack)
    }


def added_twice(stack: cdk.Stack) -> None:
    watch(stack)
    watch(stack)


def the_same_twice(stack: cdk.Stack) -> None:
    one = Watch()
    cdk.Aspects.of(stack.node.root).add(one)
    cdk.Aspects.of(stack).add(one)


def on_app_and_stack(stack: cdk.Stack) -> None:
    watch(stack)
    cdk.Aspects.of(stack).add(Watch(construct_id="Another"))


def on_each_stack(stack: cdk.Stack) -> None:
    one = Watch()
    for found in stack.node.root.node.children:
        cdk.Aspects.of(found).add(one)


@pytest.mark.parametrize("add", [added_twice, the_same_twice, on_app_and_stack, on_each_stack])
def test_a_second_watch_adds_nothing(add: Callable[[cdk.Stack], None]) -> None:
    once = an_app()
    watch(once)
    stack = an_app()
    add(stack)

    assert all_of(stack) == all_of(once)


def test_a_second_synthesis_adds_nothing() -> None:
    stack = an_app()
    watch(stack)
    first = {name: template(stack).body for name in ("once", "again")}

    assert first["once"] == first["again"]
    assert first["once"]["Resources"]


@pytest.mark.parametrize("on_app", [True, False])
def test_what_came_after_the_first_synthesis_is_watched_by_the_second(*, on_app: bool) -> None:
    stack = new_stack()
    a_function(stack)
    asked: list[str] = []

    def route(of: cdk.Stack) -> AlarmRoute:
        asked.append(of.node.path)
        return AlarmRoute.to_topic(sns.Topic(of, "Ops"))

    cdk.Aspects.of(app_of(stack) if on_app else stack).add(Watch(route=route))
    template(stack)
    a_queue(stack, "Late")
    found = template(stack)

    assert alarms_of(found, "Late")
    assert alarms_of(found, "Function")
    assert asked == ["Stack"]


def test_a_stack_is_told_once() -> None:
    stack = new_stack()
    a_function(stack)
    apigatewayv2.CfnApi(stack, "Chat", protocol_type="WEBSOCKET", name="chat")  # left out
    watch(stack)
    watch(stack)

    for _ in range(2):
        assert len([note for note in notes(stack) if SUMMARY in note]) == 1


def test_one_watch_serves_several_apps() -> None:
    one = Watch()
    for _ in range(2):
        stack = new_stack()
        a_function(stack)
        cdk.Aspects.of(app_of(stack)).add(one)
        assert template(stack).of_type(ALARM)

    stack = new_stack()
    a_function(stack)
    cdk.Aspects.of(stack).add(one)
    assert template(stack).of_type(ALARM)


def test_two_watches_share_an_app_by_what_they_include() -> None:
    stack = new_stack()
    a_function(stack)
    a_queue(stack)
    watch(stack, include=["Stack/Function"])
    watch(stack, include=["Stack/Queue"])
    found = template(stack)

    assert alarms_of(found, "Function")
    assert alarms_of(found, "Queue")
