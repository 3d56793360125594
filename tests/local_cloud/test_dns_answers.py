"""Answers to one question: aliases, CNAMEs, wildcards, delegation, and what does not exist."""

import dns.rcode
import pytest

from local_cloud.dns.nameserver import Answer
from local_cloud.places import ADDRESSES
from tests.local_cloud.zone_files import a, alias, nameserver, values

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
ONE = "192.0.2.1"


def _lines(answer: Answer) -> list[str]:
    return [line for rrset in answer.answer for line in rrset.to_text().splitlines()]


def test_alias_answers_under_its_own_name_with_the_targets_type_and_ttl() -> None:
    server = nameserver(alias("www.example.com", "example.com"), a(ONE, TTL=20))
    assert _lines(server.ask("example.com", "A")) == [f"example.com. 20 IN A {ONE}"]


def test_alias_is_followed_for_its_own_type_only() -> None:
    answer = nameserver(alias("www.example.com", "example.com"), a(ONE)).ask("example.com", "AAAA")
    assert (answer.code, answer.answer) == (dns.rcode.NOERROR, ())


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("d-abc123.execute-api.us-west-2.amazonaws.com", ADDRESSES["us-west-2"]),
        ("lb-1.eu-west-1.elb.amazonaws.com", ADDRESSES["eu-west-1"]),
        ("lb-1.elb.eu-west-1.amazonaws.com", ADDRESSES["eu-west-1"]),
        ("d111111abcdef8.cloudfront.net", "127.0.0.1"),
    ],
)
def test_alias_to_an_aws_resource_leads_to_a_gateway_here_for_a_minute(target: str, address: str) -> None:
    server = nameserver(alias(target, zone="ZAWS"))
    assert _lines(server.ask("www.example.com", "A")) == [f"www.example.com. 60 IN A {address}"]
    assert nameserver().ask(target, "A").answer[0][0].to_text() == address


def test_alias_to_nothing_known_fails() -> None:
    assert (
        nameserver(alias("nobody.invalid", zone="ZAWS")).ask("www.example.com", "A").code
        == dns.rcode.SERVFAIL
    )


def test_cname_is_followed_within_the_zone_and_no_further() -> None:
    inside = {"Name": "shop.example.com", "Type": "CNAME", "TTL": 10, "ResourceRecords": ["www.example.com"]}
    outside = {**inside, "Name": "blog.example.com", "ResourceRecords": ["orders.azurewebsites.net"]}
    server = nameserver(inside, outside, a(ONE))
    assert _lines(server.ask("shop.example.com", "A")) == [
        "shop.example.com. 10 IN CNAME www.example.com.",
        f"www.example.com. 30 IN A {ONE}",
    ]
    assert _lines(server.ask("blog.example.com", "A")) == [
        "blog.example.com. 10 IN CNAME orders.azurewebsites.net."
    ]
    assert server.addresses("shop.example.com") == (ONE,)
    assert server.addresses("blog.example.com") == ()


def test_name_without_records_does_not_exist_and_says_for_how_long() -> None:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html: the lesser of TTL and minimum."""
    answer = nameserver(a(ONE)).ask("nobody.example.com", "A")
    assert (answer.code, answer.answer) == (dns.rcode.NXDOMAIN, ())
    assert [(rrset.ttl, str(rrset.name)) for rrset in answer.authority] == [(900, "example.com.")]


@pytest.mark.parametrize("name", ["www.example.com", "deep.example.com", "example.com"])
def test_name_with_other_records_or_names_below_it_exists(name: str) -> None:
    answer = nameserver(a(ONE), a(ONE, "very.deep.example.com")).ask(name, "MX")
    assert (answer.code, answer.answer, len(answer.authority)) == (dns.rcode.NOERROR, (), 1)


def test_wildcard_answers_for_names_that_do_not_exist() -> None:
    server = nameserver(a("192.0.2.7", "\\052.example.com"), a(ONE, "deep.www.example.com"))
    assert values(server, "anything.at.all.example.com") == {"192.0.2.7"}
    assert values(server, "www.example.com") == set()


def test_name_of_no_zone_is_refused() -> None:
    answer = nameserver().ask("www.example.org", "A")
    assert (answer.code, answer.authoritative) == (dns.rcode.REFUSED, False)


def test_zone_tells_its_name_servers_and_start_of_authority() -> None:
    assert values(nameserver(), "example.com", "NS") == {"ns-1.awsdns-1.com."}
    assert values(nameserver(), "ns-1.awsdns-1.com") == {"127.0.0.1"}
    assert values(nameserver(), "example.com", "SOA").pop().startswith("ns-1.awsdns-1.com. awsdns-hostmaster")


def test_delegated_part_of_a_zone_is_referred_to_its_name_servers() -> None:
    part = {"Name": "eu.example.com", "Type": "NS", "TTL": 60, "ResourceRecords": ["ns.elsewhere.org"]}
    answer = nameserver(part).ask("www.eu.example.com", "A")
    assert (answer.answer, answer.authoritative) == ((), False)
    assert answer.authority[0].to_text() == "eu.example.com. 60 IN NS ns.elsewhere.org."


def test_names_are_the_same_in_any_case() -> None:
    assert values(nameserver(a(ONE, "WWW.Example.com.")), "www.EXAMPLE.com.") == {ONE}
