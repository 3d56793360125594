"""Hosted zones and records that templates and the API deploy, asked over the wire."""

import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import dns.message
import dns.query
import pytest

from local_cloud import LocalCloud, LocalCloudError
from tests.cloud import deploy
from tests.local_cloud.resources import att, ref, resource

BERLIN = '{"berlin": {"continent": "EU", "country": "DE", "latitude": 52.5, "longitude": 13.4}}'


@pytest.fixture(scope="module")
def named_cloud() -> Iterator[LocalCloud]:
    """A cloud that knows a place more."""
    with LocalCloud(settings={"LOCAL_CLOUD_LOCATIONS": BERLIN}) as cloud:
        yield cloud


def _zone(name: str, **settings: Any) -> dict[str, Any]:
    return {"Zone": resource("Route53::HostedZone", Name=name, **settings)}


def _record(name: str, value: str, **settings: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "A", "TTL": "30", "ResourceRecords": [value], **settings}


def test_record_of_a_template_answers_until_it_is_gone(named_cloud: LocalCloud) -> None:
    zone = _zone("one.example")
    record = resource(
        "Route53::RecordSet", HostedZoneId=ref("Zone"), **_record("www.one.example", "192.0.2.1")
    )
    deploy(named_cloud, "one", {**zone, "Record": record})
    found = named_cloud.resolve("www.one.example")
    assert (found.status, found.values, found.ttl) == ("NOERROR", ("192.0.2.1",), 30)

    deploy(named_cloud, "one", zone)

    gone = named_cloud.resolve("www.one.example")
    assert (gone.status, gone.values, gone.ttl) == ("NXDOMAIN", (), 900)
    assert named_cloud.resolve("one.example", "MX").status == "NOERROR"


def test_group_of_records_is_updated_record_by_record(named_cloud: LocalCloud) -> None:
    def group(*records: dict[str, Any]) -> dict[str, Any]:
        members = resource("Route53::RecordSetGroup", HostedZoneId=ref("Zone"), RecordSets=list(records))
        return {**_zone("two.example"), "Records": members}

    a, b, changed = (
        _record("a.two.example", "192.0.2.1"),
        _record("b.two.example", "192.0.2.2"),
        _record("a.two.example", "192.0.2.9"),
    )
    deploy(named_cloud, "two", group(a, b))
    assert named_cloud.resolve("b.two.example").values == ("192.0.2.2",)
    deploy(named_cloud, "two", group(changed, _record("c.two.example", "192.0.2.3")))
    found = {name: named_cloud.resolve(f"{name}.two.example").values for name in "abc"}
    assert found == {"a": ("192.0.2.9",), "b": (), "c": ("192.0.2.3",)}


def test_group_that_cannot_be_made_leaves_no_record_behind(named_cloud: LocalCloud) -> None:
    same = _record("twice.three.example", "192.0.2.1")
    deploy(named_cloud, "three", _zone("three.example"))
    group = resource(
        "Route53::RecordSetGroup",
        HostedZoneName="three.example.",
        RecordSets=[_record("first.three.example", "192.0.2.1"), same, same],
    )
    with pytest.raises(pytest.fail.Exception, match="already exists"):
        deploy(named_cloud, "three-records", {"Records": group})
    assert named_cloud.resolve("first.three.example").status == "NXDOMAIN"


def test_zone_tells_the_name_servers_that_answer_for_it(named_cloud: LocalCloud) -> None:
    stack = deploy(
        named_cloud, "four", _zone("four.example"), First={"Fn::Select": [0, att("Zone", "NameServers")]}
    )
    assert f"{stack['First']}." in named_cloud.resolve("four.example", "NS").values
    assert named_cloud.resolve(stack["First"]).values == ("127.0.0.1",)


def test_private_zone_answers_nobody_here(named_cloud: LocalCloud) -> None:
    vpc = resource("EC2::VPC", CidrBlock="10.0.0.0/16")
    zone = _zone("five.example", VPCs=[{"VPCId": ref("Vpc"), "VPCRegion": "us-east-1"}])
    deploy(named_cloud, "five", {"Vpc": vpc, **zone})
    assert named_cloud.resolve("five.example", "SOA").status == "REFUSED"


def test_answer_depends_on_where_the_client_is(named_cloud: LocalCloud) -> None:
    records = [
        _record("www.six.example", "192.0.2.1", SetIdentifier="germany", GeoLocation={"CountryCode": "DE"}),
        _record("www.six.example", "192.0.2.2", SetIdentifier="europe", GeoLocation={"ContinentCode": "EU"}),
        _record("www.six.example", "192.0.2.3", SetIdentifier="rest", GeoLocation={"CountryCode": "*"}),
        _record("near.six.example", "192.0.2.4", SetIdentifier="east", Region="us-east-1"),
        _record("near.six.example", "192.0.2.5", SetIdentifier="ireland", Region="eu-west-1"),
    ]
    group = resource("Route53::RecordSetGroup", HostedZoneId=ref("Zone"), RecordSets=records)
    deploy(named_cloud, "six", {**_zone("six.example"), "Records": group})
    places = ("berlin", "eu-west-1", "us-east-1", None)
    assert [named_cloud.resolve("www.six.example", location=place).values[0] for place in places] == [
        "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.3",
    ]  # fmt: skip
    assert [named_cloud.resolve("near.six.example", location=place).values[0] for place in places] == [
        "192.0.2.5", "192.0.2.5", "192.0.2.4", "192.0.2.4",
    ]  # fmt: skip


def test_unknown_location_is_refused(named_cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match=r"'nowhere' is none of us-east-1, .*, berlin"):
        named_cloud.resolve("www.six.example", location="nowhere")


def test_resolver_follows_aliases_across_zones(named_cloud: LocalCloud) -> None:
    """A CNAME to an endpoint outside AWS, for which a zone here stands in."""
    cname: dict[str, Any] = {
        "Name": "www.seven.example",
        "Type": "CNAME",
        "TTL": "5",
        "ResourceRecords": ["orders.elsewhere.example"],
    }
    record = resource("Route53::RecordSet", HostedZoneId=ref("Zone"), **cname)
    deploy(named_cloud, "seven", {**_zone("seven.example"), "Record": record})
    assert named_cloud.resolve("www.seven.example").status == "REFUSED"
    other = resource(
        "Route53::RecordSet", HostedZoneId=ref("Zone"), **_record("orders.elsewhere.example", "127.0.0.1")
    )
    deploy(named_cloud, "elsewhere", {**_zone("elsewhere.example"), "Record": other})

    found = named_cloud.resolve("www.seven.example")

    assert (found.values, found.aliases, found.ttl) == (("127.0.0.1",), ("orders.elsewhere.example.",), 5)
    assert named_cloud.resolve("www.seven.example", "CNAME").values == ("orders.elsewhere.example.",)


def test_long_answer_comes_over_tcp_and_a_connection_takes_many_questions(named_cloud: LocalCloud) -> None:
    values = [f'"{number:03}{"x" * 200}"' for number in range(40)]
    record: dict[str, Any] = {
        "Name": "long.eight.example",
        "Type": "TXT",
        "TTL": "30",
        "ResourceRecords": values,
    }
    text = resource("Route53::RecordSet", HostedZoneId=ref("Zone"), **record)
    deploy(named_cloud, "eight", {**_zone("eight.example"), "Record": text})
    assert sorted(named_cloud.resolve("long.eight.example", "TXT").values) == values

    question = dns.message.make_query("eight.example", "SOA")
    with socket.create_connection(named_cloud.dns, timeout=5) as connection:
        for _ in range(3):
            dns.query.send_tcp(connection, question)
            answer, _ = dns.query.receive_tcp(connection)
            assert answer.id == question.id
        connection.sendall(struct.pack(">H", 3) + b"bad")
        assert connection.recv(10) == b""


def test_cloud_listens_for_names_on_the_loopback_only(named_cloud: LocalCloud) -> None:
    host, port = named_cloud.dns
    assert host == "127.0.0.1"
    with socket.socket(type=socket.SOCK_DGRAM) as probe, pytest.raises(OSError, match="in use"):
        probe.bind((host, port))


def test_port_that_is_taken_is_named(named_cloud: LocalCloud) -> None:
    command = [sys.executable, "-m", "local_cloud", "--dns-port", str(named_cloud.dns[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert f"or {named_cloud.dns[1]} for DNS: [Errno" in done.stderr
