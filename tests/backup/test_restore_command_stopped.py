"""``restore`` as somebody uses it: a process that is stopped, and the command that it says goes on."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.backup.restored_table import ITEMS, ids, rich_table, tables

ROOT = Path(__file__).parent.parent.parent
MODULE = "constructs_lib.backup"
STOPPABLE = (
    "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    f"runpy.run_module({MODULE!r}, run_name='__main__', alter_sys=True)"
)
"""A test may run where nothing can be interrupted from the keyboard; the command may not."""


@pytest.fixture
def slow_cloud() -> Iterator[LocalCloud]:
    with LocalCloud(settings={"LOCAL_CLOUD_RESTORE_SECONDS": "6"}) as running:
        yield running


def started(cloud: LocalCloud, words: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", STOPPABLE, *words],
        cwd=ROOT,
        env={**os.environ, **cloud.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_restore_goes_on_without_the_command_and_with_it_again(slow_cloud: LocalCloud) -> None:
    client = slow_cloud.client("dynamodb")
    with rich_table(slow_cloud) as table:
        client.create_backup(TableName=table, BackupName="by-hand")
        target = f"{table}-2"
        words = ["restore", "--table", table, "--backup", "latest", "--to", target, "--yes", "--json"]
        with started(slow_cloud, words) as stopped:
            eventually(lambda: target in tables(client), "the restore to begin")
            stopped.send_signal(signal.SIGINT)
            document, said = stopped.communicate(timeout=60)
        assert stopped.returncode == 130
        assert "Stopped. What was begun goes on by itself." in said
        assert "Traceback" not in said

        resume = shlex.split(json.loads(document)["resume"])
        assert resume[:3] == ["python", "-m", MODULE]
        with started(slow_cloud, resume[3:]) as again:
            document, said = again.communicate(timeout=60)
        assert again.returncode == 0, said
        assert json.loads(document)["applied"][-1] == "time to live by expires"
        assert "begun before, goes on" in said
        assert len(ids(client, target)) == ITEMS
