"""How soon a health check notices, and how much it sees.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from typing import Final

from constructs_lib.review.difference.setting import (
    Members,
    Setting,
    any_of,
    higher,
    lower,
    not_flag,
    ordered,
)
from constructs_lib.review.difference.words import duration, number, on_or_off

__all__ = ["MEMBERS", "SETTINGS"]

_CHECK: Final = ("AWS::Route53::HealthCheck",)
_CONFIG: Final = "HealthCheckConfig"
_KINDS: Final = ("health-check-weaker", "health-check-stronger")
_CHANGED: Final = "health-check-changed"

SETTINGS: Final = (
    Setting(
        types=_CHECK,
        keys=(_CONFIG, "FailureThreshold"),
        what="how often it has to fail in a row",
        kinds=_KINDS,
        rank=lower,
        default=3,
        shown=number,
        why="traffic leaves what is broken later",
    ),
    Setting(
        types=_CHECK,
        keys=(_CONFIG, "RequestInterval"),
        what="the time between two requests",
        kinds=_KINDS,
        rank=lower,
        default=30,
        shown=duration,
        why="traffic leaves what is broken later",
    ),
    Setting(
        types=_CHECK,
        keys=(_CONFIG, "Type"),
        what="what it looks at",
        kinds=_KINDS,
        rank=ordered("TCP", ("HTTP", "HTTPS"), ("HTTP_STR_MATCH", "HTTPS_STR_MATCH")),
        shown=None,
        neither=_CHANGED,
        why="it takes more that is broken for healthy",
    ),
    Setting(
        types=_CHECK,
        keys=(_CONFIG, "HealthThreshold"),
        what="how many of its health checks have to be healthy",
        kinds=_KINDS,
        rank=higher,
    ),
    Setting(
        types=_CHECK,
        keys=(_CONFIG, "InsufficientDataHealthStatus"),
        what="what it is without data",
        kinds=_KINDS,
        rank=ordered("Healthy", "LastKnownStatus", "Unhealthy"),
        shown=None,
    ),
    Setting(
        types=_CHECK,
        keys=(_CONFIG, "Disabled"),
        what="taking everything for healthy without looking",
        kinds=_KINDS,
        rank=not_flag,
        default=False,
        shown=on_or_off,
    ),
    *(
        Setting(
            types=_CHECK,
            keys=(_CONFIG, *keys),
            what=what,
            kinds=(_CHANGED, _CHANGED),
            rank=any_of,
            shown=None,
            neither=_CHANGED,
        )
        for keys, what in (
            (("FullyQualifiedDomainName",), "the host"),
            (("IPAddress",), "the address"),
            (("ResourcePath",), "the path"),
            (("SearchString",), "the text that it looks for"),
            (("AlarmIdentifier", "Name"), "the alarm that it follows"),
            (("Inverted",), "being turned around"),
        )
    ),
)
MEMBERS: Final = (
    Members(
        types=_CHECK,
        keys=((_CONFIG, "ChildHealthChecks"),),
        kinds=("health-check-weaker", "health-check-stronger"),
        gone="no longer looks at {}",
        added="looks at {} now",
    ),
)
