"""``--verify``: whether the restored table is what it should be, as far as that can be told quickly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError
from rich.console import Console
from table_restore.settings import TableSettings

from constructs_lib.backup.command.failing import in_a_line, is_of_server

__all__ = ["Checked", "check"]

_SHAPE: Final = ("IndexName", "KeySchema", "Projection", "VectorAttribute", "Dimensions", "DistanceFunction")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found.

    Attributes:
        items: how many items there are, counted one by one; None where they may not be counted.
        problems: what is not as it should be; empty for nothing.
    """

    items: int | None
    problems: tuple[str, ...]


def check(
    dynamodb: Any,
    source: TableSettings,
    restored: TableSettings,
    *,
    expected: int,
    without_indexes: bool,
    console: Console,
) -> Checked:
    """Compare keys and indexes, and count the items.

    The count is exact and the expected one is up to six hours older than the backup: only nothing where there should
    be something is a problem.
    """
    problems = list(_different(source, restored, without_indexes=without_indexes))
    items = None
    try:
        items = _count(dynamodb, restored.name, console)
    except ClientError as error:
        if is_of_server(error):
            raise
        problems.append(f"the items were not counted: {in_a_line(error)}")
    if items == 0 and expected:
        problems.append(f"there are no items, and there should be about {expected:,}")
    return Checked(items=items, problems=tuple(problems))


def _different(source: TableSettings, restored: TableSettings, *, without_indexes: bool) -> list[str]:
    found = []
    if source.keys != restored.keys:
        found.append(f"the keys are {restored.keys}, and should be {source.keys}")
    kinds = (
        {}
        if without_indexes
        else {"global": "global_indexes", "local": "local_indexes", "vector": "vector_indexes"}
    )
    for kind, setting in kinds.items():
        theirs, own = _shapes(getattr(source, setting)), _shapes(getattr(restored, setting))
        found += [
            f"the {kind} index {name} is {own.get(name, 'missing')}, and should be {shape}"
            for name, shape in theirs.items()
            if own.get(name) != shape
        ]
    return found


def _shapes(indexes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {part: index[part] for part in _SHAPE if part in index} for name, index in indexes.items()}


def _count(dynamodb: Any, table: str, console: Console) -> int:
    items = 0
    with console.status("Counting items") as status:
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, Select="COUNT", ConsistentRead=True)
        for page in pages:
            items += page["Count"]
            status.update(f"Counting items: {items:,}")
    return items
