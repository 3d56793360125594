import platform
import sys

import pytest

from constructs_lib.bundling import Target
from constructs_lib.bundling.errors import BundlingError


@pytest.mark.parametrize(
    ("runtime", "architecture", "python", "wheels"),
    [
        ("python3.14", "arm64", "3.14", "aarch64-manylinux_2_34"),
        ("python3.12", "x86_64", "3.12", "x86_64-manylinux_2_34"),
        ("python3.11", "x86_64", "3.11", "x86_64-manylinux_2_17"),
        ("python3.9", "arm64", "3.9", "aarch64-manylinux_2_17"),
        ("python3.27", "arm64", "3.27", "aarch64-manylinux_2_34"),
    ],
)
def test_derives_the_wheels_from_the_runtime(
    runtime: str, architecture: str, python: str, wheels: str
) -> None:
    assert Target.for_runtime(runtime, architecture) == Target(python_version=python, platform=wheels)


@pytest.mark.parametrize("runtime", ["nodejs24.x", "provided.al2023", "python2.7", "python3.14-preview"])
def test_fails_for_a_runtime_that_is_not_python(runtime: str) -> None:
    with pytest.raises(BundlingError, match=f"runtime is '{runtime}'"):
        Target.for_runtime(runtime, "arm64")


def test_fails_for_an_unknown_architecture() -> None:
    with pytest.raises(BundlingError, match=r"architecture is 'riscv'.*ARM_64"):
        Target.for_runtime("python3.14", "riscv")


def test_host_is_this_python() -> None:
    host = Target.host()
    assert host.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert host.platform.split("-")[0] in {"x86_64", "aarch64", platform.machine().lower()}


@pytest.mark.parametrize(
    ("system", "libc", "expected"),
    [
        ("linux", "glibc 2.36", "aarch64-manylinux_2_36"),
        ("linux", "glibc 2.29", "aarch64-manylinux_2_28"),
        ("linux", "glibc 2.99", "aarch64-manylinux_2_40"),
        ("linux", "", "aarch64-unknown-linux-musl"),
        ("darwin", "", "aarch64-apple-darwin"),
        ("win32", "", "aarch64-pc-windows-msvc"),
    ],
)
def test_host_platform_is_one_that_uv_knows(
    monkeypatch: pytest.MonkeyPatch, system: str, libc: str, expected: str
) -> None:
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    monkeypatch.setattr("os.confstr", lambda _: libc)
    assert Target.host().platform == expected
