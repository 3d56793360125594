import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.bundling import Target
from constructs_lib.bundling.builder import Plan
from constructs_lib.bundling.patterns import Patterns
from constructs_lib.bundling.sources import collect
from tests.bundling.wheelhouse import Wheels

Make = Callable[..., Path]
MakePlan = Callable[..., Plan]
FILES = st.dictionaries(
    st.text("abc", min_size=1, max_size=4).map(lambda name: f"{name}.py"), st.binary(max_size=20), min_size=1
)
HASHED = "thing==1.0 --hash=sha256:" + "0" * 64


def test_is_equal_for_copies_elsewhere_at_other_times(folder: Make, plan: MakePlan, tmp_path: Path) -> None:
    code = folder({"deep/module.py": "x = 1\n", "requirements.txt": HASHED})
    copy = tmp_path / "somewhere" / "else"
    shutil.copytree(code, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1, 1))
    assert plan(copy).digest == plan(code).digest


@pytest.mark.parametrize(
    "change",
    [
        lambda code: (code / "handler.py").write_text("other"),
        lambda code: (code / "handler.py").rename(code / "renamed.py"),
        lambda code: (code / "handler.py").chmod(0o755),
        lambda code: (code / "new.py").write_text(""),
        lambda code: (code / "requirements.txt").write_text(HASHED.replace("1.0", "2.0")),
        lambda code: (code / "requirements.txt").unlink(),
    ],
    ids=["content", "name", "executable", "file", "version", "requirements"],
)
def test_differs_when_the_folder_differs(
    folder: Make, plan: MakePlan, change: Callable[[Path], object]
) -> None:
    code = folder({"requirements.txt": HASHED})
    before = plan(code).digest
    change(code)
    assert plan(code).digest != before


@pytest.mark.parametrize(
    "options",
    [
        {"target": Target.for_runtime("python3.14", "x86_64")},
        {"target": Target.for_runtime("python3.13", "arm64")},
        {"exclude": ("module.py",)},
        {"keep": ("*.dist-info/RECORD",)},
        {"exclude_packages": ("Thing",)},
    ],
    ids=["architecture", "runtime", "exclude", "keep", "exclude_packages"],
)
def test_differs_when_an_option_differs(folder: Make, plan: MakePlan, options: dict[str, object]) -> None:
    code = folder({"module.py": "", "requirements.txt": HASHED})
    assert plan(code, **options).digest != plan(code).digest


def test_differs_with_an_extra_folder(folder: Make, plan: MakePlan) -> None:
    code, extra = folder(), folder({"extra.py": ""}, name="extra")
    assert plan(code, extra_folders=(extra,)).digest != plan(code).digest


def test_is_equal_for_all_targets_when_nothing_is_installed(folder: Make, plan: MakePlan) -> None:
    code = folder()
    assert plan(code, target=Target.host()).digest == plan(code).digest


def test_ignores_what_is_not_bundled(folder: Make, plan: MakePlan) -> None:
    code = folder()
    before = plan(code).digest
    folder({".env": "SECRET=1", "__pycache__/handler.pyc": "x", "tests/test_it.py": "", "deep/.DS_Store": ""})
    assert plan(code).digest == before


def test_ignores_comments_and_order_of_hashed_requirements(folder: Make, plan: MakePlan) -> None:
    other = HASHED.replace("thing", "other")
    one = folder({"requirements.txt": f"{HASHED}\n{other}\n"}, name="one")
    continued = HASHED.replace(" ", " \\\n    ")
    two = folder({"requirements.txt": f"# why\n{other}\n\n{continued}  # ok\n"}, name="two")
    assert plan(one).digest == plan(two).digest


def test_depends_on_exact_versions_not_on_how_they_are_asked_for(
    folder: Make, plan: MakePlan, wheels: Wheels
) -> None:
    wheels.add("thing", "1.0")
    one = plan(folder({"requirements.txt": wheels.requirements("thing")}, name="one"))
    two = plan(folder({"requirements.txt": wheels.requirements("thing==1.0")}, name="two"))
    assert one.build() == two.build()
    assert one.digest == two.digest


@settings(deadline=None)  # it writes files
@given(files=FILES, seed=st.integers())
def test_does_not_depend_on_the_order_of_files(files: dict[str, bytes], seed: int) -> None:
    listed = []
    with tempfile.TemporaryDirectory() as root:
        for copy in ("one", "two"):
            names = sorted(files)
            random.Random(f"{seed}{copy}").shuffle(names)  # noqa: S311 - not cryptography
            (Path(root) / copy).mkdir()
            for name in names:
                (Path(root) / copy / name).write_bytes(files[name])
            found = collect([Path(root) / copy], exclude=Patterns([]), keep=Patterns([]), skip=Path("/none"))
            listed.append([(file.name, file.executable, file.sha256) for file in found])
    assert listed[0] == listed[1]
