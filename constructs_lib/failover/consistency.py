"""How the replicas of a table agree, and what AWS asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import aws_cdk as cdk
from aws_cdk import region_info

from constructs_lib.checks import Check, is_token
from constructs_lib.failover.regions import check_region

__all__ = [
    "GLOBAL_TABLES",
    "Consistency",
    "EventualConsistency",
    "StrongConsistency",
    "check_consistency",
    "check_lag",
    "check_replicas",
]

GLOBAL_TABLES: Final = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"
)
"""Where AWS says what global tables are, and what strong consistency forbids."""

_REGION_SETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "US": ("us-east-1", "us-east-2", "us-west-2"),
        "EU": ("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"),
        "AP": ("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    }
)
_STRONG_REGIONS = 3
_LONGEST_LAG = 86_400


@dataclass(frozen=True, kw_only=True)
class EventualConsistency:
    """A write is answered first and replicated then; of two writes of one item the later one stays.

    AWS says "typically within a second or less", and promises nothing.

    Attributes:
        lag: how far a replica may be behind before alarms ring, in whole seconds up to a day. Left out: far above what
            is usual, so that they ring only when something is wrong. That is an assumption.
    """

    lag: cdk.Duration | None = None


@dataclass(frozen=True, kw_only=True)
class StrongConsistency:
    """A write is in a second Region before it is answered; nothing is lost with one Region, and each write waits.

    There are exactly three Regions, all of one set, and none of them can be exchanged later.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html

    Attributes:
        witness: a third Region that only takes part in the decision: it serves nobody and costs nothing. Left out:
            there are two replicas beside the table.
    """

    witness: str | None = None


Consistency = EventualConsistency | StrongConsistency
"""How the replicas of a table agree."""


def check_lag(check: Check, lag: cdk.Duration | None) -> None:
    """Fail unless `lag` is a time that alarms and plans can be made of."""
    check.instance("lag", lag, cdk.Duration, None)
    check.require(
        not is_token(lag),
        "lag is known only at deployment.",
        remedy="Alarms and plans are made of it when the app is synthesized: give a fixed one.",
    )
    check.duration("lag", lag, 1, _LONGEST_LAG)


def check_consistency(check: Check, consistency: object) -> None:
    """Fail unless `consistency` is one that can be had."""
    check.instance("consistency", consistency, EventualConsistency, StrongConsistency)
    if isinstance(consistency, EventualConsistency):
        check_lag(check, consistency.lag)


def check_replicas(check: Check, own: str, replicas: Sequence[str], consistency: Consistency) -> None:
    """Fail unless a table in the Region `own` can have `replicas` under `consistency`."""
    check.instance("replicas", replicas, list, tuple)
    strong = isinstance(consistency, StrongConsistency)
    if not replicas and not strong:
        return
    check.require(
        not is_token(own),
        "the Region of its stack is not known, and replicas are in others.",
        remedy="Give the stack an env: aws_cdk.Environment(account=..., region=...).",
    )
    for number, region in enumerate(replicas):
        check_region(check, f"replicas[{number}]", region)
        check.require(
            region != own,
            f"replicas[{number}] is {region!r}, the Region of its stack.",
            remedy="The table itself is there: give the other Regions.",
        )
        check.require(
            region not in replicas[:number],
            f"replicas[{number}] is {region!r} for the second time.",
            remedy="A global table has one replica in a Region: give each once.",
        )
        there, here = (region_info.RegionInfo.get(each).partition for each in (region, own))
        check.require(
            there == here,
            f"replicas[{number}] is {region!r}, which is not in the partition of {own}.",
            remedy=f"Global tables stay within a partition: give Regions of {here}. See {GLOBAL_TABLES}",
        )
    if isinstance(consistency, StrongConsistency):
        _check_strong(check, own, replicas, consistency.witness)


def _check_strong(check: Check, own: str, replicas: Sequence[str], witness: str | None) -> None:
    regions = [own, *replicas]
    if witness is not None:
        check_region(check, "witness", witness)
        check.require(
            witness not in regions,
            f"witness is {witness!r}, where there is a replica.",
            remedy=f"Give a third Region of the same set. See {GLOBAL_TABLES}",
        )
        regions.append(witness)
    check.require(
        len(regions) == _STRONG_REGIONS,
        f"strong consistency needs exactly three Regions, and these are {len(regions)}: {', '.join(regions)}.",
        remedy="Give two replicas, or one and StrongConsistency(witness=...); for one Region leave consistency out. "
        f"See {GLOBAL_TABLES}",
    )
    _check_one_set(check, regions)


def _check_one_set(check: Check, regions: Sequence[str]) -> None:
    own = regions[0]
    mates = next((mates for mates in _REGION_SETS.values() if own in mates), ())
    sets = "; ".join(f"{name}: {', '.join(mates)}" for name, mates in _REGION_SETS.items())
    check.require(
        bool(mates),
        f"strong consistency is not to be had in {own}, the Region of its stack.",
        remedy=f"Make it in one of these sets, or take EventualConsistency. {sets}. See {GLOBAL_TABLES}",
    )
    strangers = [region for region in regions if region not in mates]
    check.require(
        not strangers,
        f"strong consistency stays within one set of Regions, and {', '.join(strangers)} is in another than {own}.",
        remedy=f"Give three of: {', '.join(mates)}; or take EventualConsistency. See {GLOBAL_TABLES}",
    )
