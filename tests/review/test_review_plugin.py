"""The review as a validation plugin of CDK, in apps as people write them."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks

from constructs_lib.review import Severity
from constructs_lib.review.rules import RULES
from constructs_lib.review_plugin import ReviewPlugin
from tests.review.review_files import Files

WARNING = "alarm-without-action"
FULL = "composite-of-itself"
WHY = "It is shown on a screen."
IRELAND = cdk.Environment(account="111122223333", region="eu-west-1")


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    return cdk.App(outdir=str(tmp_path / "cdk.out"))


def reviewed(scope: cdk.Stage, **given: Any) -> cdk.Stage:
    cdk.Validations.of(scope).add_plugins(ReviewPlugin(**given))
    return scope


def queue(scope: cdk.Stack, name: str = "Queue") -> sqs.Queue:
    return sqs.Queue(scope, name, enforce_ssl=True)


def silent(stack: cdk.Stack, name: str = "Silent") -> cloudwatch.Alarm:
    """An alarm that tells nobody: a warning."""
    return (
        queue(stack, f"{name}Queue")
        .metric_approximate_age_of_oldest_message()
        .create_alarm(stack, name, threshold=60, evaluation_periods=1)
    )


def endless(stack: cdk.Stack) -> cloudwatch.CfnCompositeAlarm:
    """A composite alarm that contains itself: an error."""
    return cloudwatch.CfnCompositeAlarm(
        stack, "Endless", alarm_name="Endless", alarm_rule="ALARM(Endless)", alarm_actions=["arn:aws:sns:::t"]
    )


def report(app: cdk.App) -> dict[str, Any]:
    """What stands of this plugin in CDK's report."""
    text = (Path(app.outdir) / "validation-report.json").read_text()
    found = [each for each in json.loads(text)["pluginReports"] if each["pluginName"] == "constructs_lib"]
    return found[0] if found else {"conclusion": "success", "violations": []}


def told(app: cdk.App, rule: str) -> dict[str, str]:
    """Path of each construct of which a rule told, to the severity."""
    return {
        place["constructPath"]: each["severity"]
        for each in report(app)["violations"]
        if each["ruleName"] == rule
        for place in each["violatingConstructs"]
    }


def shown(capfd: pytest.CaptureFixture[str], *, until: str) -> str:
    """What CDK has said by the time that it has said `until`.

    CDK says it in Node: a thread of jsii copies that to this process, and nothing waits for it when synthesis is over.
    """
    said, deadline = capfd.readouterr().err, time.monotonic() + 30
    while until not in said:
        assert time.monotonic() < deadline, said
        time.sleep(0.01)
        said += capfd.readouterr().err
    return said


def test_a_warning_is_told_and_synthesis_goes_on(app: cdk.App, capfd: pytest.CaptureFixture[str]) -> None:
    silent(cdk.Stack(app, "Shop"))
    reviewed(app)

    app.synth()

    assert told(app, WARNING) == {"Shop/Silent/Resource": "warning"}
    assert report(app)["conclusion"] == "success"
    said = shown(capfd, until=f"Acknowledge with 'constructs_lib::{WARNING}'")
    assert "WARNING Silent has no AlarmActions." in said
    assert "Shop/Silent/Resource (Silent" in said
    assert "Suggested fix: Add the topic" in said


def test_an_error_ends_the_synthesis_with_what_is_to_be_done(app: cdk.App) -> None:
    endless(cdk.Stack(app, "Shop"))
    reviewed(app)

    with pytest.raises(RuntimeError) as raised:
        app.synth()

    said = str(raised.value)
    assert "ERROR Endless" in said
    assert "Shop/Endless" in said
    assert f"Acknowledge with 'constructs_lib::{FULL}'" in said
    assert told(app, FULL) == {"Shop/Endless": "error"}


@pytest.mark.parametrize("fail_on", [Severity.WARNING, Severity.NOTE])
def test_warnings_end_it_when_that_is_asked_for(app: cdk.App, fail_on: Severity) -> None:
    silent(cdk.Stack(app, "Shop"))
    reviewed(app, fail_on=fail_on)

    with pytest.raises(RuntimeError, match="Silent has no AlarmActions"):
        app.synth()


def test_nothing_ends_it_when_that_is_asked_for(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Shop")
    endless(stack)
    accepted = endless_and_accepted(stack)
    reviewed(app, fail_on=None)

    app.synth()

    assert told(app, FULL) == {"Shop/Endless": "warning"}
    assert accepted.node.path not in told(app, FULL)


def endless_and_accepted(stack: cdk.Stack) -> cloudwatch.CfnCompositeAlarm:
    accepted = cloudwatch.CfnCompositeAlarm(
        stack, "Kept", alarm_name="Kept", alarm_rule="ALARM(Kept)", alarm_actions=["arn:aws:sns:::t"]
    )
    cdk.Validations.of(accepted).acknowledge(cdk.Acknowledgment(id=f"constructs_lib::{FULL}", reason=WHY))
    return accepted


def test_notes_are_told_when_that_is_asked_for(app: cdk.App) -> None:
    sqs.Queue(cdk.Stack(app, "Shop"), "Queue")
    reviewed(app, tell_from=Severity.NOTE)

    app.synth()

    assert told(app, "transport-not-enforced") == {"Shop/Queue/Resource": "info"}


@pytest.mark.parametrize("at", ["resource", "construct", "stack", "app"])
def test_what_is_acknowledged_as_cdk_does_it_does_not_end_the_synthesis(app: cdk.App, at: str) -> None:
    stack = cdk.Stack(app, "Shop")
    alarm = silent(stack)
    resource = alarm.node.default_child
    assert resource is not None
    places = {"resource": resource, "construct": alarm, "stack": stack, "app": app}
    cdk.Validations.of(places[at]).acknowledge(
        cdk.Acknowledgment(id=f"constructs_lib::{WARNING}", reason=WHY),
        cdk.Acknowledgment(id="constructs_lib::failure-*", reason=WHY),
    )
    cdk.Validations.of(stack).acknowledge(
        cdk.Acknowledgment(id="constructs_lib::failure-not-covered", reason=WHY),
        cdk.Acknowledgment(id="constructs_lib::failure-unheard", reason=WHY),
    )
    reviewed(app, fail_on=Severity.WARNING)

    app.synth()

    assert told(app, WARNING) == {}


def test_one_that_is_accepted_leaves_the_others_to_count(app: cdk.App) -> None:
    """CDK judges anew where it finds something accepted: by what is called an error."""
    stack = cdk.Stack(app, "Shop")
    silent(stack, "One")
    silent(stack, "Two")
    cdk.Validations.of(app).acknowledge(cdk.Acknowledgment(id="constructs_lib::failure-unheard", reason=WHY))
    reviewed(app, fail_on=Severity.WARNING)

    with pytest.raises(RuntimeError, match="One has no AlarmActions"):
        app.synth()


def test_a_file_accepts_findings_too(app: cdk.App, tmp_path: Path) -> None:
    stack = cdk.Stack(app, "Shop")
    endless(stack)
    file = Files(tmp_path).write("accepted.yaml", f"- {{rule: {FULL}, resource: Endless, reason: {WHY}}}")
    reviewed(app, acknowledge=str(file))

    app.synth()

    assert told(app, FULL) == {}


def test_one_that_is_about_nothing_is_no_news_but_for_a_rule_that_there_is_not(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Shop")
    for name, rule in (("Ahead", FULL), ("Misspelt", f"{FULL}s")):
        place = queue(stack, name)
        cdk.Validations.of(place).acknowledge(cdk.Acknowledgment(id=f"constructs_lib::{rule}", reason=WHY))
    reviewed(app)

    app.synth()

    assert told(app, "acknowledgement-unused") == {"Shop/Misspelt": "warning"}


def test_stages_and_nested_stacks_are_reviewed(app: cdk.App) -> None:
    for name in ("Test", "Prod"):
        stack = cdk.Stack(cdk.Stage(app, name), "Shop")
        silent(stack)
        silent(cdk.NestedStack(stack, "Inner"))
    reviewed(app)

    app.synth()

    assert set(told(app, WARNING)) == {
        f"{stage}/Shop/{path}/Resource" for stage in ("Test", "Prod") for path in ("Silent", "Inner/Silent")
    }


def test_a_stage_that_has_the_plugin_is_reviewed_alone(app: cdk.App) -> None:
    silent(cdk.Stack(app, "Outside"))
    silent(cdk.Stack(cdk.Stage(app, "Test"), "Shop"))
    prod = cdk.Stage(app, "Prod")
    silent(cdk.Stack(prod, "Shop"))
    reviewed(prod)

    app.synth()

    assert set(told(app, WARNING)) == {"Prod/Shop/Silent/Resource"}


@pytest.mark.parametrize("subscribed", [True, False])
def test_what_another_stack_has_is_found_there(app: cdk.App, subscribed: bool) -> None:  # noqa: FBT001 - a case
    shared = cdk.Stack(app, "Shared", env=IRELAND)
    topic = sns.Topic(shared, "Topic")
    if subscribed:
        topic.add_subscription(subscriptions.EmailSubscription("people@shop.test"))
    shop = cdk.Stack(app, "Shop", env=IRELAND)
    silent(shop).add_alarm_action(actions.SnsAction(topic))
    reviewed(app)

    app.synth()

    assert told(app, WARNING) == {}
    assert bool(told(app, "topic-without-subscription")) is not subscribed


@pytest.mark.parametrize(
    "make",
    [lambda _: None, lambda app: cdk.Stack(app, "Empty"), lambda app: cdk.Stage(app, "Empty")],
    ids=["no stack", "an empty stack", "an empty stage"],
)
def test_an_app_without_resources_is_synthesized(app: cdk.App, make: Callable[[cdk.App], object]) -> None:
    make(app)
    reviewed(app)

    app.synth()

    assert report(app)["conclusion"] == "success"


def test_it_stands_beside_cdk_nag(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Shop")
    endless(stack)
    sqs.Queue(stack, "Queue")
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    reviewed(app)

    with pytest.raises(RuntimeError) as raised:
        app.synth()

    assert "AwsSolutions-SQS3" in str(raised.value)
    assert FULL in str(raised.value)


def test_it_knows_its_rules() -> None:
    assert ReviewPlugin().rule_ids == [each.id for each in RULES]
    assert ReviewPlugin().name == "constructs_lib"


def test_it_does_not_slow_synthesis_much(tmp_path: Path) -> None:
    def seconds(*, with_plugin: bool) -> float:
        app = cdk.App(outdir=str(tmp_path / str(with_plugin)))
        stack = cdk.Stack(app, "Shop")
        for number in range(40):
            silent(stack, f"Silent{number}")
        if with_plugin:
            reviewed(app)
        start = time.perf_counter()
        app.synth()
        return time.perf_counter() - start

    seconds(with_plugin=True)  # what is loaded once is loaded now
    without = seconds(with_plugin=False)

    assert seconds(with_plugin=True) < 2 * without + 0.5
