"""The code of functions, unpacked once for all workers that run it, and no more workers than the machine can run.

A package has thousands of files. And a machine that starts too many workers at once starts none in time: then what is
asked again needs still more of them. So some wait, for a while: what they wait for may itself wait for them.

MiniStack unpacks what it is given for each worker anew. It is given an archive that only says where the code is, which
the program inside the worker reads (`local_cloud.bootstrap`).
"""

import hashlib
import io
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from local_cloud.bootstrap import CODE_ELSEWHERE
from local_cloud.hooks import replace

_LONGEST_WAIT, _LOOK_SECONDS = 10.0, 0.02
_MOST_WORKERS = 4 * (os.cpu_count() or 1)
"""Of one version of a function."""
_unpacking = threading.Lock()
_starting = threading.BoundedSemaphore(os.cpu_count() or 1)


def install() -> None:
    replace("core.lambda_runtime.Worker._spawn", _with_code_in_common)
    replace("core.lambda_runtime.acquire_worker", _in_line)


def _in_line(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wait for a worker that is free rather than start one too many."""

    def acquire(
        name: str, config: Any, archive: bytes, qualifier: str = "$LATEST", max_concurrency: int | None = None
    ) -> Any:
        deadline = time.monotonic() + _LONGEST_WAIT
        while time.monotonic() < deadline:
            worker, how = original(name, config, archive, qualifier, max_concurrency or _MOST_WORKERS)
            if worker is not None or max_concurrency:
                return worker, how
            time.sleep(_LOOK_SECONDS)
        return original(name, config, archive, qualifier, max_concurrency)

    return acquire


def _with_code_in_common(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def spawn(worker: Any) -> None:
        runtime = str(worker.config.get("Runtime", ""))
        if runtime.startswith("python") and not hasattr(worker, "_in_common"):
            worker.code_zip = worker._in_common = in_common(worker.code_zip)  # noqa: SLF001 - a mark of our own
        taken = _starting.acquire(
            timeout=_LONGEST_WAIT
        )  # what starts may wait for another one that has to start
        try:
            original(worker)
        finally:
            if taken:
                _starting.release()

    return spawn


def in_common(archive: bytes) -> bytes:
    """An archive that says where the code of another one is."""
    with _unpacking:
        place = _unpacked(archive)
    said = io.BytesIO()
    with zipfile.ZipFile(said, "w") as pointing:
        pointing.writestr(CODE_ELSEWHERE, place)
    return said.getvalue()


@cache
def _unpacked(archive: bytes) -> str:
    place = Path(tempfile.gettempdir(), "code", hashlib.sha256(archive).hexdigest()[:16])
    place.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as code:
        code.extractall(place)
    return str(place)
