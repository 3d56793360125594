from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.backups import plan_rules_of, selections_of
from constructs_lib.review.reading.data import at, number_of
from constructs_lib.review.reading.tables import TABLES
from constructs_lib.review.rule import Found, rule

__all__ = ["backup_needs_advanced_features"]


@rule(
    severity=Severity.NOTE,
    remedy="Look that aws backup describe-region-settings says DynamoDB: true under "
    "ResourceTypeManagementPreference.",
    source="https://docs.aws.amazon.com/aws-backup/latest/devguide/advanced-ddb-backup.html",
)
def backup_needs_advanced_features(stack: StackReading) -> Iterator[Found]:
    """Copies and cold storage of a table's backups need a setting of the account that no template has."""
    plans = stack.whole.once("plans-with-tables", _plans)
    for plan_rule in plan_rules_of(stack):
        cold = any(
            (number_of(at(each, "MoveToColdStorageAfterDays")) or 0) > 0
            for _, each, _ in plan_rule.lifecycles()
        )
        if plan_rule.plan in plans and (plan_rule.copies or cold):
            what = "copies backups" if plan_rule.copies else "moves backups to cold storage"
            yield Found(node=plan_rule.plan, message=f"{plan_rule.title} {what} of tables.")


def _plans(whole: Reading) -> set[Node | None]:
    return {
        each.plan
        for each in selections_of(whole)
        if any(node is not None and node.type in TABLES for node in each.nodes)
    }
