"""What the handler of backups takes for many tables and many backups, in a process of its own.

``python -m benchmarks.backup_runs prune 10000`` prunes so many backups, ``list 10000`` does the same by way of a list
of them, and ``run 100 --threads 10`` backs up so many tables. Each prints what it took as JSON. The handler is the real
one; DynamoDB and time are `backup_services` and `virtual_time`.
"""

import argparse
import json
import os
import random
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from table_backup import handler, rounds
from table_backup.backups import Backups
from table_backup.keeping import Keeper
from table_backup.ledger import Ledger
from table_backup.model import Settings
from table_backup.retention import Policy, kept

from benchmarks.backup_services import LIMITS, FakeDynamoDB, good_item, moment
from benchmarks.virtual_time import VirtualTime

_NOW: Final = datetime(2026, 3, 1, 1, tzinfo=UTC).timestamp()
_DAY: Final = 86_400.0
_TABLE: Final = "arn:aws:dynamodb:us-east-1:111122223333:table/bench"
_TAKES: Final = 180.0
"""Seconds until a backup is available: AWS says "within minutes"
(https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html)."""
_TIMEOUT: Final = 900.0
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
_EARLIER: Final = 500
"""Days for which there have been backups already, so that as many are left of each table as the policy keeps."""
_POLICY: Final = Policy(daily=7, weekly=5, monthly=12)
"""What `Retention` keeps where nothing is said."""


def pruned(count: int) -> dict[str, Any]:
    """Python's memory while all but one of `count` backups are deleted."""
    time, service = _with_backups(count)
    settings = _settings(Policy(count=1))
    keeper = Keeper(
        settings=settings,
        ledger=Ledger(service, settings.ledger),
        backups=Backups(service, elapsed=lambda: time.now, sleep=time.sleep),
        remaining=lambda: _TIMEOUT,
    )
    return _peak(lambda: keeper.prune(_TABLE, time.now), service)


def pruned_by_list(count: int) -> dict[str, Any]:
    """The same where all backups are listed first, as ListBackups gives them."""
    time, service = _with_backups(count)
    backups = Backups(service, elapsed=lambda: time.now, sleep=time.sleep)

    def prune() -> None:
        found: list[Any] = []
        request = {"TableName": _TABLE}
        while True:
            page = service.list_backups(**request)
            found += page["BackupSummaries"]
            if "LastEvaluatedBackupArn" not in page:
                break
            request["ExclusiveStartBackupArn"] = page["LastEvaluatedBackupArn"]
            time.sleep(1 / LIMITS["ListBackups"])
        times = [(each["BackupCreationDateTime"], each["BackupArn"]) for each in found]
        keep = kept(Policy(count=1), times, datetime.fromtimestamp(time.now, UTC))
        for each in found:
            if each["BackupArn"] not in keep:
                backups.delete(each["BackupArn"])

    return _peak(prune, service)


def run(tables: int, threads: int) -> dict[str, Any]:
    """What one run of the schedule takes for so many `tables`, each with earlier backups."""
    random.seed(0)
    time = VirtualTime(_NOW)
    service = FakeDynamoDB(time, takes=_TAKES)
    arns = [f"{_TABLE}-{number}" for number in range(tables)]
    earlier = _earlier_days()
    for arn in arns:
        service.fill(good_item(arn, days, _NOW - days * _DAY) for days in earlier)
    before = service.backups()
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 1_000 * (_NOW + _TIMEOUT - time.now))
    clocks = SimpleNamespace(monotonic=lambda: time.now, time=lambda: time.now, sleep=time.sleep)
    settings = {**vars(_settings(_POLICY)), "retention": vars(_POLICY)}
    for again in (False, True):  # the real clients take memory, too
        handler._client(again=again)  # noqa: SLF001 - as an invocation makes them
    with (
        mock.patch.dict(os.environ, TABLE_BACKUP=json.dumps(settings)),
        mock.patch.multiple(
            handler, _client=lambda **_: service, _THREADS=threads, time=clocks, _write=lambda _: None
        ),
        mock.patch.object(rounds, "ThreadPoolExecutor", time.pool),
    ):
        answer = handler.handler({"scheduled": moment(_NOW), "tables": arns}, context)
    return {
        "made": answer["made"],
        "deleted": before + answer["made"] - service.backups(),
        "seconds": time.now - _NOW,
        "threads": time.most_threads,
        "refused": service.refused,
        "most_calls": service.most_calls,
        "limits": LIMITS,
        "peak": tracemalloc.get_traced_memory()[1],
    }


def _earlier_days() -> list[int]:
    """How many days before this run each of the backups was made that there still are."""
    history = [(datetime.fromtimestamp(_NOW - days * _DAY, UTC), str(days)) for days in range(1, _EARLIER)]
    return [int(days) for days in kept(_POLICY, history, history[0][0])]


def _with_backups(count: int) -> tuple[VirtualTime, FakeDynamoDB]:
    time = VirtualTime(_NOW)
    service = FakeDynamoDB(time)
    service.fill(good_item(_TABLE, number, _NOW - number * 60) for number in range(count))
    return time, service


def _settings(policy: Policy) -> Settings:
    return Settings(schedule="Bench", ledger="ledger", namespace="Bench", prefix="bench", retention=policy)


def _peak(act: Callable[[], object], service: FakeDynamoDB) -> dict[str, Any]:
    tracemalloc.start()
    act()
    return {"peak": tracemalloc.get_traced_memory()[1], "left": service.backups()}


def main() -> None:
    """Do one of them, and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backup_runs", description=__doc__)
    parser.add_argument("what", choices=["prune", "list", "run"])
    parser.add_argument("count", type=int)
    parser.add_argument("--threads", type=int, default=handler._THREADS)  # noqa: SLF001 - what it is measured with
    given = parser.parse_args()
    if given.what == "run":
        took = run(given.count, given.threads)
    else:
        took = pruned(given.count) if given.what == "prune" else pruned_by_list(given.count)
    print(json.dumps(took))


if __name__ == "__main__":
    main()
