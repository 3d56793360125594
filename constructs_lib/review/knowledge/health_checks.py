"""What Route 53 takes for a health check of each type.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html, and the API model that botocore
ships, read on 2026-11-22.
"""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.ranges import Range

__all__ = ["CHECKER_REGIONS", "INTERVALS", "LENGTHS", "NEEDED", "NOT_FOR", "RANGES", "TYPES"]

_CONFIG: Final = "HealthCheckConfig"
_TESTING: Final = ("HTTP_STR_MATCH", "HTTPS_STR_MATCH")
_ENDPOINTS: Final = ("HTTP", "HTTPS", *_TESTING, "TCP")
_SUMMING, _ALARM, _CONTROL = "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"

TYPES: Final = (*_ENDPOINTS, _SUMMING, _ALARM, _CONTROL)

NEEDED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    **dict.fromkeys(_ENDPOINTS, (("IPAddress", "FullyQualifiedDomainName"),)),
    **dict.fromkeys(_TESTING, (("IPAddress", "FullyQualifiedDomainName"), ("SearchString",))),
    _SUMMING: (("ChildHealthChecks",),),
    _ALARM: (("AlarmIdentifier",),),
    _CONTROL: (("RoutingControlArn",),),
}
"""The type to what it needs; of names that stand together, one."""

NOT_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "IPAddress": (_SUMMING, _ALARM),
    "Port": (_SUMMING, _ALARM),
    "RequestInterval": (_CONTROL,),
    "FailureThreshold": (_CONTROL,),
    "MeasureLatency": (_CONTROL,),
    "SearchString": ("HTTP", "HTTPS", "TCP"),
    "ChildHealthChecks": (*_ENDPOINTS, _ALARM, _CONTROL),
    "AlarmIdentifier": (*_ENDPOINTS, _SUMMING, _CONTROL),
}
"""A setting to the types that cannot have it."""

RANGES: Final = (
    Range(keys=(_CONFIG, "FailureThreshold"), low=1, high=10),
    Range(keys=(_CONFIG, "Port"), low=1, high=65_535),
    Range(keys=(_CONFIG, "HealthThreshold"), low=0, high=256),
)
LENGTHS: Final[Mapping[str, int]] = {
    "SearchString": 255,
    "ResourcePath": 255,
    "FullyQualifiedDomainName": 255,
}
"""A setting to how many characters it may have."""
INTERVALS: Final = (10, 30)
"""Seconds between two requests of a checker:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html"""
CHECKER_REGIONS: Final = frozenset(
    {
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-west-1",
        "us-west-2",
    }
)
"""Where Route 53 has health checkers."""
