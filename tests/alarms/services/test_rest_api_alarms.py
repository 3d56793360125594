import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway

from constructs_lib.alarms import Profile
from constructs_lib.alarms.services import (
    REST_API_ALARMS,
    RestApiAlarms,
    RestApiAlarmSettings,
    RestApiSubject,
)
from constructs_lib.checks import ConfigurationError
from tests.alarms.services.watching import ALARM, COMPOSITE, alarm, dimensions, metrics, names
from tests.graph import references
from tests.synthesis import fresh_stack, synthesize

COMPLETE = RestApiAlarmSettings(profile=Profile.COMPLETE)


def an_api(stack: cdk.Stack, name: str = "Api", **more: Any) -> apigateway.RestApi:
    api = apigateway.RestApi(stack, name, cloud_watch_role=False, **more)
    api.root.add_method("GET", apigateway.MockIntegration())
    return api


def imported(stack: cdk.Stack) -> apigateway.IRestApi:
    return apigateway.RestApi.from_rest_api_id(stack, "Api", "abc123")


def test_an_api_has_the_essential_alarms_under_its_name_on_its_stage() -> None:
    stack = fresh_stack()
    alarms = RestApiAlarms(stack, "Alarms", api=an_api(stack, rest_api_name="orders"))

    found = synthesize(stack)

    assert set(alarms.names) == {"server_errors", "server_error_rate"}
    errors = metrics(alarm(found, "server_errors"))["errors"]
    assert (errors["Namespace"], errors["MetricName"]) == ("AWS/ApiGateway", "5XXError")
    assert dimensions(errors) == {
        "ApiName": "orders",
        "Stage": {"Ref": found.only_id("AWS::ApiGateway::Stage")},
    }
    assert {each["MetricName"] for each in metrics(alarm(found, "server_error_rate")).values()} == {
        "Count",
        "5XXError",
    }
    assert sorted(references(found.only(COMPOSITE)["AlarmRule"])) == sorted(found.of_type(ALARM))


def test_the_dimension_is_the_name_that_the_template_gives_the_api() -> None:
    stack = fresh_stack()
    RestApiAlarms(stack, "Alarms", api=an_api(stack, "Shop"), settings=COMPLETE)

    found = synthesize(stack)

    name = found.only("AWS::ApiGateway::RestApi")["Name"]
    for row in names(REST_API_ALARMS, Profile.COMPLETE) & {"latency", "integration_latency"}:
        assert dimensions(alarm(found, row))["ApiName"] == name == "Shop"


@pytest.mark.parametrize(
    ("name", "published"), [("orders", "orders"), ("Bücher-api", "Bcher-api"), ("注文", "abc123")]
)
def test_api_gateway_publishes_only_what_is_ascii_of_a_name(name: str, published: str) -> None:
    assert RestApiSubject(api_name=name, api_id="abc123").published_name == published


def test_an_api_that_cdk_does_not_deploy_is_watched_over_all_stages() -> None:
    stack = fresh_stack()
    RestApiAlarms(stack, "Alarms", api=an_api(stack, deploy=False))

    assert dimensions(metrics(alarm(synthesize(stack), "server_errors"))["errors"]) == {"ApiName": "Api"}


def test_a_stage_can_be_given() -> None:
    stack = fresh_stack()
    api = an_api(stack, deploy=False)
    stage = apigateway.Stage(
        stack, "Stage", deployment=apigateway.Deployment(stack, "Deployment", api=api), stage_name="v1"
    )
    RestApiAlarms(stack, "Alarms", api=api, stage=stage)

    found = synthesize(stack)

    assert dimensions(metrics(alarm(found, "server_errors"))["errors"]) == {
        "ApiName": "Api",
        "Stage": {"Ref": found.only_id("AWS::ApiGateway::Stage")},
    }


def test_an_imported_api_is_watched_under_the_name_that_is_given() -> None:
    stack = fresh_stack()
    RestApiAlarms(stack, "Alarms", api=imported(stack), api_name="orders")

    assert dimensions(metrics(alarm(synthesize(stack), "server_errors"))["errors"]) == {"ApiName": "orders"}


def test_an_api_imported_with_its_name_is_watched_under_it() -> None:
    stack = fresh_stack()
    api = apigateway.RestApi.from_rest_api_attributes(
        stack, "Api", rest_api_id="abc123", root_resource_id="root", rest_api_name="orders"
    )
    RestApiAlarms(stack, "Alarms", api=api)

    assert dimensions(metrics(alarm(synthesize(stack), "server_errors"))["errors"]) == {"ApiName": "orders"}


def test_fails_with_an_imported_api_whose_name_is_unknown() -> None:
    stack = fresh_stack()
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: api is imported without its name, .* Give api_name\."
    ):
        RestApiAlarms(stack, "Alarms", api=imported(stack))


def test_fails_with_the_stage_of_another_api() -> None:
    stack = fresh_stack()
    other = an_api(stack, "Other")
    with pytest.raises(ConfigurationError, match=r"belongs to another API: the alarms could never ring\."):
        RestApiAlarms(stack, "Alarms", api=an_api(stack), stage=other.deployment_stage)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"api": "abc"}, "api is 'abc'. Give an aws_cdk.aws_apigateway.RestApi"),
        ({"api_name": 3}, "api_name is 3. Give str or None."),
        ({"stage": "prod"}, "stage is 'prod'. Give an aws_cdk.aws_apigateway.Stage"),
    ],
)
def test_fails_with_what_is_no_api(arguments: dict[str, Any], message: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Alarms: {message}")):
        RestApiAlarms(stack, "Alarms", **{"api": an_api(stack), **arguments})
