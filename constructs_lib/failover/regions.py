"""Names of Regions."""

import re
from difflib import get_close_matches
from functools import cache
from typing import Final

from aws_cdk import region_info

from constructs_lib.checks import Check, is_token

__all__ = ["REGION", "check_region"]

REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
"""What a Region's name looks like."""


def check_region(check: Check, name: str, region: object) -> None:
    """Fail unless `region` is the name of a Region that is known now."""
    known = isinstance(region, str) and not is_token(region)
    meant = _meant(str(region)) if known else None
    check.require(meant is None, f"{name} is {check.shown(region)}.", remedy=f"Did you mean {meant}?")
    check.require(
        known and REGION.fullmatch(str(region)) is not None,
        f"{name} is {check.shown(region)}.",
        remedy="Give the name of a Region, such as 'eu-central-1', and not one that is known only at deployment.",
    )


def _meant(region: str) -> str | None:
    """The Region that is meant by a name that none has; a new number of an area that is known may well be one."""
    area, _, number = region.rpartition("-")
    if area in _areas():
        return None
    close = get_close_matches(area, _areas(), n=1, cutoff=0.8)
    return f"{close[0]}-{number}" if close else None


@cache
def _areas() -> frozenset[str]:
    return frozenset(each.name.rpartition("-")[0] for each in region_info.RegionInfo.regions)
