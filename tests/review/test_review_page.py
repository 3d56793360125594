"""What docs/review.md and the README say of the review is so; the stacks that they review."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.resilient_function import ResilientFunction
from constructs_lib.review import RULES, Caught, Review, Severity, read_acknowledgements
from constructs_lib.review.command import _FAIL_ON, _FORMATS, _parser, main
from constructs_lib.review.output.json_form import SCHEMA
from constructs_lib.review.output.markdown import LONGEST
from constructs_lib.template import assemblies, documents, nested, yaml_forms
from tests.gates import findings, lint
from tests.synthesis import ROOT, fresh_app

pytest_plugins = ["constructs_lib.review.pytest_plugin"]  # here the library is not installed

PAGE = (ROOT / "docs/review.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Review a template")[2]
SECTION = README.partition("\n## ")[0]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

MINUTE = cdk.Duration.minutes(1)


def function(scope: Construct, name: str, **more: Any) -> lambda_.Function:
    return lambda_.Function(
        scope,
        name,
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **more,
    )


class Shop(cdk.Stack):
    """Orders wait in a queue, one function takes them, another one confirms them."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        lost = sqs.Queue(self, "Lost", retention_period=cdk.Duration.days(14))
        kept = sqs.DeadLetterQueue(queue=lost, max_receive_count=5)
        orders = sqs.Queue(self, "Orders", dead_letter_queue=kept)
        take = function(self, "Take", timeout=cdk.Duration.minutes(2))
        source = sources.SqsEventSource(orders, report_batch_item_failures=True)
        take.add_event_source(source)

        failed = sqs.Queue(self, "Failed", retention_period=cdk.Duration.days(14))
        confirm = function(self, "Confirm", on_failure=destinations.SqsDestination(failed))
        live = confirm.add_alias("live")
        taken = events.Rule(self, "Taken", event_pattern=events.EventPattern(source=["shop"]))
        taken.add_target(targets.LambdaFunction(live))

        encrypted = kms.Alias.from_alias_name(self, "Key", "alias/aws/sns")
        on_call = sns.Topic(self, "OnCall", master_key=encrypted)
        on_call.add_subscription(subscriptions.EmailSubscription("on-call@example.com"))
        for name, metric, threshold in (
            ("OrdersLost", lost.metric_number_of_messages_sent(period=MINUTE), 1),
            ("TakeErrors", take.metric_errors(period=MINUTE, statistic="Average"), 5),
            ("ConfirmErrors", live.metric_errors(period=MINUTE), 1),
        ):
            alarm = metric.create_alarm(self, name, threshold=threshold, evaluation_periods=1)
            alarm.add_alarm_action(actions.SnsAction(on_call))


def test_the_orders_keep_what_they_promise(review: Callable[..., Review]) -> None:
    stack = cdk.Stack(cdk.App(), "Orders")
    code = lambda_.Code.from_inline("def handler(event, context): return event")
    ResilientFunction(stack, "Take", code=code, handler="index.handler")

    reviewed = review(stack, budget=5)

    reviewed.assert_clean()
    assert not reviewed.over_budget
    modes = reviewed.templates[0].coverage.modes
    gaps = [each.title for each in modes if each.caught is not Caught.YES]
    assert gaps == ["It is no longer invoked"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the shop was synthesized to `cdk.out`."""
    folder = tmp_path_factory.mktemp("shop")
    app = cdk.App(outdir=str(folder / "cdk.out"))
    Shop(app, "Shop")
    app.synth()
    return folder


@pytest.fixture
def printed(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command of the page prints of it."""
    monkeypatch.chdir(shop)
    monkeypatch.setenv("COLUMNS", "92")
    assert main(["cdk.out"]) == 1
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def fenced(text: str, language: str, holding: str) -> list[str]:
    """The lines of the one fenced block of a language that holds a text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (found,) = [each for each in blocks if holding in each]
    return [line.rstrip() for line in str(found).splitlines()]


def in_order(shown: list[str], printed: list[str]) -> bool:
    """Whether what is shown was printed, with any lines in the place of `...`."""
    lines = ["(?:.*\n)*?" if line == "..." else f"{re.escape(line)}\n" for line in shown]
    return re.match("".join(lines), "".join(f"{line}\n" for line in printed)) is not None


def test_nobody_else_says_a_word_of_the_shop(shop: Path) -> None:
    report = json.loads((shop / "cdk.out/validation-report.json").read_text(encoding="utf-8"))

    assert [violation for plugin in report["pluginReports"] for violation in plugin["violations"]] == []


def test_cfn_lint_finds_one_of_the_five_and_neither_cdks_validator_nor_cdk_nag_any(shop: Path) -> None:
    template = json.loads((shop / "cdk.out/Shop.template.json").read_text(encoding="utf-8"))
    app = fresh_app()
    Shop(app, "Shop")
    found = {(path, each.rule) for each in findings(app) for path in each.constructs}

    about = {f"Shop/{name}/Resource" for name in ("OrdersLost", "TakeErrors", "OnCall", "Orders")}
    assert [match.split()[0] for match in lint(template)] == ["E3505"]
    assert {each for each in found if each[0] in about} == {("Shop/Orders/Resource", "AwsSolutions-SQS4")}
    assert not [path for path, _ in found if "EventInvokeConfig" in path]


def test_the_run_of_the_page_is_a_real_one(printed: list[str]) -> None:
    assert in_order(fenced(PAGE, "none", "Review of Shop"), printed), "\n".join(printed)


def test_the_run_of_the_readme_is_the_same(printed: list[str]) -> None:
    assert in_order(fenced(SECTION, "text", "Review of Shop")[1:], printed), "\n".join(printed)


def test_the_shop_has_as_many_silent_failures_as_the_page_explains(printed: list[str]) -> None:
    explained = set(
        re.findall(r"^\| `([a-z-]+)` \| .* \|$", PAGE.partition("## Smallest use")[2], re.MULTILINE)
    )
    found = {line.removeprefix("ERROR").strip() for line in printed if line.startswith("ERROR ")}

    assert len(found) == 5
    assert found <= explained


def test_every_option_stands_there() -> None:
    options = {name for each in _parser()._actions for name in each.option_strings if name.startswith("--")}

    assert len(options) > 10
    assert {each for each in options - {"--help"} if f"| `{each}" not in PAGE} == set()


@pytest.mark.parametrize("value", [*_FORMATS, *_FAIL_ON])
def test_every_format_and_level_stands_there(value: str) -> None:
    assert f"`{value}`" in PAGE


@pytest.mark.parametrize("text", [PAGE, SECTION], ids=["page", "readme"])
def test_every_command_that_is_shown_is_one(text: str) -> None:
    shown = re.findall(r"python -m constructs_lib\.review ([^`\n]+)", text)

    assert shown
    for arguments in shown:
        assert _parser().parse_args(shlex.split(arguments, comments=True)).paths


def test_the_acknowledgements_of_the_page_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "acknowledged.yaml"
    file.write_text("\n".join(fenced(PAGE, "yaml", "- rule:")), encoding="utf-8")
    known = {each.id for each in RULES}

    found = read_acknowledgements(file)

    assert {each.rule for each in found} <= known
    assert any(each.expires for each in found)


def test_the_workflow_uploads_what_it_writes() -> None:
    workflow = yaml.safe_load("\n".join(fenced(PAGE, "yaml", "upload-sarif")))
    steps = workflow["jobs"]["review"]["steps"]
    (upload,) = [each for each in steps if "upload-sarif" in each.get("uses", "")]
    written = {
        str(_parser().parse_args(shlex.split(each["run"])[3:]).output)
        for each in steps
        if each.get("run", "").startswith("python -m constructs_lib.review")
    }

    assert upload["with"]["sarif_file"] in written
    assert upload["if"] == "always()"
    assert workflow["jobs"]["review"]["permissions"]["security-events"] == "write"


def test_the_json_of_the_page_is_that_of_the_schema() -> None:
    shown = set(re.findall(r'"(\w+)":', "\n".join(fenced(PAGE, "json", '"templates"'))))

    assert {"findings", "coverage", "cost"} <= shown
    assert {each for each in shown if f'"{each}"' not in SCHEMA.read_text(encoding="utf-8")} == set()


@pytest.mark.parametrize(
    "limit",
    [
        f"{documents.LARGEST // 10**6} MB",
        f"{documents.DEEPEST} levels",
        f"{yaml_forms._MOST:,} values",
        f"{assemblies._LARGEST // 10**6} MB",
        f"{nested._DEEPEST} levels",
        f"{LONGEST:,} characters",
    ],
)
def test_the_limits_are_those_of_the_code(limit: str) -> None:
    assert limit in PAGE


@pytest.mark.parametrize("text", [SECTION, CHANGELOG], ids=["readme", "changelog"])
def test_the_number_of_rules_is_right_to_the_next_fifty(text: str) -> None:
    (number,) = re.findall(r"[Mm]ore than (\d+) rules", " ".join(text.split()))

    assert int(number) < len(RULES) <= int(number) + 50


def test_no_severity_is_left_out() -> None:
    for each in Severity:
        assert f"**{each.value.capitalize()}**" in PAGE
