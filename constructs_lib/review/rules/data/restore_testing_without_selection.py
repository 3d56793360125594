from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.closed import is_closed
from constructs_lib.review.rule import Found, rule

__all__ = ["restore_testing_without_selection"]


@rule(
    severity=Severity.WARNING,
    remedy="Make an AWS::Backup::RestoreTestingSelection for the plan.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html",
)
def restore_testing_without_selection(stack: StackReading) -> Iterator[Found]:
    """A test of restores restores nothing, as far as these templates tell."""
    plans = stack.whole.referring(("AWS::Backup::RestoreTestingSelection",), _its_plan)
    for node in stack.of_type("AWS::Backup::RestoreTestingPlan"):
        if not plans.get(node) and is_closed(stack):
            yield Found(node=node, message=f"{node.path} has no selection of what is restored.")


def _its_plan(selection: Node) -> list[Node | None]:
    return [selection.target("RestoreTestingPlanName", types=("AWS::Backup::RestoreTestingPlan",))]
