"""Later workers of a function are forked from a process that has imported its packages, and are new in all else."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.bootstrap import CODE_ELSEWHERE, loaded_by
from local_cloud.chaos.outages import Outages
from local_cloud.chaos.plan import Plan
from local_cloud.patches import forked_workers
from local_cloud.patches.forked_workers import ForkedWorker
from local_cloud.service import eventually

CODE = """
import logging, os, random, sys, time, uuid
from pathlib import Path

import boto3

import beside

parent = Path(f"/proc/{os.getppid()}/cmdline").read_text().split(chr(0))
name, drawn, calls, client = str(uuid.uuid4()), random.random(), 0, boto3.client("sts")

def handler(event, context):
    global calls
    calls += 1
    print("said by", name)
    if "exit" in event:
        os._exit(event["exit"])
    eaten = bytearray(event.get("eat", 0) << 20)
    time.sleep(event.get("sleep", 0))
    return {
        "forked": parent[1].endswith("zygote.py"),
        "name": name,
        "drawn": drawn,
        "beside": beside.name,
        "calls": calls,
        "pid": os.getpid(),
        "parent": os.getppid(),
        "stream": context.log_stream_name,
        "who": os.environ.get("WHO"),
        "account": client.get_caller_identity()["Account"],
        "places": [sys.path[0], os.getcwd(), os.environ["LAMBDA_TASK_ROOT"]],
        "path": sys.path,
        "programs": sorted({"bootstrap", "zygote"} & set(sys.modules)),
        "log_handlers": len(logging.root.handlers),
    }
"""
"""A handler that tells of the process it runs in."""


def _archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
        archive.writestr("beside.py", "import uuid; name = str(uuid.uuid4())")
    return packed.getvalue()


@contextmanager
def _function(cloud: LocalCloud, name: str, **settings: Any) -> Iterator["_Function"]:
    client = cloud.client("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.14",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/any",
        Code={"ZipFile": _archive()},
        **{"Timeout": 20, "MemorySize": 256} | settings,
    )
    try:
        yield _Function(client, name)
    finally:
        client.delete_function(FunctionName=name)


class _Function:
    def __init__(self, client: Any, name: str) -> None:
        self.client, self.name = client, name

    def __call__(self, **event: Any) -> dict[str, Any]:
        answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(event), LogType="Tail")
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        return {**said, "log": base64.b64decode(answer["LogResult"]).decode()}


@pytest.fixture(scope="module")
def ended(cloud: LocalCloud) -> Iterator[_Function]:
    """A function whose next worker is forked, since one has been there before."""
    with _function(cloud, "forked", Environment={"Variables": {"WHO": "first"}}) as function:
        function(exit=0)
        yield function


def test_the_successor_of_a_worker_is_forked_and_starts_as_new(cloud: LocalCloud) -> None:
    with _function(cloud, "forked-anew", Environment={"Variables": {"WHO": "first"}}) as function:
        started = [function() for _ in range(2)]
        assert function(exit=1)["errorType"] == "Runtime.ExitError"
        second = function()
        function(exit=1)
        third = function()

    assert [each["forked"] for each in (*started, second, third)] == [False, False, True, True]
    assert [each["calls"] for each in (*started, second, third)] == [1, 2, 1, 1]
    for new in ("name", "drawn", "beside", "pid", "stream"):
        assert len({each[new] for each in (started[0], second, third)}) == 3, new
    for same in ("who", "account", "places", "path", "programs", "log_handlers"):
        assert started[0][same] == second[same] == third[same], same
    assert len(set(second["places"])) == 1
    assert (second["who"], second["programs"], second["log_handlers"]) == ("first", [], 1)


def test_many_are_forked_at_once(ended: _Function) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: ended(sleep=1), range(6)))

    assert all(each["forked"] for each in answers)
    assert len({each["pid"] for each in answers}) == len({each["name"] for each in answers}) > 1


def test_what_a_forked_worker_writes_is_in_the_log_of_its_invocation(ended: _Function) -> None:
    answer = ended()

    assert answer["forked"]
    assert f"said by {answer['name']}" in answer["log"]


def test_a_forked_worker_has_no_more_memory_than_the_function(ended: _Function) -> None:
    assert ended(eat=100)["forked"]

    assert ended(eat=400, sleep=5)["errorType"] == "Runtime.OutOfMemory"


def test_a_forked_worker_that_takes_too_long_is_ended(cloud: LocalCloud) -> None:
    with _function(cloud, "forked-slow", Timeout=2) as function:
        function(exit=0)
        slow = function()
        answer = function(sleep=60)

        assert slow["forked"]
        assert answer["errorType"] == "Sandbox.Timedout"
        eventually(lambda: not Path(f"/proc/{slow['pid']}").exists(), "the worker is gone")
        assert function()["calls"] == 1


def test_a_chaos_run_kills_forked_workers_and_not_what_they_are_forked_from(
    cloud: LocalCloud, ended: _Function
) -> None:
    site: Any = SimpleNamespace(cloud=cloud)
    outages = Outages(site=site, plan=Plan.make(1, orders=1, files=1), done=lambda: 0.0, redrive=lambda: None)
    worker = ended()

    processes = dict(outages._workers())

    assert worker["forked"]
    assert processes[worker["pid"]] == ended.name
    assert worker["parent"] not in processes


def test_a_changed_configuration_is_that_of_the_next_worker(cloud: LocalCloud) -> None:
    with _function(cloud, "forked-changed", Environment={"Variables": {"WHO": "old"}}) as function:
        function(exit=0)
        assert function()["who"] == "old"

        function.client.update_function_configuration(
            FunctionName=function.name, Environment={"Variables": {"WHO": "new"}}
        )

        assert function()["who"] == "new"


def test_a_function_with_layers_is_always_started_anew(cloud: LocalCloud) -> None:
    with _function(cloud, "forked-layers") as function:
        layer = function.client.publish_layer_version(
            LayerName="beside-forked", Content={"ZipFile": _archive()}
        )["LayerVersionArn"]
        function.client.update_function_configuration(FunctionName=function.name, Layers=[layer])
        function(exit=0)

        assert not function()["forked"]


def _worker_of(tmp_path: Path, modules: list[str]) -> tuple[str, dict[str, str]]:
    """A worker's directory, and its variables; its program says what it has been given."""
    code, own = tmp_path / "code", tmp_path / "own"
    code.mkdir()
    own.mkdir()
    (own / CODE_ELSEWHERE).write_text(str(code))
    (code / "index.py").write_text("def handler(event, context): return event")
    loaded_by(str(code), "index").write_text(json.dumps(modules))
    variables = {
        "_HANDLER": "index.handler",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_NAME": "any",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_LOG_GROUP_NAME": "any",
        "AWS_LAMBDA_LOG_STREAM_NAME": "any",
    }
    return str(own), {**os.environ, **variables}


@pytest.fixture
def nobody_left() -> Iterator[None]:
    yield
    forked_workers.stop()


def _forked(own: str, env: dict[str, str]) -> ForkedWorker:
    worker = forked_workers.forked(sys.executable, own, env)
    assert worker is not None
    return worker


def _started(worker: Any, own: str) -> dict[str, Any]:
    worker.stdin.write(json.dumps({"code_dir": own, "module": "index", "handler": "handler"}) + "\n")
    said: dict[str, Any] = json.loads(worker.stdout.readline())
    return said


@pytest.mark.usefixtures("nobody_left")
def test_a_module_that_cannot_be_imported_is_left_to_the_worker(tmp_path: Path) -> None:
    own, env = _worker_of(tmp_path, ["json", "there_is_no_such_module"])

    with _forked(own, env) as worker:
        assert _started(worker, own)["status"] == "ready"
        assert worker.poll() is None
        worker.stdin.close()
        assert worker.wait(10) == 0


@pytest.mark.usefixtures("nobody_left")
def test_a_killed_worker_tells_the_signal(tmp_path: Path) -> None:
    own, env = _worker_of(tmp_path, [])

    with _forked(own, env) as worker:
        _started(worker, own)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(0.01)
        worker.terminate()

        assert worker.wait(10) == -signal.SIGTERM
        worker.kill()  # which is nobody's any more


@pytest.mark.usefixtures("nobody_left")
def test_where_nobody_forks_the_worker_is_started_the_long_way(tmp_path: Path) -> None:
    own, env = _worker_of(tmp_path, [])

    assert forked_workers.forked("/bin/false", own, env) is None
    loaded_by(str(tmp_path / "code"), "index").unlink()
    assert forked_workers.forked(sys.executable, own, env) is None


@pytest.mark.usefixtures("nobody_left")
def test_a_worker_outlives_what_it_was_forked_from(tmp_path: Path) -> None:
    own, env = _worker_of(tmp_path, [])

    with _forked(own, env) as worker:
        _started(worker, own)
        (zygote,) = forked_workers._zygotes.values()
        assert zygote.process is not None
        zygote.process.kill()
        zygote.process.wait()

        assert worker.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(0.1)
        worker.kill()
        assert worker.wait(10) == -signal.SIGKILL


@pytest.mark.usefixtures("nobody_left")
def test_what_workers_are_forked_from_is_started_anew_when_it_is_gone(tmp_path: Path) -> None:
    own, env = _worker_of(tmp_path, [])
    with _forked(own, env):
        (zygote,) = forked_workers._zygotes.values()
    assert zygote.process is not None
    zygote.process.kill()
    zygote.process.wait()

    assert forked_workers.forked(sys.executable, own, env) is None
    with _forked(own, env) as worker:
        assert _started(worker, own)["status"] == "ready"


def test_all_end_when_nobody_can_ask_any_more(tmp_path: Path) -> None:
    own, env = _worker_of(tmp_path, [])
    with _forked(own, env) as worker:
        _started(worker, own)
        (zygote,) = forked_workers._zygotes.values()

        forked_workers.stop()

        assert zygote.process is not None
        assert zygote.process.wait(10) == 0
        worker.stdin.close()
        assert worker.poll() in {None, 0, -signal.SIGKILL}
        eventually(lambda: not Path(f"/proc/{worker.pid}").exists(), "the worker is gone")
