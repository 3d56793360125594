import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2

from constructs_lib.alarms import AlarmSettings, Profile, RateAlarmSettings
from constructs_lib.alarms.services import HTTP_API_ALARMS, HttpApiAlarms, HttpApiAlarmSettings
from constructs_lib.checks import ConfigurationError
from tests.alarms.services.watching import ALARM, COMPOSITE, alarm, dimensions, metrics, names
from tests.graph import references
from tests.metric_math import compute
from tests.synthesis import fresh_stack, synthesize

COMPLETE = HttpApiAlarmSettings(profile=Profile.COMPLETE)


def an_api(stack: cdk.Stack, name: str = "Api", **more: Any) -> apigatewayv2.HttpApi:
    return apigatewayv2.HttpApi(stack, name, **more)


def imported(stack: cdk.Stack) -> apigatewayv2.IHttpApi:
    return apigatewayv2.HttpApi.from_http_api_attributes(stack, "Api", http_api_id="abc123")


def test_an_api_has_the_essential_alarms_on_its_default_stage() -> None:
    stack = fresh_stack()
    alarms = HttpApiAlarms(stack, "Alarms", api=an_api(stack))

    found = synthesize(stack)

    assert set(alarms.names) == {"server_errors", "server_error_rate"}
    errors = metrics(alarm(found, "server_errors"))["errors"]
    assert (errors["Namespace"], errors["MetricName"], errors["Stat"]) == (
        "AWS/ApiGateway",
        "5xx",
        "Sum",
    )
    assert dimensions(errors) == {
        "ApiId": {"Ref": found.only_id("AWS::ApiGatewayV2::Api")},
        "Stage": "$default",
    }
    assert sorted(references(found.only(COMPOSITE)["AlarmRule"])) == sorted(found.of_type(ALARM))


def test_a_rate_is_a_guarded_share_of_the_requests() -> None:
    stack = fresh_stack()
    settings = HttpApiAlarmSettings(client_error_rate=RateAlarmSettings(minimum_traffic=50))
    HttpApiAlarms(stack, "Alarms", api=an_api(stack), settings=settings)

    rate = alarm(synthesize(stack), "client_error_rate")

    assert rate["Metrics"][0]["Expression"] == "IF(requests >= 50, 100 * errors / requests, 0)"
    assert {name: (each["MetricName"], each["Stat"]) for name, each in metrics(rate).items()} == {
        "requests": ("Count", "SampleCount"),
        "errors": ("4xx", "Sum"),
    }


@pytest.mark.parametrize(
    ("requests", "errors", "counted"),
    [(3, 1, 1), (100, 1, 1), (0, 0, 0), (60_000, 40, 0), (60_000, 600, 600)],
)
def test_errors_count_where_they_are_one_in_a_hundred(requests: float, errors: float, counted: float) -> None:
    stack = fresh_stack()
    HttpApiAlarms(stack, "Alarms", api=an_api(stack))

    expression = alarm(synthesize(stack), "server_errors")["Metrics"][0]["Expression"]

    assert compute(expression, {"requests": [requests], "errors": [errors]}) == [counted]


def test_a_complete_profile_has_every_row() -> None:
    stack = fresh_stack()
    alarms = HttpApiAlarms(stack, "Alarms", api=an_api(stack), settings=COMPLETE)

    found = synthesize(stack)

    assert set(alarms.names) == names(HTTP_API_ALARMS, Profile.COMPLETE)
    latency = alarm(found, "latency")
    assert (latency["MetricName"], latency["ExtendedStatistic"], latency["Threshold"]) == (
        "Latency",
        "p90",
        2_500,
    )


@pytest.mark.parametrize("make", [imported, lambda stack: an_api(stack, create_default_stage=False)])
def test_an_api_whose_stage_is_unknown_is_watched_over_all_stages(make: Any) -> None:
    stack = fresh_stack()
    HttpApiAlarms(stack, "Alarms", api=make(stack))

    assert dimensions(metrics(alarm(synthesize(stack), "server_errors"))["errors"]).keys() == {"ApiId"}


def test_a_stage_can_be_given() -> None:
    stack = fresh_stack()
    api = imported(stack)
    stage = apigatewayv2.HttpStage.from_http_stage_attributes(stack, "Stage", api=api, stage_name="prod")
    HttpApiAlarms(stack, "Alarms", api=api, stage=stage)

    found = dimensions(metrics(alarm(synthesize(stack), "server_errors"))["errors"])

    assert found == {"ApiId": "abc123", "Stage": "prod"}


def test_fails_with_the_stage_of_another_api() -> None:
    stack = fresh_stack()
    other = an_api(stack, "Other")
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: stage '\$default' belongs to another API: .* never ring\."
    ):
        HttpApiAlarms(stack, "Alarms", api=an_api(stack), stage=other.default_stage)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"api": "abc"}, "api is 'abc'. Give an aws_cdk.aws_apigatewayv2.HttpApi"),
        ({"stage": "prod"}, "stage is 'prod'. Give an aws_cdk.aws_apigatewayv2.HttpStage"),
    ],
)
def test_fails_with_what_is_no_api(arguments: dict[str, Any], message: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Alarms: {message}")):
        HttpApiAlarms(stack, "Alarms", **{"api": an_api(stack), **arguments})


def test_fails_with_a_latency_that_no_integration_can_have() -> None:
    stack = fresh_stack()
    settings = HttpApiAlarmSettings(integration_latency=AlarmSettings(threshold=30_001))
    with pytest.raises(ConfigurationError, match=r"a threshold of 30001 ms, .* up to 30000"):
        HttpApiAlarms(stack, "Alarms", api=an_api(stack), settings=settings)
