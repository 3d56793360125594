"""What a health check is told to do, from the API's HealthCheckConfig or from CloudFormation's.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CHECKER_REGIONS = (
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
)
"""Where Route 53 has health checkers; all of them check unless a health check names some."""

_PORTS = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """One health check; what does not belong to its type is empty."""

    type: str
    address: str = ""
    name: str = ""
    port: int = 0
    path: str = "/"
    search: str = ""
    interval: int = 30
    threshold: int = 3
    sni: bool = True
    regions: tuple[str, ...] = CHECKER_REGIONS
    inverted: bool = False
    disabled: bool = False
    children: tuple[str, ...] = ()
    healthy_children: int = 0
    alarm: tuple[str, str] | None = None
    without_data: str = "LastKnownStatus"

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> "HealthCheck":
        """From the members of the API's HealthCheckConfig."""
        alarm, path = config.get("AlarmIdentifier"), str(config.get("ResourcePath") or "")
        kind = config["Type"]
        return cls(
            type=kind,
            address=config.get("IPAddress") or "",
            name=(config.get("FullyQualifiedDomainName") or "").rstrip("."),
            port=int(config.get("Port") or _PORTS.get(kind, 0)),
            path=path if path.startswith("/") else f"/{path}",
            search=config.get("SearchString") or "",
            interval=int(config.get("RequestInterval") or 30),
            threshold=int(config.get("FailureThreshold") or 3),
            sni=_true(config.get("EnableSNI", True)),
            regions=tuple(config.get("Regions") or CHECKER_REGIONS),
            inverted=_true(config.get("Inverted")),
            disabled=_true(config.get("Disabled")),
            children=tuple(config.get("ChildHealthChecks") or ()),
            healthy_children=int(config.get("HealthThreshold") or 0),
            alarm=(alarm["Region"], alarm["Name"]) if alarm else None,
            without_data=config.get("InsufficientDataHealthStatus") or "LastKnownStatus",
        )

    @property
    def is_endpoint(self) -> bool:
        """Whether an endpoint is probed."""
        return self.type == "TCP" or self.type in _PORTS

    @property
    def tls(self) -> bool:
        """Whether the endpoint speaks TLS."""
        return self.type.startswith("HTTPS")

    @property
    def host(self) -> str:
        """The Host header: with the port, unless it is the protocol's own."""
        name = self.name or self.address
        return name if _PORTS.get(self.type) == self.port else f"{name}:{self.port}"


def _true(value: object) -> bool:
    return str(value).lower() == "true"
