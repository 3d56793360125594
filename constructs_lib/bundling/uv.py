"""Runs uv, and says in one sentence what it could not do."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from constructs_lib.bundling.errors import BundlingError
from constructs_lib.bundling.target import Target

__all__ = ["run", "target_options"]

_NO_WHEEL = re.compile(r"([A-Za-z0-9][\w.-]*)\S* ha(?:s|ve) no (?:usable )?wheels")
_UNREACHABLE = ("network was disabled", "Failed to fetch", "Request failed", "dns error")


def target_options(target: Target) -> list[str]:
    """The options that make uv take wheels for `target` instead of this machine, and build nothing.

    https://docs.astral.sh/uv/reference/cli/#uv-pip-install
    """
    return [
        *("--python-platform", target.platform),
        *("--python-version", target.python_version),
        *("--only-binary", ":all:"),
        *("--python", sys.executable),
    ]


def run(arguments: Sequence[str], *, origin: Path, target: Target) -> str:
    """Run uv in the folder of the requirements file `origin` and return what it wrote.

    Raises:
        BundlingError: uv is not installed, or it failed.
    """
    command = [_uv(), *arguments, "--no-python-downloads", "--quiet", "--color", "never"]
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        command, cwd=origin.parent, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise _explained(" ".join(done.stderr.split()), origin=origin, target=target)
    return done.stdout


def _uv() -> str:
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - an extra, and only a cold build needs it

        return find_uv_bin()
    except (ImportError, FileNotFoundError) as error:
        raise BundlingError(
            "bundling requirements needs uv, which is not installed.",
            remedy="Install constructs-lib with its extra: [bundling].",
        ) from error


def _explained(said: str, *, origin: Path, target: Target) -> BundlingError:
    if missing := sorted(set(_NO_WHEEL.findall(said))):
        return BundlingError(
            f"no wheel of {', '.join(missing)} runs on Python {target.python_version} on {target.platform} "
            f"({origin}; uv: {said}).",
            remedy="Require a version that has one, or build the wheel and name its folder by --find-links "
            "in the requirements, or use a container image.",
        )
    if any(sign in said for sign in _UNREACHABLE):
        return BundlingError(
            f"the requirements in {origin} are not in the cache and the package index cannot be reached "
            f"(uv: {said}).",
            remedy="Synthesize once with a network, or restore the cache folder.",
        )
    return BundlingError(
        f"uv cannot install the requirements in {origin}: {said}", remedy="Correct that file."
    )
