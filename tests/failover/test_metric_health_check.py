"""The health check of a metric: what Route 53 can watch, and what is refused because it cannot."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import MetricHealthCheck
from tests.failover.parts import (
    ACCOUNT,
    BELOW,
    MINUTE,
    anomaly_alarm,
    composite_alarm,
    math_alarm,
    metric,
    plain_alarm,
    stack_in,
)
from tests.synthesis import fresh_stack, synthesize

CHECK, ALARM = "AWS::Route53::HealthCheck", "AWS::CloudWatch::Alarm"


def watch(scope: Construct, watched: Any = None, **options: Any) -> MetricHealthCheck:
    given: dict[str, Any] = {"threshold": 1, "comparison_operator": BELOW} | options
    return MetricHealthCheck(scope, "Served", metric=watched or metric(), **given)


def test_route_53_watches_a_plain_alarm_in_its_own_region_and_keeps_the_last_status() -> None:
    stack = stack_in("eu-west-1")
    watch(stack)
    result = synthesize(stack)

    assert result.only(CHECK)["HealthCheckConfig"] == {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Name": {"Ref": result.only_id(ALARM)}, "Region": "eu-west-1"},
        "InsufficientDataHealthStatus": "LastKnownStatus",
        "Inverted": False,
    }


def test_the_alarm_ignores_missing_data_and_tells_nobody() -> None:
    stack = fresh_stack()
    watch(stack, evaluation_periods=2)

    assert synthesize(stack).only(ALARM) == {
        "ActionsEnabled": False,
        "AlarmDescription": "Decides on a health check of Route 53",
        "Namespace": "Orders",
        "MetricName": "Served",
        "Statistic": "Minimum",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "ignore",
    }


def test_it_can_be_turned_round() -> None:
    stack = fresh_stack()
    watch(stack, inverted=True)

    assert synthesize(stack).only(CHECK)["HealthCheckConfig"]["Inverted"] is True


def ids(**options: Any) -> tuple[str, str]:
    stack = fresh_stack()
    watch(stack, **options)
    result = synthesize(stack)
    return result.only_id(CHECK), result.only_id(ALARM)


@pytest.mark.parametrize(
    "options",
    [{"threshold": 0.5}, {"evaluation_periods": 3}, {"watched": metric(period=MINUTE, metric_name="Other")}],
)
def test_an_alarm_that_changes_gets_another_name_since_route_53_reads_it_only_once(
    options: dict[str, Any],
) -> None:
    check, alarm = ids()
    changed_check, changed_alarm = ids(**options)

    assert ids() == (check, alarm)
    assert changed_check == check
    assert changed_alarm != alarm


@pytest.mark.parametrize("make", [plain_alarm, composite_alarm, math_alarm, anomaly_alarm])
def test_an_alarm_is_refused_and_shown_the_way(make: Any) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=r"^Stack/Served: metric is an alarm\. Give it to Alarm"):
        watch(stack, make(stack))


def test_metric_math_is_refused() -> None:
    expression = cloudwatch.MathExpression(expression="a + 1", using_metrics={"a": metric()})
    with pytest.raises(ConfigurationError, match="metric math, which Route 53 cannot watch"):
        watch(fresh_stack(), expression)


@pytest.mark.parametrize("seconds", [1, 10, 30])
def test_high_resolution_is_refused(seconds: int) -> None:
    with pytest.raises(ConfigurationError, match=f"a period of {seconds} seconds, high resolution"):
        watch(fresh_stack(), metric(period=cdk.Duration.seconds(seconds)))


@pytest.mark.parametrize("statistic", ["p99", "tm(10%:90%)", "IQM", "PR(:300)"])
def test_extended_statistics_are_refused(statistic: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=r"metric has the statistic .* which Route 53 cannot watch"):
        watch(stack, metric(statistic=statistic))
    assert stack.node.try_find_child("Served") is None


@pytest.mark.parametrize("statistic", ["Average", "Minimum", "Maximum", "Sum", "SampleCount"])
def test_every_basic_statistic_can_be_watched(statistic: str) -> None:
    stack = fresh_stack()
    watch(stack, metric(statistic=statistic))

    assert synthesize(stack).only(ALARM)["Statistic"] == statistic


def test_a_metric_of_another_account_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="belongs to another account or Region"):
        watch(stack_in(), metric(account="999999999999"))


def test_a_metric_of_another_region_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"in region 'us-east-1' based on metric 'Served' in 'eu-"):
        watch(stack_in(), metric(region="eu-west-1"))


def test_a_metric_of_its_own_account_and_region_is_a_plain_one() -> None:
    stack = stack_in()
    watch(stack, metric(account=ACCOUNT, region="us-east-1"))

    assert "Metrics" not in synthesize(stack).only(ALARM)


@pytest.mark.parametrize(
    ("option", "value"),
    [("comparison_operator", "LessThanThreshold"), ("evaluation_periods", 0), ("inverted", None)],
)
def test_fails_on_arguments_that_cannot_work(option: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Served: {option} is "):
        watch(fresh_stack(), **{option: value})


def test_fails_on_what_is_no_metric() -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Served: metric is 'Served'"):
        watch(fresh_stack(), "Served")
