"""Which tables are backed up: a list of them, or whatever has a tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from constructs_lib.checks import Check, is_token

__all__ = ["TaggedTables", "check_tables"]

_REGION_OF_ARN = 3
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
    """Fail unless `tables` are up to `most` different tables of the Region of `scope`."""
    check.instance("tables", tables, list, tuple)
    check.within("tables", len(tables), 1, most, unit="tables")
    region = cdk.Stack.of(scope).region
    for number, table in enumerate(tables):
        check.offers(
            f"tables[{number}]",
            table or "",
            "table_arn",
            remedy="Give a table of DynamoDB, made or imported.",
        )
        arn = table.table_arn
        theirs = table.env.region if is_token(arn) else arn.split(":")[_REGION_OF_ARN]
        check.require(
            is_token(region) or is_token(theirs) or region == theirs,
            f"{check.shown(table)} is in the Region {theirs}, and this stack in {region}.",
            remedy="Backups are made in the table's own Region: put this into a stack there.",
        )
    arns = [table.table_arn for table in tables]
    check.require(
        len(set(arns)) == len(arns), "tables has the same table twice.", remedy="Name each table once."
    )
