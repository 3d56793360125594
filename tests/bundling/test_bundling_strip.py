import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.bundling import Target
from constructs_lib.bundling.builder import Plan
from tests.bundling.wheelhouse import Wheels

Make = Callable[..., Path]
MakePlan = Callable[..., Plan]
Contents = Callable[[Path], dict[str, bytes]]

PACKAGE = {
    "thing/__init__.py": "",
    "thing/__init__.pyi": "",  # lazy_loader reads stubs at run time
    "thing/testing/helpers.py": "",
    "thing/tests/__init__.py": "",
    "thing/tests/data.json": "",
    "thing/tests/deep/test_it.py": "",
    "thing/sub/tests/conftest.py": "",
    "thing/fixtures/tests/sample.json": "",
}
METADATA = {
    "entry_points.txt": "[console_scripts]\nthing = thing:main\n\n[thing.plugins]\nmain = thing:main\n",
    "top_level.txt": "thing\n",
    "licenses/LICENSE": "",
    "sboms/thing.json": "",
}


@pytest.fixture
def code(folder: Make, wheels: Wheels) -> Path:
    wheels.add("thing", files=PACKAGE, metadata=METADATA)
    return folder({"requirements.txt": wheels.requirements("thing==1.0")})


def test_leaves_tests_scripts_and_needless_metadata_out(
    code: Path, plan: MakePlan, contents: Contents
) -> None:
    assert [*contents(plan(code).build())] == [
        "handler.py",
        "thing-1.0.dist-info/METADATA",
        "thing-1.0.dist-info/entry_points.txt",
        "thing-1.0.dist-info/top_level.txt",
        "thing/__init__.py",
        "thing/__init__.pyi",
        "thing/fixtures/tests/sample.json",
        "thing/testing/helpers.py",
    ]


def test_keep_brings_back_what_is_stripped_except_scripts(
    code: Path, plan: MakePlan, contents: Contents
) -> None:
    files = contents(plan(code, keep=("thing/tests", "*.dist-info/RECORD", "bin")).build())
    assert {
        "thing/tests/data.json",
        "thing/tests/deep/test_it.py",
        "thing-1.0.dist-info/RECORD",
    } < files.keys()
    assert "thing/sub/tests/conftest.py" not in files
    assert not [name for name in files if name.startswith("bin/")]


@pytest.mark.parametrize(
    "line",
    [
        "from thing.tests.helpers import x",
        "from .tests import helpers",
        "    from . import tests",
        "import thing.tests.helpers",
        "from thing import (tests)",
    ],
)
def test_keeps_tests_that_other_code_imports(
    folder: Make, plan: MakePlan, contents: Contents, wheels: Wheels, line: str
) -> None:
    wheels.add("thing", files={"thing/__init__.py": f"if 1:\n{line}\n", "thing/tests/test_it.py": ""})
    files = contents(plan(folder({"requirements.txt": wheels.requirements("thing==1.0")})).build())
    assert "thing/tests/test_it.py" in files


def test_does_not_strip_the_sources(folder: Make, plan: MakePlan, contents: Contents) -> None:
    code = folder({"package/tests/test_it.py": "", "tool-1.dist-info/RECORD": ""})
    assert {"package/tests/test_it.py", "tool-1.dist-info/RECORD"} < contents(plan(code).build()).keys()


def test_builds_the_same_bytes_again(
    code: Path, plan: MakePlan, contents: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = plan(code).build()
    monkeypatch.setattr("constructs_lib.bundling.cache.Cache.bundle", lambda *_: None)
    with monkeypatch.context() as patch:
        kept = tmp_path / "second"
        patch.setattr(
            "constructs_lib.bundling.cache.Cache.keep_bundle", lambda _, __, made: made.rename(kept)
        )
        second = plan(code).build()
    assert second != first
    assert contents(second) == contents(first)
    assert not [name for name, content in contents(first).items() if str(tmp_path).encode() in content]


def test_metadata_is_readable_at_run_time(code: Path, plan: MakePlan) -> None:
    bundle = plan(code, target=Target.host()).build()
    asked = (
        "import importlib.metadata as m, thing;"
        "print(m.version('thing'), *[e.value for e in m.entry_points(group='thing.plugins')],"
        "m.packages_distributions()['thing'], thing.__file__)"
    )
    answer = subprocess.run(
        [sys.executable, "-B", "-c", asked],
        env={"PYTHONPATH": str(bundle)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert answer.stdout.split() == ["1.0", "thing:main", "['thing']", str(bundle / "thing/__init__.py")]
