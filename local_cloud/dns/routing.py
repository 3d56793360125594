"""Which of the records of one name and type Route 53 answers with: by routing policy, and by health.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html
"""

import random
from collections.abc import Callable, Sequence

from local_cloud.dns.records import Record, Zone
from local_cloud.places import REGIONS, Place

Passing = Callable[[str], bool]
"""Whether the health check of this id is healthy."""

_MOST_VALUES = 8


class UnsupportedPolicyError(ValueError):
    """A routing policy that is not understood here."""


def is_healthy(record: Record, zone: Zone, passing: Passing, seen: frozenset[Record] = frozenset()) -> bool:
    """Whether Route 53 may answer with a record.

    One without health check is always healthy. An alias that evaluates its target's health is healthy while one of
    the records that it points to is; other AWS resources count as healthy.
    """
    if record.health_check and not passing(record.health_check):
        return False
    alias = record.alias
    if alias is None or not alias.evaluates_health or alias.zone_id != zone.id:
        return True
    targets = [target for target in zone.group(alias.name, record.type) if target not in seen]
    return any(is_healthy(target, zone, passing, seen | {record}) for target in targets)


def choose(
    group: Sequence[Record],
    healthy: Callable[[Record], bool],
    client: Place | None,
    chance: random.Random,
) -> list[Record]:
    """The records to answer with; empty when no record is for the client's place.

    The policy gives tiers, the preferred one first. Route 53 takes the first tier with a healthy record; if there is
    none, it considers all of them healthy.
    """
    tiers = _tiers(group, client)
    if not tiers:
        return []
    usable = next((found for tier in tiers if (found := [r for r in tier if healthy(r)])), tiers[0])
    return _pick(usable, chance)


def _tiers(group: Sequence[Record], client: Place | None) -> list[list[Record]]:
    first = group[0]
    if first.unsupported:
        raise UnsupportedPolicyError(f"{first.name} {first.type}: {first.unsupported} is not understood")
    if first.failover:
        return [[record] for record in sorted(group, key=lambda record: record.failover != "PRIMARY")]
    if first.weight is not None:
        weighted = [record for record in group if record.weight]
        return [tier for tier in (weighted, [r for r in group if not r.weight]) if tier]
    if first.region:
        here = client or REGIONS["us-east-1"]
        return [[record] for record in sorted(group, key=lambda record: _distance(record, here))]
    if first.geo:
        return _areas(group, client)
    return [list(group)]


def _distance(record: Record, client: Place) -> float:
    region = REGIONS.get(record.region or "")
    if region is None:
        raise UnsupportedPolicyError(f"{record.name} {record.type}: nobody knows where {record.region} is")
    return region.distance(client)


def _areas(group: Sequence[Record], client: Place | None) -> list[list[Record]]:
    """The records for a client's place, the smallest area first, the default record last."""
    areas = [("", "*", "")]
    if client:
        areas = [
            ("", client.country, client.subdivision),
            ("", client.country, ""),
            (client.continent, "", ""),
        ]
        areas.append(("", "*", ""))
    by_area = {record.geo: record for record in group}
    return [[by_area[area]] for area in dict.fromkeys(areas) if area in by_area]


def _pick(records: list[Record], chance: random.Random) -> list[Record]:
    first = records[0]
    if first.weight is not None:
        weights = [record.weight or 0 for record in records]
        return chance.choices(records, weights if any(weights) else None)
    if first.multivalue:
        return chance.sample(records, min(len(records), _MOST_VALUES))
    return records
