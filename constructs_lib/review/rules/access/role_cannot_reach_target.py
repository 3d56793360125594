from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.target_actions import READ_ACTIONS, TARGET_ACTIONS
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import ROLE, calls_of, missing_words

__all__ = ["role_cannot_reach_target"]


@rule(
    severity=Severity.ERROR,
    remedy="Allow the role the action on the target, or pass a role that may.",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
)
def role_cannot_reach_target(stack: StackReading) -> Iterator[Found]:
    """A schedule, rule or pipe calls its target as a role that may not: every call fails."""
    for by, role_name, target, reads in calls_of(stack):
        role = stack.find(role_name, ROLE)
        certain = by.surely_made and target.surely_made
        missing = _missing(role, target, reads=reads) if role and certain else []
        if role and missing:
            verb = "reads" if reads else "calls"
            yield Found(
                node=by, message=f"{by.path} {verb} {target.path}, and {missing_words(role, missing)}."
            )


def _missing(role: Node, target: Node, *, reads: bool) -> list[str]:
    if reads:
        return lacks(role, READ_ACTIONS.get(target.type, ()), target)
    ways = TARGET_ACTIONS.get(target.type, ())
    missing = lacks(role, ways, target)
    return missing[:1] if len(missing) == len(ways) else []
