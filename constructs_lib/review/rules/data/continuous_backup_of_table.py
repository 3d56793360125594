from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.backups import plan_rules_of, selections_of
from constructs_lib.review.reading.data import flag_of
from constructs_lib.review.reading.tables import TABLES, table_of
from constructs_lib.review.rule import Found, rule

__all__ = ["continuous_backup_of_table"]


@rule(
    severity=Severity.WARNING,
    remedy="Switch on the table's own point-in-time recovery.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",
)
def continuous_backup_of_table(stack: StackReading) -> Iterator[Found]:
    """A plan is to make continuous backups of a table, of which AWS Backup makes snapshots only."""
    tables = stack.whole.once("tables-without-recovery-by-plan", _tables)
    for plan_rule in plan_rules_of(stack):
        table = tables.get(plan_rule.plan)
        if table is not None and flag_of(plan_rule.data.get("EnableContinuousBackup")):
            yield Found(
                node=plan_rule.plan,
                message=f"{plan_rule.title} is continuous, and backs up {table.path}, a table.",
            )


def _tables(whole: Reading) -> dict[Node, Node]:
    """A plan to a table that it backs up, and that has no point-in-time recovery."""
    found: dict[Node, Node] = {}
    for selection in selections_of(whole):
        for node in selection.nodes:
            if selection.plan is None or node is None or node.type not in TABLES:
                continue
            if table_of(node).recovers is False:
                found.setdefault(selection.plan, node)
    return found
