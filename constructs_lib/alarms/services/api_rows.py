"""The alarms that HTTP APIs and REST APIs have in common, one row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet
from constructs_lib.alarms.table.definition import AlarmDefinition, Operand, Profile, Severity
from constructs_lib.alarms.table.settings import (
    BY_PROFILE,
    AlarmSetSettings,
    AlarmSettings,
    ByProfile,
    RateAlarmSettings,
)

__all__ = ["ApiAlarmSettings", "ApiAlarms", "api_alarms"]

_RECOMMENDED = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#ApiGateway"
)


def api_alarms(
    *,
    dimensions: Mapping[str, str],
    client_errors: str,
    server_errors: str,
    source: str,
    longest_integration_ms: float | None = None,
) -> tuple[AlarmDefinition, ...]:
    """The rows of an API.

    Args:
        dimensions: dimension to attribute of the subject.
        client_errors: the metric of answers from 400 to 499.
        server_errors: the metric of answers from 500 on.
        source: where the service's metrics are described.
        longest_integration_ms: how long an integration may take; None where a quota says so.
    """
    row = partial(AlarmDefinition, namespace="AWS/ApiGateway", dimensions=dimensions, statistic="Sum")
    rate = partial(
        row,
        unit="% of requests",
        highest=100,
        minimum_traffic=20,
        expression="IF(requests >= {minimum_traffic}, 100 * errors / requests, 0)",
        source=_RECOMMENDED,
    )
    requests = Operand(metric="Count", statistic="SampleCount")
    return (
        row(
            name="server_errors",
            metric="server_errors",
            threshold=1,
            unit="requests",
            # An API with little traffic never reaches the guard of the rate: there, each error counts. Of a busy one a
            # few errors say nothing: they count from one in a hundred requests.
            expression="IF(100 * errors >= requests, errors, 0)",
            operands={"requests": requests, "errors": server_errors},
            evaluation_periods=15,
            datapoints_to_alarm=3,
            severity=Severity.WARNING,
            profile=Profile.ESSENTIAL,
            means="Requests keep failing with 5xx: at least one in a hundred.",
            cause="an error or a timeout of the integration, or that API Gateway may not call it.",
            query="Logs Insights on the access log: filter status >= 500 | stats count(*) by routeKey, status; "
            "a REST API has resourcePath for routeKey.",
            source=source,
        ),
        rate(
            name="server_error_rate",
            metric="server_error_rate",
            threshold=5,
            evaluation_periods=3,
            datapoints_to_alarm=3,
            severity=Severity.CRITICAL,
            profile=Profile.ESSENTIAL,
            operands={"requests": requests, "errors": server_errors},
            means="A lasting share of the requests fails with 5xx.",
            cause="the integration fails, is throttled or too slow, or a new version of it.",
            query="Logs Insights on the access log: filter status >= 500 | stats count(*) by integrationErrorMessage, "
            "status.",
        ),
        rate(
            name="client_error_rate",
            metric="client_error_rate",
            threshold=5,
            evaluation_periods=5,
            datapoints_to_alarm=5,
            severity=Severity.WARNING,
            profile=Profile.STANDARD,
            operands={"requests": requests, "errors": client_errors},
            means="A lasting share of the requests is refused with 4xx, throttled ones among them.",
            cause="callers whose credentials expired, a route that is gone, throttling (429), or a scan by bots.",
            query="Logs Insights on the access log: filter status >= 400 and status < 500 | stats count(*) by status, "
            "ip.",
        ),
        row(
            name="latency",
            metric="Latency",
            statistic="p90",
            threshold=2_500,
            unit="ms",
            evaluation_periods=5,
            datapoints_to_alarm=5,
            severity=Severity.WARNING,
            profile=Profile.STANDARD,
            means="One request in ten takes long, from its arrival to the answer.",
            cause="a slow integration, cold starts, or a slow authorizer.",
            query="the metric IntegrationLatency: what it leaves of Latency is API Gateway and the authorizer.",
            source=_RECOMMENDED,
        ),
        row(
            name="integration_latency",
            metric="IntegrationLatency",
            statistic="p90",
            threshold=2_000,
            highest=longest_integration_ms,
            unit="ms",
            evaluation_periods=5,
            datapoints_to_alarm=5,
            severity=Severity.INFO,
            profile=Profile.COMPLETE,
            means="One request in ten waits long for the integration.",
            cause="slow code, cold starts, or a slow dependency of the integration.",
            query="the duration of the function behind the API, then the slow segments of its traces.",
            source=_RECOMMENDED,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class ApiAlarmSettings(AlarmSetSettings):
    """The alarms of one API. A field left out keeps its defaults; None switches that alarm off."""

    server_errors: AlarmSettings | ByProfile | None = BY_PROFILE
    server_error_rate: RateAlarmSettings | ByProfile | None = BY_PROFILE
    client_error_rate: RateAlarmSettings | ByProfile | None = BY_PROFILE
    latency: AlarmSettings | ByProfile | None = BY_PROFILE
    integration_latency: AlarmSettings | ByProfile | None = BY_PROFILE


class ApiAlarms(AlarmSet):
    """Alarms on one API; only composites notify, so that one fault pages once."""

    SUBJECT = "API"

    server_errors = AlarmAttribute()
    server_error_rate = AlarmAttribute()
    client_error_rate = AlarmAttribute()
    latency = AlarmAttribute()
    integration_latency = AlarmAttribute()
