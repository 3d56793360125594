"""The pytest plugin as a team has it: in a pytest of its own, in a folder that is not this repository."""

import re
import tomllib
from collections.abc import Callable

import pytest

from constructs_lib.replay import surface  # noqa: F401 - numpy cannot be loaded by each inner pytest anew
from tests.synthesis import ROOT

pytest_plugins = ["pytester"]

PLUGIN = "constructs_lib.replay.pytest_plugin"

TEMPLATE = """
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline

def alarm(name):
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {
        "AlarmName": name, "Namespace": "Shop", "MetricName": name, "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}}

SHOP = {"Resources": {name: alarm(name) for name in ("Errors", "Throttles")}}
TIMELINE = Timeline.of(
    MetricSeries.of("Shop", name, {}, values, start="2026-03-02T09:00Z")
    for name, values in (("Errors", [0] * 12 + [1] * 4 + [0] * 8), ("Throttles", [0] * 24))
)
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs tests with the plugin, as pytest loads that of an installed library."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(tests: str, *arguments: str, own_process: bool = False) -> pytest.RunResult:
        pytester.makepyfile(shop=TEMPLATE, test_shop=f"from shop import *\n{tests}")
        start = pytester.runpytest_subprocess if own_process else pytester.runpytest_inprocess
        return start("-p", PLUGIN, "-p", "no:cacheprovider", *arguments)

    return run


def shown(result: pytest.RunResult) -> list[str]:
    """What pytest shows of failures."""
    return [line[1:].strip() for line in result.outlines if line.startswith("E ")]


class TestReplay:
    def test_alarms_are_replayed_and_asked(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    report = replay(SHOP, TIMELINE)
    assert report.rang("Errors", within="15m")
    assert not report.rang("Errors", within="5m")
    assert report.quiet("Throttles")
""")

        result.assert_outcomes(passed=1)

    def test_what_replay_takes_is_given_on(self, run: Run) -> None:
        result = run("""
def test_names(replay):
    dimension = {"Name": "QueueName", "Value": {"Ref": "Name"}}
    alarms = {"Parameters": {"Name": {"Type": "String"}}, "Resources": SHOP["Resources"]}
    alarms["Resources"]["Errors"]["Properties"]["Dimensions"] = [dimension]
    series = MetricSeries.of("Shop", "Errors", {"QueueName": "q"}, [1] * 9, start="2026-03-02T09:00Z")
    report = replay(alarms, Timeline.of([series]), parameters={"Name": "q"})
    assert report.rang("Errors")
""")

        result.assert_outcomes(passed=1)

    def test_a_stack_is_replayed_by_the_paths_of_its_constructs(self, run: Run) -> None:
        result = run("""
import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

def test_stack(replay):
    stack = cdk.Stack(cdk.App(), "Stack")
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors", period=cdk.Duration.minutes(1))
    metric.create_alarm(Construct(stack, "CreateOrder"), "Errors", threshold=1, evaluation_periods=1)
    assert replay(stack, TIMELINE).rang("CreateOrder/Errors", within="15m")
""")

        result.assert_outcomes(passed=1)

    def test_a_stacks_alarms_may_be_on_what_another_stack_of_its_app_has(self, run: Run) -> None:
        result = run("""
import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch, aws_sqs as sqs

def test_stack(replay):
    app = cdk.App()
    queue = sqs.Queue(cdk.Stack(app, "Data"), "Queue")
    stack = cdk.Stack(app, "Shop")
    for scope in (stack, cdk.Stack(app, "Other"), cdk.NestedStack(stack, "Orders")):
        metric = queue.metric_approximate_number_of_messages_visible(period=cdk.Duration.minutes(1))
        metric.create_alarm(scope, "Depth", threshold=1, evaluation_periods=1)
    name = "ApproximateNumberOfMessagesVisible"
    (own,) = app.synth().get_stack_by_name("Data").template["Resources"]
    series = MetricSeries.of(
        "AWS/SQS", name, {"QueueName": f"Data-{own}-AB12CD34EF56"}, [0, 1], start="2026-03-02T09:00Z"
    )
    report = replay(stack, Timeline.of([series]))
    assert {each.name[:11] for each in report.stacks} == {"Shop", "Shop-Orders"}
    assert report.rang("Shop:Depth")
    assert report.rang("Orders/Depth")
    assert len(replay(app, Timeline.of([series])).stacks) == 4
""")

        result.assert_outcomes(passed=1)


class TestFailures:
    def test_an_alarm_that_rings_late_is_drawn_with_threshold_and_state(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    report = replay(SHOP, TIMELINE)
    assert report.rang("Errors", within="5m")
""")

        result.assert_outcomes(failed=1)
        text, axis, bars, states = shown(result)
        assert text == "AssertionError: Errors: it rang after 0:13:00, and not within 0:05:00"
        assert axis.startswith("03-02 09:00Z ---")
        assert axis.endswith("--- 03-02 09:24Z")
        assert bars.endswith(">= 1, 1 of 1 x 60 s; 0 to 1, x where there is no datapoint")
        assert bars.count("█") == 12
        assert states.startswith("??···")
        assert states.partition("  ")[0].count("A") == 13

    def test_the_summary_names_the_alarm(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    assert replay(SHOP, TIMELINE).rang("Throttles")
""")

        result.stdout.fnmatch_lines(["FAILED *test_errors - AssertionError: Throttles: it never rang"])

    def test_a_test_that_should_be_quiet_shows_what_rang_first(self, run: Run) -> None:
        result = run("""
def test_quiet(replay):
    assert replay(SHOP, TIMELINE).quiet()
""")

        assert shown(result)[0] == (
            "AssertionError: Errors rang; first Errors at 2026-03-02 09:13:00Z: 1 >= 1, 1 of 1 to alarm"
        )
        assert len(shown(result)) == 4

    def test_an_alarm_that_never_rang_is_not_said_to_be_late(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    assert replay(SHOP, TIMELINE).rang("Throttles", within="1h30m")
""")

        assert shown(result)[0] == "AssertionError: Throttles: it never rang"

    def test_with_several_incidents_the_time_is_told_that_counts(self, run: Run) -> None:
        result = run("""
from constructs_lib.replay import Mark

def test_errors(replay):
    marks = [Mark(name=name, start=TIMELINE.start, end=TIMELINE.end) for name in ("one", "two")]
    assert replay(SHOP, TIMELINE.marked(*marks)).rang("Errors", within="5m")
""")

        assert shown(result)[0] == (
            "AssertionError: Errors: it rang after 0:13:00, and not within 0:05:00 of the timeline's start; "
            "it has 2 incidents: name one by during="
        )

    def test_a_verdict_that_holds_and_should_not_is_shown_too(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    assert not replay(SHOP, TIMELINE).rang("Errors")
""")

        assert shown(result)[0] == "AssertionError: Errors: it rang after 0:13:00"

    def test_a_verdict_with_a_name_of_its_own_is_shown(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    verdict = replay(SHOP, TIMELINE).rang("Throttles")
    assert verdict
""")

        assert shown(result)[0] == "AssertionError: Throttles: it never rang"

    def test_the_message_of_the_test_stays(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    assert replay(SHOP, TIMELINE).rang("Throttles"), "who refuses orders?"
""")

        assert shown(result)[:2] == ["AssertionError: who refuses orders?", "Throttles: it never rang"]

    def test_both_verdicts_of_one_assertion_are_shown(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    report = replay(SHOP, TIMELINE)
    assert report.rang("Errors") and report.rang("Throttles")
""")

        lines = shown(result)
        assert lines[0] == "AssertionError: Errors: it rang after 0:13:00"
        assert "Throttles: it never rang" in lines

    def test_an_assertion_on_something_else_is_left_as_it_is(self, run: Run) -> None:
        result = run("""
def test_errors(replay):
    verdict = replay(SHOP, TIMELINE).rang("Throttles")
    assert 1 == 2
""")

        assert shown(result) == ["assert 1 == 2"]

    def test_a_failure_before_any_replay_is_left_as_it_is(self, run: Run) -> None:
        result = run(
            """
def test_errors():
    raise AssertionError("assert nothing")
""",
            own_process=True,
        )

        assert shown(result) == ["assert nothing"]


class TestIncident:
    def test_the_seed_is_the_tests_and_stays(self, run: Run) -> None:
        tests = """
import pytest

def test_one(incident): print("seed", incident.seed)

def test_two(incident): print("seed", incident.seed)

@pytest.mark.parametrize("n", [1, 2])
def test_many(incident, n): print("seed", incident.seed)
"""
        seeds = [re.findall(r"seed (\d+)", run(tests, "-s").stdout.str()) for _ in range(2)]

        assert seeds[0] == seeds[1]
        assert len(set(seeds[0])) == 4

    def test_an_incident_is_built_and_detected(self, run: Run) -> None:
        result = run("""
from constructs_lib.replay.timelines.incidents.metric_targets import Counter
from constructs_lib.replay.timelines.incidents.shapes import DeadLetterDrip

def test_burst(replay, incident):
    errors = Counter(namespace="Shop", name="Errors")
    timeline = (incident(duration="2h") + DeadLetterDrip(on=errors, at="1h", lasts="10m", per_minute=5)).timeline()
    assert timeline.start.isoformat() == "2026-03-02T00:00:00+00:00"
    report = replay(SHOP, timeline)
    assert report.rang("Errors", within="5m")
    assert report.quiet(during=incident.normal(errors, days=1))
    assert replay(SHOP, incident.normal(errors, days=2)).quiet()
""")

        result.assert_outcomes(failed=1)  # the burst is within the normal day that is asked about
        assert shown(result)[0].startswith("AssertionError: Errors rang; first Errors at 2026-03-02 01:0")

    def test_another_start_and_season_can_be_given(self, run: Run) -> None:
        result = run("""
from constructs_lib.replay.timelines.incidents.metric_targets import Counter
from constructs_lib.replay.timelines.incidents.season import FLAT

def test_start(incident):
    errors = Counter(namespace="Shop", name="Errors", per_minute=9)
    made = incident(duration="1h", start="2025-01-01T10:00Z", season=FLAT)
    assert (made.season, (made + errors).timeline().start.year) == (FLAT, 2025)
    assert incident.normal(errors, start="2024-01-01T10:00Z", days=1).start.year == 2024
""")

        result.assert_outcomes(passed=1)


class TestCost:
    def test_a_pytest_that_does_not_use_it_imports_nothing_for_it(
        self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        pytester.makepyfile("""
            import sys

            def test_nothing():
                loaded = {name for name in sys.modules if name.startswith("constructs_lib")}
                assert loaded == {"constructs_lib", "constructs_lib.replay", "constructs_lib.replay.pytest_plugin"}
                assert not {"numpy", "lark", "yaml", "rich", "aws_cdk", "jsii"} & set(sys.modules)
        """)

        pytester.runpytest_subprocess("-p", PLUGIN).assert_outcomes(passed=1)

    @pytest.mark.parametrize("missing", ["numpy", "lark"])
    def test_what_is_not_installed_is_told_in_one_line(self, run: Run, missing: str) -> None:
        result = run(
            f"""
import sys
sys.modules.update(dict.fromkeys([name for name in sys.modules if name.startswith({missing!r})]))
sys.modules[{missing!r}] = None

def test_errors(replay):
    pass
""",
            own_process=True,
        )

        result.assert_outcomes(errors=1)
        wanted = f"replay needs {missing}, which is not installed: pip install 'constructs-lib[replay]'."
        assert any(wanted in line for line in shown(result))

    def test_an_installed_library_tells_pytest_of_it(self) -> None:
        declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]

        assert declared["pytest11"]["constructs_lib_replay"] == PLUGIN
