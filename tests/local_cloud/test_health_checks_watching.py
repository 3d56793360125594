"""Health checks in the running cloud: endpoints, calculated ones, alarms' data, and what the APIs say of them."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.exceptions
import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import ref, resource

PROBES: list[str] = []
ANSWERS: dict[str, int] = {}
RECORD = "checked.example.net"


class _Endpoint(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        PROBES.append(self.path)
        self.send_response(ANSWERS.get(self.path, 200))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def endpoint() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def quick_cloud() -> Iterator[LocalCloud]:
    """A cloud whose health checks run sixty times as fast."""
    with LocalCloud(settings={"LOCAL_CLOUD_HEALTH_CHECK_SPEED": "60"}) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def zone(quick_cloud: LocalCloud) -> str:
    made = quick_cloud.client("route53").create_hosted_zone(Name="example.net", CallerReference="zone")
    return str(made["HostedZone"]["Id"])


class Watch:
    """Health checks to be made, and their status as a failover record shows it."""

    def __init__(self, cloud: LocalCloud, zone: str, endpoint: int) -> None:
        self.cloud, self.zone, self.endpoint = cloud, zone, endpoint
        self.client = cloud.client("route53")

    def check(self, kind: str, **settings: Any) -> str:
        config = {"Type": kind, **settings}
        made = self.client.create_health_check(CallerReference=str(time.time()), HealthCheckConfig=config)
        return str(made["HealthCheck"]["Id"])

    def http(self, path: str, **settings: Any) -> str:
        place = {"IPAddress": "127.0.0.1", "Port": self.endpoint, "ResourcePath": path}
        return self.check("HTTP", **place, RequestInterval=10, FailureThreshold=2, **settings)

    def is_healthy(self, check: str) -> bool:
        name = f"{check}.example.net"
        if not self.cloud.resolve(name).values:
            primary = {"SetIdentifier": "1", "Failover": "PRIMARY", "HealthCheckId": check}
            secondary = {"SetIdentifier": "2", "Failover": "SECONDARY"}
            changes = [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": name,
                        "Type": "A",
                        "TTL": 1,
                        "ResourceRecords": [{"Value": f"192.0.2.{number}"}],
                        **record,
                    },
                }
                for number, record in ((1, primary), (2, secondary))
            ]
            self.client.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})
        return self.cloud.resolve(name).values == ("192.0.2.1",)

    def becomes(self, check: str, *, healthy: bool) -> None:
        eventually(lambda: self.is_healthy(check) is healthy, f"{check} to be healthy: {healthy}")


@pytest.fixture(scope="module")
def watch(quick_cloud: LocalCloud, zone: str, endpoint: int) -> Watch:
    return Watch(quick_cloud, zone, endpoint)


def test_endpoint_is_probed_from_every_region_and_its_failure_reported(watch: Watch) -> None:
    check = watch.http("/reported")
    eventually(lambda: PROBES.count("/reported") >= 16, "two probes of each checker")
    assert watch.is_healthy(check)
    ANSWERS["/reported"] = 503
    watch.becomes(check, healthy=False)

    def observations(of: Callable[..., Any]) -> list[dict[str, Any]]:
        return list(of(HealthCheckId=check)["HealthCheckObservations"])

    now = observations(watch.client.get_health_check_status)
    assert len({observation["Region"] for observation in now}) == 8
    assert {observation["StatusReport"]["Status"] for observation in now} == {
        "Failure: HTTP Status Code 503, Service Unavailable"
    }
    ANSWERS["/reported"] = 200
    watch.becomes(check, healthy=True)
    last = observations(watch.client.get_health_check_last_failure_reason)
    assert {o["StatusReport"]["Status"] for o in last} == {
        "Failure: HTTP Status Code 503, Service Unavailable"
    }


def test_status_of_a_check_that_is_not_there_is_refused(watch: Watch) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="NoSuchHealthCheck"):
        watch.client.get_health_check_status(HealthCheckId="11111111-2222-3333-4444-555555555555")


def test_only_the_named_regions_probe(watch: Watch) -> None:
    check = watch.http("/three", Regions=["us-east-1", "eu-west-1", "sa-east-1"])

    def regions() -> set[str]:
        found = watch.client.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]
        return {observation["Region"] for observation in found}

    eventually(lambda: regions() == {"us-east-1", "eu-west-1", "sa-east-1"}, "three checkers")


def test_checkers_in_an_isolated_region_have_no_say(watch: Watch) -> None:
    check = watch.http("/isolated", Regions=["us-east-1", "eu-west-1", "sa-east-1"])
    watch.cloud.isolate("eu-west-1")
    watch.cloud.isolate("sa-east-1")
    try:
        ANSWERS["/isolated"] = 500
        watch.becomes(check, healthy=False)
    finally:
        watch.cloud.restore("eu-west-1")
        watch.cloud.restore("sa-east-1")


def test_inverted_check_is_unhealthy_while_the_endpoint_is_healthy(watch: Watch) -> None:
    check = watch.http("/inverted", Inverted=True)
    assert watch.client.get_health_check(HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]["Inverted"]
    assert not watch.is_healthy(check)
    ANSWERS["/inverted"] = 500
    watch.becomes(check, healthy=True)


def test_disabled_check_stops_probing_and_is_healthy(watch: Watch) -> None:
    ANSWERS["/disabled"] = 500
    check = watch.http("/disabled")
    watch.becomes(check, healthy=False)

    watch.client.update_health_check(HealthCheckId=check, Disabled=True)

    watch.becomes(check, healthy=True)
    time.sleep(0.5)  # what was on its way when the check was disabled
    probes = PROBES.count("/disabled")
    time.sleep(1)
    assert PROBES.count("/disabled") == probes


def test_deleted_check_is_probed_no_longer_and_its_record_answers(watch: Watch) -> None:
    ANSWERS["/deleted"] = 500
    check = watch.http("/deleted")
    watch.becomes(check, healthy=False)

    watch.client.delete_health_check(HealthCheckId=check)

    watch.becomes(check, healthy=True)


def test_calculated_check_counts_its_healthy_children(watch: Watch) -> None:
    children = [watch.http(f"/child{number}") for number in range(3)]
    checks = {
        needed: watch.check("CALCULATED", ChildHealthChecks=children, HealthThreshold=needed)
        for needed in (0, 2, 3, 4)
    }
    watch.becomes(checks[4], healthy=False)  # more than there are
    assert all(watch.is_healthy(checks[needed]) for needed in (0, 2, 3))
    ANSWERS["/child0"] = 500
    watch.becomes(checks[3], healthy=False)
    assert watch.is_healthy(checks[2])
    ANSWERS["/child1"] = 500
    watch.becomes(checks[2], healthy=False)
    assert watch.is_healthy(checks[0])


def test_calculated_check_on_calculated_ones_is_refused(watch: Watch) -> None:
    inner = watch.check("CALCULATED", ChildHealthChecks=[], HealthThreshold=0)
    with pytest.raises(botocore.exceptions.ClientError, match="cannot monitor other calculated ones"):
        watch.check("CALCULATED", ChildHealthChecks=[inner], HealthThreshold=1)


def test_name_without_address_here_fails_its_resolution(watch: Watch) -> None:
    place = {"FullyQualifiedDomainName": "nobody.example.net", "RequestInterval": 10, "FailureThreshold": 1}
    check = watch.check("HTTPS", **place)
    watch.becomes(check, healthy=False)
    found = watch.client.get_health_check_last_failure_reason(HealthCheckId=check)["HealthCheckObservations"]
    assert found[0]["StatusReport"]["Status"] == (
        "Failure: DNS resolution failed: nobody.example.net has no A record."
    )


def test_address_beyond_the_loopback_is_never_probed(watch: Watch) -> None:
    check = watch.check("TCP", IPAddress="192.0.2.1", Port=80, RequestInterval=10, FailureThreshold=1)
    watch.becomes(check, healthy=False)


ALARM: dict[str, Any] = {
    "Namespace": "Test",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0,
}


def test_alarm_based_check_follows_the_data_and_not_the_state(watch: Watch) -> None:
    cloudwatch = watch.cloud.client("cloudwatch", "us-west-2")
    cloudwatch.put_metric_alarm(AlarmName="followed", MetricName="Down", ActionsEnabled=False, **ALARM)
    identifier = {"AlarmIdentifier": {"Region": "us-west-2", "Name": "followed"}}
    check = watch.check("CLOUDWATCH_METRIC", **identifier, InsufficientDataHealthStatus="LastKnownStatus")
    pessimist = watch.check("CLOUDWATCH_METRIC", **identifier, InsufficientDataHealthStatus="Unhealthy")
    watch.becomes(pessimist, healthy=False)
    assert watch.is_healthy(check)

    cloudwatch.set_alarm_state(AlarmName="followed", StateValue="ALARM", StateReason="a drill")
    time.sleep(1)
    assert watch.is_healthy(check)

    cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "Down", "Value": 0}])
    watch.becomes(pessimist, healthy=True)
    cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "Down", "Value": 1}])
    watch.becomes(check, healthy=False)
    described = watch.client.get_health_check(HealthCheckId=check)["HealthCheck"][
        "CloudWatchAlarmConfiguration"
    ]
    assert (described["MetricName"], described["Threshold"], described["Period"]) == ("Down", 0, 60)

    watch.cloud.isolate(
        "us-west-2"
    )  # nobody can read the data: what was known stays, or what is declared comes
    try:
        watch.client.update_health_check(HealthCheckId=pessimist, InsufficientDataHealthStatus="Healthy")
        watch.becomes(pessimist, healthy=True)
        assert not watch.is_healthy(check)
    finally:
        watch.cloud.restore("us-west-2")


@pytest.mark.parametrize("metric", ["HealthCheckStatus", "HealthCheckPercentageHealthy"])
def test_metrics_are_published_in_us_east_1_only(watch: Watch, metric: str) -> None:
    check = watch.http(f"/{metric}")
    dimensions = [{"Name": "HealthCheckId", "Value": check}]

    def listed(region: str) -> list[Any]:
        client = watch.cloud.client("cloudwatch", region)
        return list(
            client.list_metrics(Namespace="AWS/Route53", MetricName=metric, Dimensions=dimensions)["Metrics"]
        )

    eventually(lambda: listed("us-east-1"), f"{metric} of {check}")
    assert listed("us-west-2") == []


def test_alarm_rings_on_the_status_of_a_health_check(watch: Watch) -> None:
    cloudwatch = watch.cloud.client("cloudwatch")
    check = watch.http("/ringing")
    cloudwatch.put_metric_alarm(
        AlarmName="unhealthy",
        Namespace="AWS/Route53",
        MetricName="HealthCheckStatus",
        Dimensions=[{"Name": "HealthCheckId", "Value": check}],
        Statistic="Minimum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="LessThanThreshold",
        Threshold=1,
    )

    def state() -> str:
        return str(cloudwatch.describe_alarms(AlarmNames=["unhealthy"])["MetricAlarms"][0]["StateValue"])

    eventually(lambda: state() == "OK", "the alarm to be OK")
    ANSWERS["/ringing"] = 500
    eventually(lambda: state() == "ALARM", "the alarm to ring")


def test_template_declares_updates_and_replaces_health_checks(watch: Watch) -> None:
    def declared(path: str, interval: int) -> dict[str, Any]:
        config = {"Type": "HTTP", "IPAddress": "127.0.0.1", "Port": watch.endpoint, "ResourcePath": path}
        tags = [{"Key": "Name", "Value": path}]
        check = resource(
            "Route53::HealthCheck",
            HealthCheckConfig={**config, "RequestInterval": interval, "FailureThreshold": 2},
            HealthCheckTags=tags,
        )
        return {"Check": check}

    ANSWERS["/broken"] = 500
    first = deploy(watch.cloud, "checks", declared("/fine", 10), Check=ref("Check"))["Check"]
    second = deploy(watch.cloud, "checks", declared("/broken", 10), Check=ref("Check"))["Check"]
    assert first == second
    watch.becomes(second, healthy=False)
    tags = watch.client.list_tags_for_resource(ResourceType="healthcheck", ResourceId=second)
    assert tags["ResourceTagSet"]["Tags"] == [{"Key": "Name", "Value": "/broken"}]
    third = deploy(watch.cloud, "checks", declared("/broken", 30), Check=ref("Check"))["Check"]
    assert third != second
    existing = {check["Id"] for check in watch.client.list_health_checks()["HealthChecks"]}
    assert third in existing
    assert second not in existing


def test_template_with_an_alarm_that_cannot_be_followed_fails(watch: Watch) -> None:
    watch.cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="fine-grained", MetricName="X", **{**ALARM, "EvaluationPeriods": 3, "DatapointsToAlarm": 2}
    )
    identifier = {"Region": "us-east-1", "Name": "fine-grained"}
    config = {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": identifier}
    with pytest.raises(pytest.fail.Exception, match="M out of N alarms are not supported"):
        deploy(
            watch.cloud, "unfollowed", {"Check": resource("Route53::HealthCheck", HealthCheckConfig=config)}
        )
    with pytest.raises(botocore.exceptions.ClientError, match="M out of N alarms are not supported"):
        watch.check("CLOUDWATCH_METRIC", AlarmIdentifier=identifier)
