"""What a change does to what was found, to what is caught, and to what it costs."""

from typing import Any

import pytest

from constructs_lib.review.comparing import compare
from constructs_lib.review.finding import Severity
from constructs_lib.review.report import Review
from constructs_lib.review.reviewing import review
from tests.reviewing import parsed

WATCHED = """
Resources:
  Mail: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: email, Endpoint: a@example.com}}
  Topic: {Type: AWS::SNS::Topic}
  Work:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.14, Handler: a.b, Code: {ZipFile: x}, Role: r, TracingConfig: {Mode: Active}}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{Name: FunctionName, Value: !Ref Work}]
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: notBreaching
      AlarmActions: [!Ref Topic]
  Slow:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Duration
      Dimensions: [{Name: FunctionName, Value: !Ref Work}]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 3
      Threshold: 2000
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: [!Ref Topic]
"""


def _unwatched() -> Any:
    body = parsed(WATCHED)
    del body["Resources"]["Errors"]
    del body["Resources"]["Work"]["Properties"]["TracingConfig"]
    del body["Resources"]["Slow"]["Properties"]["AlarmActions"]
    return body


@pytest.fixture(scope="module")
def less() -> Review:
    return compare(parsed(WATCHED), _unwatched())


def _said(reviewed: Review, kind: str) -> list[tuple[Severity, str]]:
    return [(each.severity, each.message) for each in reviewed.changes or () if each.kind == kind]


def test_a_failure_that_is_no_longer_caught_is_told_with_what_caught_it(less: Review) -> None:
    told = _said(less, "failure-uncaught")

    assert told
    assert {severity for severity, _ in told} == {Severity.WARNING}
    assert 'Work: "Invocations fail" is no longer caught; before, by Errors.' in [each for _, each in told]


def test_what_caught_a_failure_is_called_by_its_path() -> None:
    old = parsed(WATCHED)
    old["Resources"]["Errors"]["Metadata"] = {"aws:cdk:path": "Shop/Work/Errors/Resource"}

    told = _said(compare(old, _unwatched()), "failure-uncaught")

    assert 'Work: "Invocations fail" is no longer caught; before, by Work/Errors.' in [
        each for _, each in told
    ]


def test_the_share_of_failures_that_are_caught_goes_down(less: Review) -> None:
    ((severity, message),) = _said(less, "coverage-down")

    assert severity is Severity.WARNING
    assert message.startswith("0% of the failures of ")


def test_the_cost_goes_down_by_what_the_alarm_cost(less: Review) -> None:
    ((severity, message),) = _said(less, "cost-down")

    assert severity is Severity.NOTE
    assert "costs 0.10 US dollars a month now; before, 0.20." in message
    assert "(-0.10)" in message


def test_what_is_found_now_is_new_and_what_is_no_longer_found_is_gone(less: Review) -> None:
    back = compare(_unwatched(), parsed(WATCHED))
    new, gone = _said(less, "finding-new"), _said(back, "finding-gone")

    assert {severity for severity, message in new if "alarm-without-action (warning)" in message} == {
        Severity.WARNING
    }
    assert {severity for severity, message in new if "tracing-off (note)" in message} == {Severity.NOTE}
    assert sorted(message.partition(": ")[2] for _, message in new) == sorted(
        message.partition(": ")[2] for _, message in gone
    )
    assert {severity for severity, _ in gone} == {Severity.NOTE}


def test_a_better_template_is_told_the_other_way_round() -> None:
    back = compare(_unwatched(), parsed(WATCHED))

    assert _said(back, "cost-up")
    assert _said(back, "coverage-up")
    assert 'Work: "Invocations fail" is caught by Errors now.' in [
        message for _, message in _said(back, "failure-caught")
    ]


def test_the_same_template_changes_nothing() -> None:
    assert compare(parsed(WATCHED), parsed(WATCHED)).changes == ()


def test_a_change_is_in_the_review_of_the_new_template(less: Review) -> None:
    assert less.changes
    assert review(parsed(WATCHED)).changes is None
    assert less.changes[0].severity.rank == max(each.severity.rank for each in less.changes)
