"""What samples of a restored table are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk

from constructs_lib.checks import Check

__all__ = ["Comparison", "PointInTimeView", "UnchangedItems", "check_comparisons", "described"]

_AROUND = 60
"""Seconds around the request of a backup from which it may or may not have a change.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
"""
_LONGEST_MARGIN = 86_400
_LONGEST_NAME = 65_535
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


@dataclass(frozen=True, kw_only=True)
class PointInTimeView:
    """What the table was at the time of the backup, restored by point-in-time recovery to a second temporary table.

    Where it is given, a table without point-in-time recovery, or one that does not go back that far, fails the test.

    Attributes:
        margin: how long before and after the request of a backup its items may be from, in whole seconds. Left out: the
            60 seconds that DynamoDB documents. What changed in that time is left out of the comparison.
    """

    margin: cdk.Duration = field(default_factory=lambda: cdk.Duration.seconds(_AROUND))

    def check(self, check: Check, name: str) -> None:
        """Fail unless the margin can be used."""
        check.instance(f"{name}.margin", self.margin, cdk.Duration)
        check.duration(f"{name}.margin", self.margin, 1, _LONGEST_MARGIN)


@dataclass(frozen=True, kw_only=True)
class UnchangedItems:
    """Those items of the live table that say that they were not written since the backup.

    Attributes:
        modified_attribute: the top-level attribute by which an item says when it was last written: a number of seconds
            or milliseconds since 1970, or a text such as ``2026-03-01T01:00:00Z``, with its time zone.
        margin: by how much an item has to be older than the backup, since clocks differ. Left out: five minutes.
    """

    modified_attribute: str
    margin: cdk.Duration = field(default_factory=lambda: cdk.Duration.minutes(5))

    def check(self, check: Check, name: str) -> None:
        """Fail unless there can be such an attribute."""
        check.instance(f"{name}.modified_attribute", self.modified_attribute, str)
        check.within(
            f"the length of {name}.modified_attribute", len(self.modified_attribute), 1, _LONGEST_NAME
        )
        check.instance(f"{name}.margin", self.margin, cdk.Duration)
        check.duration(f"{name}.margin", self.margin, _AROUND, _LONGEST_MARGIN)


Comparison = PointInTimeView | UnchangedItems


def check_comparisons(check: Check, comparisons: Sequence[Comparison] | None) -> None:
    """Fail unless these can be made together."""
    check.instance("comparisons", comparisons, list, tuple, None)
    for number, each in enumerate(comparisons or ()):
        name = f"comparisons[{number}]"
        check.instance(name, each, PointInTimeView, UnchangedItems)
        each.check(check, name)
    views = [each for each in comparisons or () if isinstance(each, PointInTimeView)]
    check.require(
        len(views) < 2,  # noqa: PLR2004 - one or none
        f"comparisons has {len(views)} point-in-time views.",
        remedy="Give one: there is one backup to compare with it.",
    )


def described(comparisons: Sequence[Comparison] | None) -> dict[str, Any]:
    """The comparisons as the function reads them."""
    views = [each for each in comparisons or () if isinstance(each, PointInTimeView)]
    view = views[0] if views else PointInTimeView()
    wanted = "required" if views else "never"
    return {
        "view": "possible" if comparisons is None else wanted,
        "margin": view.margin.to_seconds(),
        "unchanged": [
            {"attribute": each.modified_attribute, "margin": each.margin.to_seconds()}
            for each in comparisons or ()
            if isinstance(each, UnchangedItems)
        ],
    }
