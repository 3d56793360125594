"""A function among what a Region needs: invoked with an event that changes nothing."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigateway

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import HealthRoute, InvokeFunction, RegionNeeds
from tests.failover.parts import stack_in
from tests.functions import hardened
from tests.synthesis import Synthesized, synthesize


def needing(stack: cdk.Stack, *functions: Any) -> Synthesized:
    http_api = apigateway.HttpApi(stack, "Api")
    HealthRoute(stack, "Health", http_api=http_api, needs=RegionNeeds(functions=list(functions)))
    return synthesize(stack)


def test_the_health_function_may_invoke_the_alias_that_serves_and_nothing_else() -> None:
    stack = stack_in()
    function = hardened(stack)
    result = needing(stack, InvokeFunction(function=function.alias, event={"ping": 1}))
    statements = [
        statement
        for policy in result.of_type("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    ]

    assert [each["Resource"] for each in statements] == [stack.resolve(function.alias.function_arn)]


def test_the_health_function_is_told_the_event() -> None:
    stack = stack_in()
    result = needing(stack, InvokeFunction(function=hardened(stack).alias, event={"ping": 1}))
    [variables] = [
        each["Properties"]["Environment"]["Variables"]
        for each in result.of_type("AWS::Lambda::Function").values()
        if "HEALTH_NEEDS" in each["Properties"].get("Environment", {}).get("Variables", {})
    ]
    told = variables["HEALTH_NEEDS"]["Fn::Join"][1]

    needs = json.loads("".join(part if isinstance(part, str) else "ARN" for part in told))
    assert needs == [{"kind": "function", "arn": "ARN", "event": {"ping": 1}}]


def test_the_health_function_is_told_what_has_to_be_awake() -> None:
    stack = stack_in()
    asked = InvokeFunction.http_get(
        hardened(stack).alias, route="/orders", path="/orders", busy_is_well=False
    )

    assert '"busy_is_well":false' in str(needing(stack, asked).body).replace(" ", "").replace("\\", "")


def test_what_may_sleep_is_asked_for_its_concurrency_first() -> None:
    stack = stack_in()
    function = hardened(stack)
    result = needing(stack, InvokeFunction(function=function.alias, event={}, busy_is_well=False))
    allowed = {
        statement["Action"]: statement["Resource"]
        for policy in result.of_type("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    }

    assert allowed["lambda:GetFunctionConcurrency"] == stack.resolve(function.function.function_arn)


def test_an_http_api_asks_for_a_path_of_a_route_with_its_parameters() -> None:
    asked = InvokeFunction.http_get(
        hardened(stack_in()).alias, route="/shops/{shop}/orders/{order_id}", path="/shops/a/orders/0"
    )

    assert asked.event["routeKey"] == "GET /shops/{shop}/orders/{order_id}"
    assert asked.event["rawPath"] == "/shops/a/orders/0"
    assert asked.event["pathParameters"] == {"shop": "a", "order_id": "0"}
    assert asked.event["requestContext"]["http"]["method"] == "GET"


@pytest.mark.parametrize(
    ("functions", "problem"),
    [
        (["orders"], r"needs\.functions\[\.\.\.\] is 'orders'. Give InvokeFunction"),
        ([InvokeFunction(function="orders", event={})], r"needs\.functions\[\.\.\.\]\.function is 'orders'"),  # type: ignore[arg-type]
        ("orders", r"needs\.functions is 'orders'. Give list or tuple"),
    ],
)
def test_fails_on_what_cannot_be_invoked(functions: Any, problem: str) -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match=problem):
        HealthRoute(
            stack, "Health", http_api=apigateway.HttpApi(stack, "Api"), needs=RegionNeeds(functions=functions)
        )


def test_fails_on_an_event_that_is_none() -> None:
    stack = stack_in()
    asked = InvokeFunction(function=hardened(stack).alias, event="ping")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"event is 'ping'. Give Mapping"):
        needing(stack, asked)
