"""Which tables are backed up: a list of them, or whatever has a tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.checks import Check, is_token

__all__ = ["TaggedTables", "check_tables"]

_OF_ARN = {"Region": 3, "account": 4}
"""Where an ARN says in which it is. No other account's backups are made or exports begun.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html
"""
_MOST_TAGS = 50
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html"""


@dataclass(frozen=True, kw_only=True)
class TaggedTables:
    """Every table of the stack's account and Region that has all of these tags, now or later.

    Attributes:
        tags: the tags' keys and values; both are compared exactly.
    """

    tags: Mapping[str, str]

    def check(self, check: Check, name: str) -> None:
        """Fail unless there is a tag, and each is text."""
        check.instance(f"{name}.tags", self.tags, dict)
        check.within(f"{name}.tags", len(self.tags), 1, _MOST_TAGS, unit="tags")
        for key, value in self.tags.items():
            check.instance(f"a key of {name}.tags", key, str)
            check.instance(f"{name}.tags[{key!r}]", value, str)

    def conditions(self) -> Mapping[str, str]:
        """The condition keys of these tags, to their values."""
        return {f"aws:ResourceTag/{key}": value for key, value in self.tags.items()}


def check_tables(check: Check, scope: Construct, tables: Sequence[dynamodb.ITable], most: int) -> None:
    """Fail unless `tables` are up to `most` different tables of the account and Region of `scope`."""
    check.instance("tables", tables, list, tuple)
    check.within("tables", len(tables), 1, most, unit="tables")
    stack = cdk.Stack.of(scope)
    for number, table in enumerate(tables):
        check.offers(
            f"tables[{number}]",
            table or "",
            "table_arn",
            remedy="Give a table of DynamoDB, made or imported.",
        )
        arn = table.table_arn
        for what, position in _OF_ARN.items():
            own = getattr(stack, what.lower())
            theirs = getattr(table.env, what.lower()) if is_token(arn) else arn.split(":")[position]
            check.require(
                is_token(own) or is_token(theirs) or own == theirs,
                f"{check.shown(table)} is in the {what} {theirs}, and this stack in {own}.",
                remedy=f"Backups are made in the table's own {what}: put this into a stack there.",
            )
    arns = [table.table_arn for table in tables]
    check.require(
        len(set(arns)) == len(arns), "tables has the same table twice.", remedy="Name each table once."
    )
