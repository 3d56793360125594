"""All health checks of all accounts, watched in a thread of its own, and their metrics in us-east-1.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
"""

import asyncio
import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from local_cloud import isolation
from local_cloud.health_checks import status
from local_cloud.health_checks.config import HealthCheck
from local_cloud.health_checks.probe import Observation, failed, probe
from local_cloud.health_checks.watched import Watched, find, registry
from local_cloud.hooks import internal
from local_cloud.patches import followed_alarms, scope
from local_cloud.places import ADDRESSES, REGIONS, Place

Addresses = Callable[[str, Place | None], tuple[str, ...]]
"""The IPv4 addresses of a name, for a client at a place."""

_LOG = logging.getLogger("local_cloud.health_checks")
_TICK = 0.2
_PERIOD = 60
_METRICS_REGION = "us-east-1"
_PUBLIC_PORTS = (80, 443)


def _as_declared(account: str, identifier: str, stored: dict[str, Any]) -> Watched:
    check = HealthCheck.read(stored["config"])
    alarm = followed_alarms.find(account, *check.alarm) if check.alarm else None
    return Watched(account, identifier, stored["version"], check, alarm)


def is_healthy(account: str, identifier: str) -> bool:
    """The status of a health check; one that is not watched (yet) counts as healthy, unless it is inverted."""
    watched = find(account, identifier)
    if watched is None:
        stored = internal("services.route53._health_checks").to_dict().get((account, identifier))
        return status.status(HealthCheck.read(stored["config"]), lambda: True) if stored else True
    return status.status(watched.check, lambda: _observed(watched))


def _observed(watched: Watched) -> bool:
    check = watched.check
    if check.is_endpoint:
        return status.endpoint_is_healthy(watched.opinions())
    if check.type == "CALCULATED":
        return status.calculated_is_healthy(_children(watched), check.healthy_children)
    if check.type == "CLOUDWATCH_METRIC":
        return status.alarm_is_healthy(
            watched.state, without_data=check.without_data, last_known=watched.last_known
        )
    return True  # RECOVERY_CONTROL: nobody switches it here


def _children(watched: Watched) -> list[bool]:
    return [is_healthy(watched.account, child) for child in watched.check.children]


class Monitor:
    """What follows the stored health checks: starts, updates and ends the watching of each."""

    def __init__(self, addresses: Addresses, *, port: int, speed: float) -> None:
        self._addresses, self._port, self._speed = addresses, port, speed

    def start(self) -> None:
        """Watch in a thread of its own, as long as the process lives."""
        threading.Thread(target=lambda: asyncio.run(self._run()), name="health-checks", daemon=True).start()

    async def _run(self) -> None:
        while True:
            try:
                self._follow()
                for watched in list(registry.values()):
                    _read_alarm(watched)
                    _publish(watched)
            except Exception:  # noqa: BLE001 - one lost look must not be the last
                _LOG.exception("a look at the health checks was lost")
            await asyncio.sleep(_TICK)

    def _follow(self) -> None:
        stored: dict[tuple[str, str], dict[str, Any]] = internal("services.route53._health_checks").to_dict()
        for key in registry.keys() - stored.keys():
            registry.pop(key).end()
        for key, declared in stored.items():
            watched = registry.get(key)
            if watched is None or watched.version != declared["version"]:
                new = _as_declared(*key, declared)
                if watched:
                    new.carry_over(watched)
                    watched.end()
                registry[key] = new
                self._begin(new)

    def _begin(self, watched: Watched) -> None:
        check = watched.check
        if not check.is_endpoint or check.disabled:
            return
        interval = check.interval / self._speed
        for number, checker in enumerate(watched.checkers):

            async def look(region: str) -> Observation:
                return await self._look(check, region)

            delay = interval * number / len(watched.checkers)
            watched.tasks.append(asyncio.create_task(checker.run(look, interval, delay)))

    async def _look(self, check: HealthCheck, region: str) -> Observation:
        address = check.address
        if not address:
            found = self._addresses(check.name, REGIONS.get(region))
            if not found:
                return failed(f"DNS resolution failed: {check.name} has no A record.")
            address = found[0]
        if not ipaddress.ip_address(address).is_loopback:
            return failed(f"{address} is no loopback address, and the local cloud reaches no other.")
        local = address in ADDRESSES.values() and check.port in _PUBLIC_PORTS
        try:
            return await probe(check, address, self._port if local else check.port)
        except Exception as error:  # noqa: BLE001 - what a probe cannot make sense of is a failure
            _LOG.exception("a probe of %s failed", check.host)
            return failed(str(error))


def _read_alarm(watched: Watched) -> None:
    check = watched.check
    if not check.alarm or check.disabled:
        return
    watched.alarm = watched.alarm or followed_alarms.find(watched.account, *check.alarm)
    region = check.alarm[0]
    if watched.alarm is None or isolation.mode_of(region):
        watched.state = "INSUFFICIENT_DATA"
        return
    watched.state = followed_alarms.state(watched.account, region, watched.alarm, watched.state)
    if watched.state != "INSUFFICIENT_DATA":
        watched.last_known = watched.state == "OK"


def _publish(watched: Watched) -> None:
    """Once a minute, and at once when a figure has changed."""
    figures = {"HealthCheckStatus": float(is_healthy(watched.account, watched.identifier))}
    if watched.check.is_endpoint and not watched.check.disabled:
        figures["HealthCheckPercentageHealthy"] = status.percentage(watched.opinions())
    if watched.check.type == "CALCULATED":
        figures["ChildHealthCheckHealthyCount"] = float(sum(_children(watched)))
    now = (int(time.time() // _PERIOD), *figures.values())
    if now == watched.published:
        return
    watched.published = now
    record = internal("services.cloudwatch.record_metric")
    with scope.scoped(watched.account, _METRICS_REGION):
        for name, value in figures.items():
            unit = "Percent" if name == "HealthCheckPercentageHealthy" else "None"
            record("AWS/Route53", name, value, unit, {"HealthCheckId": watched.identifier})
