"""SAM templates are read as CloudFormation sees them."""

import builtins
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.template import Assembly, Template, linked_values, read_assembly, template_of
from constructs_lib.template.yaml_forms import parse_yaml

SHOP = """
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, Timeout: 7, CodeUri: src/}
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Metadata: {Owner: shop}
    Properties:
      Handler: app.handler
      AutoPublishAlias: live
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [!Ref Errors]}
      Policies: [AWSLambdaBasicExecutionRole, {DynamoDBCrudPolicy: {TableName: !Ref Table}}]
      Events:
        Get: {Type: Api, Properties: {Path: /, Method: get}}
        Mail: {Type: SQS, Properties: {Queue: !GetAtt Dlq.Arn}}
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  Table: {Type: AWS::Serverless::SimpleTable}
  Dlq: {Type: AWS::SQS::Queue}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties: {Dimensions: [{Name: FunctionName, Value: !Ref Orders}, {Name: Stage, Value: !Ref Stage}]}
"""


def shop(**resources: Any) -> Template:
    body = parse_yaml(SHOP, "shop")
    return template_of({**body, "Resources": {**body["Resources"], **resources}}, name="shop")


def alone(template: Template) -> Assembly:
    return Assembly(templates=(template,))


def function(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", **properties}}


def test_functions_apis_queues_and_tables_are_those_of_cloudformation() -> None:
    template = shop()
    types = {each.type for each in template.resources.values()}

    assert template.problems == ()
    assert types >= {
        "AWS::Lambda::Function",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventSourceMapping",
        "AWS::ApiGateway::RestApi",
        "AWS::Events::Rule",
        "AWS::DynamoDB::Table",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::IAM::Role",
        "AWS::SQS::Queue",
    }
    assert not any(each.startswith("AWS::Serverless::") for each in types)


def test_globals_apply_and_metadata_stay() -> None:
    orders = shop().resources["Orders"]

    assert (orders.properties["Timeout"], orders.properties["Runtime"]) == (7, "python3.13")
    assert orders.declared["Metadata"]["Owner"] == "shop"


def test_what_sam_makes_points_to_what_its_author_wrote() -> None:
    by_origin = {name: each.made_by for name, each in shop().resources.items()}

    assert by_origin["Orders"] == by_origin["OrdersAliaslive"] == by_origin["OrdersRole"] == "Orders"
    assert (
        by_origin["OrdersMail"] == by_origin["OrdersDaily"] == by_origin["OrdersDeploymentGroup"] == "Orders"
    )
    assert by_origin["Table"] == "Table"
    assert by_origin["Dlq"] is by_origin["Errors"] is by_origin["ServerlessRestApi"] is None


def test_references_to_sam_resources_are_followed() -> None:
    assembly_values = linked_values(alone(shop()))["shop"]
    (errors,) = shop().of_type("AWS::CloudWatch::Alarm")

    assert [each["Value"] for each in assembly_values.plain(errors.properties)["Dimensions"]] == [
        "${Orders}",
        "dev",
    ]


def test_an_unknown_region_stays_unknown() -> None:
    body = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"F": function(Runtime="python3.13", FunctionName={"Fn::Sub": "f-${AWS::Region}"})},
    }
    (known, unknown) = (template_of(body, environment=(None, region)) for region in ("eu-west-1", None))

    assert linked_values(alone(known))["Template"].text({"Ref": "F"}) == "f-eu-west-1"
    assert linked_values(alone(unknown))["Template"].text({"Ref": "F"}) == "f-${AWS::Region}"


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        (function(), "Runtime"),
        ({"Type": "AWS::Serverless::Function", "Properties": "text"}, "should be a map"),
        (
            {
                "Type": "AWS::Serverless::Application",
                "Properties": {"Location": {"ApplicationId": "a", "SemanticVersion": "1.0.0"}},
            },
            "its template is in the Serverless Application Repository",
        ),
    ],
)
def test_a_sam_resource_that_cannot_be_expanded_is_told_and_the_others_are(
    resource: dict[str, Any], problem: str
) -> None:
    body = {
        "Transform": ["AWS::Serverless-2016-10-31"],
        "Resources": {"Whole": function(Runtime="python3.13"), "Broken": resource},
    }
    template = template_of(body)

    assert template.resources["Whole"].type == "AWS::Lambda::Function"
    assert template.problems[0].startswith("the SAM resource Broken is not expanded: ")
    assert problem in template.problems[0]


def test_broken_resources_that_are_not_sams_are_told_as_elsewhere() -> None:
    template = shop(Broken=5, Loose={"Properties": {}})

    assert template.resources["Orders"].type == "AWS::Lambda::Function"
    assert "the resource Broken has no Type" in template.problems


def test_without_the_library_the_template_is_read_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("samtranslator"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    template = shop()

    assert template.resources["Orders"].type == "AWS::Serverless::Function"
    assert template.problems == (
        "its SAM resources are not expanded: install aws-sam-translator, which comes with constructs-lib[review]",
    )


def test_more_than_cloudformation_takes_is_read_as_it_is() -> None:
    many = {f"F{number}": function(Runtime="python3.13") for number in range(501)}
    template = template_of({"Transform": "AWS::Serverless-2016-10-31", "Resources": many})

    assert template.problems == ("its SAM resources are not expanded: it has more than 500 of them",)


def test_expanding_calls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setenv("AWS_PROFILE", "nobody-has-this-profile")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)

    assert shop().problems == ()


def test_local_files_of_all_kinds_are_as_if_they_were_uploaded() -> None:
    resources = {
        "Zip": function(Runtime="python3.13", CodeUri="./src"),
        "Image": {"Type": "AWS::Serverless::Function", "Properties": {"PackageType": "Image"}},
        "Layer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "layer/"}},
        "Flow": {
            "Type": "AWS::Serverless::StateMachine",
            "Properties": {"DefinitionUri": "a.asl.json", "Role": "r"},
        },
        "Rest": {
            "Type": "AWS::Serverless::Api",
            "Properties": {"StageName": "p", "DefinitionUri": "api.yaml"},
        },
        "Http": {"Type": "AWS::Serverless::HttpApi", "Properties": {"DefinitionUri": {"Ref": "Where"}}},
    }
    template = template_of({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources})

    assert template.problems == ()
    assert template.resources["Zip"].properties["Code"]["S3Key"] == "src"
    assert template.resources["Flow"].type == "AWS::StepFunctions::StateMachine"


def test_a_local_application_is_a_nested_stack(tmp_path: Path) -> None:
    application = {"Type": "AWS::Serverless::Application", "Properties": {"Location": "mail/template.yaml"}}
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "template.yaml").write_text(SHOP)
    (tmp_path / "template.json").write_text(
        json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Mail": application}})
    )
    _, mail = read_assembly(tmp_path / "template.json").templates

    assert mail.parent == ("template", "Mail")
    assert mail.resources["Orders"].path == "Mail/Orders"
