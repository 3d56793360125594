"""The failover records of a name."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    CalculatedHealthCheck,
    ExternalEndpoint,
    FailoverRecord,
)
from tests.failover.parts import AZURE, EU, US, health, stack_in, zone
from tests.gates import findings, lint
from tests.synthesis import number_token, read_template, synthesize, warnings_of

RECORD, CHECK = "AWS::Route53::RecordSet", "AWS::Route53::HealthCheck"


def fail_over(stack: cdk.Stack, **options: Any) -> FailoverRecord:
    given: dict[str, Any] = {"record_name": "orders", "primary": EU, "secondary": US} | options
    if "zone" not in given:
        given["zone"] = zone(stack)
    if "primary_health" not in given:
        given["primary_health"] = health(stack, "Eu")
    return FailoverRecord(stack, "Record", **given)


def records(stack: cdk.Stack) -> dict[tuple[str, str], dict[str, Any]]:
    found = (each["Properties"] for each in synthesize(stack).of_type(RECORD).values())
    return {(each["Failover"], each["Type"]): each for each in found}


def test_two_aliases_are_a_and_aaaa_records_with_their_health_evaluated() -> None:
    stack = stack_in()
    result = fail_over(stack)
    found = records(stack)
    eu = {"Ref": synthesize(stack).only_id(CHECK)}
    common = {"HostedZoneId": "Z123", "Name": "orders.example.com."}

    assert set(found) == {(half, kind) for half in ("PRIMARY", "SECONDARY") for kind in ("A", "AAAA")}
    for kind in ("A", "AAAA"):
        assert found["PRIMARY", kind] == common | {
            "Type": kind,
            "SetIdentifier": "primary",
            "Failover": "PRIMARY",
            "HealthCheckId": eu,
            "AliasTarget": {
                "DNSName": EU.dns_name,
                "HostedZoneId": EU.hosted_zone_id,
                "EvaluateTargetHealth": True,
            },
        }
        assert found["SECONDARY", kind] == common | {
            "Type": kind,
            "SetIdentifier": "secondary",
            "Failover": "SECONDARY",
            "AliasTarget": {
                "DNSName": US.dns_name,
                "HostedZoneId": US.hosted_zone_id,
                "EvaluateTargetHealth": True,
            },
        }
    assert (result.domain_name, result.ttl_seconds) == ("orders.example.com", 60)
    assert (len(result.primary), len(result.secondary)) == (2, 2)


def test_an_azure_function_as_secondary_is_one_argument() -> None:
    stack = stack_in()
    result = fail_over(stack, secondary=ExternalEndpoint("my-app.azurewebsites.net"))
    found = records(stack)

    assert set(found) == {("PRIMARY", "CNAME"), ("SECONDARY", "CNAME")}
    assert found["PRIMARY", "CNAME"]["ResourceRecords"] == [EU.dns_name]
    assert found["SECONDARY", "CNAME"]["ResourceRecords"] == ["my-app.azurewebsites.net"]
    assert {each["TTL"] for each in found.values()} == {"30"}
    assert all("AliasTarget" not in each for each in found.values())
    assert result.ttl_seconds == 30


def test_the_time_to_live_of_cname_records_can_be_said() -> None:
    stack = stack_in()
    result = fail_over(stack, secondary=AZURE, ttl=cdk.Duration.seconds(10))

    assert {each["TTL"] for each in records(stack).values()} == {"10"}
    assert result.ttl_seconds == 10
    assert warnings_of(stack) == []


def test_a_long_time_to_live_comes_with_a_warning() -> None:
    stack = stack_in()
    fail_over(stack, secondary=AZURE, ttl=cdk.Duration.minutes(5))

    assert any("Resolvers keep answers for 300 seconds" in text for text in warnings_of(stack))


def test_a_time_to_live_that_is_a_token_is_left_to_the_deployment() -> None:
    stack = stack_in()
    result = fail_over(stack, secondary=AZURE, ttl=cdk.Duration.seconds(number_token(stack)))

    assert result.ttl_seconds is None


def test_the_secondary_may_have_a_health_check() -> None:
    stack = stack_in()
    fail_over(stack, secondary_health=health(stack, "Us"))
    result = synthesize(stack)
    us = {"Ref": result.only_id(CHECK, under="Us")}

    assert records(stack)["SECONDARY", "A"]["HealthCheckId"] == us


def test_the_name_of_the_zone_itself_can_be_an_alias() -> None:
    stack = stack_in()
    result = fail_over(stack, record_name=None)

    assert result.domain_name == "example.com"
    assert {each["Name"] for each in records(stack).values()} == {"example.com."}


@pytest.mark.parametrize(
    "name", ["orders", "orders.example.com", "Orders.Example.com", "orders.example.com."]
)
def test_a_name_may_be_given_within_the_zone_or_in_full(name: str) -> None:
    stack = stack_in()

    assert fail_over(stack, record_name=name).domain_name == "orders.example.com"
    assert {each["Name"] for each in records(stack).values()} == {"orders.example.com."}


def test_a_wildcard_can_fail_over() -> None:
    assert fail_over(stack_in(), record_name="*").domain_name == "*.example.com"


def test_they_pass_every_gate() -> None:
    stack = stack_in()
    fail_over(stack, secondary_health=health(stack, "Us"))
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    assert findings(app) == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


def test_a_primary_without_a_health_check_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Record: primary_health is None"):
        fail_over(stack_in(), primary_health=None)


def test_a_cname_for_the_name_of_the_zone_itself_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"example\.com is the name of the zone itself"):
        fail_over(stack_in(), record_name=None, secondary=AZURE)


def test_a_time_to_live_for_aliases_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="ttl is given for aliases"):
        fail_over(stack_in(), ttl=cdk.Duration.seconds(30))


@pytest.mark.parametrize("host", ["orders.example.com", "Orders.Example.Com."])
def test_a_health_check_that_asks_the_failover_name_itself_is_refused(host: str) -> None:
    stack = stack_in()
    with pytest.raises(
        ConfigurationError, match=r"primary asks orders\.example\.com, the name that it decides"
    ):
        fail_over(stack, primary_health=health(stack, "Eu", host=host))


def test_a_health_check_of_cdk_that_asks_it_is_refused_as_well() -> None:
    stack = stack_in()
    check = route53.HealthCheck(stack, "Cdk", type=route53.HealthCheckType.HTTPS, fqdn="orders.example.com")
    with pytest.raises(ConfigurationError, match="the name that it decides on"):
        fail_over(stack, primary_health=check)


def test_a_calculated_health_check_with_a_child_that_asks_it_is_refused_as_well() -> None:
    stack = stack_in()
    itself = health(stack, "Itself", host="orders.example.com")
    check = CalculatedHealthCheck(stack, "All", children=[health(stack, "Eu"), itself], at_least=1)
    with pytest.raises(ConfigurationError, match="the name that it decides on"):
        fail_over(stack, primary_health=check)


def test_the_secondarys_health_check_must_not_ask_it_either() -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match="the health check of secondary asks"):
        fail_over(stack, secondary_health=health(stack, "Us", host="orders.example.com"))


def test_one_health_check_for_both_is_refused() -> None:
    stack = stack_in()
    check = health(stack)
    with pytest.raises(ConfigurationError, match="primary and secondary have the same health check"):
        fail_over(stack, primary_health=check, secondary_health=check)


def test_one_endpoint_for_both_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="primary and secondary have the same endpoint"):
        fail_over(stack_in(), secondary=ExternalEndpoint(EU.dns_name))


def test_an_imported_health_check_decides_as_well() -> None:
    stack = stack_in()
    imported = route53.HealthCheck.from_health_check_id(stack, "Theirs", "abc")
    fail_over(stack, primary_health=imported)

    assert records(stack)["PRIMARY", "A"]["HealthCheckId"] == "abc"


def test_fails_on_a_zone_whose_name_is_not_known() -> None:
    stack = stack_in()
    nameless = route53.HostedZone.from_hosted_zone_id(stack, "Nameless", "Z9")
    with pytest.raises(ConfigurationError, match=r"zone has no name\. .*from_hosted_zone_attributes"):
        fail_over(stack, zone=nameless)


@pytest.mark.parametrize("name", ["orders.other.org.", "or ders", "-orders", 5])
def test_fails_on_a_name_that_cannot_be_in_the_zone(name: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Record: record_name is "):
        fail_over(stack_in(), record_name=name)


@pytest.mark.parametrize("ttl", [30, cdk.Duration.days(30_000)])
def test_fails_on_a_time_to_live_that_dns_does_not_have(ttl: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Record: ttl is "):
        fail_over(stack_in(), secondary=AZURE, ttl=ttl)


def test_fails_without_a_trace_in_the_tree() -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError):
        fail_over(stack, secondary=None)
    assert stack.node.try_find_child("Record") is None
