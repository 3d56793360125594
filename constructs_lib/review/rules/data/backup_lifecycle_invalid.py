from collections.abc import Iterator
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.backups import COLD_DAYS, LIFECYCLE_RANGES
from constructs_lib.review.knowledge.ranges import figure
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.backups import plan_rules_of
from constructs_lib.review.reading.data import at, number_of
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_lifecycle_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Keep backups for at least 90 days after they move to cold storage, and for at most 36,500 days.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html",
)
def backup_lifecycle_invalid(stack: StackReading) -> Iterator[Found]:
    """A backup's lifecycle is none that AWS Backup takes."""
    for plan_rule in plan_rules_of(stack):
        for title, lifecycle, _ in plan_rule.lifecycles():
            for problem in _problems(lifecycle):
                yield Found(node=plan_rule.plan, message=f"{title} {problem}.")


def _problems(lifecycle: Any) -> Iterator[str]:
    for each in LIFECYCLE_RANGES:
        value = number_of(at(lifecycle, *each.keys))
        if value is not None and each.refuses(value):
            yield f"has {each.name} of {figure(value)}; it may be {each}"
            return
    cold = number_of(at(lifecycle, "MoveToColdStorageAfterDays"))
    deleted = number_of(at(lifecycle, "DeleteAfterDays"))
    if cold is not None and deleted is not None and min(cold, deleted) > 0 and deleted < cold + COLD_DAYS:
        yield (
            f"moves to cold storage after {figure(cold)} days and is deleted after {figure(deleted)}; cold backups are "
            f"kept for {COLD_DAYS} days at least"
        )
