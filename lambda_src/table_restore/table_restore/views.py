"""Whether a point-in-time view of the moment of a backup can be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from table_restore.ledger import Entry
from table_restore.temporary import BEFORE, Temporary, code_of

__all__ = ["NO_TABLE", "View", "view_of"]

NO_TABLE: Final = frozenset({"ResourceNotFoundException", "TableNotFoundException"})


@dataclass(frozen=True)
class View:
    """Whether there can be a view.

    Attributes:
        problem: why there can be none; empty where there can.
        in_seconds: in how many seconds it can be had.
    """

    problem: str = ""
    in_seconds: float = 0.0


def view_of(temporary: Temporary, entry: Entry, what: str) -> View:
    """Whether the view `what` of the entry's table can be restored, and when."""
    try:
        described = temporary.client.describe_continuous_backups(TableName=entry.table)
    except ClientError as error:
        if code_of(error) in NO_TABLE:
            return View("the table is gone")
        raise
    recovery: Mapping[str, Any] = described["ContinuousBackupsDescription"].get(
        "PointInTimeRecoveryDescription", {}
    )
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        return View("point-in-time recovery is off")
    earliest, latest = recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]
    if earliest.timestamp() > temporary.moment(entry, BEFORE):
        return View(f"point-in-time recovery goes back to {earliest.isoformat()} only")
    return View(in_seconds=max(0.0, temporary.moment(entry, what) - latest.timestamp()))
