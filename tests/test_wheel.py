import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = Path(sys.executable).parent

# One process for all: building the wheel and the environment once is what takes the time.
pytestmark = pytest.mark.timeout(300)

APP = """
import json
import sys

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from constructs_lib.resilient_function import ResilientFunction

app = cdk.App(outdir=sys.argv[1], context={"@aws-cdk/core:validateAgainstDefaultRules": True})
stack = cdk.Stack(app, "Foreign")
code = lambda_.Code.from_inline("def handler(event, context): return event")
function: ResilientFunction = ResilientFunction(stack, "Orders", code=code, handler="index.handler")
cdk.CfnOutput(stack, "Alias", value=function.alias.function_arn)
app.synth()
"""

# Without aws_cdk's own types this takes a second and not a minute; `make check` reads them for the library.
MYPY = """
[mypy]
strict = true
[mypy-aws_cdk.*]
follow_imports = skip
"""


@dataclass(frozen=True)
class Installed:
    """A clean environment outside the checkout with the wheel in it."""

    folder: Path
    wheel: Path

    @property
    def python(self) -> Path:
        return self.folder / "environment" / ("Scripts" if os.name == "nt" else "bin") / "python"

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run Python there, from a folder that has nothing of the checkout."""
        return run(self.python, *arguments, cwd=self.folder)


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    hidden = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    # uv's hatchling and jsii's node come from this repository's own environment.
    environment["PATH"] = f"{TOOLS}{os.pathsep}{environment['PATH']}"
    environment["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def succeed(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(into: Installed, what: str) -> None:
    pinned = ("--constraint", ROOT / "requirements.txt")
    command = (TOOLS / "uv", "pip", "install", "--python", into.python, *pinned, what)
    if run(*command, "--offline", cwd=into.folder).returncode:  # uv's cache has not all of it
        succeed(run(*command, cwd=into.folder))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("foreign")
    uv = TOOLS / "uv"
    build = ("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder)
    succeed(run(uv, *build, ROOT, cwd=folder))
    (wheel,) = folder.glob("*.whl")
    result = Installed(folder, wheel)
    succeed(run(uv, "venv", "--python", sys.executable, folder / "environment", cwd=folder))
    install(result, f"{wheel}")
    (folder / "foreign_app.py").write_text(APP)
    return result


@pytest.fixture(scope="module")
def reviewer(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel with what a review needs, in an environment of its own."""
    folder = tmp_path_factory.mktemp("reviewer")
    result = Installed(folder, installed.wheel)
    succeed(run(TOOLS / "uv", "venv", "--python", sys.executable, folder / "environment", cwd=folder))
    install(result, f"constructs-lib[review] @ {installed.wheel.as_uri()}")
    resources = {"Errors": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Period": 45}}}
    (folder / "shop.template.json").write_text(json.dumps({"Resources": resources}))
    return result


@pytest.fixture(scope="module")
def names(installed: Installed) -> Iterator[set[str]]:
    with zipfile.ZipFile(installed.wheel) as wheel:
        yield set(wheel.namelist())


def test_wheel_carries_the_library_its_handlers_and_the_license(names: set[str]) -> None:
    assert {
        "constructs_lib/__init__.py",
        "constructs_lib/py.typed",
        "constructs_lib/resilient_function/resilient_function.py",
        "constructs_lib/_lambda_src/heartbeat_age/heartbeat_age.py",
        "constructs_lib/_lambda_src/warm_up/warm_up.py",
    } <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_wheel_carries_every_module_of_the_library(names: set[str]) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("constructs_lib/**/*.py")}
    assert modules <= names


def test_wheel_carries_nothing_else(names: set[str]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"constructs_lib"}
    assert not [name for name in names if name.endswith((".pyc", ".orig"))]


def test_wheel_requires_cdk_and_nothing_else(installed: Installed) -> None:
    code = "import importlib.metadata as m, json; print(json.dumps(m.requires('constructs-lib')))"
    required = json.loads(succeed(installed.run("-c", code)))
    own = [line for line in required if "extra ==" not in line]
    assert {re.split(r"[^\w-]", line)[0] for line in own} == {"aws-cdk-lib", "constructs"}


def test_wheel_tells_pytest_of_its_plugins(installed: Installed) -> None:
    code = "import importlib.metadata as m; print(*(each.value for each in m.entry_points(group='pytest11')))"
    found = succeed(installed.run("-c", code)).split()
    assert {"constructs_lib.replay.pytest_plugin", "constructs_lib.review.pytest_plugin"} <= set(found)


def test_wheel_brings_its_commands_and_they_say_what_they_need(installed: Installed) -> None:
    replay = succeed(installed.run("-m", "constructs_lib.replay", "--help"))
    backup = installed.run("-m", "constructs_lib.backup", "--help")

    assert "python -m constructs_lib.replay" in replay
    assert backup.returncode == 1
    assert backup.stderr.endswith("is not installed: pip install 'constructs-lib[operations]'\n")


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "sarif"])
def test_wheel_reviews_a_template_in_every_form(reviewer: Installed, form: str) -> None:
    done = reviewer.run("-m", "constructs_lib.review", "shop.template.json", "--format", form)

    assert (done.returncode, done.stderr) == (1, "")
    assert "period-invalid" in done.stdout


def test_wheel_without_the_extra_says_what_a_review_needs(installed: Installed) -> None:
    (installed.folder / "shop.template.json").write_text('{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}')

    done = installed.run("-m", "constructs_lib.review", "shop.template.json")

    assert done.returncode == 2
    assert done.stderr == "rich is not installed: pip install 'constructs-lib[review]'\n"


@pytest.mark.parametrize("handler", ["recovery_window", "table_backup", "table_export", "table_restore"])
def test_wheel_brings_the_handlers_of_backups(installed: Installed, handler: str) -> None:
    code = f"from constructs_lib.handlers import handler_folder; print(*handler_folder({handler!r}).rglob('*.py'))"
    assert "_lambda_src" in succeed(installed.run("-c", code))


def test_foreign_app_with_two_arguments_synthesizes(installed: Installed) -> None:
    succeed(installed.run("foreign_app.py", "cdk.out"))
    template = json.loads((installed.folder / "cdk.out" / "Foreign.template.json").read_text())
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    assert kinds.count("AWS::Lambda::Function") == kinds.count("AWS::Lambda::Alias") == 1
    assert {"AWS::SQS::Queue", "AWS::CloudWatch::CompositeAlarm", "AWS::SNS::Topic"} <= set(kinds)


def test_library_is_imported_from_the_wheel(installed: Installed) -> None:
    code = "import constructs_lib; print(constructs_lib.__file__)"
    assert Path(succeed(installed.run("-c", code)).strip()).is_relative_to(installed.folder)


def test_packaged_handler_is_found_inside_the_installed_wheel(installed: Installed) -> None:
    code = "from constructs_lib.handlers import handler_folder; print(handler_folder('warm_up'))"
    folder = Path(succeed(installed.run("-c", code)).strip())
    assert folder.is_relative_to(installed.folder)
    assert (folder / "warm_up.py").is_file()


def test_importing_the_library_imports_no_cdk(installed: Installed) -> None:
    code = "import constructs_lib, sys; print(sorted({'aws_cdk', 'jsii', 'constructs'} & set(sys.modules)))"
    assert succeed(installed.run("-c", code)).strip() == "[]"


def test_foreign_app_is_type_checked_against_the_library(installed: Installed) -> None:
    (installed.folder / "mypy.ini").write_text(MYPY)
    (installed.folder / "wrong_app.py").write_text(APP.replace('handler="index.handler"', "handler=1"))
    mypy = (TOOLS / "mypy", "--python-executable", installed.python)
    done = run(*mypy, "foreign_app.py", "wrong_app.py", cwd=installed.folder)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, done.stdout + done.stderr
    assert errors[0].startswith("wrong_app.py:")
    assert 'Argument "handler" to "ResilientFunction" has incompatible type "int"' in errors[0]
