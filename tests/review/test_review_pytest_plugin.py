"""The pytest plugin as a team has it: in a pytest of its own, in a folder that is not this repository."""

import tomllib
from collections.abc import Callable

import pytest

from constructs_lib.review.reviewing import review as reviewed
from tests.review.html_cases import SERVICE
from tests.reviewing import parsed
from tests.synthesis import ROOT

pytest_plugins = ["pytester"]

PLUGIN = "constructs_lib.review.pytest_plugin"

SHOP = """
def composite(**actions):
    properties = {"AlarmName": "Endless", "AlarmRule": "ALARM(Endless)", **actions}
    return {"Resources": {"Endless": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}}}

BAD = composite(AlarmActions=["arn:aws:sns:eu-west-1:111122223333:people"])

def rules(found):
    return {each.rule for each in found.findings}
"""
STACKS = """
import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns, aws_sns_subscriptions as subscriptions, aws_sqs as sqs

class Shop(cdk.Stack):
    def __init__(self, scope, name, topic=None, **given):
        super().__init__(scope, name, env=cdk.Environment(account="111122223333", region="eu-west-1"), **given)
        queue = sqs.Queue(self, "Queue", enforce_ssl=True)
        age = queue.metric_approximate_age_of_oldest_message()
        alarm = age.create_alarm(self, "Age", threshold=60, evaluation_periods=1)
        if topic is not None:
            alarm.add_alarm_action(actions.SnsAction(topic))

class Shared(cdk.Stack):
    def __init__(self, scope, name, **given):
        super().__init__(scope, name, env=cdk.Environment(account="111122223333", region="eu-west-1"))
        self.topic = sns.Topic(self, "Topic", **given)
        self.topic.add_subscription(subscriptions.EmailSubscription("people@shop.test"))
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Load what a review loads on its way: each inner pytest would load it anew, beside what is there already."""
    reviewed(parsed(SERVICE))


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests with the plugin, as pytest loads that of an installed library."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(tests: str, *arguments: str, own_process: bool = False) -> pytest.RunResult:
        pytester.makepyfile(shop=SHOP, shop_stacks=STACKS, test_shop=f"from shop import *\n{tests}")
        start = pytester.runpytest_subprocess if own_process else pytester.runpytest_inprocess
        return start("-p", PLUGIN, "-p", "no:cacheprovider", *arguments)

    return run


def shown(result: pytest.RunResult) -> list[str]:
    """What pytest shows of failures."""
    return [line[1:].strip() for line in result.outlines if line.startswith("E ")]


def test_a_stack_a_stage_an_app_a_template_and_its_file_are_reviewed(run: Run) -> None:
    result = run("""
from shop_stacks import *
import json

def test_stack(review):
    found = review(Shop(cdk.App(), "Shop"))
    assert [each.stack for each in found.templates] == ["Shop"]
    assert "alarm-without-action" in rules(found)

def test_stage(review):
    stage = cdk.Stage(cdk.App(), "Prod")
    Shop(stage, "Shop")
    found = review(stage)
    assert [each.reading.key for each in found.templates] == ["Prod/Shop"]
    assert [each.construct_path for each in found.findings if each.rule == "alarm-without-action"] == ["Age"]

def test_app(review):
    app = cdk.App()
    Shop(app, "One")
    Shop(app, "Two")
    assert [each.stack for each in review(app).templates] == ["One", "Two"]

def test_template(review):
    assert "composite-of-itself" in rules(review(BAD))

def test_file(review, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(BAD))
    assert len([each for each in review(path, str(path)).findings if each.rule == "composite-of-itself"]) == 2
""")

    result.assert_outcomes(passed=5)


def test_a_stack_is_reviewed_alone_and_what_it_refers_to_is_found(run: Run) -> None:
    result = run("""
from shop_stacks import *

def test_stack(review):
    app = cdk.App()
    shop = Shop(app, "Shop", Shared(app, "Shared").topic)
    found = review(shop)
    assert [each.stack for each in found.templates] == ["Shop"]
    assert rules(found) == set()
    caught = [each.caught for each in found.templates[0].coverage.modes if each.alarms]
    assert set(caught) == {"caught"}

def test_what_only_the_other_stack_tells(review):
    app = cdk.App()
    found = review(Shop(app, "Shop", Shared(app, "Shared", fifo=True).topic))
    assert [each.construct_path for each in found.findings if each.rule == "alarm-topic-fifo"] == ["Age"]

def test_two_stacks_of_an_app(review):
    app = cdk.App()
    shared = Shared(app, "Shared")
    found = review(Shop(app, "Shop", shared.topic), shared)
    assert [each.stack for each in found.templates] == ["Shop", "Shared"]
""")

    result.assert_outcomes(passed=3)


def test_a_stack_brings_those_that_are_nested_in_it(run: Run) -> None:
    result = run("""
from shop_stacks import *

def test_stack(review):
    app = cdk.App()
    outer = cdk.Stack(app, "Outer")
    inner = cdk.NestedStack(outer, "Inner")
    sqs.Queue(inner, "Queue").metric_approximate_age_of_oldest_message().create_alarm(
        inner, "Age", threshold=60, evaluation_periods=1)
    Shop(app, "Shop")
    found = review(outer)
    assert len(found.templates) == 2
    assert [each.construct_path for each in found.findings if each.rule == "alarm-without-action"] == ["Inner/Age"]
""")

    result.assert_outcomes(passed=1)


def test_what_review_takes_is_given_on(run: Run) -> None:
    result = run("""
from constructs_lib.review import Acknowledgement

def test_acknowledged(review):
    accepted = Acknowledgement(rule="composite-of-itself", reason="It never mattered.")
    review(BAD, acknowledgements=[accepted], budget=25).assert_clean()
""")

    result.assert_outcomes(passed=1)


def test_a_clean_stack_passes_and_one_with_warnings_unless_they_count(run: Run) -> None:
    result = run("""
from shop_stacks import *
from constructs_lib.review import Severity

def test_clean(review):
    app = cdk.App()
    review(Shop(app, "Shop", Shared(app, "Shared").topic)).assert_clean(Severity.WARNING)

def test_warnings(review):
    review(Shop(cdk.App(), "Shop")).assert_clean()

def test_warnings_that_count(review):
    review(Shop(cdk.App(), "Shop")).assert_clean(Severity.WARNING)
""")

    result.assert_outcomes(passed=2, failed=1)


def test_a_failure_says_what_was_found_where_and_what_to_do(run: Run) -> None:
    result = run("""
def test_bad(review):
    review(BAD).assert_clean()
""")

    result.assert_outcomes(failed=1)
    text, what, message, remedy, source = shown(result)
    assert text == "AssertionError: the review found 1 error:"
    assert what == "ERROR composite-of-itself at Endless"
    assert message.startswith("Endless ")
    assert remedy
    assert source.startswith("https://docs.aws.amazon.com/")


def test_the_summary_counts_what_was_found(run: Run) -> None:
    result = run("""
def test_bad(review):
    review(BAD).assert_clean()
""")

    result.stdout.fnmatch_lines(["FAILED *test_bad - AssertionError: the review found 1 error:*"])


def test_a_construct_without_a_template_is_told_so(run: Run) -> None:
    result = run("""
from shop_stacks import *
from constructs import Construct

def test_construct(review):
    review(Construct(cdk.App(), "Thing"))
""")

    assert "Thing is no stack of an app" in shown(result)[0]


def test_a_pytest_that_does_not_use_it_imports_nothing_for_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile("""
        import sys

        def test_nothing():
            loaded = {name for name in sys.modules if name.startswith("constructs_lib")}
            assert loaded == {"constructs_lib", "constructs_lib.review", "constructs_lib.review.pytest_plugin"}
            assert not {"numpy", "lark", "yaml", "rich", "igraph", "aws_cdk", "jsii"} & set(sys.modules)
    """)

    pytester.runpytest_subprocess("-p", PLUGIN).assert_outcomes(passed=1)


def test_what_is_not_installed_is_told_in_one_line(run: Run) -> None:
    result = run(
        """
import sys

def test_bad(review, tmp_path):
    sys.modules["yaml"] = None
    path = tmp_path / "bad.yaml"
    path.write_text("Resources: {Queue: {Type: AWS::SQS::Queue}}")
    review(path)
""",
        own_process=True,
    )

    result.assert_outcomes(failed=1)
    wanted = "review needs yaml, which is not installed: pip install 'constructs-lib[review]'."
    assert any(wanted in line for line in shown(result))


def test_an_installed_library_tells_pytest_of_it() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]

    assert declared["pytest11"]["constructs_lib_review"] == PLUGIN
