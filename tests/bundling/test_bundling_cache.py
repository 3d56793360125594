import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.bundling.builder import Plan
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling.errors import BundlingError
from tests.bundling.wheelhouse import Wheels

Make = Callable[..., Path]
MakePlan = Callable[..., Plan]
Contents = Callable[[Path], dict[str, bytes]]

MONTH = 31 * 24 * 3600
BUILD = """
import sys
from pathlib import Path
from constructs_lib.bundling.builder import Plan, Recipe
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling import Target
recipe = Recipe(folder=Path(sys.argv[1]), extra_folders=(), requirements=None, exclude=(), keep=(),
                exclude_packages=(), target=Target.for_runtime("python3.14", "arm64"))
plan = Plan(recipe, Cache(Path(sys.argv[2])))
print("ready", flush=True)
sys.stdin.readline()
print(plan.build())
"""


@pytest.fixture
def code(folder: Make, wheels: Wheels) -> Path:
    wheels.add("thing", files={f"thing/module_{number}.py": "x = 1\n" * 50 for number in range(200)})
    return folder({"requirements.txt": wheels.requirements("thing")})


@pytest.mark.parametrize("pinned", [True, False], ids=["hashed", "unpinned"])
def test_a_second_build_starts_nothing_and_needs_no_network(
    *,
    folder: Make,
    plan: MakePlan,
    wheels: Wheels,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    pinned: bool,
) -> None:
    digest = wheels.add("thing")
    line = f"thing==1.0 --hash=sha256:{digest}" if pinned else "thing"
    code = folder({"requirements.txt": wheels.requirements(line)})
    built = plan(code).build()
    for wheel in wheels.folder.iterdir():
        wheel.unlink()
    monkeypatch.setenv("UV_OFFLINE", "1")
    request.getfixturevalue("no_uv")
    assert plan(code).finished() == built
    assert plan(code).build() == built


def test_code_without_requirements_needs_no_uv(
    folder: Make, plan: MakePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    assert plan(folder({"requirements.txt": "# nothing\n"})).build().is_dir()


def test_says_how_to_install_uv(code: Path, plan: MakePlan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    with pytest.raises(BundlingError, match=r"with its extra: \[bundling\]"):
        plan(code).build()


def test_a_warm_cache_answers_in_a_fraction_of_the_time(folder: Make, plan: MakePlan, wheels: Wheels) -> None:
    wheels.add("thing")
    files = {f"package/module_{number}.py": f"x = {number}\n" * 500 for number in range(20)}
    code = folder({**files, "requirements.txt": wheels.requirements("thing==1.0")})
    started = time.perf_counter()
    plan(code).build()
    cold = time.perf_counter() - started
    times = []
    for _ in range(5):
        started = time.perf_counter()
        assert plan(code).finished()
        times.append(time.perf_counter() - started)
    assert min(times) < cold / 3


def test_two_processes_build_one_bundle(
    code: Path, tmp_path: Path, contents: Contents, plan: MakePlan
) -> None:
    command = [sys.executable, "-c", BUILD, str(code), str(tmp_path / "shared")]
    root = Path(__file__).parents[2]
    processes = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=root,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate() for process in processes]
    assert {process.returncode for process in processes} == {0}, answers
    (bundle,) = {Path(out.strip()) for out, _ in answers}
    assert contents(bundle) == contents(plan(code).build())
    assert not list((tmp_path / "shared").glob("making-*"))


def test_the_first_of_two_finished_bundles_stays(cache: Cache) -> None:
    for text in ("first", "second"):
        with cache.workshop() as workshop:
            made = workshop / "bundle"
            made.mkdir()
            (made / "file").write_text(text)
            bundle = cache.keep_bundle("digest", made)
    assert (bundle / "file").read_text() == "first"


def test_a_build_that_fails_leaves_nothing_that_is_used(
    code: Path, plan: MakePlan, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("constructs_lib.bundling.builder._LARGEST_BUNDLE", 0)
        with pytest.raises(BundlingError):
            plan(code).build()
    assert plan(code).finished() is None
    assert [path.name for path in cache.folder.iterdir() if path.is_dir()] == ["locks"]
    assert plan(code).build().is_dir()


def test_an_abandoned_workshop_is_never_used_and_removed_in_time(
    folder: Make, plan: MakePlan, cache: Cache
) -> None:
    with cache.workshop():
        pass
    for name, age in (("making-old", MONTH), ("making-new", 0)):
        (cache.folder / name / "bundle").mkdir(parents=True)
        os.utime(cache.folder / name, (time.time() - age,) * 2)
    plan(folder()).build()
    assert [path.name for path in cache.folder.glob("making-*")] == ["making-new"]


def test_entries_unused_for_a_month_are_removed_when_another_is_built(
    code: Path, folder: Make, plan: MakePlan, cache: Cache
) -> None:
    old, used = plan(code).build(), plan(folder({"used.py": ""}, name="used")).build()
    for path in (*cache.folder.glob("bundles/*.used"), *cache.folder.glob("locks/*")):
        os.utime(path, (time.time() - MONTH,) * 2)
    assert plan(folder(name="used")).finished() == used
    new = plan(folder(name="new")).build()
    assert {path for path in (cache.folder / "bundles").iterdir() if path.is_dir()} == {used, new}
    assert not old.exists()
    assert not list(cache.folder.glob("locks/*"))


def test_git_ignores_the_cache(folder: Make, plan: MakePlan, cache: Cache) -> None:
    plan(folder()).build()
    assert (cache.folder / ".gitignore").read_text() == "*\n"
