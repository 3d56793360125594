"""The benchmark compares like with like, and the figure that no machine changes stays within its target."""

import copy

import pytest

from benchmarks import (
    alarm_figures,
    l2_alarms,
    l2_two_regions,
    monitoring_alarms,
    our_alarms,
    our_two_regions,
    ours,
    region_figures,
    slopes,
    templates,
    twin,
)
from benchmarks.monitoring_alarms import ITS_OWN
from benchmarks.same import app_differences, differences
from benchmarks.workload import Side
from constructs_lib.alarms import LAMBDA_ALARMS


def test_twin_builds_the_same_resources() -> None:
    assert differences(templates.template(ours.build, 2), templates.template(twin.build, 2)) == []


@pytest.mark.parametrize(
    ("kind", "member"), [("AWS::Lambda::Function", "Timeout"), ("AWS::SQS::Queue", "SqsManagedSseEnabled")]
)
def test_comparison_sees_a_property_that_differs(kind: str, member: str) -> None:
    template = templates.template(ours.build, 1)
    changed = copy.deepcopy(template)
    (resource,) = (body for body in changed["Resources"].values() if body["Type"] == kind)
    del resource["Properties"][member]
    assert len(differences(template, changed)) == 2


def test_one_more_function_takes_fewer_round_trips_than_its_twin() -> None:
    assert slopes.calls_of(ours.build, twin.build).ratio <= 0.7


def test_alarms_by_l2_constructs_are_the_same_resources() -> None:
    assert alarm_figures.alarms_that_differ() == []


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("AWS::CloudWatch::Alarm", "Threshold"),
        ("AWS::CloudWatch::CompositeAlarm", "AlarmActions"),
        ("AWS::Logs::MetricFilter", "FilterPattern"),
    ],
)
def test_comparison_sees_an_alarm_that_differs(kind: str, member: str) -> None:
    template = templates.template(our_alarms.build, 1)
    changed = copy.deepcopy(template)
    resource = next(body for body in changed["Resources"].values() if body["Type"] == kind)
    del resource["Properties"][member]
    assert len(differences(template, changed)) == 2


def test_a_full_set_is_every_alarm_that_the_function_can_have() -> None:
    left_out = {
        "cold_start_rate"
    }  # with provisioned concurrency no request waits for a start that is reported
    assert _alarms(our_alarms.build) == len(LAMBDA_ALARMS) - len(left_out)


def test_cdk_monitoring_constructs_watches_the_same_metrics_by_as_many_alarms() -> None:
    # Its error rate is the average of Errors, without a least number of invocations.
    assert alarm_figures.only_alarmed_by_one() == ({"Invocations"}, set())
    assert _alarms(monitoring_alarms.build) == _alarms(our_alarms.build)


def test_the_alarms_that_cdk_monitoring_constructs_has_itself_are_compared_alone() -> None:
    sides = (our_alarms.build_only(ITS_OWN), monitoring_alarms.build_its_own)
    assert [_alarms(side) for side in sides] == [len(ITS_OWN)] * 2


def test_one_more_set_of_alarms_takes_fewer_round_trips_than_by_l2_constructs() -> None:
    assert slopes.calls_of(our_alarms.build, l2_alarms.build).ratio <= 0.4


def test_one_more_set_of_alarms_takes_no_more_round_trips_than_by_cdk_monitoring_constructs() -> None:
    assert slopes.calls_of(our_alarms.build, monitoring_alarms.build).ratio <= 1


def test_the_app_in_two_regions_by_l2_constructs_is_the_same_resources() -> None:
    assert region_figures.apps_that_differ() == []


@pytest.mark.parametrize(
    ("stack", "kind", "member"),
    [
        (0, "AWS::ApiGatewayV2::DomainName", "DomainName"),
        (1, "AWS::Lambda::Function", "Environment"),
        (2, "AWS::Route53::RecordSet", "Failover"),
    ],
)
def test_comparison_sees_what_differs_in_any_stack_of_an_app(stack: int, kind: str, member: str) -> None:
    app = region_figures.templates(our_two_regions.build)
    changed = copy.deepcopy(app)
    resource = next(body for body in changed[stack]["Resources"].values() if body["Type"] == kind)
    del resource["Properties"][member]
    found = app_differences(app, changed)
    assert [line for line in found if line.startswith(f"{stack}: -")]


def test_comparison_sees_a_reference_to_the_other_region() -> None:
    app = region_figures.templates(our_two_regions.build)
    changed = copy.deepcopy(app)
    records = [
        body["Properties"]["AliasTarget"]
        for body in changed[2]["Resources"].values()
        if body["Type"] == "AWS::Route53::RecordSet"
    ]
    for record in records:  # the secondary leads to where the primary does
        record.update(records[0])
    assert len(app_differences(app, changed)) == 4


def test_the_app_in_two_regions_takes_few_more_round_trips_than_by_l2_constructs() -> None:
    # What it checks, and each alarm that stands alone, takes some.
    ours_, other = (region_figures.calls(side) for side in (our_two_regions.build, l2_two_regions.build))
    assert ours_ <= 1.2 * other


def _alarms(side: Side) -> int:
    resources = templates.template(side, 1)["Resources"].values()
    return sum(body["Type"] == "AWS::CloudWatch::Alarm" for body in resources)
