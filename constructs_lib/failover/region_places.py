"""The two Regions of an app: where each is, and what it is called."""

import re
from collections.abc import Sequence
from typing import Final, Literal

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.checks import Check
from constructs_lib.failover.region_scope import RegionScope, StackSettings
from constructs_lib.failover.regions import check_region

__all__ = ["check_places", "place_of", "regional_name_of"]

_PRIMARY_AND_STANDBY: Final = 2
_ACCOUNT = re.compile(r"\d{12}")


def check_places(check: Check, account: object, regions: Sequence[object]) -> None:
    """Fail unless `regions` are a primary's and a standby's, in an account that is known now."""
    check.require(
        isinstance(account, str) and _ACCOUNT.fullmatch(account) is not None,
        f"account is {check.shown(account)}.",
        remedy="Give its 12 digits as a text, known now: what one Region refers to in another is found by name.",
    )
    check.instance("regions", regions, list, tuple)
    for number, region in enumerate(regions):
        check_region(check, f"regions[{number}]", region)
    check.require(
        len(regions) == _PRIMARY_AND_STANDBY and len(set(regions)) == _PRIMARY_AND_STANDBY,
        f"regions is {list(regions)!r}.",
        remedy="Give two different Regions, the primary's first. For more, that all serve, compose RegionalEndpoint "
        "with LatencyRecords.",
    )


def place_of(
    scope: Construct,
    account: str,
    regions: Sequence[str],
    stack_name: str,
    *,
    role: Literal["primary", "standby"],
    primary: cdk.Stack | None = None,
) -> RegionScope:
    """Where the stack of the Region with `role` is made."""
    region, other = regions if role == "primary" else reversed(regions)
    return RegionScope(
        scope=scope,
        construct_id=region,
        settings=StackSettings(
            env=cdk.Environment(account=account, region=region),
            stack_name=stack_name,
            cross_region_references=True,
        ),
        role=role,
        other_region=other,
        primary=primary,
    )


def regional_name_of(name: str, zone_name: str, region: str) -> str:
    """The name of a Region beside the shared one: ``orders-eu-west-1.example.com`` for ``orders.example.com``."""
    if name == zone_name:
        return f"{region}.{name}"
    label, _, rest = name.partition(".")
    return f"{label}-{region}.{rest}"
