"""The command copies the toolkit for those who bundle by themselves, without CDK."""

import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.handlers import handler_folder
from constructs_lib.toolkit.vendoring import main, requirements, vendor

SOURCE = handler_folder("handler_toolkit") / "handler_toolkit"


def sources(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_copy_is_the_package_and_nothing_else(tmp_path: Path) -> None:
    copy = vendor(tmp_path / "app/src")
    assert copy == tmp_path / "app/src/handler_toolkit"
    assert sources(copy) == sources(SOURCE)
    assert not (copy / "__pycache__").exists()


def test_copy_imports_where_it_lies(tmp_path: Path) -> None:
    vendor(tmp_path)
    code = "import handler_toolkit as t; print(t.Retry.__module__, t.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["handler_toolkit.retry", str(tmp_path / "handler_toolkit/__init__.py")]


def test_fails_rather_than_overwrite_a_copy(tmp_path: Path) -> None:
    (vendor(tmp_path) / "own.py").write_text("kept = True\n")
    with pytest.raises(FileExistsError, match="--replace"):
        vendor(tmp_path)
    assert (tmp_path / "handler_toolkit/own.py").is_file()
    vendor(tmp_path, replace=True)
    assert sources(tmp_path / "handler_toolkit") == sources(SOURCE)


def test_requirements_are_what_the_package_imports() -> None:
    names = {line.partition("[")[0] for line in requirements()}
    assert names == {"aws-lambda-powertools", "boto3", "pybreaker", "tenacity"}


def test_command_prints_the_requirements_alone_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["vendor", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == requirements()
    assert str(tmp_path / "handler_toolkit") in printed.err


def test_command_says_what_is_in_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vendor(tmp_path)
    assert main(["vendor", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["vendor", str(tmp_path), "--replace"]) == 0


def test_command_loads_no_cdk(tmp_path: Path) -> None:
    code = (
        "import runpy, sys; sys.argv = ['toolkit', 'vendor', sys.argv[1]]\n"
        "try: runpy.run_module('constructs_lib.toolkit', run_name='__main__')\n"
        "except SystemExit as end: print(end.code, 'aws_cdk' in sys.modules, 'jsii' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 False False"
