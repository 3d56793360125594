from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.bundling.builder import Plan
from constructs_lib.bundling.errors import BundlingError
from tests.bundling.wheelhouse import Wheels

Make = Callable[..., Path]
MakePlan = Callable[..., Plan]
Contents = Callable[[Path], dict[str, bytes]]


def test_leaves_out_what_no_function_reads(folder: Make, plan: MakePlan, contents: Contents) -> None:
    code = folder({
        "package/module.py": "",
        "package/tests/data.json": "{}",
        "requirements.txt": "",
        "requirements-dev.txt": "pytest",
        ".venv/lib/x.py": "",
        ".env": "SECRET=1",
        "__pycache__/handler.cpython-314.pyc": "",
        "tests/test_handler.py": "",
    })  # fmt: skip
    assert [*contents(plan(code).build())] == ["handler.py", "package/module.py", "package/tests/data.json"]


def test_exclude_adds_to_the_defaults_and_keep_wins(folder: Make, plan: MakePlan, contents: Contents) -> None:
    code = folder({"notes.md": "", "data/a.md": "", ".hidden/config.json": "", ".env": ""})
    bundle = plan(code, exclude=("*.md",), keep=("data/a.md", ".hidden")).build()
    assert [*contents(bundle)] == [".hidden/config.json", "data/a.md", "handler.py"]


def test_extra_folders_share_the_root(folder: Make, plan: MakePlan, contents: Contents) -> None:
    extra = folder({"warm_up.py": "", "requirements.txt": "nothing-of-this-is-read"}, name="extra")
    assert [*contents(plan(folder(), extra_folders=(extra,)).build())] == ["handler.py", "warm_up.py"]


def test_fails_when_two_folders_differ_in_a_file(folder: Make, plan: MakePlan) -> None:
    extra = folder({"handler.py": "other"}, name="extra")
    with pytest.raises(BundlingError, match=r"would both be 'handler\.py'.*Rename one"):
        plan(folder(), extra_folders=(extra,))


def test_fails_when_a_file_is_in_a_package_too(folder: Make, plan: MakePlan, wheels: Wheels) -> None:
    wheels.add("thing")
    code = folder({"thing/__init__.py": "mine", "requirements.txt": wheels.requirements("thing")})
    with pytest.raises(BundlingError, match=r"a required package would both be 'thing/__init__\.py'"):
        plan(code).build()


def test_gives_files_permissions_that_lambda_can_read(folder: Make, plan: MakePlan) -> None:
    code = folder({"run.sh": "#!/bin/sh\n"})
    (code / "handler.py").chmod(0o600)
    (code / "run.sh").chmod(0o700)
    bundle = plan(code).build()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (bundle, *bundle.iterdir())}
    assert modes == {bundle.name: 0o755, "handler.py": 0o644, "run.sh": 0o755}
    assert {path.stat().st_mtime for path in (bundle, *bundle.iterdir())} == {315_619_200}


def test_bundles_what_links_point_to(folder: Make, plan: MakePlan, contents: Contents) -> None:
    code, shared = folder(), folder({"common.py": "x = 1"}, name="shared")
    (code / "shared").symlink_to(shared)
    (code / "common.py").symlink_to(shared / "common.py")
    assert [*contents(plan(code).build())] == [
        "common.py",
        "handler.py",
        "shared/common.py",
        "shared/handler.py",
    ]


def test_fails_for_a_broken_link(folder: Make, plan: MakePlan) -> None:
    code = folder()
    (code / "gone.py").symlink_to("nowhere")
    with pytest.raises(BundlingError, match=r"gone\.py is a broken link.*exclude 'gone\.py'"):
        plan(code)


def test_fails_for_a_link_to_a_folder_above(folder: Make, plan: MakePlan) -> None:
    code = folder()
    (code / "loop").symlink_to(code)
    with pytest.raises(BundlingError, match="loop is a link to a folder that it lies in"):
        plan(code)
    assert plan(code, exclude=("loop",)).digest


def test_never_bundles_its_own_cache(folder: Make, plan: MakePlan, contents: Contents) -> None:
    code = folder()
    plan(code, cache_folder=code / "kept").build()
    folder({"new.py": ""})
    assert [*contents(plan(code, cache_folder=code / "kept").build())] == ["handler.py", "new.py"]


def test_fails_for_an_empty_folder(plan: MakePlan, tmp_path: Path) -> None:
    (tmp_path / "empty" / ".git").mkdir(parents=True)
    with pytest.raises(BundlingError, match="holds no file to bundle"):
        plan(tmp_path / "empty")


def test_fails_for_a_missing_folder_and_for_a_file(folder: Make, plan: MakePlan) -> None:
    code = folder()
    with pytest.raises(BundlingError, match=r"'.*missing' does not exist"):
        plan(code / "missing")
    with pytest.raises(BundlingError, match=r"handler\.py' is a file"):
        plan(code / "handler.py")


def test_fails_for_more_than_lambda_takes(
    folder: Make, plan: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("constructs_lib.bundling.builder._LARGEST_BUNDLE", 2_000_000)
    code = folder({"model/weights.bin": "x" * 3 * 1024**2})
    with pytest.raises(BundlingError, match=r"3 MB unzipped.*model 3 MB.*exclude"):
        plan(code).build()
