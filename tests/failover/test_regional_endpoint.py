"""One Region's part of a name that fails over."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    AliasEndpoint,
    FailoverRecord,
    HealthRoute,
    ReadTable,
    RegionalApi,
    RegionalEndpoint,
    RegionNeeds,
)
from tests.failover.parts import AZURE, EU, US, composite_alarm, health, plain_alarm, stack_in, zone
from tests.gates import findings, lint
from tests.synthesis import Synthesized, read_template, synthesize

RECORD, DOMAIN = "AWS::Route53::RecordSet", "AWS::ApiGatewayV2::DomainName"
KEY = {"id": {"S": "health"}}


def table(stack: cdk.Stack, construct_id: str = "Table", **options: Any) -> dynamodb.TableV2:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    return dynamodb.TableV2(stack, construct_id, partition_key=key, **options)


def stage(stack: cdk.Stack) -> apigateway.IHttpStage:
    made = apigateway.HttpApi(stack, "Api").default_stage
    assert made is not None
    return made


def api(stack: cdk.Stack, needs: RegionNeeds | None = None) -> RegionalApi:
    return RegionalApi(stage=stage(stack), needs=needs or RegionNeeds(tables=[table(stack)]))


def endpoint(
    stack: cdk.Stack, serves: Any = None, zone_name: str = "example.com", **options: Any
) -> RegionalEndpoint:
    given: dict[str, Any] = {"shared_name": "orders", "regional_name": "orders-eu"} | options
    return RegionalEndpoint(
        stack, "Regional", zone=zone(stack, zone_name), serves=serves or api(stack), **given
    )


def test_the_api_has_a_domain_for_the_shared_name_and_one_for_the_regional_name() -> None:
    stack = stack_in("eu-west-1")
    endpoint(stack)
    result = synthesize(stack)
    certificate = result.only_id("AWS::CertificateManager::Certificate")
    domains = {
        each["Properties"]["DomainName"]: (name, each["Properties"])
        for name, each in result.of_type(DOMAIN).items()
    }

    assert set(domains) == {"orders.example.com", "orders-eu.example.com"}
    for _, domain in domains.values():
        assert domain["DomainNameConfigurations"] == [
            {
                "CertificateArn": {"Ref": certificate},
                "EndpointType": "REGIONAL",
                "IpAddressType": "dualstack",
                "SecurityPolicy": "TLS_1_2",
            }
        ]
    mappings = [each["Properties"] for each in result.of_type("AWS::ApiGatewayV2::ApiMapping").values()]
    api_id = result.only_id("AWS::ApiGatewayV2::Api")
    assert [(each["ApiId"], each["Stage"]) for each in mappings] == [({"Ref": api_id}, "$default")] * 2
    assert {each["DomainName"]["Ref"] for each in mappings} == {name for name, _ in domains.values()}


def test_one_certificate_is_for_both_names_and_validated_in_the_zone() -> None:
    stack = stack_in("eu-west-1")
    endpoint(stack)
    certificate = synthesize(stack).only("AWS::CertificateManager::Certificate")

    assert certificate["ValidationMethod"] == "DNS"
    assert certificate["DomainName"] == "orders-eu.example.com"
    assert certificate["SubjectAlternativeNames"] == ["orders.example.com"]
    assert certificate["DomainValidationOptions"] == [
        {"DomainName": name, "HostedZoneId": "Z123"}
        for name in ("orders-eu.example.com", "orders.example.com")
    ]


def test_the_health_check_asks_the_regional_name_once_it_can_answer() -> None:
    stack = stack_in("eu-west-1")
    made = endpoint(
        stack, health_path="/alive", health_interval=cdk.Duration.seconds(10), failure_threshold=2
    )
    result = synthesize(stack)
    ((_, check),) = result.of_type("AWS::Route53::HealthCheck").items()
    config = check["Properties"]["HealthCheckConfig"]

    assert config["FullyQualifiedDomainName"] == made.regional_name == "orders-eu.example.com"
    assert (config["ResourcePath"], config["RequestInterval"], config["FailureThreshold"]) == (
        "/alive",
        10,
        2,
    )
    assert result.only("AWS::ApiGatewayV2::Route")["RouteKey"] == "GET /alive"
    waited = {result.resources[name]["Type"] for name in check["DependsOn"]}
    assert {RECORD, "AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::Route"} <= waited


def test_the_regional_name_leads_to_the_regional_domain_over_both_kinds_of_address() -> None:
    stack = stack_in("eu-west-1")
    made = endpoint(stack)
    result = synthesize(stack)
    assert made.regional_domain is not None
    regional = stack.resolve(made.regional_domain.regional_domain_name)
    found = [each["Properties"] for each in result.of_type(RECORD).values()]

    assert [(each["Name"], each["Type"]) for each in found] == [
        ("orders-eu.example.com.", "A"),
        ("orders-eu.example.com.", "AAAA"),
    ]
    assert all(each["AliasTarget"]["DNSName"] == regional for each in found)


def test_the_failover_record_leads_to_the_shared_domain() -> None:
    stack = stack_in("eu-west-1")
    made = endpoint(stack)
    FailoverRecord(
        stack,
        "Record",
        zone=route53.PublicHostedZone.from_hosted_zone_attributes(
            stack, "Again", hosted_zone_id="Z123", zone_name="example.com"
        ),
        record_name=made.shared_name,
        primary=made.endpoint,
        secondary=US,
        primary_health=made.health_check,
    )
    result = synthesize(stack)
    assert made.shared_domain is not None

    primary = result.only(RECORD, under="RecordPrimaryAAAA")
    assert primary["Name"] == "orders.example.com."
    assert primary["AliasTarget"]["DNSName"] == stack.resolve(made.shared_domain.regional_domain_name)


def test_anybody_may_ask_for_the_health_and_nothing_else() -> None:
    stack = stack_in("eu-west-1")
    endpoint(stack)
    result = synthesize(stack)
    (permission,) = (each["Properties"] for each in result.of_type("AWS::Lambda::Permission").values())

    assert result.only("AWS::ApiGatewayV2::Route")["AuthorizationType"] == "NONE"
    assert permission["FunctionName"] == {"Ref": result.only_id("AWS::Lambda::Alias")}
    assert permission["SourceArn"]["Fn::Join"][1][-1] == "/*/*/health"


def environment(result: Synthesized) -> dict[str, Any]:
    found: dict[str, Any] = result.only("AWS::Lambda::Function")["Environment"]["Variables"]
    return found


def needs_of(stack: cdk.Stack, **needs: Any) -> Synthesized:
    http_api = apigateway.HttpApi(stack, "Api")
    HealthRoute(stack, "Health", http_api=http_api, needs=RegionNeeds(**needs))
    return synthesize(stack)


def statements(result: Synthesized) -> list[tuple[Any, Any]]:
    policies = result.of_type("AWS::IAM::Policy").values()
    return [
        (each["Action"], each["Resource"])
        for policy in policies
        for each in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def arn(result: Synthesized, kind: str, under: str = "") -> dict[str, Any]:
    return {"Fn::GetAtt": [result.only_id(kind, under=under), "Arn"]}


def test_the_function_is_told_what_the_region_needs_and_may_ask_that_alone() -> None:
    stack = stack_in("eu-west-1")
    queue = sqs.Queue(stack, "Queue")
    result = needs_of(
        stack,
        tables=[table(stack), ReadTable(table=table(stack, "Read"), key=KEY)],
        queues=[queue],
        alarms=[plain_alarm(stack)],
    )
    told = "".join(
        each if isinstance(each, str) else f"<{each['Ref'][:4]}>"
        for each in environment(result)["HEALTH_NEEDS"]["Fn::Join"][1]
    )

    assert told == (
        '[{"kind":"table","name":"<Tabl>"},'
        '{"kind":"table","name":"<Read>","key":{"id":{"S":"health"}}},'
        '{"kind":"queue","url":"<Queu>"},'
        '{"kind":"alarms","names":["<Plai>"]}]'
    )
    assert statements(result) == [
        ("dynamodb:DescribeTable", arn(result, "AWS::DynamoDB::GlobalTable", "Table")),
        ("dynamodb:GetItem", arn(result, "AWS::DynamoDB::GlobalTable", "Read")),
        ("sqs:GetQueueAttributes", arn(result, "AWS::SQS::Queue")),
        ("cloudwatch:DescribeAlarms", arn(result, "AWS::CloudWatch::Alarm")),
    ]


def test_a_composite_alarm_can_be_read_only_by_whoever_may_read_all() -> None:
    stack = stack_in("eu-west-1")

    assert statements(needs_of(stack, alarms=[composite_alarm(stack)])) == [
        ("cloudwatch:DescribeAlarms", "*")
    ]


def test_reading_a_table_includes_the_use_of_its_key() -> None:
    stack = stack_in("eu-west-1")
    key = kms.Key(stack, "Key")
    encrypted = table(stack, encryption=dynamodb.TableEncryptionV2.customer_managed_key(key))
    result = needs_of(stack, tables=[ReadTable(table=encrypted, key=KEY)])

    assert ("kms:Decrypt", arn(result, "AWS::KMS::Key")) in statements(result)


@pytest.mark.parametrize(
    ("keep", "seconds"), [(None, "5"), (cdk.Duration.seconds(0), "0"), (cdk.Duration.seconds(30), "30")]
)
def test_the_function_answers_before_route_53_stops_waiting_and_keeps_its_answer_a_while(
    keep: cdk.Duration | None, seconds: str
) -> None:
    stack = stack_in("eu-west-1")
    result = needs_of(stack, tables=[table(stack)], keep=keep)

    assert environment(result)["HEALTH_DEADLINE_SECONDS"] == "1.5"
    assert environment(result)["HEALTH_KEEP_SECONDS"] == seconds


def test_what_users_ask_for_does_not_throttle_the_health_route() -> None:
    stack = stack_in("eu-west-1")
    endpoint(stack, api(stack))
    result = synthesize(stack)
    stage = next(iter(result.of_type("AWS::ApiGatewayV2::Stage").values()))

    limits = {"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000}
    assert stage["Properties"]["RouteSettings"] == {"GET /health": limits}
    assert result.only_id("AWS::ApiGatewayV2::Route", under="Regional") in stage["DependsOn"]


@pytest.mark.parametrize(
    ("zone_name", "first"),
    [("example.com", "orders-eu.example.com"), (f"{'a' * 44}.example.com", f"orders.{'a' * 44}.example.com")],
)
def test_the_certificate_begins_with_a_name_that_it_may_begin_with(zone_name: str, first: str) -> None:
    stack = stack_in("eu-west-1")
    endpoint(stack, api(stack), zone_name=zone_name)
    certificate = synthesize(stack).only("AWS::CertificateManager::Certificate")

    assert certificate["DomainName"] == first
    assert len(first) <= 64
    assert len([certificate["DomainName"], *certificate["SubjectAlternativeNames"]]) == 2


def test_fails_on_names_that_no_certificate_can_begin_with() -> None:
    stack = stack_in("eu-west-1")
    with pytest.raises(ConfigurationError, match="needs one name of at most 64 characters"):
        endpoint(stack, api(stack), zone_name=f"{'a' * 60}.example.com")


def test_it_passes_every_gate() -> None:
    stack = stack_in("eu-west-1")
    serves = api(
        stack,
        RegionNeeds(tables=[table(stack)], alarms=[plain_alarm(stack), composite_alarm(stack)]),
    )
    endpoint(stack, serves)
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    # The API and the table are as the test made them.
    ours = [each for each in findings(app) if any("/Regional" in path for path in each.constructs)]
    assert ours == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


def test_an_imported_endpoint_gets_a_regional_name_and_a_health_check_and_nothing_else() -> None:
    stack = stack_in("eu-west-1")
    made = endpoint(stack, EU)
    result = synthesize(stack)

    assert made.endpoint is EU
    assert (made.certificate, made.shared_domain, made.regional_domain, made.health_route) == (None,) * 4
    assert {each["Type"] for each in result.resources.values()} == {RECORD, "AWS::Route53::HealthCheck"}
    assert {each["Properties"]["Type"] for each in result.of_type(RECORD).values()} == {"A", "AAAA"}


def test_an_endpoint_outside_aws_gets_its_regional_name_by_cname() -> None:
    stack = stack_in("eu-west-1")
    endpoint(stack, AZURE)

    assert synthesize(stack).only(RECORD) == {
        "HostedZoneId": "Z123",
        "Name": "orders-eu.example.com.",
        "Type": "CNAME",
        "ResourceRecords": ["my-app.azurewebsites.net"],
        "TTL": "30",
    }


def test_the_name_of_the_zone_itself_can_be_shared() -> None:
    assert endpoint(stack_in("eu-west-1"), shared_name=None).shared_name == "example.com"


@pytest.mark.parametrize("name", ["orders", "orders.example.com", "ORDERS"])
def test_a_regional_name_that_is_the_shared_one_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"would ask the name that fails over"):
        endpoint(stack_in("eu-west-1"), EU, regional_name=name)


@pytest.mark.parametrize(("serves", "name"), [(EU, "*"), (AZURE, "example.com"), (EU, "or ders")])
def test_fails_on_a_regional_name_that_cannot_be_asked(serves: Any, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Regional: (regional|record)_name is"):
        endpoint(stack_in("eu-west-1"), serves, regional_name=name)


@pytest.mark.parametrize(
    "serves",
    [
        "my-app.azurewebsites.net",
        1,
        AliasEndpoint.imported(dns_name="d1.cloudfront.net", hosted_zone_id="Z1"),
    ],
)
def test_fails_on_what_cannot_serve(serves: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Regional: serves is "):
        endpoint(stack_in("eu-west-1"), serves)


@pytest.mark.parametrize(
    ("needs", "problem"),
    [
        ({}, "needs is empty"),
        ({"tables": ["orders"]}, "needs.tables holds 'orders'"),
        ({"queues": ["orders"]}, "needs.queues holds 'orders'"),
        ({"alarms": ["orders"]}, "needs.alarms holds 'orders'"),
        ({"tables": "orders"}, "needs.tables is 'orders'"),
    ],
)
def test_fails_on_needs_that_cannot_be_asked(needs: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        needs_of(stack_in("eu-west-1"), **needs)


@pytest.mark.parametrize("key", [{}, {"id": "health"}, {"id": {"X": "health"}}, None])
def test_fails_on_a_key_that_dynamodb_does_not_know(key: Any) -> None:
    stack = stack_in("eu-west-1")
    with pytest.raises(ConfigurationError, match=r"needs\.tables holds the key"):
        needs_of(stack, tables=[ReadTable(table=table(stack), key=key)])


def test_fails_on_an_answer_that_would_stand_too_long() -> None:
    stack = stack_in("eu-west-1")
    with pytest.raises(ConfigurationError, match=r"needs\.keep is 31"):
        needs_of(stack, tables=[table(stack)], keep=cdk.Duration.seconds(31))


@pytest.mark.parametrize("path", ["health", "/{proxy+}", "/health?deep=1", None])
def test_fails_on_a_path_that_is_no_route(path: Any) -> None:
    stack = stack_in("eu-west-1")
    http_api = apigateway.HttpApi(stack, "Api")
    with pytest.raises(ConfigurationError, match=r"^Stack/Health: path is "):
        HealthRoute(stack, "Health", http_api=http_api, needs=RegionNeeds(tables=[table(stack)]), path=path)


def test_fails_without_a_trace_in_the_tree() -> None:
    stack = stack_in("eu-west-1")
    serves = RegionalApi(stage=stage(stack), needs=RegionNeeds(tables=[table(stack)]))
    with pytest.raises(ConfigurationError):
        endpoint(stack, serves, failure_threshold=0)
    assert stack.node.try_find_child("Regional") is None
    health(stack)
    synthesize(stack)
