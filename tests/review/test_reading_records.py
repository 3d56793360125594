"""What rules can know of DNS records and of the health checks that decide on them."""

import pytest

from constructs_lib.review.reading.health_checks import health_checks_of
from constructs_lib.review.reading.records import group_of, groups_of, plain_name, records_of
from tests.reviewing import reading_of


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("WWW.Example.com.", "www.example.com"),
        ("${Api.DomainName}.", "${Api.DomainName}"),
        ("${Name}.Example.com", "${Name}.Example.com"),
        (["www.example.com"], None),
        (None, None),
    ],
)
def test_a_name_is_read_as_dns_does_where_it_is_known(written: object, name: str | None) -> None:
    assert plain_name(written) == name


def test_records_of_a_group_have_its_zone_and_a_title_of_their_own() -> None:
    reading = reading_of(
        """
        Resources:
          Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com.}}
          Group:
            Type: AWS::Route53::RecordSetGroup
            Properties:
              HostedZoneId: !Ref Zone
              RecordSets: [{Name: a.example.com, Type: A, SetIdentifier: here}, 7]
        """
    )

    (record,) = records_of(reading)

    assert record.title == "The record a.example.com A here of Group"
    assert record.zone_name == "example.com"


def test_records_of_two_stacks_share_a_name_only_where_zone_and_name_are_known() -> None:
    stack = """
        Parameters: {Name: {Type: String}}
        Resources:
          Known: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: Z1, Name: a.example.com, Type: A}}
          Open: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: Z1, Name: !Ref Name, Type: A}}
          Some: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: Z1, Name: !Select [0, !GetAZs ""], Type: A}}
        """
    reading = reading_of(stack, stack)

    sizes = {each.node.id: len(group_of(each)) for each in records_of(reading)}

    assert sizes == {"Known": 2, "Open": 1, "Some": 1}
    assert len(groups_of(reading)) == 3


def test_policies_of_a_record_are_unknown_where_a_condition_decides_on_them() -> None:
    reading = reading_of(
        """
        Parameters: {With: {Type: String}}
        Conditions: {Weighted: !Equals [!Ref With, "yes"]}
        Resources:
          Open: {Type: AWS::Route53::RecordSet, Properties: {Weight: !If [Weighted, 1, !Ref AWS::NoValue]}}
          Two: {Type: AWS::Route53::RecordSet, Properties: {Weight: 1, Region: eu-west-1, MultiValueAnswer: false}}
          None: {Type: AWS::Route53::RecordSet}
        """
    )

    assert [each.policies for each in records_of(reading)] == [None, ["Weight", "Region"], []]


def test_a_health_check_decides_on_records_by_way_of_others_as_well() -> None:
    reading = reading_of(
        """
        Resources:
          Child: {Type: AWS::Route53::HealthCheck}
          Sum:
            Type: AWS::Route53::HealthCheck
            Properties: {HealthCheckConfig: {ChildHealthChecks: [!Ref Child, !Ref Sum]}}
          Alone: {Type: AWS::Route53::HealthCheck}
          Record: {Type: AWS::Route53::RecordSet, Properties: {Name: a.example.com, HealthCheckId: !Ref Sum}}
        """
    )

    found = {each.node.id: [record.node.id for record in each.records] for each in health_checks_of(reading)}

    assert found == {"Child": ["Record"], "Sum": ["Record"], "Alone": []}
