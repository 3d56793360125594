"""Names of Regions."""

import re
from typing import Final

from constructs_lib.checks import Check, is_token

__all__ = ["REGION", "check_region"]

REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
"""What a Region's name looks like."""


def check_region(check: Check, name: str, region: object) -> None:
    """Fail unless `region` is the name of a Region that is known now."""
    known = isinstance(region, str) and not is_token(region)
    check.require(
        known and REGION.fullmatch(str(region)) is not None,
        f"{name} is {check.shown(region)}.",
        remedy="Give the name of a Region, such as 'eu-central-1', and not one that is known only at deployment.",
    )
