from collections.abc import Callable
from pathlib import Path

import pytest

from constructs_lib.bundling.builder import Plan
from constructs_lib.bundling.cache import Cache
from constructs_lib.bundling.errors import BundlingError
from constructs_lib.bundling.names import exact_version, normal_name
from tests.bundling.wheelhouse import Wheels

Make = Callable[..., Path]
MakePlan = Callable[..., Plan]
Contents = Callable[[Path], dict[str, bytes]]

PROJECT = """
[project]
name = "my-function"
version = "1.0"
requires-python = ">=3.14"
dependencies = [{dependencies}]

[project.optional-dependencies]
more = ["other"]

[dependency-groups]
dev = ["other"]

[tool.uv]
no-index = true
find-links = ["{wheels}"]
"""
LOCK = """
version = 1
revision = 3
requires-python = ">=3.14"

[[package]]
name = "my-function"
version = "1.0"
source = {{ virtual = "." }}
dependencies = [{{ name = "thing" }}]

[package.optional-dependencies]
more = [{{ name = "other" }}]

[package.dev-dependencies]
dev = [{{ name = "other" }}]

[package.metadata]
requires-dist = [
    {{ name = "other", marker = "extra == 'more'" }},
    {{ name = "thing", specifier = ">=1.0,<2" }},
]
provides-extras = ["more"]

[package.metadata.requires-dev]
dev = [{{ name = "other" }}]

[[package]]
name = "other"
version = "1.0"
source = {{ registry = "{wheels}" }}
wheels = [{{ path = "other-1.0-py3-none-any.whl", hash = "sha256:{other}" }}]

[[package]]
name = "thing"
version = "1.0"
source = {{ registry = "{wheels}" }}
wheels = [{{ path = "thing-1.0-py3-none-any.whl", hash = "sha256:{thing}" }}]
"""


def packages(files: dict[str, bytes]) -> list[str]:
    return [name.split(".dist-info")[0] for name in files if name.endswith(".dist-info/METADATA")]


def locked(cache: Cache) -> list[str]:
    return [path.read_text() for path in cache.folder.glob("locks/*")]


def test_locks_unpinned_requirements_once(
    folder: Make, plan: MakePlan, cache: Cache, wheels: Wheels, contents: Contents
) -> None:
    wheels.add("other")
    wheels.add("thing", requires=["other>=1"])
    code = folder({"requirements.txt": wheels.requirements("thing<2", "  # why")})
    first = plan(code)
    built = first.build()
    assert locked(cache) == ["other==1.0\nthing==1.0\n"]
    assert first.unpinned == ["other", "thing"]
    wheels.add("other", "1.1")
    assert packages(contents(plan(code).build())) == ["other-1.0", "thing-1.0"]
    assert plan(code).build() == built


def test_knows_complete_pins(folder: Make, plan: MakePlan, wheels: Wheels) -> None:
    wheels.add("other")
    wheels.add("thing", requires=["other>=1"])
    pins = plan(
        folder(
            {"requirements.txt": wheels.requirements("Thing == 1.0", "other[x]==1.0 ; python_version>'3'")}
        )
    )
    pins.build()
    assert pins.unpinned == []


def test_includes_and_constraints_count(
    folder: Make, plan: MakePlan, wheels: Wheels, contents: Contents
) -> None:
    for version in ("1.0", "1.1", "1.2"):
        wheels.add("thing", version)
    base = {"base/base.txt": "thing\n-c limits.txt", "base/limits.txt": "thing<1.2"}
    code = folder({"requirements.txt": wheels.requirements("-r base/base.txt"), **base})
    assert packages(contents(plan(code).build())) == ["thing-1.1"]
    folder({"base/limits.txt": "thing<1.1"})
    assert packages(contents(plan(code, exclude=("base",)).build())) == ["thing-1.0"]


def test_find_links_start_at_the_file(
    folder: Make, plan: MakePlan, wheels: Wheels, contents: Contents
) -> None:
    wheels.add("thing")
    code = folder({"requirements.txt": "--no-index\n-f ../wheels\nthing\n"})
    assert packages(contents(plan(code).build())) == ["thing-1.0"]


def test_takes_another_file_when_told_to(
    folder: Make, plan: MakePlan, wheels: Wheels, contents: Contents
) -> None:
    wheels.add("thing")
    code = folder({"requirements.txt": "not-this-one"})
    other = folder({"any.txt": wheels.requirements("thing"), "none.txt": ""}, name="other")
    assert packages(contents(plan(code, requirements=other / "any.txt").build())) == ["thing-1.0"]
    assert packages(contents(plan(code, requirements=other / "none.txt").build())) == []
    with pytest.raises(BundlingError, match=r"requirements is '.*gone\.txt', which is no file"):
        plan(code, requirements=other / "gone.txt")


def test_verifies_hashes(folder: Make, plan: MakePlan, wheels: Wheels) -> None:
    wheels.add("thing")
    code = folder({"requirements.txt": wheels.requirements("thing==1.0 --hash=sha256:" + "0" * 64)})
    with pytest.raises(BundlingError, match="Hash mismatch"):
        plan(code).build()


def test_hashed_requirements_must_be_complete(folder: Make, plan: MakePlan, wheels: Wheels) -> None:
    wheels.add("other")
    digest = wheels.add("thing", requires=["other"])
    code = folder({"requirements.txt": wheels.requirements(f"thing==1.0 --hash=sha256:{digest}")})
    with pytest.raises(BundlingError, match="other"):
        plan(code).build()


def test_leaves_out_excluded_packages_only(
    folder: Make, plan: MakePlan, wheels: Wheels, contents: Contents
) -> None:
    wheels.add("Other_one", files={"other.py": ""})
    wheels.add("thing", requires=["other-one"])
    code = folder({"requirements.txt": wheels.requirements("thing")})
    bundle = plan(code, exclude_packages=("THING", "unheard-of")).build()
    assert packages(contents(bundle)) == ["Other_one-1.0"]
    assert [*contents(plan(code, exclude_packages=("thing", "other.one")).build())] == ["handler.py"]


def test_installs_a_pyproject(folder: Make, plan: MakePlan, wheels: Wheels, contents: Contents) -> None:
    wheels.add("thing")
    project = PROJECT.format(dependencies='"thing>=1.0,<2"', wheels=wheels.folder)
    assert packages(contents(plan(folder({"pyproject.toml": project})).build())) == ["thing-1.0"]


def test_a_pyproject_of_tools_requires_nothing(folder: Make, plan: MakePlan) -> None:
    assert plan(folder({"pyproject.toml": "[tool.ruff]\nline-length = 100\n"})).build().is_dir()


@pytest.fixture
def project(folder: Make, wheels: Wheels) -> Path:
    other, thing = wheels.add("other"), wheels.add("thing")
    lock = LOCK.format(wheels=wheels.folder, other=other, thing=thing)
    pyproject = PROJECT.format(dependencies='"thing >= 1.0, < 2"', wheels=wheels.folder)
    return folder({"pyproject.toml": pyproject, "uv.lock": lock, "requirements.txt": "not-this-one"})


def test_installs_a_uv_lock_without_groups_and_extras(
    project: Path, plan: MakePlan, contents: Contents, cache: Cache, wheels: Wheels
) -> None:
    wheels.add("thing", "1.5")
    made = plan(project)
    assert packages(contents(made.build())) == ["thing-1.0"]
    assert "--hash=sha256:" in locked(cache)[0]
    assert made.unpinned == []


def test_a_change_elsewhere_in_the_project_changes_no_hash(project: Path, plan: MakePlan) -> None:
    first = plan(project)
    first.build()
    (project / "pyproject.toml").write_text((project / "pyproject.toml").read_text() + "[tool.ruff]\n")
    second = plan(project)
    second.build()
    assert second.digest == first.digest


@pytest.mark.parametrize(
    ("old", "new"), [("< 2", "< 3"), ('< 2"', '< 2", "new"'), ('"thing >= 1.0, < 2"', "")]
)
def test_fails_for_a_stale_uv_lock(project: Path, plan: MakePlan, old: str, new: str) -> None:
    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace(old, new))
    with pytest.raises(BundlingError, match=r"uv\.lock is stale.*(thing|new).*Run `uv lock`"):
        plan(project).build()


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "--editable ../shared",
        "./shared",
        "../shared",
        "/srv/shared",
        "shared/lib",
        "thing @ file:///srv/thing-1.0-py3-none-any.whl",
        "thing @ git+https://example.com/thing",
        "git+ssh://git@example.com/thing.git",
        "file:../thing",
    ],
)
def test_fails_for_what_is_no_wheel_of_an_index(folder: Make, plan: MakePlan, line: str) -> None:
    with pytest.raises(BundlingError, match=r"local, editable and VCS requirements.*extra_folders") as error:
        plan(folder({"requirements.txt": line}))
    assert repr(line) in str(error.value)


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"requirements.txt": "-r gone.txt"}, r"includes .*gone\.txt, which is no file"),
        ({"uv.lock": ""}, r"no pyproject\.toml beside it"),
        ({"pyproject.toml": "= broken"}, r"pyproject\.toml is no TOML"),
        ({"pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]'}, "dynamic dependencies"),
    ],
)
def test_fails_for_files_that_cannot_be_read(
    folder: Make, plan: MakePlan, files: dict[str, str], problem: str
) -> None:
    with pytest.raises(BundlingError, match=problem):
        plan(folder(files)).build()


def test_fails_with_what_uv_says(folder: Make, plan: MakePlan, wheels: Wheels) -> None:
    with pytest.raises(BundlingError, match=r"requirements\.txt: .*thing.*Correct that file"):
        plan(folder({"requirements.txt": wheels.requirements("thing")})).build()


@pytest.mark.parametrize(
    ("requirement", "exact"),
    [
        ("Thing_One==1.0", "thing-one==1.0"),
        ("thing[extra] == 1.0 ; sys_platform == 'win32'", "thing==1.0"),
        ("thing==1.*", "thing==1.*"),
        ("thing>=1", "thing>=1"),
        ("thing==1.0,!=1.0.1", "thing==1.0,!=1.0.1"),
    ],
)
def test_recognises_exact_versions(requirement: str, exact: str) -> None:
    assert exact_version(requirement) == exact
    assert normal_name(requirement) in {"thing", "thing-one"}
