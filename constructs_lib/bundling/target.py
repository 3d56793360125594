"""The machine that code is bundled for: its Python and the wheels that run on it."""

import os
import platform as machine
import re
import sys
from dataclasses import dataclass
from typing import Self

from constructs_lib.bundling.errors import BundlingError

__all__ = ["Target"]

# "python3.14"; no list of versions, so that a runtime that Lambda adds tomorrow works today.
_PYTHON_RUNTIME = re.compile(r"python3\.(\d+)")
_FIRST_MINOR_ON_AMAZON_LINUX_2023 = 12
_CPUS = {"arm64": "aarch64", "aarch64": "aarch64", "x86_64": "x86_64", "amd64": "x86_64"}
# The glibc levels that uv has a platform for, beside 2.17 (uv pip install --help).
_GLIBC_LEVELS = (17, 28, *range(31, 41))


@dataclass(frozen=True, kw_only=True)
class Target:
    """The Python version and the platform whose wheels are bundled.

    Attributes:
        python_version: major and minor version, e.g. "3.14".
        platform: a platform as uv names it, e.g. "aarch64-manylinux_2_34"; see
            https://docs.astral.sh/uv/reference/cli/#uv-pip-install--python-platform
    """

    python_version: str
    platform: str

    @classmethod
    def for_runtime(cls, runtime: str, architecture: str) -> Self:
        """The target of the Lambda runtime and architecture of these names, e.g. "python3.14" and "arm64".

        Python 3.12 and later run on Amazon Linux 2023, which has glibc 2.34; Python 3.11 and earlier run on
        Amazon Linux 2, which has glibc 2.26, for which manylinux_2_17 is the newest platform that uv knows.
        https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
        https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html

        Raises:
            BundlingError: the runtime is not a Python runtime, or the architecture is unknown.
        """
        found = _PYTHON_RUNTIME.fullmatch(runtime)
        if not found:
            raise BundlingError(
                f"runtime is {runtime!r}, and PythonCode bundles Python only.",
                remedy="Give a Python runtime, or pass any other lambda_.Code as the code.",
            )
        if architecture not in _CPUS:
            raise BundlingError(
                f"architecture is {architecture!r}.",
                remedy="Give Architecture.ARM_64 or Architecture.X86_64.",
            )
        minor = int(found[1])
        libc = "manylinux_2_34" if minor >= _FIRST_MINOR_ON_AMAZON_LINUX_2023 else "manylinux_2_17"
        return cls(python_version=f"3.{minor}", platform=f"{_CPUS[architecture]}-{libc}")

    @classmethod
    def host(cls) -> Self:
        """The Python, architecture and platform of this process.

        For a local cloud, which runs handlers on the machine it runs on.
        """
        cpu = _CPUS.get(machine.machine().lower(), machine.machine().lower())
        match sys.platform:
            case "darwin":
                platform = f"{cpu}-apple-darwin"
            case "win32":
                platform = f"{cpu}-pc-windows-msvc"
            case _:
                platform = f"{cpu}-{_host_libc()}"
        return cls(python_version=f"{sys.version_info.major}.{sys.version_info.minor}", platform=platform)


def _host_libc() -> str:
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (AttributeError, OSError, ValueError):  # only glibc knows this name
        name, version = "", ""
    if name != "glibc":
        return "unknown-linux-musl"
    minor = int(version.split(".")[1])
    return (
        f"manylinux_2_{max((level for level in _GLIBC_LEVELS if level <= minor), default=_GLIBC_LEVELS[0])}"
    )
