"""What was watched and what was not can be read."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs_lib.alarms import FunctionAlarmSettings, Profile
from tests.alarms.watch.watched_app import (
    SUMMARY,
    a_function,
    a_queue,
    alarms_of,
    app_of,
    new_stack,
    notes,
    summary,
    watch,
    watched,
)

JSON = lambda_.LoggingFormat.JSON
COMPLETE = {"**": FunctionAlarmSettings(profile=Profile.COMPLETE)}


def test_a_stack_is_told_what_is_watched_in_it() -> None:
    stack = new_stack()
    for name in ("First", "Second"):
        a_function(stack, name)
    a_queue(stack)
    watch(stack)

    assert summary(stack).startswith("Watch gives alarms to 2 functions, 1 queue. [")


def test_a_stack_is_told_what_is_left_out_and_why() -> None:
    stack = new_stack()
    a_function(stack).metric_errors().create_alarm(stack, "Mine", threshold=1, evaluation_periods=1)
    for name in ("Old", "Older"):
        a_queue(stack, name)
    a_queue(stack, "Queue")
    apigatewayv2.CfnApi(stack, "Chat", protocol_type="WEBSOCKET", name="chat")
    apigateway.CfnRestApi(stack, "Spec", body={"openapi": "3.0.1"})
    watch(stack, exclude=["Stack/Old*"])
    told = summary(stack)

    assert "gives alarms to 1 queue." in told
    assert "Left out, since it has alarms: Stack/Function." in told
    assert "Left out, since it is excluded: Stack/Old, Stack/Older." in told
    assert "Left out, since it is a WebSocket API: Stack/Chat." in told
    assert "which may give it another name: use RestApiAlarms with api_name: Stack/Spec." in told


def test_what_is_not_included_is_counted() -> None:
    stack = new_stack()
    for number in range(12):
        a_queue(stack, f"Queue{number}")
    watch(stack, include=["Stack/Queue1"])

    assert "Left out, since it is not included: 11." in summary(stack)


def test_many_names_are_cut_short() -> None:
    stack = new_stack()
    for number in range(12):
        a_queue(stack, f"Queue{number}")
    a_function(stack)
    watch(stack, exclude=["Stack/Queue*"])

    assert "Stack/Queue9 and 2 more." in summary(stack)


def test_a_stack_with_nothing_to_watch_is_told_nothing() -> None:
    stack = new_stack()
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    watch(stack)

    assert not [note for note in notes(stack) if SUMMARY in note]


def test_the_summary_can_be_acknowledged() -> None:
    stack = new_stack()
    a_function(stack)
    cdk.Annotations.of(stack).acknowledge_info(SUMMARY)
    watch(stack)

    assert not [note for note in notes(stack) if SUMMARY in note]


def shared(stack: cdk.Stack) -> None:
    group = logs.LogGroup(stack, "Logs")
    for name in ("Function", "Other"):
        a_function(stack, name, logging_format=JSON, log_group=group)


def elsewhere(stack: cdk.Stack) -> None:
    group = logs.LogGroup(cdk.Stack(app_of(stack), "Elsewhere"), "Logs")
    a_function(stack, logging_format=JSON, log_group=group)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (a_function, "logs text"),
        (lambda stack: a_function(stack, log_group=logs.LogGroup(stack, "Logs")), "logs text"),
        (lambda stack: a_function(stack, logging_format=JSON), "has no log group of its own in its stack"),
        (elsewhere, "has no log group of its own in its stack"),
        (shared, "shares its log group"),
        (
            lambda stack: a_function(
                stack,
                logging_format=JSON,
                log_group=logs.LogGroup(stack, "Logs", log_group_class=logs.LogGroupClass.INFREQUENT_ACCESS),
            ),
            "has a log group of a class that takes no metric filters",
        ),
    ],
)
def test_a_function_whose_log_lines_make_no_metrics_has_no_alarms_on_them_and_it_is_said(
    build: Callable[[cdk.Stack], object], reason: str
) -> None:
    stack = new_stack()
    build(stack)
    found = watched(stack, settings=COMPLETE)

    assert not found.of_type("AWS::Logs::MetricFilter")
    assert alarms_of(found, "Function")
    assert f"No alarms on log lines, since it {reason}: Stack/Function" in summary(stack)


def test_nothing_is_said_of_log_lines_where_nobody_asked() -> None:
    stack = new_stack()
    a_function(stack)
    watch(stack)

    assert "log lines" not in summary(stack)
