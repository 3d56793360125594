import json
import time
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from constructs_lib.bundling import PythonCode
from constructs_lib.checks import ConfigurationError
from tests.bundling.wheelhouse import Wheels

Make = Callable[..., Path]
PYTHON = lambda_.Runtime.PYTHON_3_14
ARM = lambda_.Architecture.ARM_64


@pytest.fixture
def stack(tmp_path: Path) -> cdk.Stack:
    return cdk.Stack(cdk.App(outdir=str(tmp_path / "cdk.out")), "Shop")


@pytest.fixture
def function(tmp_path: Path) -> Callable[..., list[str]]:
    """Adds a function to a new app, synthesizes it and returns its asset's names in cdk.out and the template."""

    def make(code: PythonCode, *, context: dict[str, object] | None = None) -> list[str]:
        app = cdk.App(outdir=str(tmp_path / "cdk.out"), context=context)
        stack = cdk.Stack(app, "Shop")
        bound = code.bind(stack, "Orders", runtime=PYTHON, architecture=ARM)
        lambda_.Function(
            stack, "Orders", code=bound, runtime=PYTHON, architecture=ARM, handler="handler.handler"
        )
        template = json.dumps(app.synth().get_stack_by_name("Shop").template)
        assets = json.loads((tmp_path / "cdk.out" / "Shop.assets.json").read_text())["files"]
        staged = [asset["source"]["path"] for asset in assets.values() if "asset." in asset["source"]["path"]]
        assert all(path.split(".")[1] + ".zip" in template for path in staged)
        return staged

    return make


def code_of(folder: Path, **options: object) -> PythonCode:
    return PythonCode.from_folder(folder, cache_folder=folder.parent / "cache", **options)  # type: ignore[arg-type] # tests spell the options


def test_the_hash_names_the_asset(folder: Make, function: Callable[..., list[str]], tmp_path: Path) -> None:
    code = code_of(folder())
    (asset,) = function(code)
    assert (tmp_path / "cdk.out" / asset / "handler.py").is_file()
    assert str(tmp_path) not in (tmp_path / "cdk.out" / "Shop.assets.json").read_text()
    assert function(code) == [asset]


def test_an_asset_that_is_in_cdk_out_is_not_copied_again(
    folder: Make, function: Callable[..., list[str]], tmp_path: Path
) -> None:
    code = code_of(folder())
    (asset,) = function(code)
    mark = tmp_path / "cdk.out" / asset / "mark"
    mark.touch()
    assert function(code) == [asset]
    assert mark.exists()


def test_an_excluded_stack_builds_nothing_and_has_the_same_hash(
    *,
    folder: Make,
    function: Callable[..., list[str]],
    wheels: Wheels,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    digest = wheels.add("thing")
    code = code_of(folder({"requirements.txt": wheels.requirements(f"thing==1.0 --hash=sha256:{digest}")}))
    request.getfixturevalue("no_uv")
    (skipped,) = function(code, context={"aws:cdk:bundling-stacks": []})
    assert (tmp_path / "cdk.out" / skipped).read_text().startswith("The CDK CLI excluded")
    monkeypatch.undo()
    (built,) = function(code)
    assert skipped == f"{built}.zip"
    assert (tmp_path / "cdk.out" / built / "thing").is_dir()
    assert function(code, context={"aws:cdk:bundling-stacks": []}) == [built]


@pytest.mark.usefixtures("no_uv")
def test_an_excluded_stack_with_unknown_versions_needs_no_uv(
    folder: Make, function: Callable[..., list[str]]
) -> None:
    code = code_of(folder({"requirements.txt": "thing"}))
    assert function(code, context={"aws:cdk:bundling-stacks": ["Another"]})[0].endswith(".zip")


def test_warns_of_versions_that_are_left_open(folder: Make, stack: cdk.Stack, wheels: Wheels) -> None:
    wheels.add("thing")
    for version, warned in (("thing", True), ("thing==1.0", False)):
        code = code_of(folder({"requirements.txt": wheels.requirements(version)}))
        scope = cdk.Stack(stack.node.root, f"Stack{warned}")  # type: ignore[arg-type] # the root is the app
        code.bind(scope, "Orders", runtime=PYTHON, architecture=ARM)
        found = cdk.assertions.Annotations.from_stack(scope).find_warning(
            "*", cdk.assertions.Match.string_like_regexp("versions of thing open")
        )
        assert bool(found) is warned


def test_reads_nothing_before_it_is_bound(tmp_path: Path) -> None:
    assert PythonCode.from_folder(tmp_path / "missing") == PythonCode.from_folder(tmp_path / "missing")
    assert not (tmp_path / ".cache").exists()


def test_keeps_bundles_in_the_current_folder_unless_told(
    folder: Make, stack: cdk.Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = folder()
    monkeypatch.chdir(tmp_path)
    PythonCode.from_folder(code.name).bind(stack, "Orders", runtime=PYTHON, architecture=ARM)
    assert len(list((tmp_path / ".cache" / "bundling" / "bundles").glob("*.used"))) == 1


def test_takes_one_pattern_without_a_list(tmp_path: Path) -> None:
    assert PythonCode.from_folder(tmp_path, exclude="*.md").exclude == ("*.md",)


def test_a_second_bind_is_quick(folder: Make, stack: cdk.Stack, wheels: Wheels) -> None:
    wheels.add("thing")
    files = {f"package/module_{number}.py": f"x = {number}\n" * 500 for number in range(20)}
    code = code_of(folder({**files, "requirements.txt": wheels.requirements("thing==1.0")}))
    times = []
    for _ in range(5):
        started = time.perf_counter()
        code.bind(stack, "Orders", runtime=PYTHON, architecture=ARM)
        times.append(time.perf_counter() - started)
    assert min(times[1:]) < times[0] / 3, "the first one installs"


@pytest.mark.parametrize(
    ("name", "runtime", "problem"),
    [
        (
            "missing",
            PYTHON,
            r"Shop/Orders: the code folder '.*missing' does not exist .*Give an existing folder",
        ),
        (
            "code/handler.py",
            PYTHON,
            r"Shop/Orders: the code folder '.*handler\.py' is a file\. Give the folder",
        ),
        ("code", lambda_.Runtime.NODEJS_24_X, "Shop/Orders: runtime is 'nodejs24.x'.*Give a Python runtime"),
    ],
    ids=["missing", "file", "runtime"],
)
def test_fails_with_the_path_of_the_construct(
    *, folder: Make, stack: cdk.Stack, tmp_path: Path, name: str, runtime: lambda_.Runtime, problem: str
) -> None:
    folder()
    code = PythonCode.from_folder(tmp_path / name, cache_folder=tmp_path / "cache")
    with pytest.raises(ConfigurationError, match=f"^{problem}"):
        code.bind(stack, "Orders", runtime=runtime, architecture=ARM)


def test_fails_when_the_cache_cannot_be_written(folder: Make, stack: cdk.Stack, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code = PythonCode.from_folder(folder(), cache_folder=tmp_path / "file" / "cache")
    with pytest.raises(ConfigurationError, match=r"^Shop/Orders: a file of the bundle cannot be .*cache"):
        code.bind(stack, "Orders", runtime=PYTHON, architecture=ARM)
