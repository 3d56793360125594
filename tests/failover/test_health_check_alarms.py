"""Alarms on health checks, which exist in one Region only."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from constructs_lib.alarms import Severity
from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    METRICS_REGION,
    CalculatedHealthCheck,
    HealthCheckAlarms,
    health_check_metric,
)
from tests.failover.parts import health, stack_in
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.synthesis import fresh_stack, read_template, synthesize, warnings_of

ALARM = "AWS::CloudWatch::Alarm"


def test_an_endpoint_has_an_alarm_on_its_status_and_one_on_its_checkers() -> None:
    stack = stack_in("us-east-1")
    alarms = HealthCheckAlarms(stack, "Alarms", health_check=health(stack))
    result = synthesize(stack)
    found = {each["MetricName"]: each for each in map(properties, result.of_type(ALARM).values())}

    assert set(alarms.alarms) == {"Unhealthy", "Doubtful"}
    assert set(found) == {"HealthCheckStatus", "HealthCheckPercentageHealthy"}
    status = found["HealthCheckStatus"]
    assert (status["Namespace"], status["Statistic"], status["Period"]) == ("AWS/Route53", "Minimum", 60)
    assert (status["ComparisonOperator"], status["Threshold"]) == ("LessThanThreshold", 1)
    assert status["Dimensions"] == [
        {"Name": "HealthCheckId", "Value": {"Ref": result.only_id("AWS::Route53::HealthCheck")}}
    ]


def properties(resource: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resource["Properties"]
    return found


def test_a_calculated_one_has_an_alarm_on_its_children() -> None:
    stack = stack_in("us-east-1")
    children = [health(stack, "One"), health(stack, "Two")]
    check = CalculatedHealthCheck(stack, "All", children=children, at_least=1)
    alarms = HealthCheckAlarms(stack, "Alarms", health_check=check)
    child = synthesize(stack).only(ALARM, under="AlarmsChildUnhealthy")

    assert set(alarms.alarms) == {"Unhealthy", "ChildUnhealthy"}
    assert (child["MetricName"], child["Threshold"]) == ("ChildHealthCheckHealthyCount", 2)


def test_an_imported_one_has_an_alarm_on_its_status() -> None:
    stack = stack_in("us-east-1")
    imported = route53.HealthCheck.from_health_check_id(stack, "Theirs", "abc")
    alarms = HealthCheckAlarms(stack, "Alarms", health_check=imported, severity=Severity.WARNING)

    assert set(alarms.alarms) == {"Unhealthy"}
    assert synthesize(stack).only(ALARM)["Dimensions"] == [{"Name": "HealthCheckId", "Value": "abc"}]


def test_they_pass_every_gate() -> None:
    stack = stack_in("us-east-1")
    HealthCheckAlarms(stack, "Alarms", health_check=health(stack), runbook="https://example.com/runbook")
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    assert [finding for finding in findings(app) if UNSUBSCRIBED not in finding.rule] == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


def test_alarms_in_another_region_are_refused_since_they_would_never_ring() -> None:
    stack = stack_in("eu-west-1")
    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: its stack is in eu-west-1\. .* us-east-1"):
        HealthCheckAlarms(stack, "Alarms", health_check=health(stack))
    assert stack.node.try_find_child("Alarms") is None


def test_alarms_in_a_region_that_is_not_known_come_with_a_warning() -> None:
    stack = fresh_stack()
    HealthCheckAlarms(stack, "Alarms", health_check=health(stack))

    assert any("never ring outside of us-east-1" in text for text in warnings_of(stack))


def test_a_dashboard_of_any_region_shows_the_metric_of_the_one_that_has_it() -> None:
    stack = stack_in("eu-west-1")
    metric = health_check_metric(health(stack), "HealthCheckPercentageHealthy", statistic="Average")

    assert metric.region == METRICS_REGION == "us-east-1"
    assert (metric.metric_name, metric.statistic) == ("HealthCheckPercentageHealthy", "Average")


def test_an_alarm_on_the_metric_elsewhere_is_refused_by_cdk() -> None:
    stack = stack_in("eu-west-1")
    metric = health_check_metric(health(stack))
    with pytest.raises(RuntimeError, match="Cannot create an Alarm in region 'eu-west-1'"):
        metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)


@pytest.mark.parametrize(
    ("option", "value"), [("health_check", "abc"), ("severity", "critical!"), ("route", 1)]
)
def test_fails_on_arguments_that_cannot_work(option: str, value: Any) -> None:
    stack = stack_in("us-east-1")
    given: dict[str, Any] = {"health_check": health(stack)} | {option: value}
    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: "):
        HealthCheckAlarms(stack, "Alarms", **given)
