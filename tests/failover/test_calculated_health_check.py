"""The health check that counts others."""

from typing import Any

import pytest
from aws_cdk import aws_route53 as route53

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import CalculatedHealthCheck
from tests.failover.parts import health
from tests.synthesis import fresh_stack, number_token, synthesize

KIND = "AWS::Route53::HealthCheck"


def test_it_is_healthy_while_at_least_so_many_children_are() -> None:
    stack = fresh_stack()
    children = [
        health(stack, "One"),
        health(stack, "Two"),
        route53.HealthCheck.from_health_check_id(stack, "Three", "abc"),
    ]
    CalculatedHealthCheck(stack, "All", children=children, at_least=2)
    result = synthesize(stack)
    one, two = (result.only_id(KIND, under=name) for name in ("One", "Two"))

    assert result.only(KIND, under="All")["HealthCheckConfig"] == {
        "Type": "CALCULATED",
        "ChildHealthChecks": [{"Ref": one}, {"Ref": two}, "abc"],
        "HealthThreshold": 2,
        "Inverted": False,
    }


def test_it_can_be_turned_round() -> None:
    stack = fresh_stack()
    CalculatedHealthCheck(stack, "All", children=[health(stack)], at_least=1, inverted=True)

    assert synthesize(stack).only(KIND, under="All")["HealthCheckConfig"]["Inverted"] is True


def test_a_number_that_is_a_token_is_left_to_the_deployment() -> None:
    stack = fresh_stack()
    CalculatedHealthCheck(stack, "All", children=[health(stack)], at_least=number_token(stack))

    assert synthesize(stack).only(KIND, under="All")["HealthCheckConfig"]["HealthThreshold"] == {
        "Ref": "Number"
    }


@pytest.mark.parametrize("at_least", [0, 3, 1.5, True])
def test_fails_where_it_would_always_be_healthy_or_never(at_least: Any) -> None:
    stack = fresh_stack()
    children = [health(stack, "One"), health(stack, "Two")]
    with pytest.raises(ConfigurationError, match=r"^Stack/All: at_least is .* from 1 to 2\."):
        CalculatedHealthCheck(stack, "All", children=children, at_least=at_least)


def test_fails_on_a_calculated_child_which_route_53_does_not_count() -> None:
    stack = fresh_stack()
    inner = CalculatedHealthCheck(stack, "Inner", children=[health(stack)], at_least=1)
    with pytest.raises(ConfigurationError, match="Stack/Inner, which is calculated itself"):
        CalculatedHealthCheck(stack, "Outer", children=[inner], at_least=1)


def test_fails_on_a_calculated_child_of_cdk_as_well() -> None:
    stack = fresh_stack()
    inner = route53.HealthCheck(
        stack, "Inner", type=route53.HealthCheckType.CALCULATED, child_health_checks=[health(stack)]
    )
    with pytest.raises(ConfigurationError, match="Stack/Inner, which is calculated itself"):
        CalculatedHealthCheck(stack, "Outer", children=[inner], at_least=1)


def test_fails_on_a_child_that_is_given_twice() -> None:
    stack = fresh_stack()
    child = health(stack)
    with pytest.raises(ConfigurationError, match="holds a health check twice"):
        CalculatedHealthCheck(stack, "All", children=[child, child], at_least=1)


@pytest.mark.parametrize("children", [[], None, ["abc"]])
def test_fails_without_health_checks(children: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/All: children "):
        CalculatedHealthCheck(fresh_stack(), "All", children=children, at_least=1)
