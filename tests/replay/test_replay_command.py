"""``python -m constructs_lib.replay``."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.replay import MetricSeries, Timeline, write_timeline
from constructs_lib.replay.command import main
from tests.replay.output_cases import small_template, timeline
from tests.template.deployed_together import synthesized

HEAVY = {
    "aws_cdk",
    "boto3",
    "constructs",
    "jinja2",
    "jsii",
    "lark",
    "numpy",
    "plotly",
    "rich",
    "yaml",
    "constructs_lib.replay.surface",
}


@dataclass(frozen=True)
class Given:
    """Files that can be used."""

    folder: Path
    template: Path
    timeline: Path

    def file(self, name: str, content: object) -> Path:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path


@pytest.fixture
def given(tmp_path: Path) -> Given:
    files = Given(tmp_path, tmp_path / "shop.template.json", tmp_path / "day.json")
    files.file("shop.template.json", small_template())
    write_timeline(timeline(), files.timeline)
    return files


@pytest.fixture
def assembly(given: Given) -> Path:
    """What `cdk synth` writes of two stacks that are alike; an alarm is on a function without a name."""
    folder = given.folder / "cdk.out"
    folder.mkdir()
    alarm = small_template()["Resources"]["Errors"]
    alarm["Properties"]["Dimensions"] = [{"Name": "FunctionName", "Value": {"Ref": "Work"}}]
    body = {"Resources": {"Work": {"Type": "AWS::Lambda::Function"}, "Errors": alarm}}
    stacks = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111122223333/eu-west-1",
            "properties": {"templateFile": f"{name}.template.json"},
        }
        for name in ("First", "Second")
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": stacks}))
    for name in stacks:
        (folder / f"{name}.template.json").write_text(json.dumps(body))
    return folder


def one_line(error: str) -> str:
    assert error.endswith("\n")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


def test_text_goes_to_standard_output(
    given: Given, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main([str(given.template), "--timeline", str(given.timeline)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Replay of 1d, 2026-03-02 00:00 to 2026-03-03 00:00 UTC\n8 alarms: 4 rang")
    assert "\nshop " in out
    assert err == ""
    assert max(map(len, out.splitlines())) > 100


def test_json_goes_to_standard_output(given: Given, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(given.template), "--timeline", str(given.timeline), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in document["stacks"]] == ["shop"]


@pytest.mark.parametrize(
    ("form", "begins"), [("text", "Replay of"), ("json", "{"), ("html", "<!doctype html>")]
)
def test_a_file_is_written(given: Given, form: str, begins: str, capsys: pytest.CaptureFixture[str]) -> None:
    output = given.folder / "out"
    arguments = [str(given.template), "--timeline", str(given.timeline), "--format", form]
    assert main([*arguments, "--output", str(output)]) == 0
    assert output.read_text(encoding="utf-8").startswith(begins)
    assert capsys.readouterr() == ("", "")


def test_a_template_in_yaml_is_read(given: Given, capsys: pytest.CaptureFixture[str]) -> None:
    template = given.file(
        "shop.yaml",
        """\
        Parameters: {Limit: {Type: Number, Default: 1000}}
        Resources:
          Errors:
            Type: AWS::CloudWatch::Alarm
            Properties:
              Namespace: Shop
              MetricName: Errors
              Statistic: Sum
              Period: 60
              EvaluationPeriods: 1
              Threshold: !Ref Limit
              ComparisonOperator: GreaterThanThreshold
        """,
    )
    arguments = [str(template), "--timeline", str(given.timeline), "--format", "json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["stacks"][0]["alarms"][0]["group"] == "quiet"
    assert main([*arguments, "--parameter", "Limit=10"]) == 0
    assert json.loads(capsys.readouterr().out)["stacks"][0]["alarms"][0]["group"] == "rang"


def test_every_stack_of_an_assembly_is_replayed_or_those_that_are_named(
    given: Given, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(assembly), "--timeline", str(given.timeline), "--format", "json"]
    assert main(arguments) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)["stacks"]] == ["First", "Second"]
    assert main([*arguments, "--stack", "Second"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)["stacks"]] == ["Second"]


def test_physical_ids_count_for_their_stack_alone(
    given: Given, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(given.timeline.read_text())
    for metric in document["metrics"]:
        metric["dimensions"] = {"FunctionName": "made-by-hand"}
    resources = given.file("resources.json", described("Second"))
    arguments = [
        *(str(assembly), "--timeline", str(given.file("day.json", document))),
        *("--format", "json", "--resources", str(resources)),
    ]
    assert main(arguments) == 0
    stacks = json.loads(capsys.readouterr().out)["stacks"]
    assert {each["name"]: each["alarms"][0]["group"] for each in stacks} == {
        "First": "without data",
        "Second": "rang",
    }


QUEUE = "Queue4A7E3555"
NESTED = "OrdersNestedStackOrdersNestedStackResource8B6E3CDE"


def depth_of(given: Given, queue: str) -> Path:
    """A timeline of a queue that gets deep."""
    series = MetricSeries.of(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": queue},
        [0, 9] * 10,
        start="2026-03-02T09:00Z",
    )
    day = given.folder / "depth.json"
    write_timeline(Timeline.of([series]), day)
    return day


def groups(printed: str) -> dict[str, str]:
    return {each["path"]: each["group"] for one in json.loads(printed)["stacks"] for each in one["alarms"]}


def test_alarms_on_the_queue_of_another_stack_are_replayed(
    given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = synthesized(given.folder / "together")
    queue = f"Prod-Shop-{NESTED}-1AB2CD3EF4GH-{QUEUE}-AB12CD34EF56"
    arguments = [str(folder), "--timeline", str(depth_of(given, queue)), "--format", "json"]

    assert main(arguments) == 0
    rang = {"Depth": "rang", "Orders/Depth": "rang", "Orders/Inner/Deep": "rang"}
    assert groups(capsys.readouterr().out) == rang
    assert main([*arguments, "--stack", "Prod-Shop"]) == 0
    assert groups(capsys.readouterr().out) == rang
    assert main([*arguments, "--stack", "Prod-Data"]) == 0
    assert groups(capsys.readouterr().out) == {}


@pytest.mark.parametrize(
    ("stack", "place", "group"),
    [
        (f"Prod-Shop-{NESTED}-1AB2CD3EF4GH", "eu-west-1:111122223333", "rang"),
        (f"Prod-Shop-{NESTED}-1AB2CD3EF4GH", "eu-west-1:444455556666", "refused"),
        ("Prod-Data", "eu-west-1:111122223333", "without data"),
        ("Prod-Data", "us-east-1:111122223333", "refused"),
        (f"Prod-Mail-{NESTED}-1AB2CD3EF4GH", "eu-west-1:111122223333", "refused"),
    ],
)
def test_physical_ids_of_a_stack_count_where_others_refer_to_it(
    given: Given, capsys: pytest.CaptureFixture[str], stack: str, place: str, group: str
) -> None:
    resource = {
        "StackName": stack,
        "StackId": f"arn:aws:cloudformation:{place}:stack/{stack}/5c1d",
        "LogicalResourceId": QUEUE,
        "PhysicalResourceId": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
    }
    resources = given.file("resources.json", {"StackResources": [resource]})
    arguments = [
        *(str(synthesized(given.folder / "together")), "--timeline", str(depth_of(given, "orders"))),
        *("--format", "json", "--resources", str(resources)),
    ]
    code = main(arguments)
    printed = capsys.readouterr()

    if group == "refused":
        assert code == 2
        assert "of which there is no template here" in one_line(printed.err)
    else:
        assert code == 0
        assert set(groups(printed.out).values()) == {group}


def test_resources_without_a_stack_are_those_of_the_only_one_that_is_chosen(
    given: Given, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = [{**each, "StackName": ""} for each in described("First")["StackResources"]]
    resources = given.file("resources.json", {"StackResourceSummaries": listed})
    arguments = [str(assembly), "--timeline", str(given.timeline), "--resources", str(resources)]

    assert main([*arguments, "--stack", "First"]) == 0
    assert main(arguments) == 2
    assert "of the stack '', of which there is no template here" in one_line(capsys.readouterr().err)


def described(stack: str) -> dict[str, Any]:
    """What ``aws cloudformation describe-stack-resources`` prints."""
    work = {"StackName": stack, "LogicalResourceId": "Work", "PhysicalResourceId": "made-by-hand"}
    waiting = {"StackName": stack, "LogicalResourceId": "Errors", "ResourceStatus": "CREATE_IN_PROGRESS"}
    return {"StackResources": [work, waiting]}


def test_the_queries_of_an_export_tell_its_metrics(given: Given, capsys: pytest.CaptureFixture[str]) -> None:
    times = [f"2026-03-02T00:{minute:02}:00Z" for minute in range(30)]
    values = {"Sum": 9.0, "SampleCount": 9.0, "Minimum": 1.0, "Maximum": 1.0}
    metric = {"Namespace": "Shop", "MetricName": "Errors"}
    export = {
        "MetricDataResults": [
            {"Id": statistic.lower(), "Label": "x", "Timestamps": times, "Values": [value] * 30}
            for statistic, value in values.items()
        ]
    }
    queries = [
        {"Id": statistic.lower(), "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}
        for statistic in values
    ]
    arguments = [
        str(given.template),
        "--timeline",
        str(given.file("export.json", export)),
        "--format",
        "json",
    ]
    assert main([*arguments, "--queries", str(given.file("queries.json", queries))]) == 0
    stack = json.loads(capsys.readouterr().out)["stacks"][0]
    assert {each["path"]: each["group"] for each in stack["alarms"]}["Orders/Errors"] == "rang"


def test_incidents_are_marked(given: Given, capsys: pytest.CaptureFixture[str]) -> None:
    mark = "a=b release=2026-03-02T12:00Z/2026-03-02T12:40Z"
    arguments = [str(given.template), "--timeline", str(given.timeline), "--format", "json"]
    assert main([*arguments, "--incident", mark]) == 0
    incidents = {each["name"]: each for each in json.loads(capsys.readouterr().out)["incidents"]}
    assert set(incidents) == {"bad deploy", "nobody saw", "a=b release"}
    assert incidents["a=b release"]["rang"] == incidents["bad deploy"]["rang"] != []


Spoil = Callable[[Given], list[str]]
UNUSABLE: dict[str, tuple[Spoil, str]] = {
    "no template there": (lambda its: [str(its.folder / "gone.json")], "gone.json is not there"),
    "a template that is no JSON": (lambda its: [str(its.file("t.json", "{"))], "is no JSON"),
    "a template that is no YAML": (lambda its: [str(its.file("t.yaml", "a: [\nb"))], "is no YAML"),
    "JSON that is no template": (lambda its: [str(its.file("t.json", {"a": 1}))], "is no template"),
    "a list": (lambda its: [str(its.file("t.json", []))], "is no template"),
    "a folder without a manifest": (lambda its: [str(its.folder)], "manifest.json is not there"),
    "a stack that is not there": (lambda its: [str(its.template), "--stack", "Else"], "has no stack Else"),
    "a parameter without a value": (
        lambda its: [str(its.template), "--parameter", "Else"],
        "is no KEY=VALUE",
    ),
    "an incident without a time": (
        lambda its: [str(its.template), "--incident", "bad release"],
        "--incident 'bad release' is no NAME=START/END.",
    ),
    "an incident at no time": (
        lambda its: [str(its.template), "--incident", "bad=monday/tuesday"],
        "--incident 'bad=monday/tuesday': 'monday' is no point in time",
    ),
    "an incident that ends before it starts": (
        lambda its: [str(its.template), "--incident", "bad=2026-03-02T12:00Z/2026-03-02T11:00Z"],
        "an end after its start",
    ),
    "what is of advice, without advice": (
        lambda its: [str(its.template), "--within", "5m"],
        "--within, --most-false and --may-miss are of --advice",
    ),
    "no timeline there": (
        lambda its: [str(its.template), "--timeline", str(its.folder / "gone.json")],
        "gone.json: cannot be read",
    ),
    "a timeline that is no JSON": (
        lambda its: [str(its.template), "--timeline", str(its.file("m.json", "["))],
        "is no JSON",
    ),
    "a timeline of another form": (
        lambda its: [str(its.template), "--timeline", str(its.file("m.json", {"a": 1}))],
        "Give a timeline with start and metrics",
    ),
    "a timeline with values that are none": (
        lambda its: [
            str(its.template),
            "--timeline",
            str(
                its.file(
                    "m.json",
                    {
                        "start": "2026-03-02T00:00:00Z",
                        "metrics": [{"namespace": "N", "name": "M", "values": ["x"]}],
                    },
                )
            ),
        ],
        "metrics[0]",
    ),
    "queries that are none": (
        lambda its: [
            *(str(its.template), "--timeline", str(its.file("e.json", {"MetricDataResults": []}))),
            *("--queries", str(its.file("q.json", {}))),
        ],
        "q.json: has no queries",
    ),
    "resources that are none": (
        lambda its: [str(its.template), "--resources", str(its.file("r.json", {"a": 1}))],
        "has no StackResources",
    ),
    "resources that are no JSON": (
        lambda its: [str(its.template), "--resources", str(its.file("r.json", "{"))],
        "r.json cannot be read",
    ),
    "an output that cannot be written": (
        lambda its: [str(its.template), "--output", str(its.folder / "no" / "out.txt")],
        "out.txt cannot be written: No such file or directory",
    ),
    "an output that is a folder": (
        lambda its: [str(its.template), "--format", "html", "--output", str(its.folder)],
        "cannot be written: Is a directory",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_ends_with_two_and_one_line(
    given: Given, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    spoil, expected = UNUSABLE[case]
    assert main(["--timeline", str(given.timeline), *spoil(given)]) == 2
    out, err = capsys.readouterr()
    assert expected in one_line(err)
    assert out == ""


def test_resources_of_another_stack_are_refused(
    given: Given, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resources = given.file("resources.json", described("Third"))
    arguments = [str(assembly), "--timeline", str(given.timeline), "--resources", str(resources)]
    assert main(arguments) == 2
    assert "'Third', of which there is no template here" in one_line(capsys.readouterr().err)


@pytest.mark.parametrize("arguments", [[], ["template.json"], ["t", "--timeline", "f", "--format", "pdf"]])
def test_unknown_arguments_end_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_package_that_is_missing_ends_with_how_to_install_it(
    given: Given, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "constructs_lib.replay.output.html", raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert main([str(given.template), "--timeline", str(given.timeline), "--format", "html"]) == 2
    assert one_line(capsys.readouterr().err) == (
        "jinja2 is not installed: pip install 'constructs-lib[replay]'\n"
    )


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_help_imports_nothing_that_reads_computes_or_draws() -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv = ['replay', '--help']\n"
        "try:\n"
        "    runpy.run_module('constructs_lib.replay', run_name='__main__')\n"
        "except SystemExit as ended:\n"
        "    print(ended.code, *sys.modules)\n"
    )
    done = run("-c", code)
    code_and_modules = done.stdout.splitlines()[-1].split()
    assert code_and_modules[0] == "0"
    imported = set(code_and_modules[1:])
    assert "constructs_lib.replay.command" in imported
    assert not imported & HEAVY
    assert "usage: python -m constructs_lib.replay" in done.stdout


def test_a_replay_in_text_imports_no_chart_library(given: Given) -> None:
    code = (
        "import sys\n"
        "from constructs_lib.replay.command import main\n"
        f"code = main([{str(given.template)!r}, '--timeline', {str(given.timeline)!r}])\n"
        "print(code, *sys.modules)\n"
    )
    imported = set(run("-c", code).stdout.splitlines()[-1].split())
    assert {"0", "numpy", "rich"} <= imported
    assert not imported & {"aws_cdk", "jinja2", "jsii", "plotly"}


def test_a_terminal_without_unicode_gets_a_report_all_the_same(given: Given) -> None:
    template = small_template()
    template["Resources"]["Errors"]["Metadata"]["aws:cdk:path"] = "Shop/Bücher/Resource"
    done = run(
        *("-m", "constructs_lib.replay", str(given.file("t.json", template))),
        *("--timeline", str(given.timeline)),
        PYTHONIOENCODING="ascii",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "B\\xfccher" in done.stdout


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_odd_names_and_numbers_are_written_all_the_same(given: Given, form: str) -> None:
    template = small_template()
    template["Resources"]["Errors"]["Metadata"]["aws:cdk:path"] = "Shop/Odd\ud800\x00\x1b[31m/Resource"
    template["Resources"]["Silent"]["Properties"]["Threshold"] = float("inf")
    template["Resources"]["Off"]["Properties"]["Threshold"] = -1e308
    output = given.folder / "out"
    arguments = [str(given.file("t.json", template)), "--timeline", str(given.timeline), "--format", form]
    assert main([*arguments, "--output", str(output)]) == 0
    text = output.read_text(encoding="utf-8")
    assert "Odd\\ud800" in text
    charts = re.findall(r'<script type="application/json">(.*?)</script>', text)
    assert len(charts) == (7 if form == "html" else 0)
    assert not [chart for chart in charts if "Infinity" in chart or "NaN" in chart]


def test_a_full_disk_ends_with_two_and_one_line(given: Given) -> None:
    command = [sys.executable, "-m", "constructs_lib.replay", str(given.template)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, "--timeline", str(given.timeline)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "standard output cannot be written: No space left on device."
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_a_reader_that_has_seen_enough_is_no_error(given: Given, form: str) -> None:
    command = [sys.executable, "-m", "constructs_lib.replay", str(given.template)]
    with subprocess.Popen(
        [*command, "--timeline", str(given.timeline), "--format", form],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
