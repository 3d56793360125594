"""Which record Route 53 answers with when some are unhealthy: one test a rule of the Developer Guide."""

from local_cloud.places import REGIONS
from tests.local_cloud.zone_files import a, alias, ever, nameserver

CHOOSES = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html"
COMPLEX = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html"
RECORD_SET = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html"
AVERTS = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-problems.html"

ONE, TWO, THREE = "192.0.2.1", "192.0.2.2", "192.0.2.3"
PRIMARY = a(ONE, Failover="PRIMARY", HealthCheckId="one")
SECONDARY = a(TWO, Failover="SECONDARY", HealthCheckId="two")
UNCHECKED_SECONDARY = a(TWO, Failover="SECONDARY")


def test_primary_answers_while_it_is_healthy() -> None:
    """CHOOSES: the primary healthy, only the primary is returned."""
    assert ever(nameserver(PRIMARY, SECONDARY, failing=("two",))) == {ONE}


def test_secondary_answers_when_only_the_primary_is_unhealthy() -> None:
    """CHOOSES: the primary unhealthy and the secondary healthy, the secondary is returned."""
    assert ever(nameserver(SECONDARY, PRIMARY, failing=("one",))) == {TWO}


def test_primary_answers_when_both_are_unhealthy() -> None:
    """CHOOSES: both unhealthy, the primary is returned."""
    assert ever(nameserver(SECONDARY, PRIMARY, failing=("one", "two"))) == {ONE}


def test_secondary_without_health_check_always_answers_for_an_unhealthy_primary() -> None:
    """CHOOSES: without a health check for the secondary, it always answers when the primary is unhealthy."""
    assert ever(nameserver(PRIMARY, UNCHECKED_SECONDARY, failing=("one", "two"))) == {TWO}


def test_primary_without_health_check_never_fails_over() -> None:
    """CHOOSES: a record without health check is always healthy."""
    assert ever(nameserver(a(ONE, Failover="PRIMARY"), SECONDARY, failing=("one",))) == {ONE}


def test_record_without_health_check_is_always_among_the_answers() -> None:
    """CHOOSES: a record without health check is always healthy."""
    group = (a(ONE, Weight=1, HealthCheckId="one"), a(TWO, Weight=1))
    assert ever(nameserver(*group, failing=("one", "two"))) == {TWO}


def test_all_unhealthy_weighted_records_count_as_healthy() -> None:
    """CHOOSES, AVERTS: if no record is healthy, all are."""
    group = (a(ONE, Weight=1, HealthCheckId="one"), a(TWO, Weight=1, HealthCheckId="two"))
    assert ever(nameserver(*group, failing=("one", "two"))) == {ONE, TWO}


def test_record_of_weight_zero_stays_out_while_a_weighted_one_is_healthy() -> None:
    """CHOOSES: Route 53 initially considers only the nonzero weighted records."""
    group = (a(ONE, Weight=1, HealthCheckId="one"), a(TWO, Weight=0, HealthCheckId="two"))
    assert ever(nameserver(*group)) == {ONE}


def test_record_of_weight_zero_answers_when_all_weighted_ones_are_unhealthy() -> None:
    """CHOOSES: if all records of a weight above 0 are unhealthy, the zero-weighted ones are considered."""
    group = (a(ONE, Weight=1, HealthCheckId="one"), a(TWO, Weight=0, HealthCheckId="two"))
    assert ever(nameserver(*group, failing=("one",))) == {TWO}


def test_record_of_weight_zero_stays_out_when_everything_is_unhealthy() -> None:
    """CHOOSES: with none healthy all count as healthy, and then weights decide again."""
    group = (a(ONE, Weight=1, HealthCheckId="one"), a(TWO, Weight=0, HealthCheckId="two"))
    assert ever(nameserver(*group, failing=("one", "two"))) == {ONE}


def test_unhealthy_state_record_gives_way_to_the_next_larger_area() -> None:
    """RECORD_SET, "Geolocation Routing": state, country, continent, default, until one is healthy."""
    state = a("192.0.2.10", GeoLocation={"CountryCode": "US", "SubdivisionCode": "VA"}, HealthCheckId="state")
    country = a("192.0.2.11", GeoLocation={"CountryCode": "US"}, HealthCheckId="country")
    continent = a("192.0.2.12", GeoLocation={"ContinentCode": "NA"}, HealthCheckId="continent")
    default = a("192.0.2.13", GeoLocation={"CountryCode": "*"}, HealthCheckId="default")
    found = [
        ever(
            nameserver(default, continent, country, state, failing=failing),
            client=REGIONS["us-east-1"],
        )
        for failing in (
            (),
            ("state",),
            ("state", "country"),
            ("state", "country", "continent"),
            ("state", "country", "continent", "default"),
        )
    ]
    assert found == [{"192.0.2.10"}, {"192.0.2.11"}, {"192.0.2.12"}, {"192.0.2.13"}, {"192.0.2.10"}]


def test_multivalue_answer_leaves_out_what_is_unhealthy() -> None:
    """RECORD_SET, MultiValueAnswer: an address only while its health check is healthy."""
    group = (
        a(ONE, MultiValueAnswer=True, HealthCheckId="one"),
        a(TWO, MultiValueAnswer=True, HealthCheckId="two"),
        a(THREE, MultiValueAnswer=True),
    )
    assert ever(nameserver(*group, failing=("one",))) == {TWO, THREE}


def test_multivalue_answer_of_nothing_healthy_is_everything() -> None:
    """RECORD_SET, MultiValueAnswer: when all are unhealthy, up to eight unhealthy records."""
    group = [
        a(f"192.0.2.{number}", MultiValueAnswer=True, HealthCheckId=f"c{number}") for number in range(10)
    ]
    server = nameserver(*group, failing=tuple(f"c{number}" for number in range(10)))
    assert len(server.ask("www.example.com", "A").answer[0]) == 8
    assert len(ever(server)) == 10


def _regional_groups() -> tuple[dict[str, object], ...]:
    """Two Regions, each with two weighted records, behind latency aliases: the guide's own example."""
    return (
        a(ONE, "east.example.com", Weight=1, HealthCheckId="one"),
        a(TWO, "east.example.com", Weight=1, HealthCheckId="two"),
        a(THREE, "west.example.com", Weight=1, HealthCheckId="three"),
        alias("west.example.com", Region="us-west-2"),
    )


def test_alias_is_healthy_while_one_record_behind_it_is() -> None:
    """CHOOSES: as long as one of the weighted records is healthy, the alias record is."""
    server = nameserver(*_regional_groups(), alias("east.example.com", Region="us-east-1"), failing=("one",))
    assert ever(server) == {TWO}


def test_alias_to_unhealthy_records_is_left_for_the_next_best() -> None:
    """COMPLEX: with Evaluate Target Health, Route 53 backs out of a branch with nothing healthy."""
    server = nameserver(
        *_regional_groups(), alias("east.example.com", Region="us-east-1"), failing=("one", "two")
    )
    assert ever(server) == {THREE}


def test_alias_that_does_not_evaluate_keeps_its_traffic() -> None:
    """COMPLEX: with Evaluate Target Health No, Route 53 must choose one of the failing records."""
    server = nameserver(
        *_regional_groups(),
        alias("east.example.com", evaluate=False, Region="us-east-1"),
        failing=("one", "two"),
    )
    assert ever(server) == {ONE, TWO}


def test_alias_counts_a_record_without_health_check_as_healthy() -> None:
    """COMPLEX, "What happens when you omit health checks?"."""
    unchecked = a("192.0.2.9", "east.example.com", Weight=1)
    server = nameserver(
        *_regional_groups(), unchecked, alias("east.example.com", Region="us-east-1"), failing=("one", "two")
    )
    assert ever(server) == {"192.0.2.9"}


def test_alias_with_a_failing_health_check_of_its_own_is_unhealthy() -> None:
    """COMPLEX: both the alias's own check and one record behind it must be healthy."""
    east = alias("east.example.com", Region="us-east-1", HealthCheckId="east")
    assert ever(nameserver(*_regional_groups(), east, failing=("east",))) == {THREE}


def test_alias_to_an_aws_resource_fails_over_by_its_health_check() -> None:
    """CHOOSES: what evaluates as healthy by itself needs a check; API Gateway gives Route 53 none."""
    names = [f"d-1.execute-api.{region}.amazonaws.com" for region in ("us-east-1", "us-west-2")]
    group = (
        alias(names[0], zone="ZAPI", Failover="PRIMARY", HealthCheckId="one"),
        alias(names[1], zone="ZAPI", Failover="SECONDARY"),
    )
    assert ever(nameserver(*group)) == {"127.0.0.101"}
    assert ever(nameserver(*group, failing=("one",))) == {"127.0.0.104"}


def test_failover_alias_of_groups_falls_back_to_the_primary_group() -> None:
    """CHOOSES: nothing healthy anywhere, the primary's records answer."""
    server = nameserver(
        a(ONE, "east.example.com", Weight=1, HealthCheckId="one"),
        a(TWO, "west.example.com", Weight=1, HealthCheckId="two"),
        alias("east.example.com", Failover="PRIMARY"),
        alias("west.example.com", Failover="SECONDARY"),
        failing=("one", "two"),
    )
    assert ever(server) == {ONE}


def test_aliases_in_a_circle_are_unhealthy_and_answer_nothing() -> None:
    server = nameserver(alias("b.example.com", "a.example.com"), alias("a.example.com", "b.example.com"))
    assert ever(server, "a.example.com") == set()
