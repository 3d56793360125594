import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.alarms import CombinedAlarm
from constructs_lib.checks import ConfigurationError
from constructs_lib.heartbeat import AgeHeartbeat
from tests.alarms.own_alarms import MEANS, SILENT, TOPIC, orders
from tests.functions import plain_function
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.synthesis import RECOMMENDED, fresh_app, fresh_stack, number_token, synthesize

ALARM = "AWS::CloudWatch::Alarm"
FUNCTION = "AWS::Lambda::Function"
PATH = r"^Stack/Beat: "
NAME = {"Fn::Join": ["", [{"Ref": "AWS::StackName"}, "/Beat"]]}


def beat(stack: cdk.Stack, **more: Any) -> AgeHeartbeat:
    given: dict[str, Any] = {"metric": orders(), "every": cdk.Duration.days(30), "means": MEANS} | more
    return AgeHeartbeat(stack, "Beat", **given)


def test_it_rings_when_the_age_passes_what_is_allowed_or_is_not_published() -> None:
    stack = fresh_stack()
    heartbeat = beat(stack)

    found = synthesize(stack)

    assert heartbeat.window == 33 * 86_400
    assert found.only(ALARM) == {
        "AlarmActions": [{"Ref": found.only_id(TOPIC)}],
        "AlarmDescription": "[warning] The seconds since it was last done reached 2851200 in 3 of 3 periods of 3600 s. "
        + MEANS,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [{"Name": "Heartbeat", "Value": NAME}],
        "EvaluationPeriods": 3,
        "MetricName": "Age",
        "Namespace": "constructs_lib/Heartbeat",
        "Period": 3_600,
        "Statistic": "Minimum",
        "Threshold": 2_851_200,
        "TreatMissingData": "breaching",
    }


def test_a_function_is_told_what_to_read_and_what_to_publish() -> None:
    stack = fresh_stack()
    function = plain_function(stack, "Backup")
    succeeded = cloudwatch.MathExpression(
        expression="calls - errors",
        using_metrics={"calls": function.metric_invocations(), "errors": function.metric_errors()},
    )
    beat(stack, metric=succeeded)

    found = synthesize(stack)

    variables = found.only(FUNCTION, under="Beat")["Environment"]["Variables"]
    queries = json.loads(
        "".join(
            part if isinstance(part, str) else part["Ref"]
            for part in variables["HEARTBEAT_QUERIES"]["Fn::Join"][1]
        )
    )
    assert queries[0] == {"Id": "work", "Expression": "calls - errors", "ReturnData": True}
    assert [query["Id"] for query in queries] == ["work", "calls", "errors"]
    assert queries[1]["MetricStat"] == {
        "Metric": {
            "Namespace": "AWS/Lambda",
            "MetricName": "Invocations",
            "Dimensions": [{"Name": "FunctionName", "Value": found.only_id(FUNCTION, under="Backup")}],
        },
        "Period": 3_600,
        "Stat": "Sum",
    }
    assert (variables["HEARTBEAT_NAMESPACE"], variables["HEARTBEAT_METRIC"]) == (
        "constructs_lib/Heartbeat",
        "Age",
    )
    assert variables["HEARTBEAT_NAME"] == NAME


def test_it_runs_every_hour_and_may_do_nothing_else() -> None:
    stack = fresh_stack()
    beat(stack)

    found = synthesize(stack)

    schedule = found.only("AWS::Scheduler::Schedule")
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["Target"]["Arn"] == {"Ref": found.only_id("AWS::Lambda::Alias")}
    allowed = [
        (statement["Action"], statement["Resource"], statement.get("Condition"))
        for statement in found.only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    ]
    assert allowed == [
        ("cloudwatch:GetMetricData", "*", None),
        (
            "cloudwatch:PutMetricData",
            "*",
            {"StringEquals": {"cloudwatch:namespace": "constructs_lib/Heartbeat"}},
        ),
    ]


def test_it_passes_every_gate() -> None:
    app = fresh_app(RECOMMENDED)
    stack = cdk.Stack(app, "Stack")
    beat(stack)

    assert [finding for finding in findings(app) if UNSUBSCRIBED not in finding.rule] == []
    found = synthesize(stack)
    assert lint(found.body) == []
    assert circle(found.resources) == []


def test_its_alarm_can_be_combined() -> None:
    stack = fresh_stack()
    CombinedAlarm(stack, "Both", children=[beat(stack, route=SILENT).alarm], means=MEANS)

    assert len(synthesize(stack).of_type("AWS::CloudWatch::CompositeAlarm")) == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"every": cdk.Duration.days(420)},
            r"every and allowance make 462 days\. CloudWatch keeps data for 455",
        ),
        ({"every": cdk.Duration.minutes(30)}, r"every is 1800"),
        ({"every": 30}, r"every is 30\. Give Duration"),
        ({"allowance": cdk.Duration.minutes(5)}, r"allowance is 300"),
        ({"metric": "Backups"}, r"metric is 'Backups'\. Give a cloudwatch\.Metric"),
        (
            {"metric": cloudwatch.MathExpression(expression="2 * work", using_metrics={"work": orders()})},
            r"metric is .*none of which is called work",
        ),
    ],
)
def test_fails_with_the_value_and_builds_nothing(given: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + problem):
        beat(stack, **given)

    assert stack.node.try_find_child("Beat") is None


def test_fails_where_its_alarm_would_and_builds_nothing() -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=r"^Stack/Beat/Alarm: means is ''"):
        beat(stack, means="")

    assert stack.node.try_find_child("Beat") is None


def test_fails_on_a_token_of_which_no_threshold_can_be_made() -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + "every is known only at deployment"):
        beat(stack, every=cdk.Duration.seconds(number_token(stack)))
