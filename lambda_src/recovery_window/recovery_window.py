"""Publishes how far back tables can be restored, and how young the latest second is that they can be restored to."""  # noqa: INP001 - a handler's folder

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

__all__ = ["UNITS", "Look", "UnseenError", "Window", "handler", "look"]

UNITS: Final = {
    "AgeOfLatestRestorable": "Seconds",
    "RecoveryWindow": "Seconds",
    "RecoveryWindowMissing": "Seconds",
    "RecoveryLooksFailed": "Count",
}
"""The metrics and their units."""
SPACING: Final = 0.2
"""Seconds from table to table: half of the 10 calls a second that DynamoDB takes of an account.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
"""
RESERVE: Final = 60.0
"""Seconds that the two calls for one table may need, with every retry."""
_LOCAL_LIMIT: Final = 180.0
_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"}
)

_log = logging.getLogger(__name__)


class UnseenError(Exception):
    """Tables that nobody could look at."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """What one table can be restored to.

    Attributes:
        created: when the table was made.
        earliest: the first second that it can be restored to; None where there is none.
        latest: the last one.
    """

    created: datetime
    earliest: datetime | None
    latest: datetime | None

    @classmethod
    def of(cls, client: Any, table: str) -> "Window":
        """What DynamoDB says of `table`."""
        created = client.describe_table(TableName=table)["Table"]["CreationDateTime"]
        found = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        recovery = found.get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            return cls(created=created, earliest=None, latest=None)
        return cls(
            created=created,
            earliest=recovery.get("EarliestRestorableDateTime"),
            latest=recovery.get("LatestRestorableDateTime"),
        )


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is promised, and under which name it is published what holds.

    Attributes:
        schedule: the value of the dimension ``Schedule``.
        namespace: the namespace of the metrics.
        promised: how far back tables can be restored, once they are old enough.
        since: the history of tables that are older than this begins here; None for where it begins with the table.
    """

    schedule: str
    namespace: str
    promised: timedelta
    since: datetime | None

    @classmethod
    def from_json(cls, settings: Mapping[str, Any]) -> "Look":
        """What the construct wrote."""
        since = settings.get("since")
        return cls(
            schedule=settings["schedule"],
            namespace=settings["namespace"],
            promised=timedelta(seconds=settings["promised"]),
            since=None if since is None else datetime.fromisoformat(since),
        )

    def values(self, window: Window, now: datetime) -> dict[str, float]:
        """The metrics of a table.

        A table that cannot be restored at all would lose everything since it was made: that is then the age.
        """
        begins = window.created if self.since is None else max(window.created, self.since)
        reach = timedelta(0) if window.earliest is None else now - window.earliest
        expected = min(self.promised, now - begins)
        return {
            "AgeOfLatestRestorable": _seconds(now - (window.latest or window.created)),
            "RecoveryWindow": _seconds(reach),
            "RecoveryWindowMissing": _seconds(expected - reach),
            "RecoveryLooksFailed": 0,
        }

    def line(self, table: str, values: Mapping[str, float], now: datetime) -> str:
        """The line of the log that CloudWatch reads as metrics, of the table and of all tables.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
        """
        described = {
            "Namespace": self.namespace,
            "Dimensions": [["Schedule"], ["Schedule", "TableName"]],
            "Metrics": [{"Name": name, "Unit": UNITS[name]} for name in values],
        }
        line = {
            "_aws": {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": [described]},
            "Schedule": self.schedule,
            "TableName": _name(table),
            **values,
        }
        return json.dumps(line)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Publish how far back each of ``tables`` can be restored."""
    tables = event["tables"]
    look(
        _client(),
        Look.from_json(json.loads(os.environ["RECOVERY_WINDOW"])),
        tables,
        now=lambda: datetime.now(UTC),
        remaining=_remaining(context),
        sleep=time.sleep,
        write=_write,
    )
    return {"tables": len(tables)}


def look(
    client: Any,
    asked: Look,
    tables: Sequence[str],
    *,
    now: Callable[[], datetime],
    remaining: Callable[[], float],
    sleep: Callable[[float], None],
    write: Callable[[str], None],
) -> None:
    """Publish what holds of each of `tables`, given by their ARNs.

    Args:
        client: of DynamoDB.
        asked: what is promised.
        tables: what is looked at.
        now: the time.
        remaining: the seconds until the function is ended.
        sleep: waits.
        write: writes a line.

    Raises:
        UnseenError: some could not be looked at; all others were.
    """
    unseen: list[str] = []
    for number, table in enumerate(tables):
        sleep(SPACING if number else 0)
        try:
            _in_time(remaining())
            values = asked.values(Window.of(client, table), now())
        except (ClientError, BotoCoreError, UnseenError) as error:
            _log.warning("%s: %s", table, error)
            unseen.append(f"{_name(table)} ({error})")
            values = {"RecoveryLooksFailed": 1}
        write(asked.line(table, values, now()))
    if unseen:
        raise UnseenError(f"{len(unseen)} of {len(tables)} tables: {'; '.join(unseen)}")


def _in_time(left: float) -> None:
    if left < RESERVE:
        raise UnseenError("no time was left")


def _name(table: str) -> str:
    return table.rsplit(":table/", maxsplit=1)[-1]


def _seconds(length: timedelta) -> float:
    return max(0.0, length.total_seconds())


@cache
def _client() -> Any:
    return boto3.client("dynamodb", config=_CONFIG)


def _remaining(context: Any) -> Callable[[], float]:
    left = getattr(context, "get_remaining_time_in_millis", None)
    if left:
        return lambda: left() / 1000
    ends = time.monotonic() + _LOCAL_LIMIT
    return lambda: ends - time.monotonic()


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
