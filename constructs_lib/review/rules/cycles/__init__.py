"""What waits for itself, and what refers to what there is not."""

from typing import Final

from constructs_lib.review.rule import Rule
from constructs_lib.review.rules.cycles.condition_cycle import condition_cycle
from constructs_lib.review.rules.cycles.condition_of_nothing import condition_of_nothing
from constructs_lib.review.rules.cycles.dependency_cycle import dependency_cycle
from constructs_lib.review.rules.cycles.mapping_of_nothing import mapping_of_nothing
from constructs_lib.review.rules.cycles.reference_to_conditional import reference_to_conditional
from constructs_lib.review.rules.cycles.reference_to_nothing import reference_to_nothing
from constructs_lib.review.rules.cycles.reference_to_unmade import reference_to_unmade
from constructs_lib.review.rules.cycles.stack_cycle import stack_cycle

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    condition_cycle,
    condition_of_nothing,
    dependency_cycle,
    mapping_of_nothing,
    reference_to_conditional,
    reference_to_nothing,
    reference_to_unmade,
    stack_cycle,
)
