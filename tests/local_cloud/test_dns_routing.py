"""Routing policies without any failure: weights, latency, places, many values."""

from collections import Counter

import dns.rcode
import pytest

from local_cloud.places import REGIONS
from tests.local_cloud.zone_files import a, ever, nameserver, values

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html and its pages for each policy
ONE, TWO = "192.0.2.1", "192.0.2.2"


def test_simple_record_answers_with_all_its_values() -> None:
    record = {**a(ONE), "ResourceRecords": [ONE, TWO]}
    assert values(nameserver(record)) == {ONE, TWO}


def test_weights_share_the_answers() -> None:
    server = nameserver(a(ONE, Weight=3), a(TWO, Weight=1))
    count = Counter(value for _ in range(2000) for value in values(server))
    assert count[ONE] / 2000 == pytest.approx(0.75, abs=0.04)


def test_weight_zero_means_no_answers() -> None:
    assert ever(nameserver(a(ONE, Weight=1), a(TWO, Weight=0))) == {ONE}


def test_nothing_but_zeros_shares_equally() -> None:
    """https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html, Weight."""
    assert ever(nameserver(a(ONE, Weight=0), a(TWO, Weight=0))) == {ONE, TWO}


@pytest.mark.parametrize(("client", "nearest"), [("us-east-2", ONE), ("us-west-1", TWO), ("eu-west-1", ONE)])
def test_latency_record_of_the_nearest_region_answers(client: str, nearest: str) -> None:
    server = nameserver(a(ONE, Region="us-east-1"), a(TWO, Region="us-west-2"))
    assert ever(server, client=REGIONS[client]) == {nearest}


GEO = (
    a("192.0.2.10", GeoLocation={"CountryCode": "US", "SubdivisionCode": "CA"}),
    a("192.0.2.11", GeoLocation={"CountryCode": "US"}),
    a("192.0.2.12", GeoLocation={"ContinentCode": "EU"}),
)
DEFAULT = a("192.0.2.13", GeoLocation={"CountryCode": "*"})


@pytest.mark.parametrize(
    ("client", "answer"),
    [
        ("us-west-1", "192.0.2.10"),
        ("us-east-1", "192.0.2.11"),
        ("eu-central-1", "192.0.2.12"),
        ("ap-south-1", "192.0.2.13"),
        (None, "192.0.2.13"),
    ],
)
def test_smallest_area_around_the_client_answers(client: str | None, answer: str) -> None:
    assert ever(nameserver(*GEO, DEFAULT), client=REGIONS[client] if client else None) == {answer}


@pytest.mark.parametrize("client", ["ca-central-1", None])
def test_place_without_record_gets_no_answer(client: str | None) -> None:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html, "no answer"."""
    answer = nameserver(*GEO).ask("www.example.com", "A", REGIONS[client] if client else None)
    assert (answer.code, answer.answer) == (dns.rcode.NOERROR, ())
    assert [str(rrset.name) for rrset in answer.authority] == ["example.com."]


def test_multivalue_answers_with_at_most_eight_and_in_the_end_with_all() -> None:
    server = nameserver(*(a(f"192.0.2.{number}", MultiValueAnswer=True) for number in range(10)))
    assert len(values(server)) == 8
    assert len(ever(server)) == 10


def test_policy_that_is_not_understood_fails_loudly() -> None:
    record = a(ONE, CidrRoutingConfig={"CollectionId": "c", "LocationName": "l"})
    assert nameserver(record).ask("www.example.com", "A").code == dns.rcode.SERVFAIL
