"""The health check of an HTTPS endpoint: what Route 53 is told, and what it cannot do."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import CHECKER_REGIONS, EndpointHealthCheck
from tests.failover.parts import health
from tests.synthesis import fresh_stack, number_token, synthesize

KIND = "AWS::Route53::HealthCheck"


def config(stack: cdk.Stack) -> dict[str, Any]:
    found: dict[str, Any] = synthesize(stack).only(KIND)["HealthCheckConfig"]
    return found


def test_an_endpoint_is_asked_over_https_with_its_own_name_every_30_seconds_three_times() -> None:
    stack = fresh_stack()
    check = EndpointHealthCheck(stack, "Health", host="orders-eu.example.com")

    assert config(stack) == {
        "Type": "HTTPS",
        "FullyQualifiedDomainName": "orders-eu.example.com",
        "ResourcePath": "/health",
        "Port": 443,
        "EnableSNI": True,
        "RequestInterval": 30,
        "FailureThreshold": 3,
        "Inverted": False,
        "MeasureLatency": False,
    }
    assert (check.interval_seconds, check.failure_threshold, check.inverted) == (30, 3, False)


def test_everything_about_it_can_be_said() -> None:
    stack = fresh_stack()
    check = EndpointHealthCheck(
        stack,
        "Health",
        host="orders-eu.example.com",
        path="/deep?really=1",
        port=8443,
        interval=cdk.Duration.seconds(10),
        failure_threshold=1,
        search_string="ok",
        regions=["us-east-1", "eu-west-1", "sa-east-1"],
        inverted=True,
    )

    assert config(stack) == {
        "Type": "HTTPS_STR_MATCH",
        "FullyQualifiedDomainName": "orders-eu.example.com",
        "ResourcePath": "/deep?really=1",
        "Port": 8443,
        "EnableSNI": True,
        "RequestInterval": 10,
        "FailureThreshold": 1,
        "SearchString": "ok",
        "Regions": ["us-east-1", "eu-west-1", "sa-east-1"],
        "Inverted": True,
        "MeasureLatency": False,
    }
    assert check.interval_seconds == 10


def test_the_console_shows_its_path_and_not_only_an_id() -> None:
    stack = fresh_stack()
    health(stack)

    assert synthesize(stack).only(KIND)["HealthCheckTags"] == [{"Key": "Name", "Value": "Stack/Health"}]


def test_it_is_a_health_check_of_cdk() -> None:
    assert isinstance(health(fresh_stack()), route53.HealthCheck)


def test_tokens_are_left_to_the_deployment() -> None:
    stack = fresh_stack()
    host = cdk.CfnParameter(stack, "Host").value_as_string
    check = EndpointHealthCheck(
        stack,
        "Health",
        host=host,
        interval=cdk.Duration.seconds(number_token(stack, "Interval")),
        failure_threshold=number_token(stack, "Threshold"),
    )

    assert check.interval_seconds is None
    assert config(stack)["FullyQualifiedDomainName"] == {"Ref": "Host"}


@pytest.mark.parametrize("seconds", [9, 11, 20, 29, 31, 60])
def test_fails_on_an_interval_that_route_53_does_not_have(seconds: int) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Health: interval is "):
        health(fresh_stack(), interval=cdk.Duration.seconds(seconds))


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "https://orders.example.com",
        "orders.example.com/health",
        "orders.example.com:443",
        "192.0.2.1",
        "-orders.example.com",
        "orders..example.com",
        "*.example.com",
        f"{'a' * 64}.example.com",
        ".".join(["abcdefg"] * 32),
        None,
    ],
)
def test_fails_on_what_is_not_the_full_name_of_a_host(host: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Health: host is "):
        health(fresh_stack(), host=host)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("path", "health"),
        ("path", "/" + "a" * 255),
        ("path", None),
        ("search_string", ""),
        ("search_string", "a" * 256),
        ("port", 0),
        ("port", 65_536),
        ("failure_threshold", 0),
        ("failure_threshold", 11),
        ("inverted", "no"),
        ("regions", ["us-east-1", "eu-west-1"]),
        ("regions", ["us-east-1", "us-east-1", "us-east-1"]),
        ("regions", ["us-east-1", "eu-west-1", "eu-central-1"]),
        ("regions", "us-east-1"),
        ("interval", 30),
    ],
)
def test_fails_on_values_that_route_53_refuses(option: str, value: Any) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=rf"^Stack/Health: {option} is "):
        health(stack, **{option: value})
    assert stack.node.try_find_child("Health") is None


def test_the_regions_of_the_checkers_are_those_of_the_api() -> None:
    import botocore.session  # noqa: PLC0415 - slow, and only this test needs it

    model = botocore.session.get_session().get_service_model("route53")
    shape = model.shape_for("HealthCheckRegion")

    assert sorted(shape.metadata["enum"]) == list(CHECKER_REGIONS)
