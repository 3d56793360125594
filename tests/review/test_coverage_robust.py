"""Whatever a template holds, the matrix is made: from odd values, from nothing, and without loading what is heavy."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.review.coverage import coverage_findings, coverage_of, matrix
from constructs_lib.review.coverage.insights import parse_query
from constructs_lib.review.coverage.judging import Judged
from constructs_lib.review.coverage.modes import MODES
from constructs_lib.review.report import Caught
from tests.review.coverage_cases import CALLED, FUNCTION, TOPIC, alarm, function_alarm
from tests.reviewing import reading_of

SCRIPT = """
import sys
sys.path.insert(0, "")
from pathlib import Path
from constructs_lib.template import Assembly, template_of
from constructs_lib.review.coverage import coverage_findings, coverage_of, matrix
from constructs_lib.review.reading import Reading
import json
body = json.loads(sys.stdin.read())
(stack,) = Reading(Assembly(templates=(template_of(body),))).stacks
coverage = coverage_of(stack)
coverage_findings(stack, coverage)
print(len(coverage.modes), sorted({"numpy", "lark", "aws_cdk"} & set(sys.modules)))
"""

ODD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(
        ["", "x", "60", "-1", "${", "${Orders}", "arn:aws:lambda:eu-west-1:1:function:x:live", "é\u202e"]
    )
    | st.sampled_from(
        [{"Ref": "Orders"}, {"Ref": "Nothing"}, {"Fn::GetAtt": ["Orders", "Arn"]}, {"Fn::Sub": "${x}"}]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Id", "Value", "Name"]), inner, max_size=3)
    ),
    max_leaves=6,
)
TYPES = (
    "AWS::Lambda::Function",
    "AWS::Lambda::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::SQS::Queue",
    "AWS::DynamoDB::GlobalTable",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Api",
    "AWS::StepFunctions::StateMachine",
    "AWS::Scheduler::Schedule",
    "AWS::Events::Rule",
    "AWS::SNS::Topic",
    "AWS::SNS::Subscription",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "Custom::Thing",
)
KEYS = (
    "AlarmActions", "AlarmRule", "Body", "ComparisonOperator", "DatapointsToAlarm", "DeadLetterConfig", "Definition",
    "DefinitionString", "DestinationConfig", "Dimensions", "Environment", "EvaluationPeriods", "EventBusName",
    "EventPattern", "EventSourceArn", "FunctionName", "GroupName", "MaximumRetryAttempts", "MessageRetentionPeriod",
    "MetricName", "Metrics", "Name", "Namespace", "Period", "Qualifier", "RedrivePolicy", "Replicas",
    "ReservedConcurrentExecutions", "ScheduleExpression", "ServiceToken", "StageName", "Statistic", "Subscription",
    "Tags", "Target", "Targets", "Threshold", "Timeout", "TopicArn", "TreatMissingData",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(KEYS), ODD, max_size=6)), max_size=6
    )
)
def test_no_value_of_any_property_makes_it_crash(made: list[tuple[str, dict[str, Any]]]) -> None:
    resources = {
        f"Resource{number}": {"Type": type_, "Properties": properties}
        for number, (type_, properties) in enumerate(made)
    }
    (stack,) = reading_of({"Resources": {"Orders": FUNCTION, **resources}}).stacks

    coverage = coverage_of(stack)

    coverage_findings(stack, coverage)
    assert all(each.why.endswith(".") for each in coverage.modes)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(function_alarm()["Properties"])), ODD)
def test_an_alarm_with_an_odd_value_catches_or_does_not(key: str, value: Any) -> None:
    watching = function_alarm(**{key: value})
    (stack,) = reading_of(
        {"Resources": {"Topic": TOPIC, "Orders": FUNCTION, "Called": CALLED, "Watching": watching}}
    ).stacks

    (errors,) = (each for each in coverage_of(stack).modes if each.mode == "errors")

    assert errors.caught in Caught
    assert (errors.caught in (Caught.YES, Caught.UNHEARD)) == bool(errors.alarms)


@given(st.floats(min_value=1, max_value=1e6), st.integers(min_value=1, max_value=10))
@settings(max_examples=60, deadline=None)
def test_a_looser_alarm_never_catches_what_a_stricter_one_does_not(threshold: float, periods: int) -> None:
    def seconds(threshold: float, periods: int) -> float:
        watching = function_alarm(threshold=threshold, EvaluationPeriods=periods)
        (stack,) = reading_of(
            {"Resources": {"Topic": TOPIC, "Orders": FUNCTION, "Called": CALLED, "Watching": watching}}
        ).stacks
        (errors,) = (each for each in coverage_of(stack).modes if each.mode == "errors")
        return float("inf") if errors.seconds is None else errors.seconds

    strict = seconds(threshold, periods)

    assert seconds(threshold * 2, periods) >= strict
    assert seconds(threshold, periods + 1) >= strict


@given(st.text(max_size=80))
def test_any_text_is_a_query_or_none(text: str) -> None:
    found = parse_query(text)

    assert found is None or found.metric


def test_a_failure_that_cannot_be_judged_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(_: Any, mode: Any, *__: Any) -> Any:
        if mode.id == "errors":
            raise ZeroDivisionError("of all things")
        return Judged()

    monkeypatch.setattr(matrix, "judged", judged)
    (stack,) = reading_of({"Resources": {"Orders": FUNCTION}}).stacks

    found = {each.mode: each for each in coverage_of(stack).modes}

    assert found["errors"].caught is Caught.UNKNOWN
    assert found["errors"].why == "It could not be judged: ZeroDivisionError: of all things."
    assert found["throttles"].caught is Caught.NO


def loaded(resources: dict[str, Any]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps({"Resources": resources}),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_template_without_alarms_loads_nothing_that_computes() -> None:
    expected = len(
        [each for each in MODES["function"] if not each.needs and each.facts in ((), ("timeout",))]
    )

    assert loaded({"Orders": FUNCTION}) == f"{expected} []"


def test_nor_does_one_whose_alarms_watch_something_else() -> None:
    busy = alarm("AWS/EC2", "CPUUtilization", {"InstanceId": "i-1"})

    assert loaded({"Topic": TOPIC, "Orders": FUNCTION, "Busy": busy}).endswith("[]")


def test_an_alarm_that_watches_is_computed_without_the_cdk() -> None:
    assert loaded({"Topic": TOPIC, "Orders": FUNCTION, "Watching": function_alarm()}).endswith("['numpy']")
