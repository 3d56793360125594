"""The local cloud starts where it is told to, says why when it cannot, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local_cloud import LocalCloud, LocalCloudError
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.resources import function, ref


def _members(group: int) -> list[int]:
    """The processes of a process group, zombies left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_stopping_ends_every_worker_and_removes_every_file() -> None:
    cloud = LocalCloud().start()
    group, directory = cloud.pid, cloud.directory
    stack = deploy(cloud, "workers", function(Timeout=90), Function=ref("Function"))
    cloud.client("lambda").invoke(FunctionName=stack["Function"], Qualifier="live")
    assert len(_members(group)) == 2
    arguments = {"FunctionName": stack["Function"], "InvocationType": "Event", "Payload": b'{"sleep": 60}'}
    for _ in range(2):
        cloud.client("lambda").invoke(**arguments)
    eventually(
        lambda: len(_members(group)) == 5,
        "one worker for each of the running invocations, what the second is forked from, and the idle one",
    )
    started = time.monotonic()

    cloud.stop()

    assert time.monotonic() - started < 5
    assert not directory.exists()
    eventually(lambda: not _members(group), "the end of what was killed", seconds=2)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_server_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "local_cloud"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
        text=True,
    ) as server:
        assert server.stdout is not None
        ready = next(line for line in server.stdout if "ready" in line)
        assert ready.strip().rpartition(" ")[2].startswith("http://127.0.0.1:")
        os.kill(server.pid, number)
        assert server.wait(20) == 0
        assert eventually(lambda: not _members(server.pid), "the end of the process group")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_server_does_not_outlive_a_caller_that_was_killed() -> None:
    started = "import time; from local_cloud import LocalCloud; cloud = LocalCloud().start()"
    program = f"{started}; print(cloud.pid, cloud.directory, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout is not None
        pid, directory = caller.stdout.readline().split()
        caller.kill()
    eventually(lambda: not _members(int(pid)), "the end of the server")
    assert not Path(directory).exists()


def test_start_that_fails_shows_the_log() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        cloud = LocalCloud(port=taken.getsockname()[1])
        with pytest.raises(
            LocalCloudError, match=r"did not start on http://127\.0\.0\.1:\d+; its log ends with:"
        ):
            cloud.start(timeout=10)


def test_address_of_an_api_is_translated() -> None:
    cloud = LocalCloud(port=1234)
    prefix = "http://127.0.0.1:1234/_aws/execute-api/abc123/$default"
    assert cloud.url("https://abc123.execute-api.us-east-1.amazonaws.com/") == f"{prefix}/"
    assert (
        cloud.url("https://abc123.execute-api.us-west-2.amazonaws.com/orders?a=1") == f"{prefix}/orders?a=1"
    )
    with pytest.raises(LocalCloudError, match="is not the address of an API"):
        cloud.url("https://example.com/")


def test_environment_holds_nothing_of_the_callers_aws_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    cloud = LocalCloud()
    cloud.directory = Path("/nowhere")
    aws = {key: value for key, value in cloud.environment.items() if key.startswith("AWS_")}
    assert {"AWS_PROFILE", "AWS_SESSION_TOKEN"}.isdisjoint(aws)
    assert aws["AWS_ENDPOINT_URL"] == cloud.endpoint


def test_a_folder_with_something_in_it_is_not_taken(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("kept")
    command = [sys.executable, "-m", "local_cloud", "--directory", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "is not empty, and would be removed at the end" in done.stderr
    assert mine.read_text() == "kept"
