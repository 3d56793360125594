"""Names whose traffic several endpoints share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    Geolocated,
    GeolocationRecords,
    LatencyRecords,
    Located,
    Weighted,
    WeightedRecords,
)
from tests.failover.parts import AZURE, EU, US, health, stack_in, zone
from tests.gates import findings, lint
from tests.synthesis import read_template, synthesize

RECORD = "AWS::Route53::RecordSet"
EUROPE = route53.GeoLocation.continent(route53.Continent.EUROPE)
ANYWHERE = route53.GeoLocation.default()

KINDS: dict[Any, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    WeightedRecords: (Weighted, {"weight": 3}, {"weight": 1}),
    LatencyRecords: (Located, {"region": "eu-west-1"}, {"region": "us-east-1"}),
    GeolocationRecords: (Geolocated, {"location": EUROPE}, {"location": ANYWHERE}),
}
EXPECTED: dict[Any, dict[str, dict[str, Any]]] = {
    WeightedRecords: {"eu": {"Weight": 3}, "us": {"Weight": 1}},
    LatencyRecords: {"eu": {"Region": "eu-west-1"}, "us": {"Region": "us-east-1"}},
    GeolocationRecords: {
        "eu": {"GeoLocation": {"ContinentCode": "EU"}},
        "us": {"GeoLocation": {"CountryCode": "*"}},
    },
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def members(stack: cdk.Stack, kind: Any, **changes: Any) -> dict[str, Any]:
    member, eu, us = KINDS[kind]
    return {
        "eu": member(endpoint=EU, health_check=health(stack, "Eu"), **eu),
        "us": member(**({"endpoint": US, "health_check": health(stack, "Us")} | us | changes)),
    }


def share(stack: cdk.Stack, kind: Any, endpoints: Mapping[str, Any], **options: Any) -> Any:
    return kind(stack, "Records", zone=zone(stack), record_name="orders", endpoints=endpoints, **options)


def found_records(stack: cdk.Stack) -> list[dict[str, Any]]:
    return [each["Properties"] for each in synthesize(stack).of_type(RECORD).values()]


@each_kind
def test_each_endpoint_has_its_share_its_health_check_and_both_types_of_address(kind: Any) -> None:
    stack = stack_in()
    result = share(stack, kind, members(stack, kind))
    checks = {
        name: {"Ref": synthesize(stack).only_id("AWS::Route53::HealthCheck", under=name.capitalize())}
        for name in ("eu", "us")
    }
    expected = [
        {
            "HostedZoneId": "Z123",
            "Name": "orders.example.com.",
            "Type": kind_of_record,
            "SetIdentifier": name,
            "HealthCheckId": checks[name],
            "AliasTarget": {
                "DNSName": endpoint.dns_name,
                "HostedZoneId": endpoint.hosted_zone_id,
                "EvaluateTargetHealth": True,
            },
        }
        | EXPECTED[kind][name]
        for name, endpoint in (("eu", EU), ("us", US))
        for kind_of_record in ("A", "AAAA")
    ]

    assert found_records(stack) == expected
    assert {name: len(made) for name, made in result.records.items()} == {"eu": 2, "us": 2}
    assert (result.domain_name, result.ttl_seconds) == ("orders.example.com", 60)


@each_kind
def test_with_an_endpoint_outside_aws_all_are_cname_records_with_the_same_time_to_live(kind: Any) -> None:
    stack = stack_in()
    share(stack, kind, members(stack, kind, endpoint=AZURE), ttl=cdk.Duration.seconds(20))
    found = found_records(stack)

    assert [(each["Type"], each["TTL"], each["ResourceRecords"]) for each in found] == [
        ("CNAME", "20", [EU.dns_name]),
        ("CNAME", "20", [AZURE.dns_name]),
    ]


@each_kind
def test_they_pass_every_gate(kind: Any) -> None:
    stack = stack_in()
    share(stack, kind, members(stack, kind))
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    assert findings(app) == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


@each_kind
def test_an_endpoint_without_a_health_check_is_refused(kind: Any) -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match=r"endpoints\['us'\]\.health_check is None"):
        share(stack, kind, members(stack, kind, health_check=None))


@each_kind
def test_one_endpoint_alone_is_refused(kind: Any) -> None:
    stack = stack_in()
    alone = {"us": members(stack, kind)["us"]}
    with pytest.raises(ConfigurationError, match="endpoints has 1"):
        share(stack, kind, alone)


@each_kind
def test_members_of_another_kind_are_refused(kind: Any) -> None:
    stack = stack_in()
    other = Located if kind is WeightedRecords else Weighted
    options = {"region": "eu-west-1"} if other is Located else {"weight": 1}
    wrong = other(endpoint=EU, health_check=health(stack), **options)
    with pytest.raises(ConfigurationError, match=r"endpoints\['a'\] is "):
        share(stack, kind, {"a": wrong, "b": wrong})


@each_kind
def test_a_health_check_that_asks_the_shared_name_is_refused(kind: Any) -> None:
    stack = stack_in()
    itself = health(stack, "Itself", host="orders.example.com")
    with pytest.raises(ConfigurationError, match="the name that it decides on"):
        share(stack, kind, members(stack, kind, health_check=itself))


@pytest.mark.parametrize("weight", [-1, 256, 0.5, "1"])
def test_fails_on_a_weight_that_route_53_does_not_have(weight: Any) -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match=r"endpoints\['us'\]\.weight is "):
        share(stack, WeightedRecords, members(stack, WeightedRecords, weight=weight))


def test_a_weight_of_nothing_is_for_the_last_resort() -> None:
    stack = stack_in()
    share(stack, WeightedRecords, members(stack, WeightedRecords, weight=0))

    assert [each["Weight"] for each in found_records(stack)] == [3, 3, 0, 0]


def test_fails_where_every_weight_is_nothing() -> None:
    stack = stack_in()
    given = members(stack, WeightedRecords)
    none = {
        name: Weighted(endpoint=each.endpoint, health_check=each.health_check, weight=0)
        for name, each in given.items()
    }
    with pytest.raises(ConfigurationError, match="nothing but weights of 0"):
        share(stack, WeightedRecords, none)


@pytest.mark.parametrize("region", ["Ireland", "eu-west", "", 1])
def test_fails_on_what_is_no_region(region: Any) -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match=r"endpoints\['us'\]\.region is "):
        share(stack, LatencyRecords, members(stack, LatencyRecords, region=region))


def test_fails_on_a_region_that_two_endpoints_have() -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match="the region eu-west-1 more than once"):
        share(stack, LatencyRecords, members(stack, LatencyRecords, region="eu-west-1"))


def test_fails_on_a_place_that_two_endpoints_have() -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match="the location continent EUROPE more than once"):
        share(stack, GeolocationRecords, members(stack, GeolocationRecords, location=EUROPE))


def test_africa_is_not_afghanistan() -> None:
    stack = stack_in()
    given = members(stack, GeolocationRecords)
    places = (
        route53.GeoLocation.continent(route53.Continent.AFRICA),
        route53.GeoLocation.country("AF"),
        route53.GeoLocation.subdivision("WA"),
    )
    names = ("cpt", "kbl", "sea")
    more = {
        name: Geolocated(
            endpoint=type(AZURE)(f"{name}.example.net"), health_check=health(stack, name), location=place
        )
        for name, place in zip(names, places, strict=True)
    }
    share(stack, GeolocationRecords, given | more)

    assert {each["SetIdentifier"]: each["GeoLocation"] for each in found_records(stack)} == {
        "eu": {"ContinentCode": "EU"},
        "us": {"CountryCode": "*"},
        "cpt": {"ContinentCode": "AF"},
        "kbl": {"CountryCode": "AF"},
        "sea": {"CountryCode": "US", "SubdivisionCode": "WA"},
    }


def test_fails_where_some_of_the_world_would_get_no_answer() -> None:
    stack = stack_in()
    asia = route53.GeoLocation.continent(route53.Continent.ASIA)
    with pytest.raises(ConfigurationError, match="no default location"):
        share(stack, GeolocationRecords, members(stack, GeolocationRecords, location=asia))
