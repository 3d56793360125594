"""Workers that are forked from a process which has imported their packages already: a start takes a third of the time.

The first worker of a function is started as MiniStack starts it, and leaves the names of the modules that it loaded
beside its code (`local_cloud.bootstrap`). The second one brings up the process that it and all later ones are forked
from (`local_cloud.zygote`). A function with layers has them in a directory of each worker's own: nothing is shared.
"""

import contextlib
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import IO, Any, Self

from local_cloud.bootstrap import CODE_ELSEWHERE, LAYERS_VARIABLE, loaded_by
from local_cloud.hooks import replace

_MOST_ZYGOTES = 24
"""Each holds what its packages take; the one that was asked least recently makes room."""
_LONGEST_START, _LOOK_SECONDS = 30.0, 0.02
_OF_ONE_WORKER = ("AWS_LAMBDA_LOG_STREAM_NAME", "LAMBDA_TASK_ROOT")
"""What is different in every worker of a function."""
_zygotes: OrderedDict[str, "_Zygote"] = OrderedDict()
_lock = threading.Lock()


def install() -> None:
    replace("core.lambda_runtime.subprocess", lambda _: _Subprocess())


def stop() -> None:
    """Let go of the processes that workers are forked from; they end."""
    with _lock:
        while _zygotes:
            _zygotes.popitem()[1].end()


class _Subprocess:
    """What MiniStack's module of workers knows as `subprocess`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(  # noqa: N802 - the name that is replaced
        self, command: list[str], *, cwd: str, env: Mapping[str, str], **options: Any
    ) -> Any:
        worker = forked(command[0], cwd, env)
        return worker or subprocess.Popen(command, cwd=cwd, env=env, **options)  # noqa: S603 - as MiniStack asks


def forked(python: str, cwd: str, env: Mapping[str, str]) -> "ForkedWorker | None":
    """A worker of a function that has had one before; None where it has to be started the long way.

    Args:
        python: The interpreter.
        cwd: The worker's own directory, which says where its code is.
        env: All of its variables.
    """
    elsewhere = Path(cwd, CODE_ELSEWHERE)
    if sys.platform != "linux" or LAYERS_VARIABLE in env or not elsewhere.exists():
        return None
    code = elsewhere.read_text()
    module = env.get("_HANDLER", "").rpartition(".")[0].replace("/", ".")
    if not loaded_by(code, module).exists():
        return None
    common = {name: value for name, value in env.items() if name not in _OF_ONE_WORKER}
    key = hashlib.sha256(json.dumps([code, common], sort_keys=True).encode()).hexdigest()
    with _lock:
        zygote = _zygotes.setdefault(key, _Zygote())
        _zygotes.move_to_end(key)
        if len(_zygotes) > _MOST_ZYGOTES:
            _zygotes.popitem(last=False)[1].end()
    try:
        zygote.start(python, code, module, cwd, env)
        return ForkedWorker(zygote, {"cwd": cwd, "env": dict(env)})
    except OSError:  # it has ended, or does not answer
        with _lock:
            if _zygotes.get(key) is zygote:
                del _zygotes[key]
        zygote.end()
        return None


class _Zygote:
    """A process that forks workers of one version of a function."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._requests: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, python: str, code: str, module: str, cwd: str, env: Mapping[str, str]) -> None:
        with self._starting:
            if self._requests is not None:
                return
            self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            program = str(Path(__file__).resolve().parent.parent / "zygote.py")
            with theirs:
                self.process = subprocess.Popen(  # noqa: S603 - Python, and a program of this package
                    [python, program, str(theirs.fileno())],
                    cwd=code,
                    env=env,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            wanted = {"code_dir": cwd, "modules": _of_packages(code, module)}
            self._requests.send(json.dumps(wanted).encode())

    def ask(self, wanted: dict[str, Any], files: list[int]) -> None:
        if self._requests is None:
            raise OSError("it is not started")
        socket.send_fds(self._requests, [json.dumps(wanted).encode()], files)

    def end(self) -> None:
        if self._requests is not None:
            self._requests.close()
        if self.process is not None:
            threading.Thread(target=self.process.wait, daemon=True).start()  # so that no zombie is left


def _of_packages(code: str, module: str) -> list[str]:
    """The modules that a worker loaded which packages brought, not the function itself."""
    own = {
        each.name.removesuffix(".py")
        for each in Path(code).iterdir()
        if each.is_dir() or each.suffix == ".py"
    } - _packages()
    loaded = json.loads(loaded_by(code, module).read_text())
    return [name for name in loaded if name.partition(".")[0] not in {*own, "__main__"}]


@cache
def _packages() -> frozenset[str]:
    return frozenset(packages_distributions())


def _runs(process: str) -> bool:
    try:
        return Path("/proc", process, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class ForkedWorker:
    """A worker that is not a child of this process, with the face of `subprocess.Popen`."""

    def __init__(self, zygote: _Zygote, wanted: dict[str, Any]) -> None:
        pipes = [os.pipe() for _ in range(4)]
        theirs = [pipes[0][0], *(writing for _, writing in pipes[1:])]
        self.stdin: IO[str] = os.fdopen(pipes[0][1], "w", buffering=1)
        self.stdout: IO[str] = os.fdopen(pipes[1][0])
        self.stderr: IO[str] = os.fdopen(pipes[2][0])
        self._status = pipes[3][0]
        weakref.finalize(self, os.close, self._status)
        self._said, self._reading = b"", threading.Lock()
        self.returncode: int | None = None
        try:
            try:
                zygote.ask(wanted, theirs)
            finally:
                for each in theirs:
                    os.close(each)
            self.pid = self._process_id()
        except OSError:
            self.__exit__()
            raise

    def _process_id(self) -> int:
        """Wait for the fork: the zygote may still be importing."""
        deadline = time.monotonic() + _LONGEST_START
        while b"\n" not in self._said:
            self._listen(deadline - time.monotonic())
            if self.returncode is not None or time.monotonic() >= deadline:
                raise OSError("no worker was forked")
        return int(self._said.split(b"\n")[0])

    def _listen(self, seconds: float) -> None:
        if not self._has_said(seconds):
            return
        with self._reading:
            if self.returncode is None and self._has_said(0):
                said = os.read(self._status, 64)
                self._said += said
                lines = self._said.split(b"\n")
                if len(lines) > 2:  # noqa: PLR2004 - its process id, its exit code, and what follows the last line's end
                    self.returncode = int(lines[1])
                elif not said and not _runs(lines[0].decode()):
                    self.returncode = -signal.SIGKILL  # nobody is left who could tell
                elif not said:
                    time.sleep(min(seconds, _LOOK_SECONDS))  # it outlives what it was forked from

    def _has_said(self, seconds: float) -> bool:
        said = select.poll()  # which has no limit to the number of a file
        said.register(self._status, select.POLLIN)
        return bool(said.poll(max(0.0, seconds) * 1000))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(BrokenPipeError):
                each.close()

    def poll(self) -> int | None:
        if self.returncode is None:
            self._listen(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            self._listen(_LONGEST_START if deadline is None else deadline - time.monotonic())
            if self.returncode is None and deadline is not None and time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired(f"worker {self.pid}", timeout or 0)
        return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
