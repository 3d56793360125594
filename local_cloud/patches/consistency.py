"""Which global tables are strongly consistent, and which of their Regions reach a majority of them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from typing import Any

from local_cloud import isolation

Table = dict[str, Any]

_STRONG = "_strong"


def make_strong(table: Table, witness: str | None) -> None:
    """Mark a table, of which replicas are then made as copies."""
    table[_STRONG] = {"witness": witness}


def make_single(table: Table) -> None:
    """Take the mark away again."""
    table.pop(_STRONG, None)


def replicas(table: Table) -> list[str]:
    """The Regions of a global table's replicas; none for a table that is not global."""
    return list(table.get("_global_regions") or ())


def is_strong(table: Table | None) -> bool:
    return bool(table and _STRONG in table)


def witness(table: Table) -> str | None:
    """The Region that keeps what was written, and answers nobody."""
    region: str | None = table.get(_STRONG, {}).get("witness")
    return region


def has_quorum(table: Table, region: str) -> bool:
    """Whether a Region reaches more than half of the table's Regions, itself included."""
    members = [each for each in (*replicas(table), witness(table)) if each]
    return 2 * sum(isolation.connected(region, each) for each in members) > len(members)
