"""Failovers that never happen."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53

from tests.review.traps.trap import trap

_NAME = "api.example.com"


def _zone(stack: cdk.Stack) -> route53.IHostedZone:
    return route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", hosted_zone_id="Z0123456789", zone_name="example.com"
    )


def _halves(stack: cdk.Stack, *, check: route53.IHealthCheck, address: str = "192.0.2.2") -> None:
    zone = _zone(stack)
    for half, target, its_check in (
        (route53.Failover.PRIMARY, "192.0.2.1", check),
        (route53.Failover.SECONDARY, address, None),
    ):
        route53.ARecord(
            stack,
            half.value.title(),
            zone=zone,
            record_name="api",
            target=route53.RecordTarget.from_ip_addresses(target),
            failover=half,
            set_identifier=half.value,
            health_check=its_check,
            ttl=cdk.Duration.seconds(60),
        )


def _check(stack: cdk.Stack, name: str) -> route53.HealthCheck:
    return route53.HealthCheck(
        stack, "Check", type=route53.HealthCheckType.HTTPS, fqdn=name, resource_path="/health"
    )


def _check_by(stack: cdk.Stack, alarm: cloudwatch.Alarm) -> None:
    check = route53.CfnHealthCheck(
        stack,
        "Check",
        health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
            type="CLOUDWATCH_METRIC",
            alarm_identifier=route53.CfnHealthCheck.AlarmIdentifierProperty(
                name=alarm.alarm_name, region=stack.region
            ),
            insufficient_data_health_status="LastKnownStatus",
        ),
    )
    _halves(
        stack,
        check=route53.HealthCheck.from_health_check_id(stack, "Checked", check.attr_health_check_id),
    )


def _metric(seconds: int = 60) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="Shop",
        metric_name="Failures",
        statistic="Sum",
        period=cdk.Duration.seconds(seconds),
    )


def _alarm(
    stack: cdk.Stack, metric: cloudwatch.IMetric, *, datapoints: int | None = None
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        stack,
        "Alarm",
        metric=metric,
        threshold=1,
        evaluation_periods=3,
        datapoints_to_alarm=datapoints,
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
    )


@trap(rule="primary-without-check", at="Primary")
def primary_without_a_check(stack: cdk.Stack, *, broken: bool) -> None:
    """A primary record has no health check: it is never found unhealthy."""
    check = _check(stack, "eu.example.com")
    for half, address in (("PRIMARY", "192.0.2.1"), ("SECONDARY", "192.0.2.2")):
        route53.CfnRecordSet(
            stack,
            half.title(),
            hosted_zone_id="Z0123456789",
            name=_NAME,
            type="A",
            ttl="60",
            resource_records=[address],
            failover=half,
            set_identifier=half,
            health_check_id=None if broken or half == "SECONDARY" else check.health_check_id,
        )


@trap(rule="health-check-asks-shared-name", at="Check")
def check_of_the_shared_name(stack: cdk.Stack, *, broken: bool) -> None:
    """A health check asks the name that fails over, and so whoever answers at the moment."""
    _halves(stack, check=_check(stack, _NAME if broken else f"eu.{_NAME}"))


@trap(rule="failover-halves-share-target", at="Secondary")
def halves_with_one_target(stack: cdk.Stack, *, broken: bool) -> None:
    """Both halves of a failover lead to the same address."""
    _halves(
        stack,
        check=_check(stack, "eu.example.com"),
        address="192.0.2.1" if broken else "192.0.2.2",
    )


@trap(rule="health-check-alarm-unsupported", at="Check")
def check_by_metric_math(stack: cdk.Stack, *, broken: bool) -> None:
    """A health check follows an alarm on metric math."""
    math = cloudwatch.MathExpression(
        expression="failures * 2", using_metrics={"failures": _metric()}, period=cdk.Duration.minutes(1)
    )
    _check_by(stack, _alarm(stack, math if broken else _metric()))


@trap(rule="health-check-alarm-unsupported", at="Check")
def check_by_some_of_the_datapoints(stack: cdk.Stack, *, broken: bool) -> None:
    """A health check follows an alarm on 2 out of 3 datapoints."""
    _check_by(stack, _alarm(stack, _metric(), datapoints=2 if broken else None))


@trap(rule="health-check-alarm-unsupported", at="Check")
def check_in_high_resolution(stack: cdk.Stack, *, broken: bool) -> None:
    """A health check follows an alarm of high resolution."""
    _check_by(stack, _alarm(stack, _metric(10 if broken else 60)))
