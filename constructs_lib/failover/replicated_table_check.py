"""What can only be seen of a replicated table once the whole app is there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_dynamodb as dynamodb
from constructs import IValidation

from constructs_lib.failover.consistency import GLOBAL_TABLES

__all__ = ["ReplicatedTableCheck"]


@jsii.implements(IValidation)
class ReplicatedTableCheck:
    """Fails at synthesis over a table that CDK has named by itself, or that is no longer what was asked for."""

    def __init__(self, table: dynamodb.TableV2, *, regions: Sequence[str], named: bool, strong: bool) -> None:
        """Check `table`.

        Args:
            table: the table.
            regions: where it was asked for.
            named: whether it was given a name.
            strong: whether it is strongly consistent.
        """
        self._table = table
        self._regions = regions
        self._named = named
        self._strong = strong

    def validate(self) -> list[str]:
        """What is wrong with the table."""
        resource = cast("dynamodb.CfnGlobalTable", self._table.node.default_child)
        found = cdk.Stack.of(self._table).resolve(
            {
                "name": resource.table_name,
                "replicas": resource.replicas,
                "indexes": resource.local_secondary_indexes if self._strong else None,
            }
        )
        return list(
            self._problems(name=found.get("name"), replicas=found["replicas"], indexes=found.get("indexes"))
        )

    def _problems(
        self, *, name: str | None, replicas: Sequence[Mapping[str, Any]], indexes: object
    ) -> Iterator[str]:
        if name is not None and not self._named:
            yield (
                f"CDK names this table {name!r}, since a stack of another Region refers to it without "
                "cross_region_references: CloudFormation would replace a table that is there already by an empty one. "
                "Make that stack with cross_region_references=True, or give the table a table_name from the beginning."
            )
        regions = [each["region"] for each in replicas]
        # Where the table's own is not known, CDK lets nobody add another.
        added = [region for region in regions if isinstance(region, str) and region not in self._regions]
        if added:
            yield (
                f"it has replicas in {', '.join(added)} that were added later, neither checked nor watched. "
                "Give all of them as replicas."
            )
        if indexes and self._strong:
            yield (
                "it has local secondary indexes, and strong consistency knows none. "
                f"Make them global ones, or take EventualConsistency. See {GLOBAL_TABLES}"
            )
