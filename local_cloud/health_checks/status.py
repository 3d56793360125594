"""From what checkers, children and alarms say to the status of a health check: pure functions.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
"""

from collections.abc import Callable, Sequence

from constructs_lib.replay.evaluation import State
from local_cloud.health_checks.config import HealthCheck

_NEEDED_PERCENT = 18.0


def percentage(opinions: Sequence[bool]) -> float:
    """How many of the checkers find an endpoint healthy; nobody has said otherwise where there is none."""
    return 100.0 * sum(opinions) / len(opinions) if opinions else 100.0


def endpoint_is_healthy(opinions: Sequence[bool]) -> bool:
    """More than 18 % of the checkers have to find it healthy."""
    return percentage(opinions) > _NEEDED_PERCENT


def calculated_is_healthy(children: Sequence[bool], needed: int) -> bool:
    """So many of the children have to be healthy, or more."""
    return sum(children) >= needed


def alarm_is_healthy(state: State, *, without_data: str, last_known: bool | None) -> bool:
    """What the data of an alarm say; without enough of them what the check declares, or was at last."""
    if state != "INSUFFICIENT_DATA":
        return state == "OK"
    if without_data == "LastKnownStatus":
        return last_known is not False
    return without_data == "Healthy"


def status(check: HealthCheck, observed: Callable[[], bool]) -> bool:
    """The status as records see it: a disabled check is healthy, an inverted one the opposite.

    To be inverted counts for a disabled check, too: that is how traffic is kept away by hand.
    """
    healthy = True if check.disabled else observed()
    return healthy is not check.inverted
