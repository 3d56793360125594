"""From what checkers, children and alarm data say to the status of a health check."""

import pytest

from constructs_lib.replay.evaluation import State
from local_cloud.health_checks import status
from local_cloud.health_checks.checker import Checker
from local_cloud.health_checks.config import CHECKER_REGIONS, HealthCheck
from local_cloud.health_checks.opinion import Opinion
from local_cloud.health_checks.probe import Observation
from local_cloud.patches import followed_alarms

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
GOOD, BAD = Observation(healthy=True, text="Success"), Observation(healthy=False, text="Failure")


@pytest.mark.parametrize(
    ("healthy", "checkers", "is_healthy"),
    [(18, 100, False), (19, 100, True), (1, 8, False), (2, 8, True), (1, 3, True), (0, 3, False)],
)
def test_more_than_18_percent_of_the_checkers_must_find_it_healthy(
    healthy: int, checkers: int, *, is_healthy: bool
) -> None:
    assert status.endpoint_is_healthy([n < healthy for n in range(checkers)]) is is_healthy


def test_checker_changes_its_mind_after_as_many_looks_in_a_row_as_the_threshold() -> None:
    checker = Checker("us-east-1", Opinion(3))
    minds = []
    for seen in (BAD, BAD, GOOD, BAD, BAD, BAD, GOOD, GOOD, BAD, GOOD, GOOD, GOOD):
        checker.see(seen)
        minds.append(checker.opinion.healthy)
    assert minds == [True] * 5 + [False] * 6 + [True]
    assert (checker.last, checker.failure) == (GOOD, BAD)


def test_new_check_is_healthy_and_a_new_inverted_one_is_not() -> None:
    """Until there is enough data a new health check is healthy, an inverted one unhealthy."""
    assert Opinion(1).healthy
    assert status.status(HealthCheck(type="HTTP"), lambda: True)
    assert not status.status(HealthCheck(type="HTTP", inverted=True), lambda: True)


@pytest.mark.parametrize(("inverted", "healthy"), [(False, True), (True, False)])
def test_disabled_check_is_always_healthy_unless_inverted(*, inverted: bool, healthy: bool) -> None:
    """ "If you want to stop routing traffic to a resource, change the value of Inverted", says Disabled."""
    check = HealthCheck(type="HTTP", disabled=True, inverted=inverted)
    assert status.status(check, lambda: False) is healthy


@pytest.mark.parametrize(
    ("state", "without_data", "last_known", "healthy"),
    [
        ("OK", "Unhealthy", None, True),
        ("ALARM", "Healthy", True, False),
        ("INSUFFICIENT_DATA", "Healthy", False, True),
        ("INSUFFICIENT_DATA", "Unhealthy", True, False),
        ("INSUFFICIENT_DATA", "LastKnownStatus", False, False),
        ("INSUFFICIENT_DATA", "LastKnownStatus", True, True),
        ("INSUFFICIENT_DATA", "LastKnownStatus", None, True),
    ],
)
def test_alarm_data_decide_and_without_them_the_setting(
    state: State, without_data: str, *, last_known: bool | None, healthy: bool
) -> None:
    assert status.alarm_is_healthy(state, without_data=without_data, last_known=last_known) is healthy


METRIC_ALARM = {"Statistic": "Maximum", "Period": 60, "EvaluationPeriods": 3}


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"Metrics": [{}]}, "metric math"),
        ({"ExtendedStatistic": "p99", "Statistic": None}, "the statistic"),
        ({"Period": 10}, "high-resolution"),
        ({"DatapointsToAlarm": 2}, "M out of N"),
    ],
)
def test_alarm_that_route_53_cannot_follow_is_refused(settings: dict[str, object], why: str) -> None:
    objection = followed_alarms.objection({**METRIC_ALARM, **settings})
    assert objection is not None
    assert objection.startswith(why)


@pytest.mark.parametrize("settings", [{}, {"DatapointsToAlarm": 3}])
def test_basic_alarm_can_be_followed(settings: dict[str, object]) -> None:
    assert followed_alarms.objection({**METRIC_ALARM, **settings}) is None


def test_settings_left_out_are_those_that_the_api_documents() -> None:
    check = HealthCheck.read({"Type": "HTTPS", "FullyQualifiedDomainName": "example.com."})
    assert (check.port, check.path, check.interval, check.threshold) == (443, "/", 30, 3)
    assert (check.sni, check.inverted, check.disabled, check.name) == (True, False, False, "example.com")
    assert check.regions == CHECKER_REGIONS
    assert HealthCheck.read({"Type": "HTTP"}).port == 80


def test_settings_of_a_template_may_be_strings() -> None:
    config = {
        "Type": "HTTP",
        "Port": "8080",
        "Inverted": "true",
        "EnableSNI": "false",
        "FailureThreshold": "1",
    }
    check = HealthCheck.read(config)
    assert (check.port, check.inverted, check.sni, check.threshold) == (8080, True, False, 1)
