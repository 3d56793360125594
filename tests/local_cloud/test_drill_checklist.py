"""The drill's checklist for a real account: commands that exist, for every fault, and nothing that is run."""

import re
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore import xform_name

from local_cloud.drill import cli
from local_cloud.drill.checklist import checklist
from local_cloud.drill.checklist_faults import ON_AWS
from local_cloud.drill.faults import FAULTS
from local_cloud.server import LocalCloud

GLOBAL_OPTIONS = {"region", "query", "output", "cli-binary-format"}
RENAMED = {"sns subscribe": {"notification-endpoint"}}  # the CLI's own name of Endpoint
OWN_COMMANDS = {("configure", "export-credentials")}
COMMAND = re.compile(r"\baws ([a-z0-9]+) ([a-z0-9-]+)((?:[^\n]|\n(?=[^\n]*\\\n))*)")


def commands(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Service, operation and options of every command of the AWS CLI."""
    for match in COMMAND.finditer(text.replace("\\\n", " ")):
        service, operation, rest = match.groups()
        rest = re.split(r"\baws [a-z0-9]+ [a-z]|\s\|\s|;", rest)[0]
        yield service, operation, re.findall(r"(?<=\s)--([a-z0-9-]+)", rest)


def test_nothing_is_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def never(*_: object, **__: object) -> None:
        pytest.fail("something was run")

    for owner, name in (
        (LocalCloud, "__init__"),
        (subprocess, "Popen"),
        (subprocess, "run"),
        (boto3.session.Session, "client"),
        (urllib.request, "urlopen"),
        (cli, "drill"),
    ):
        monkeypatch.setattr(owner, name, never)

    assert cli.main(["--against-aws"]) == 0
    assert capsys.readouterr().out == checklist(list(FAULTS))


def test_every_fault_is_broken_watched_and_mended() -> None:
    assert set(ON_AWS) == set(FAULTS)
    text = checklist(list(FAULTS))
    for name in FAULTS:
        assert f"{name}: break the primary" in text
        assert f"{name}: mend the primary" in text
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_one_fault_alone_leaves_the_others_out(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["--against-aws", "--fault", "table"])
    text = capsys.readouterr().out
    assert "put-resource-policy" in text
    assert "update-stage" not in text


def test_every_command_exists_with_its_options() -> None:
    session = botocore.session.get_session()
    found = list(commands(checklist(list(FAULTS))))
    assert len(found) > 40
    for service, said, options in found:
        if (service, said) in OWN_COMMANDS:
            continue
        operation = "get-function" if (service, said) == ("lambda", "wait") else said
        model = session.get_service_model(service)
        names = {xform_name(name, "-"): name for name in model.operation_names}
        assert operation in names, f"aws {service} {operation}"
        shape = model.operation_model(names[operation]).input_shape
        known = {xform_name(name, "-") for name in (shape.members if shape else {})} | GLOBAL_OPTIONS
        known |= RENAMED.get(f"{service} {operation}", set())
        assert set(options) <= known, f"aws {service} {operation}: {sorted(set(options) - known)}"


def test_what_is_broken_is_mended_by_the_opposite_command() -> None:
    for name, opposite in {
        "failing": "update-alias",
        "slow": "update-function-code",
        "table": "delete-resource-policy",
        "unreachable": "update-stage",
        "us-east-1": "delete-role-policy",
    }.items():
        assert opposite in ON_AWS[name].mend


def test_every_line_is_valid_shell() -> None:
    blocks = re.findall(r"(?:^      .*\n?)+", checklist(list(FAULTS)), re.MULTILINE)
    for block in blocks:
        script = re.sub(r"^      ", "", block, flags=re.MULTILINE)
        done = subprocess.run(["/bin/bash", "-n"], input=script, text=True, capture_output=True, check=False)
        assert done.returncode == 0, f"{done.stderr}\n{script}"


def test_the_docs_have_the_whole_checklist() -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "failover_drill.md"
    assert checklist(list(FAULTS)) in page.read_text()
