from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.backups import Selection
from constructs_lib.review.reading.closed import is_closed
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_plan_without_selection"]


@rule(
    severity=Severity.WARNING,
    remedy="Make an AWS::Backup::BackupSelection that names what the plan backs up (add_selection in the CDK).",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
)
def backup_plan_without_selection(stack: StackReading) -> Iterator[Found]:
    """A plan backs up nothing, as far as these templates tell."""
    plans = stack.whole.referring(("AWS::Backup::BackupSelection",), _its_plan)
    for node in stack.of_type("AWS::Backup::BackupPlan"):
        if not plans.get(node) and is_closed(stack):
            yield Found(node=node, message=f"{node.path} has no selection of what it backs up.")


def _its_plan(selection: Node) -> list[Node | None]:
    return [Selection(selection).plan]
