"""Templates that were made to do harm: read or refused in one line, within seconds and some hundred megabytes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.template import TemplateError, read_assembly
from tests.template.hostile import HOSTILE, REFUSED

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 10.0, 500.0
"""Of a processor that other tests share: alone the slowest takes four."""


def taken(path: Path) -> dict[str, Any]:
    """What it took a process of its own to read what lies there, and to resolve all of it."""
    command = [sys.executable, str(Path(__file__).with_name("read_and_resolve.py")), str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["seconds"] < SECONDS
    assert found["megabytes"] < MEGABYTES
    assert len(found["error"].splitlines()) <= 1
    assert len(found["error"]) < 500
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_template_takes_seconds_and_no_more_memory_than_there_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(HOSTILE[name]())
    found = taken(tmp_path / name)

    if name in REFUSED:
        assert REFUSED[name] in found["error"]
    else:
        assert found["error"] == ""
        assert found["resources"]


def stack(url: str) -> dict[str, Any]:
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}


def test_nested_stacks_that_multiply_are_read_so_far_and_no_farther(tmp_path: Path) -> None:
    for level in range(9):
        inner = {f"N{each}": stack(f"level{level + 1}.json") for each in range(10)}
        (tmp_path / f"level{level}.json").write_text(json.dumps({"Resources": inner}))
    (tmp_path / "level9.json").write_text('{"Resources": {"Q": {"Type": "T"}}}')
    taken(tmp_path / "level0.json")
    templates = read_assembly(tmp_path / "level0.json").templates

    assert 100 < len(templates) < 1_000
    assert any("too large together" in problem for each in templates for problem in each.problems)


def test_a_nested_stack_that_leads_back_to_itself_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"Resources": {"B": stack("b.json")}}))
    (tmp_path / "b.json").write_text(json.dumps({"Resources": {"A": stack("./a.json")}}))
    first, second = read_assembly(tmp_path / "a.json").templates

    assert (first.key, second.key, first.problems) == ("a", "a/B", ())
    assert second.problems == ("the nested stack A is not read: it leads back to itself, or too deep",)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"Resources": "\xff\xfe\xff"}', "it is no text in UTF-8"),
        (b'{"Resources": "\0"}', "has NUL bytes"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "has NUL bytes"),
        (b"\x89PNG\r\n\x1a\n", "it is no text in UTF-8"),
        (b"", "is no JSON: Expecting value"),
    ],
)
def test_bytes_that_are_no_template_are_refused(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "t.json").write_bytes(data)
    with pytest.raises(TemplateError) as raised:
        read_assembly(tmp_path / "t.json")

    assert problem in str(raised.value)
    assert str(raised.value).isprintable()


def test_links_in_a_circle_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("loop.json", "pipe.json", "none/../../x.json", "a\0b.json", "x" * 300):
        with pytest.raises(TemplateError) as raised:
            read_assembly(tmp_path / name)
        assert str(raised.value).isprintable()
