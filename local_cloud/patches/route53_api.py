"""Route 53's operations on health checks that MiniStack lacks, and what it takes without looking.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckLastFailureReason.html
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from local_cloud.health_checks.config import HealthCheck
from local_cloud.health_checks.watched import Watched, find
from local_cloud.hooks import internal, replace
from local_cloud.patches import followed_alarms, scope

_PATH = re.compile(r"(?:/2013-04-01)?/healthcheck/(?P<id>[^/]+)/(?P<what>status|lastfailurereason)")
_ANSWERS = {
    "status": "GetHealthCheckStatusResponse",
    "lastfailurereason": "GetHealthCheckLastFailureReasonResponse",
}
_ALARM_SETTINGS = (
    "EvaluationPeriods", "Threshold", "ComparisonOperator", "Period", "MetricName", "Namespace", "Statistic",
)  # fmt: skip
_LISTS = ("ChildHealthChecks", "Regions")

Report = tuple[str, str, float]
"""A checker's Region, what it says, and when it found so."""


def install() -> None:
    replace("services.route53.handle_request", _with_operations)
    replace("services.route53._create_health_check", _with_objections)
    replace("services.route53._build_health_check_el", _described)
    replace("services.route53._parse_health_check_config", _with_lists)


def objection(config: Mapping[str, Any]) -> str | None:
    """Why Route 53 does not take a health check; None if it does."""
    check = HealthCheck.read(config)
    if (
        check.alarm
        and (alarm := followed_alarms.find(scope.account(), *check.alarm))
        and (why := followed_alarms.objection(alarm))
    ):
        return f"The alarm {check.alarm[1]} cannot be followed: {why}"
    others = internal("services.route53._health_checks")
    calculated = [
        id_ for id_ in check.children if (others.get(id_) or {}).get("config", {}).get("Type") == "CALCULATED"
    ]
    if calculated:
        return f"A calculated health check cannot monitor other calculated ones: {', '.join(calculated)}"
    return None


def _with_operations(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
        asked = _PATH.fullmatch(path)
        if not asked or method != "GET":
            return await original(method, path, headers, body, query_params)
        if asked["id"] not in internal("services.route53._health_checks"):
            message = f"No health check exists with the specified ID {asked['id']}."
            return internal("services.route53._error_response")("NoSuchHealthCheck", message, 404)
        watched = find(scope.account(), asked["id"])
        reports = _reports(watched, failures=asked["what"] == "lastfailurereason") if watched else []
        return internal("services.route53._xml_response")(
            _ANSWERS[asked["what"]], lambda root: _observations(root, reports)
        )

    return handle


def _reports(watched: Watched, *, failures: bool) -> list[Report]:
    found: list[Report] = []
    for checker in watched.checkers:
        seen, moment = (checker.failure, checker.failed_at) if failures else (checker.last, checker.checked)
        if seen:
            found.append((checker.region, seen.text, moment))
    return found


def _observations(root: Element, reports: list[Report]) -> None:
    observations = SubElement(root, "HealthCheckObservations")
    for number, (region, text, moment) in enumerate(reports):
        observation = SubElement(observations, "HealthCheckObservation")
        SubElement(observation, "Region").text = region
        SubElement(observation, "IPAddress").text = f"127.0.0.{number + 1}"
        report = SubElement(observation, "StatusReport")
        SubElement(report, "Status").text = text
        at = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
        SubElement(report, "CheckedTime").text = at.replace("+00:00", "Z")


def _with_objections(original: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def create(body: bytes) -> Any:
        root = internal("services.route53._parse_body")(body)
        declared = internal("services.route53._find")(root, "HealthCheckConfig") if root is not None else None
        if declared is not None:
            config = internal("services.route53._parse_health_check_config")(declared)
            if why := objection(config):
                return internal("services.route53._error_response")("InvalidInput", why)
        return original(body)

    return create


def _with_lists(original: Callable[[Element], dict[str, Any]]) -> Callable[[Element], dict[str, Any]]:
    """MiniStack finds nothing in the lists of Regions and of child health checks."""

    def parse(declared: Element) -> dict[str, Any]:
        lists = {
            part.tag.rpartition("}")[2]: [member.text or "" for member in part]
            for part in declared
            if part.tag.rpartition("}")[2] in _LISTS
        }
        return {**original(declared), **lists}

    return parse


def _described(original: Callable[..., None]) -> Callable[..., None]:
    """With booleans as XML has them, and the settings of the alarm that is followed."""

    def build(parent: Element, stored: dict[str, Any]) -> None:
        config = {
            key: str(value).lower() if isinstance(value, bool) else value
            for key, value in stored["config"].items()
        }
        original(parent, {**stored, "config": config})
        watched = find(scope.account(), stored["id"])
        if watched and watched.alarm:
            settings = SubElement(parent[-1], "CloudWatchAlarmConfiguration")
            for key in _ALARM_SETTINGS:
                SubElement(settings, key).text = str(watched.alarm.get(key, ""))
            dimensions = SubElement(settings, "Dimensions")
            for declared in watched.alarm.get("Dimensions") or []:
                dimension = SubElement(dimensions, "Dimension")
                SubElement(dimension, "Name").text = declared["Name"]
                SubElement(dimension, "Value").text = declared["Value"]

    return build
