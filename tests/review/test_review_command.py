"""``python -m constructs_lib.review``."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from constructs_lib.review.command import main
from constructs_lib.review.output.json_form import SCHEMA
from tests.review.review_files import ERROR, WARNING, Files, assembly_of, shop

HEAVY = {
    "aws_cdk",
    "boto3",
    "constructs",
    "igraph",
    "jinja2",
    "jsii",
    "lark",
    "numpy",
    "rich",
    "samtranslator",
    "yaml",
    "constructs_lib.review.reading",
    "constructs_lib.review.rules",
    "constructs_lib.review.surface",
}
BEGINS = {
    "text": "Review of shop: 1 error, ",
    "markdown": "## Review: 1 error, ",
    "html": "<!doctype html>",
    "json": "{",
    "sarif": "{",
}
CALM = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
WARNED = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture
def files(tmp_path: Path) -> Files:
    given = Files(tmp_path)
    given.write("shop.template.json", shop())
    return given


@pytest.fixture
def template(files: Files) -> str:
    return str(files.folder / "shop.template.json")


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """What `cdk synth` writes of three stacks."""
    return assembly_of(tmp_path / "cdk.out", First=shop(), Second=CALM, Third=WARNED)


def one_line(error: str) -> str:
    assert error.endswith("\n")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def stacks(found: dict[str, Any]) -> list[str]:
    return [each["stack"] for each in found["templates"]]


def rules(found: dict[str, Any], *, acknowledged: bool = False) -> set[str]:
    return {
        finding["rule"]
        for each in found["templates"]
        for finding in each["findings"]
        if (finding["acknowledged"] is not None) is acknowledged
    }


@pytest.mark.parametrize("form", BEGINS)
def test_each_form_goes_to_standard_output(
    template: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([template, "--format", form]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(BEGINS[form])
    assert err == ""


@pytest.mark.parametrize("form", BEGINS)
def test_each_form_is_written_to_a_file(
    files: Files, template: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output = files.folder / "out"
    assert main([template, "--format", form, "--output", str(output)]) == 1
    assert output.read_text(encoding="utf-8").startswith(BEGINS[form])
    assert capsys.readouterr() == ("", "")


def test_text_is_the_form_that_is_written_unless_another_is_asked_for(
    template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([template])
    assert capsys.readouterr().out.startswith(BEGINS["text"])


def test_text_has_the_width_of_its_terminal_and_a_wide_one_elsewhere(
    template: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    main([template])
    assert 120 < max(map(len, capsys.readouterr().out.splitlines())) <= 160
    monkeypatch.setenv("COLUMNS", "60")
    main([template])
    lines = capsys.readouterr().out.splitlines()
    assert all(len(each) <= 60 or "https://" in each or template in each for each in lines)


def test_notes_are_told_in_text_when_asked(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([template])
    assert "transport-not-enforced" not in capsys.readouterr().out
    main([template, "--verbose"])
    assert "transport-not-enforced" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "arguments", "code"),
    [
        (shop(), [], 1),
        (shop(), ["--fail-on", "error"], 1),
        (shop(), ["--fail-on", "warning"], 1),
        (shop(), ["--fail-on", "never"], 0),
        (WARNED, [], 0),
        (WARNED, ["--fail-on", "warning"], 1),
        (WARNED, ["--fail-on", "never"], 0),
        (CALM, ["--fail-on", "warning"], 0),
        (shop(), ["--fail-on", "never", "--budget", "0.05"], 1),
        (shop(), ["--fail-on", "never", "--budget", "0.1"], 0),
        (shop(), ["--fail-on", "never", "--budget", "25"], 0),
    ],
)
def test_the_exit_code_is_one_from_a_level_on_and_above_the_budget(
    files: Files, body: object, arguments: list[str], code: int
) -> None:
    assert main([str(files.write("t.json", body)), *arguments, "--output", os.devnull]) == code


def test_the_budget_is_in_the_verdict(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([template, "--budget", "0.05", "--format", "markdown"])
    assert "$0.10 a month, over the budget of $0.05" in capsys.readouterr().out


def test_json_is_as_its_schema_says(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(assembly), "--format", "json"])
    jsonschema.validate(document(capsys), json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_a_template_in_yaml_and_one_of_sam_are_read(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    plain = files.write("queue.yaml", "Resources:\n  Work:\n    Type: AWS::SQS::Queue\n")
    function = (
        "Type: AWS::Serverless::Function\n    Properties: {Handler: a.b, Runtime: python3.13, InlineCode: x}"
    )
    sam = files.write(
        "sam.yaml", f"Transform: AWS::Serverless-2016-10-31\nResources:\n  Work:\n    {function}\n"
    )
    assert main([str(plain), str(sam), "--format", "json"]) == 0
    found = document(capsys)
    assert stacks(found) == ["queue", "sam"]
    assert {each["construct_path"] for each in found["templates"][1]["findings"]} <= {"Work", ""}


def test_several_paths_are_reviewed_together(
    template: str, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([template, str(assembly), "--format", "json"])
    found = document(capsys)
    assert stacks(found) == ["shop", "First", "Second", "Third"]
    assert found["usd_a_month"] == pytest.approx(0.2)


def test_the_stacks_that_are_named_are_reviewed(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(assembly), "--stack", "Second", "--stack", "Third", "--format", "json"]) == 0
    assert stacks(document(capsys)) == ["Second", "Third"]


def test_a_nested_stack_is_reviewed_with_its_parent(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "shop.template.json"}}
    parent = files.write("parent.json", {"Resources": {"Inner": inner}})
    assert main([str(parent), "--stack", "parent", "--format", "json"]) == 1
    assert stacks(document(capsys)) == ["parent", "parent-Inner"]
    assert main([str(parent), "--stack", "parent-Inner", "--format", "json"]) == 1
    assert stacks(document(capsys)) == ["parent-Inner"]


def test_a_parameter_has_the_value_that_is_given(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    body = shop()
    body["Resources"]["Old"]["Properties"]["Statistic"] = {"Ref": "Statistic"}
    body["Parameters"] = {"Statistic": {"Type": "String", "Default": "Median"}}
    arguments = [str(files.write("t.json", body)), "--format", "json"]
    assert main(arguments) == 1
    capsys.readouterr()
    assert main([*arguments, "--parameter", "Statistic=Maximum"]) == 0
    assert WARNING in rules(document(capsys))


def test_prices_and_traffic_count(files: Files, template: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = {"what": "x", "unit": "alarm metric", "source": "https://x.test", "regions": {"*": {"usd": 7}}}
    prices = {"date": "2026-11-22", "currency": "USD", "fallback": "us-east-1"}
    traffic = files.write("traffic.yaml", "resources: {Queue: {requests: 1000000}}")
    arguments = [template, "--format", "json"]
    main(arguments)
    without = document(capsys)
    main([*arguments, "--traffic", str(traffic)])
    assert document(capsys)["usd_a_month"] > without["usd_a_month"]
    known = json.loads((SCHEMA.parents[1] / "cost" / "prices.json").read_text())["prices"]
    (key,) = [name for name, each in known.items() if each["what"] == "Standard-resolution alarm metrics"]
    given = files.write("prices.json", {**prices, "prices": {key: place}})
    main([*arguments, "--prices", str(given)])
    assert document(capsys)["usd_a_month"] == pytest.approx(7.0)


def test_acknowledgements_of_several_files_count(
    files: Files, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = files.write("one.yaml", f"- {{rule: {ERROR}, reason: It is old.}}")
    two = files.write("two.json", [{"rule": WARNING, "resource": "Queue/*", "reason": "Nobody asks."}])
    assert main([template, "--acknowledge", str(one), "--acknowledge", str(two), "--format", "json"]) == 0
    found = document(capsys)
    assert rules(found, acknowledged=True) == {ERROR, WARNING}


def test_what_changed_is_told_and_counts(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = shop(), shop()
    old["Resources"]["Old"]["Properties"]["Statistic"] = "Maximum"
    new["Resources"]["Old"]["Properties"] |= {"Statistic": "Maximum", "Threshold": 6_000}
    paths = [str(files.write("old/t.json", old)), str(files.write("new/t.json", new))]
    assert main([*paths, "--compare"]) == 0
    out = capsys.readouterr().out
    assert "What changed" in out
    assert "6000" in out.replace(",", "")
    assert main([*paths, "--compare", "--format", "json"]) == 0
    (change, *_) = [each for each in document(capsys)["changes"] if each["logical_id"] == "Old"]
    assert change["severity"] == "warning"
    assert main([paths[1], paths[1], "--compare", "--format", "json"]) == 0
    assert document(capsys)["changes"] == []
    assert main([*paths, "--compare", "--fail-on", "warning", "--output", os.devnull]) == 1


def test_a_stack_that_was_not_there_before_is_compared_with_nothing(
    files: Files, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = assembly_of(files.folder / "before", Second=CALM)
    arguments = [str(before), str(assembly), "--compare", "--format", "json"]
    main([*arguments, "--stack", "Third"])
    found = document(capsys)
    assert stacks(found) == ["Third"]
    assert {each["stack"] for each in found["changes"]} <= {"Third"}


Spoil = Callable[[Files, str], list[str]]
UNUSABLE: dict[str, tuple[Spoil, str]] = {
    "no template there": (lambda its, _: [str(its.folder / "gone.json")], "gone.json is not there"),
    "a template that is no JSON": (lambda its, _: [str(its.write("t.json", "{"))], "is no JSON"),
    "a template that is no YAML": (lambda its, _: [str(its.write("t.yaml", "a: [\nb"))], "is no YAML"),
    "JSON that is no template": (lambda its, _: [str(its.write("t.json", {"a": 1}))], "is no template"),
    "a list": (lambda its, _: [str(its.write("t.json", []))], "is no template"),
    "a folder without a manifest": (lambda its, _: [str(its.folder)], "manifest.json is not there"),
    "a second path that is not there": (
        lambda its, template: [template, str(its.folder / "gone.json")],
        "gone.json is not there",
    ),
    "a stack that is not there": (
        lambda _, template: [template, "--stack", "Else"],
        "There is no stack Else in ",
    ),
    "a parameter without a value": (
        lambda _, template: [template, "--parameter", "Else"],
        "--parameter 'Else' is no KEY=VALUE.",
    ),
    "a parameter that no template has": (
        lambda _, template: [template, "--parameter", "Typo=1"],
        "--parameter Typo: no template has such a parameter.",
    ),
    "no prices there": (
        lambda its, template: [template, "--prices", str(its.folder / "gone.json")],
        "gone.json cannot be read as prices",
    ),
    "prices that are no JSON": (
        lambda its, template: [template, "--prices", str(its.write("p.json", "["))],
        "p.json cannot be read as prices",
    ),
    "prices of another form": (
        lambda its, template: [template, "--prices", str(its.write("p.json", {"a": 1}))],
        "p.json is no price file",
    ),
    "no traffic there": (
        lambda its, template: [template, "--traffic", str(its.folder / "gone.json")],
        "gone.json cannot be read as traffic",
    ),
    "traffic of another form": (
        lambda its, template: [template, "--traffic", str(its.write("t.yaml", "a: 1"))],
        "t.yaml is no traffic file",
    ),
    "traffic of what is not there": (
        lambda its, template: [
            *(template, "--traffic"),
            str(its.write("t.yaml", "resources: {Gone: {requests: 1}}")),
        ],
        "tells of Gone, which no template has",
    ),
    "traffic that a resource has not": (
        lambda its, template: [
            *(template, "--traffic"),
            str(its.write("t.yaml", "resources: {Queue: {ms: 1}}")),
        ],
        "t.yaml",
    ),
    "no acknowledgements there": (
        lambda its, template: [template, "--acknowledge", str(its.folder / "gone.yaml")],
        "gone.yaml is not there",
    ),
    "acknowledgements that are none": (
        lambda its, template: [template, "--acknowledge", str(its.write("a.yaml", "rule: x"))],
        "a.yaml holds no list of acknowledgements",
    ),
    "one path to compare": (lambda _, template: [template, "--compare"], "1 are given"),
    "three paths to compare": (
        lambda _, template: [template, template, template, "--compare"],
        "3 are given",
    ),
    "a report of other tools that is no JSON": (
        lambda its, _: [
            str(
                its.write("cdk.out/validation-report.json", "{")
                and assembly_of(its.folder / "cdk.out", Shop=shop())
            )
        ],
        "validation-report.json is no JSON",
    ),
    "an output that cannot be written": (
        lambda its, template: [template, "--output", str(its.folder / "no" / "out.txt")],
        "out.txt cannot be written: No such file or directory",
    ),
    "an output that is a folder": (
        lambda its, template: [template, "--format", "html", "--output", str(its.folder)],
        "cannot be written: Is a directory",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_ends_with_two_and_one_line(
    files: Files, template: str, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    spoil, expected = UNUSABLE[case]
    assert main(spoil(files, template)) == 2
    out, err = capsys.readouterr()
    assert expected in one_line(err)
    assert out == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: PATH"),
        (["t", "--format", "pdf"], "invalid choice: 'pdf'"),
        (["t", "--fail-on", "note"], "invalid choice: 'note'"),
        (["t", "--budget", "much"], "'much' is no amount of dollars"),
        (["t", "--budget=-1"], "'-1' is no amount of dollars"),
        (["t", "--budget", "nan"], "'nan' is no amount of dollars"),
        (["t", "--budget", "inf"], "'inf' is no amount of dollars"),
        (["t", "--verb"], "unrecognized arguments: --verb"),
    ],
)
def test_unknown_arguments_end_with_two(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("package", "form"), [("jinja2", "html"), ("igraph", "html"), ("rich", "text")])
def test_a_package_that_is_missing_ends_with_how_to_install_it(
    template: str, package: str, form: str
) -> None:
    done = run_without({package}, template, "--format", form)
    assert done.returncode == 2
    assert one_line(done.stderr) == f"{package} is not installed: pip install 'constructs-lib[review]'\n"
    assert done.stdout == ""


def test_a_yaml_template_without_its_parser_says_what_to_install(files: Files) -> None:
    path = files.write("t.yaml", "Resources: {Work: {Type: AWS::SQS::Queue}}")
    done = run_without({"yaml"}, str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert one_line(done.stderr) == "yaml is not installed: pip install 'constructs-lib[review]'\n"


def test_a_template_of_cdk_is_reviewed_with_rich_alone(template: str) -> None:
    done = run_without({"igraph", "jinja2", "lark", "numpy", "samtranslator", "yaml"}, template)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(BEGINS["text"])


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def run_without(packages: set[str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command where some packages are not installed."""
    code = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({sorted(packages)!r}))\n"
        "from constructs_lib.review.command import main\n"
        f"sys.exit(main({list(arguments)!r}))\n"
    )
    return run("-c", code)


def test_help_imports_nothing_that_reads_judges_or_draws() -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv = ['review', '--help']\n"
        "try:\n"
        "    runpy.run_module('constructs_lib.review', run_name='__main__')\n"
        "except SystemExit as ended:\n"
        "    print(ended.code, *sys.modules)\n"
    )
    done = run("-c", code)
    code_and_modules = done.stdout.splitlines()[-1].split()
    assert code_and_modules[0] == "0"
    imported = set(code_and_modules[1:])
    assert "constructs_lib.review.command" in imported
    assert not imported & HEAVY
    assert "usage: python -m constructs_lib.review" in done.stdout
    assert "--acknowledge FILE" in done.stdout


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif"])
def test_a_review_imports_nothing_that_draws_and_no_reader_that_it_does_not_need(
    template: str, form: str
) -> None:
    code = (
        "import sys\n"
        "from constructs_lib.review.command import main\n"
        f"code = main([{template!r}, '--format', {form!r}])\n"
        "print(code, *sys.modules)\n"
    )
    imported = set(run("-c", code).stdout.splitlines()[-1].split())
    assert {"1", "constructs_lib.review.rules"} <= imported
    unneeded = HEAVY - {"constructs_lib.review.reading", "constructs_lib.review.rules"}
    assert not imported & (unneeded - ({"rich"} if form == "text" else set()))


def test_a_terminal_without_unicode_gets_a_report_all_the_same(files: Files) -> None:
    body = shop()
    body["Resources"]["Old"]["Metadata"]["aws:cdk:path"] = "Shop/Bücher/Resource"
    path = str(files.write("t.json", body))
    done = run("-m", "constructs_lib.review", path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    assert "B\\xfccher" in done.stdout
    for form in ("markdown", "html", "json", "sarif"):
        done = run("-m", "constructs_lib.review", path, "--format", form, PYTHONIOENCODING="latin-1:strict")
        assert (done.returncode, done.stderr) == (1, "")


def test_a_full_disk_ends_with_two_and_one_line(template: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "constructs_lib.review", template],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "standard output cannot be written: No space left on device."
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["text", "html"])
def test_a_reader_that_has_seen_enough_is_no_error(template: str, form: str) -> None:
    command = [sys.executable, "-m", "constructs_lib.review", template, "--format", form]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
