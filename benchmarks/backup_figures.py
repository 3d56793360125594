"""The handlers of backups: what many tables and many backups take.

Everything is measured in processes of their own; `backup_runs` says what runs in them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import Figure
from constructs_lib.function.hardened_function import DEFAULT_MEMORY_SIZE
from constructs_lib.handlers import handler_folder

__all__ = ["call_rates", "figures", "measure", "pruning", "run_of_many_tables"]

_ROOT: Final = Path(__file__).parent.parent
_MANY, _FEW = 10_000, 1_000
_TABLES: Final = 100
_MOST_THREADS: Final = 10
_TIMEOUT: Final = 900
"""Seconds: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
_MB: Final = 1_000_000


def figures() -> list[Figure]:
    """All of them."""
    return [*pruning(_MANY, _FEW), *run_of_many_tables(_TABLES)]


def pruning(many: int, few: int) -> list[Figure]:
    """The memory in which `many` backups are pruned, against a few, and against a list of all of them."""
    own, own_few, by_list = (
        measure(what, count)["peak"] for what, count in (("prune", many), ("prune", few), ("list", many))
    )
    name = f"pruning {many:,} backups: memory"
    return [
        Figure(
            name=name,
            ours=f"{own / 1000:.0f} kB",
            other=f"{against}: {other / 1000:.0f} kB",
            judged=own / other,
            target=target,
        )
        for against, other, target in ((f"{few:,} backups", own_few, 1.2), ("a list of all", by_list, 0.2))
    ]


def run_of_many_tables(tables: int) -> list[Figure]:
    """One run of the schedule, in virtual time, against one thread."""
    own, one = (measure("run", tables, *options) for options in ((), ("--threads=1",)))
    name = f"backup of {tables} tables"
    seconds, threads, peak = own["seconds"], own["threads"], own["peak"] / _MB
    return [
        Figure(
            name=f"{name}: virtual time",
            ours=f"{seconds:.0f} s",
            other=f"one thread: {one['seconds']:.0f} s",
            judged=seconds / one["seconds"],
            target=0.8,
        ),
        Figure(
            name=f"{name}: of Lambda's timeout",
            ours=f"{seconds:.0f} s",
            other=f"{_TIMEOUT} s",
            judged=seconds / _TIMEOUT,
            target=1.0,
        ),
        Figure(name=f"{name}: threads", ours=f"{threads}", judged=threads, target=_MOST_THREADS, unit=""),
        *call_rates(name, own),
        Figure(
            name=f"{name}: memory",
            ours=f"{peak:.0f} MB",
            other=f"one thread: {one['peak'] / _MB:.0f} MB",
            judged=peak,
            target=DEFAULT_MEMORY_SIZE / 2,
            unit=" MB",
        ),
    ]


def call_rates(name: str, run: Mapping[str, Any]) -> list[Figure]:
    """The most calls of any second, against what DynamoDB takes of an account, of which others want some, too."""
    return [
        Figure(
            name=f"{name}: {call} a second",
            ours=f"{most}",
            other=f"DynamoDB takes {run['limits'][call]}",
            judged=most / run["limits"][call],
            target=0.5,
        )
        for call, most in run["most_calls"].items()
        if most
    ]


def measure(what: str, count: int, *options: str) -> Any:
    """What `backup_runs` says of it."""
    # Of a run everything counts, the SDK included; of pruning only what comes on top.
    traced = ("-X", "tracemalloc") if what == "run" else ()
    return json.loads(_python(*traced, "-m", "benchmarks.backup_runs", what, str(count), *options))


def _python(*arguments: str) -> str:
    path = os.pathsep.join([str(_ROOT), str(handler_folder("table_backup"))])
    done = subprocess.run(  # noqa: S603 - this interpreter, and modules of this repository
        [sys.executable, *arguments],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": path, "AWS_DEFAULT_REGION": "us-east-1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
