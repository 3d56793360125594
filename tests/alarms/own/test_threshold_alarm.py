import math
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import AlarmRoute, Severity, SeverityRoute, ThresholdAlarm
from constructs_lib.checks import ConfigurationError
from tests.alarms.own_alarms import (
    ALARM,
    MEANS,
    SILENT,
    TOPIC,
    lambda_errors,
    orders,
    properties,
    threshold_alarm,
)
from tests.delivery import CLOUDWATCH
from tests.synthesis import fresh_stack, number_token, some_code, synthesize

PATH = r"^Stack/Alarm: "


def function_of(stack: cdk.Stack, **more: Any) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=some_code(),
        **more,
    )


def test_it_rings_at_its_threshold_and_tells_the_stacks_topic() -> None:
    stack = fresh_stack()
    threshold_alarm(stack)

    found = synthesize(stack)

    assert properties(found) == {
        "AlarmActions": [{"Ref": found.only_id(TOPIC)}],
        "AlarmDescription": "[warning] Alarm Sum reached 5 in 1 of 1 periods of 60 s. Orders are lost.",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Alarm",
        "Namespace": "Shop",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 5,
        "TreatMissingData": "notBreaching",
    }
    assert CLOUDWATCH in str(found.only("AWS::SNS::TopicPolicy"))


def test_everything_can_be_said() -> None:
    stack = fresh_stack()
    team = sns.Topic(stack, "Team")
    threshold_alarm(
        stack,
        severity=Severity.CRITICAL,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=4,
        datapoints_to_alarm=2,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        cause="the shop is closed.",
        query="SELECT * FROM orders.",
        runbook="https://example.com/orders",
        route=SeverityRoute(critical=AlarmRoute.to_topic(team, ok=True)),
    )

    found = synthesize(stack)

    team_only = [{"Ref": found.only_id(TOPIC)}]
    rendered = properties(found)
    assert rendered["AlarmActions"] == rendered["OKActions"] == team_only
    assert (rendered["EvaluationPeriods"], rendered["DatapointsToAlarm"]) == (4, 2)
    assert rendered["TreatMissingData"] == "breaching"
    assert rendered["AlarmDescription"] == (
        "[critical] Alarm Sum fell below 5 in 2 of 4 periods of 60 s. Orders are lost. Likely cause: the shop is "
        "closed. First: SELECT * FROM orders. Runbook: https://example.com/orders"
    )


@pytest.mark.parametrize(
    ("severity", "route"), [(Severity.WARNING, SILENT), (Severity.INFO, None), (Severity.INFO, SILENT)]
)
def test_a_silent_alarm_makes_no_topic(severity: Severity, route: AlarmRoute | None) -> None:
    stack = fresh_stack()
    threshold_alarm(stack, severity=severity, route=route)

    found = synthesize(stack)

    assert list(found.resources) == [found.only_id(ALARM)]
    assert "AlarmActions" not in properties(found)


def test_metric_math_is_called_by_its_label() -> None:
    stack = fresh_stack()
    both = cloudwatch.MathExpression(
        expression="a + b",
        using_metrics={"a": orders("A"), "b": orders("B")},
        label="Both",
        period=cdk.Duration.minutes(2),
    )
    threshold_alarm(stack, metric=both)

    assert properties(synthesize(stack))["AlarmDescription"].startswith(
        "[warning] Both reached 5 in 1 of 1 periods of 120 s."
    )


def test_missing_data_of_dynamodb_is_ignored_as_it_is_anyway() -> None:
    stack = fresh_stack()
    metric = cloudwatch.Metric(
        namespace="AWS/DynamoDB", metric_name="ReadThrottleEvents", dimensions_map={"TableName": "orders"}
    )
    threshold_alarm(stack, metric=metric)

    assert properties(synthesize(stack))["TreatMissingData"] == "ignore"


def test_tokens_are_taken_on_trust() -> None:
    stack = fresh_stack()
    token = number_token(stack)
    threshold_alarm(
        stack,
        metric=lambda_errors(),
        threshold=token,
        evaluation_periods=token,
        datapoints_to_alarm=token,
        cause=cdk.Aws.REGION,
    )

    rendered = properties(synthesize(stack))

    assert rendered["Threshold"] == rendered["EvaluationPeriods"] == {"Ref": "Number"}
    assert {"Ref": "Number"} in rendered["AlarmDescription"]["Fn::Join"][1]


def test_it_is_an_alarm_of_cdk() -> None:
    stack = fresh_stack()
    alarm = threshold_alarm(stack, route=SILENT)
    alarm.add_alarm_action(actions.SnsAction(sns.Topic(stack, "Team")))
    cloudwatch.Dashboard(stack, "Board").add_widgets(cloudwatch.AlarmWidget(alarm=alarm))

    found = synthesize(stack)

    assert isinstance(alarm, cloudwatch.Alarm)
    assert properties(found)["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]


def test_an_auto_scaling_action_stays_possible() -> None:
    stack = fresh_stack()
    threshold_alarm(stack, route=AlarmRoute(alarm=[actions.SsmAction(actions.OpsItemSeverity.HIGH)]))

    assert ":opsitem:2" in str(properties(synthesize(stack))["AlarmActions"])


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no meaning": ({"means": " "}, r"means is ' '\. Say in a sentence"),
    "no metric": ({"metric": "Errors"}, r"metric is 'Errors'\. Give a metric of CDK"),
    "no number": ({"threshold": math.nan}, r"threshold is nan\. Give a number"),
    "no end": ({"threshold": math.inf}, r"threshold is inf\. Give a number"),
    "a severity in words": ({"severity": "loud"}, r"severity is 'loud'\. Give Severity"),
    "a comparison in words": (
        {"comparison_operator": ">="},
        r"comparison_operator is '>='\. Give ComparisonOperator",
    ),
    "a treatment in words": (
        {"treat_missing_data": "ignore"},
        r"treat_missing_data is 'ignore'\. Give TreatMissingData",
    ),
    "no periods": ({"evaluation_periods": 0}, r"evaluation_periods is 0\. Give a whole number from 1"),
    "too many datapoints": (
        {"datapoints_to_alarm": 2},
        r"datapoints_to_alarm is 2\. Give a whole number from 1 to 1",
    ),
    "no route": ({"route": "me"}, r"route is 'me'\."),
    "a long story": ({"cause": "x" * 1_000}, r"its description has 1,?\d+ characters.*belong in the runbook"),
    "what never rings": (
        {"metric": lambda_errors(statistic="Average")},
        r"with .* 5 it never rings on Errors Average",
    ),
    "an anomaly": (
        {"comparison_operator": cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD},
        r"CDK refuses it: .*ANOMALY_DETECTION_BAND",
    ),
    "a percentage above all": (
        {"threshold": 150, "highest": 100},
        r".*never rings on what it watches, which goes to 100",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_fails_with_the_value_and_builds_nothing(name: str) -> None:
    stack = fresh_stack()
    given, problem = REFUSED[name]

    with pytest.raises(ConfigurationError, match=PATH + problem):
        threshold_alarm(stack, **given)

    assert [child.node.id for child in stack.node.children] == []


@pytest.mark.parametrize("qualified", [False, True])
def test_fails_on_a_duration_above_the_timeout_of_the_function(qualified: bool) -> None:  # noqa: FBT001 - a pytest parameter
    stack = fresh_stack()
    function: lambda_.IFunction = function_of(stack, timeout=cdk.Duration.seconds(10))
    if qualified:
        function = lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version)  # type: ignore[attr-defined] # of the kind just made
    metric = function.metric_duration(statistic="p99")

    threshold_alarm(stack, "Fine", metric=metric, threshold=9_000)
    with pytest.raises(ConfigurationError, match=PATH + r".*11000 it never rings.*from 0 to 10000"):
        threshold_alarm(stack, metric=metric, threshold=11_000)


def test_fails_on_a_duration_above_the_timeout_that_lambda_gives_by_itself() -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + r".*5000 it never rings.*from 0 to 3000"):
        threshold_alarm(stack, metric=function_of(stack).metric_duration(), threshold=5_000)


def test_a_timeout_that_is_not_known_limits_nothing_below_fifteen_minutes() -> None:
    stack = fresh_stack()
    function = function_of(stack, timeout=cdk.Duration.seconds(number_token(stack)))
    foreign = lambda_.Function.from_function_name(stack, "Foreign", "foreign")

    for name, metric in (("One", function.metric_duration()), ("Two", foreign.metric_duration())):
        threshold_alarm(stack, name, metric=metric, threshold=800_000)

    assert len(synthesize(stack).of_type(ALARM)) == 2


def test_a_sum_of_durations_may_pass_the_timeout() -> None:
    stack = fresh_stack()
    metric = function_of(stack).metric_duration(statistic="Sum")

    assert isinstance(threshold_alarm(stack, metric=metric, threshold=1_000_000), ThresholdAlarm)


@pytest.mark.parametrize("state", ["alarm", "ok", "insufficient_data"])
def test_fails_on_a_sixth_action_that_is_added_later(state: str) -> None:
    stack = fresh_stack()
    alarm = threshold_alarm(stack, route=SILENT)
    add = getattr(alarm, f"add_{state}_action")
    topics = [actions.SnsAction(sns.Topic(stack, f"Topic{n}")) for n in range(6)]
    add(*topics[:4])
    add(topics[4])

    with pytest.raises(ConfigurationError, match=PATH + f"it has 6 {state} actions"):
        add(topics[5])


def test_what_it_means_has_no_default() -> None:
    with pytest.raises(TypeError, match="means"):
        ThresholdAlarm(fresh_stack(), "Alarm", metric=orders(), threshold=1)  # type: ignore[call-arg] # that is the point
    assert MEANS
