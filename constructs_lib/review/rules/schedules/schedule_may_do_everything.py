from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.statements import role_statements
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import SCHEDULE, targets_of

__all__ = ["schedule_may_do_everything"]

_UNIVERSAL: Final = "arn:aws:scheduler:::aws-sdk:"


@rule(
    severity=Severity.NOTE,
    remedy="Name the resources that the schedule is about (policy_statements of targets.Universal in the CDK).",
    source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html",
)
def schedule_may_do_everything(stack: StackReading) -> Iterator[Found]:
    """A schedule that calls an API may do so on every resource of the account."""
    for target in targets_of(stack, SCHEDULE):
        if target.role is None or not (target.arn or "").startswith(_UNIVERSAL):
            continue
        wide = [
            action
            for each in role_statements(target.role).statements
            if each.allows and not each.conditions and each.resources == ("*",)
            for action in each.actions
        ]
        if wide:
            yield Found(node=target.by, message=f"{target.role.path} may do {wide[0]} on every resource.")
