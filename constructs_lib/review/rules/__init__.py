"""All rules, a folder a family, a file a rule."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules import (
    access,
    cycles,
    data,
    delivery,
    deployment,
    failover,
    firing,
    functions,
    limits,
    queues,
    schedules,
)

__all__ = ["FAMILIES", "RULES"]

FAMILIES: Final = (
    delivery,
    firing,
    limits,
    cycles,
    functions,
    queues,
    deployment,
    failover,
    data,
    schedules,
    access,
)
RULES: Final[tuple[Rule, ...]] = tuple(rule for family in FAMILIES for rule in family.RULES)
