from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs

from constructs_lib.alarms import LogAlarm
from constructs_lib.checks import ConfigurationError
from tests.alarms.own_alarms import ALARM, MEANS, SILENT, TOPIC, properties
from tests.synthesis import fresh_app, fresh_stack, synthesize

FILTER = "AWS::Logs::MetricFilter"
PATH = r"^Stack/Alarm: "
ERRORS = logs.FilterPattern.string_value("$.level", "=", "ERROR")


def log_alarm(stack: cdk.Stack, name: str = "Alarm", **more: Any) -> LogAlarm:
    group = stack.node.try_find_child("Log") or logs.LogGroup(stack, "Log")
    given: dict[str, Any] = {"log_group": group, "pattern": ERRORS, "means": MEANS} | more
    return LogAlarm(stack, name, **given)


def test_a_filter_makes_the_metric_that_the_alarm_watches() -> None:
    stack = fresh_stack()
    log_alarm(stack)

    found = synthesize(stack)

    name = {"Fn::Join": ["", [{"Ref": "AWS::StackName"}, "/Alarm"]]}
    assert found.only(FILTER) == {
        "FilterPattern": '{ $.level = "ERROR" }',
        "LogGroupName": {"Ref": found.only_id("AWS::Logs::LogGroup")},
        "MetricTransformations": [
            {"MetricNamespace": "constructs_lib/Logs", "MetricName": name, "MetricValue": "1"}
        ],
    }
    rendered = properties(found)
    assert (rendered["Namespace"], rendered["MetricName"]) == ("constructs_lib/Logs", name)
    assert "Dimensions" not in rendered
    assert (rendered["Statistic"], rendered["Period"], rendered["Threshold"]) == ("Sum", 60, 1)
    assert rendered["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]
    assert rendered["AlarmDescription"] == (
        f"[warning] What matching log lines count reached 1 in 1 of 1 periods of 60 s. {MEANS}"
    )


def test_a_number_in_the_lines_may_be_watched() -> None:
    stack = fresh_stack()
    log_alarm(stack, value="$.size", statistic="p99", threshold=-3.5, period=cdk.Duration.minutes(5))

    found = synthesize(stack)

    assert found.only(FILTER)["MetricTransformations"][0]["MetricValue"] == "$.size"
    assert properties(found)["ExtendedStatistic"] == "p99"
    assert properties(found)["Threshold"] == -3.5


def test_an_imported_log_group_will_do() -> None:
    stack = fresh_stack()
    log_alarm(stack, log_group=logs.LogGroup.from_log_group_name(stack, "Foreign", "/aws/lambda/orders"))

    assert synthesize(stack).only(FILTER)["LogGroupName"] == "/aws/lambda/orders"


def test_no_two_alarms_share_a_metric() -> None:
    app = fresh_app()
    stacks = [cdk.Stack(app, name) for name in ("One", "Two")]
    for stack in stacks:
        for name in ("A", "B", "Long" * 40 + "1", "Long" * 40 + "2"):
            log_alarm(stack, name, route=SILENT)

    for stack in stacks:
        alarms = synthesize(stack).of_type(ALARM).values()
        parts = [alarm["Properties"]["MetricName"]["Fn::Join"][1] for alarm in alarms]
        assert {str(first) for first, _ in parts} == {"{'Ref': 'AWS::StackName'}"}
        rest = [last for _, last in parts]
        assert len(set(rest)) == 4
        assert all(len(each) <= 255 - 128 and each.isascii() for each in rest)


def test_it_stands_in_nested_stacks_and_below_other_constructs() -> None:
    stack = fresh_stack()
    nested = cdk.NestedStack(stack, "Nested")
    alarm = log_alarm(nested, route=SILENT)

    assert nested.resolve(alarm.metric.metric_name)["Fn::Join"][1][1] == "/Alarm"  # type: ignore[attr-defined] # of the kind just made


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"log_group": None}, r"log_group is None"),
        ({"log_group": "/aws/lambda/orders"}, r"log_group is '/aws/lambda/orders'\. Give a log group"),
        ({"pattern": "ERROR"}, r"pattern is 'ERROR'\. Give one of aws_cdk\.aws_logs\.FilterPattern"),
        ({"pattern": logs.FilterPattern.literal("x" * 1_025)}, r"pattern has 1025 characters"),
        ({"value": "size"}, r"value is 'size'\. Give a number as text"),
        ({"value": 1}, r"value is 1\. Give str"),
        ({"value": "$." + "x" * 99}, r"value has 101 characters"),
        ({"threshold": 0}, r".*always rings"),
        ({"means": ""}, r"means is ''"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(given: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + problem):
        log_alarm(stack, **given)

    assert stack.node.try_find_child("Alarm") is None


@pytest.mark.parametrize("name", ["INFREQUENT_ACCESS", "DELIVERY"])
def test_fails_on_a_log_group_that_cannot_have_filters(name: str) -> None:
    stack = fresh_stack()
    rare = logs.LogGroup(stack, "Rare", log_group_class=logs.LogGroupClass[name])

    with pytest.raises(ConfigurationError, match=PATH + f"log_group is of the class {name}"):
        log_alarm(stack, log_group=rare)
