"""The public hosted zones that are deployed, as the name server reads them."""

from typing import Any

from local_cloud.dns.records import Record, Zone
from local_cloud.hooks import internal


def public_zones() -> list[Zone]:
    """All of them, of all accounts; of zones of the same name only the oldest is delegated to."""
    records: dict[tuple[str, str], list[dict[str, Any]]] = internal("services.route53._records").to_dict()
    zones: dict[str, Zone] = {}
    for (account, zone_id), zone in internal("services.route53._zones").to_dict().items():
        if not zone.get("private") and zone["name"].lower() not in zones:
            read = [_read(account, stored) for stored in list(records.get((account, zone_id), []))]
            zones[zone["name"].lower()] = Zone(zone_id, zone["name"], read)
    return list(zones.values())


def check_key(health_check: str) -> tuple[str, str]:
    """Account and id of a record's health check."""
    account, _, identifier = health_check.partition("/")
    return account, identifier


def _read(account: str, stored: dict[str, Any]) -> Record:
    """A record whose health check is named together with its account."""
    check = stored.get("HealthCheckId")
    return Record.read({**stored, "HealthCheckId": f"{account}/{check}"} if check else stored)
