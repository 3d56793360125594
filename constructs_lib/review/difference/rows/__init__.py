"""The settings that are compared, as tables: a family each."""

from typing import Final

from constructs_lib.review.difference.rows import data, delivery, failover, functions, queues, schedules
from constructs_lib.review.difference.setting import Members, Setting

__all__ = ["MEMBERS", "SETTINGS"]

_FAMILIES: Final = (delivery, functions, queues, schedules, data, failover)
SETTINGS: Final[tuple[Setting, ...]] = tuple(each for family in _FAMILIES for each in family.SETTINGS)
MEMBERS: Final[tuple[Members, ...]] = tuple(each for family in _FAMILIES for each in family.MEMBERS)
