"""The official schema of SARIF, from the npm package in which Microsoft ships it; downloaded once, and checked."""

import base64
import fcntl
import hashlib
import json
import os
import subprocess
import tarfile
from functools import cache
from typing import Any, Final

from tests.synthesis import ROOT

__all__ = ["sarif_schema"]

_PACKAGE: Final = "@microsoft/jest-sarif@1.0.0-beta.0"
_SHA512: Final = "A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A=="
_FILE: Final = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
_HOME: Final = ROOT / ".cache/sarif"


@cache
def sarif_schema() -> dict[str, Any]:
    """The schema of SARIF 2.1.0."""
    _HOME.mkdir(parents=True, exist_ok=True)
    archive = _HOME / "microsoft-jest-sarif-1.0.0-beta.0.tgz"
    with (_HOME / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(
            lock, fcntl.LOCK_EX
        )  # one process at a time; the lock goes with the process that holds it
        if not archive.exists():
            _download()
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert digest == _SHA512, f"{archive} is not what is expected: delete it."
    with tarfile.open(archive) as files:
        member = files.extractfile(_FILE)
        assert member is not None
        found: dict[str, Any] = json.load(member)
    return found


def _download() -> None:
    # Node's tools come with the requirements, like everything else that tests need.
    npm = ROOT / ".venv/bin/npm"
    done = subprocess.run(
        [npm, "pack", _PACKAGE], cwd=_HOME, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"npm pack {_PACKAGE}: {done.stderr}"
