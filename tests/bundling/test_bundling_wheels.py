"""Real packages from the package index, for machines that these tests do not run on."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.bundling import Target
from constructs_lib.bundling.builder import Plan
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling.errors import BundlingError

Make = Callable[..., Path]
MakePlan = Callable[..., Plan]


@pytest.mark.parametrize(
    ("runtime", "architecture", "module"),
    [
        ("python3.14", "arm64", "_pydantic_core.cpython-314-aarch64-linux-gnu.so"),
        ("python3.14", "x86_64", "_pydantic_core.cpython-314-x86_64-linux-gnu.so"),
        ("python3.11", "arm64", "_pydantic_core.cpython-311-aarch64-linux-gnu.so"),
    ],
)
def test_installs_the_wheels_of_the_target(
    folder: Make, plan: MakePlan, runtime: str, architecture: str, module: str
) -> None:
    made = plan(folder({"requirements.txt": "pydantic\n"}), target=Target.for_runtime(runtime, architecture))
    assert [path.name for path in made.build().rglob("*.so")] == [module]
    assert "pydantic-core" in made.unpinned


def test_a_bundle_for_the_host_runs_here(folder: Make, plan: MakePlan) -> None:
    code = folder(
        {
            "handler.py": "import pydantic, importlib.metadata as m\nassert m.version('pydantic')\n",
            "requirements.txt": "pydantic\n",
        }
    )
    bundle = plan(code, target=Target.host()).build()
    command = [sys.executable, "-B", "-c", "import handler; print(handler.pydantic.__file__)"]
    answer = subprocess.run(
        command, env={"PYTHONPATH": str(bundle)}, capture_output=True, check=True, text=True
    )
    assert Path(answer.stdout).is_relative_to(bundle)


@pytest.mark.parametrize("pinned", ["docopt", "pywin32", "pydantic-core==2.27.0"])
def test_names_the_requirement_without_a_wheel(folder: Make, plan: MakePlan, pinned: str) -> None:
    code = folder({"requirements.txt": f"typing-extensions\n{pinned}\n"})
    with pytest.raises(BundlingError) as error:
        plan(code).build()
    name = pinned.partition("=")[0]
    assert f"no wheel of {name} runs on Python 3.14 on aarch64-manylinux_2_34" in error.value.problem
    assert "container image" in error.value.remedy


def test_says_when_the_index_cannot_be_reached(
    folder: Make, plan: MakePlan, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(cache.folder.parent / "uv"))
    with pytest.raises(BundlingError, match=r"index cannot be reached .*Synthesize once with a network"):
        plan(folder({"requirements.txt": "pydantic\n"})).build()
