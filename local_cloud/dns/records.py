"""Hosted zones and their records, as Route 53's API describes them.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


def absolute(name: str) -> str:
    """A name in lower case with its final dot; a wildcard as an asterisk, which the API may escape."""
    return name.lower().replace("\\052", "*").rstrip(".") + "."


@dataclass(frozen=True, kw_only=True)
class Alias:
    """What an alias record points to."""

    zone_id: str
    name: str
    evaluates_health: bool


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record set: of those with the same name and type, `set_identifier` tells it from the others.

    `geo` has the codes of continent, country and subdivision; the default record has the country `*`.
    """

    name: str
    type: str
    set_identifier: str = ""
    ttl: int = 0
    values: tuple[str, ...] = ()
    alias: Alias | None = None
    health_check: str | None = None
    failover: str | None = None
    weight: int | None = None
    region: str | None = None
    geo: tuple[str, str, str] | None = None
    multivalue: bool = False
    unsupported: str | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Record":
        """From the members of the API's ResourceRecordSet."""
        alias, geo = stored.get("AliasTarget"), stored.get("GeoLocation")
        weight = stored.get("Weight")
        return cls(
            name=absolute(stored["Name"]),
            type=stored["Type"],
            set_identifier=stored.get("SetIdentifier", ""),
            ttl=int(stored.get("TTL") or 0),
            values=tuple(stored.get("ResourceRecords") or ()),
            alias=Alias(
                zone_id=alias["HostedZoneId"],
                name=absolute(alias["DNSName"]),
                evaluates_health=bool(alias["EvaluateTargetHealth"]),
            )
            if alias
            else None,
            health_check=stored.get("HealthCheckId") or None,
            failover=stored.get("Failover") or None,
            weight=None if weight is None else int(weight),
            region=stored.get("Region") or None,
            geo=tuple(geo.get(code, "") for code in ("ContinentCode", "CountryCode", "SubdivisionCode"))
            if geo
            else None,
            multivalue=bool(stored.get("MultiValueAnswer")),
            unsupported=next(
                (key for key in ("CidrRoutingConfig", "GeoProximityLocation") if stored.get(key)), None
            ),
        )


class Zone:
    """A public hosted zone: its records, grouped by name and type."""

    def __init__(self, zone_id: str, name: str, records: Iterable[Record]) -> None:
        self.id = zone_id
        self.name = absolute(name)
        self._groups: dict[tuple[str, str], list[Record]] = {}
        for record in records:
            self._groups.setdefault((record.name, record.type), []).append(record)
        self._names = {name for name, _ in self._groups}

    def holds(self, name: str) -> bool:
        """Whether a name is the zone's own or below it."""
        return name == self.name or name.endswith("." + self.name)

    def exists(self, name: str) -> bool:
        """Whether a name has records, or stands above one that has."""
        return any(other == name or other.endswith("." + name) for other in self._names)

    def group(self, name: str, kind: str) -> list[Record]:
        """All records of one name and type."""
        return self._groups.get((name, kind), [])
