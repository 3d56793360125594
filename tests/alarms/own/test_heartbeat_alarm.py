import math
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.alarms import HeartbeatAlarm
from constructs_lib.alarms.own.heartbeat_alarm import _datapoints
from constructs_lib.alarms.table.limits import longest_window
from constructs_lib.checks import ConfigurationError
from tests.alarms.own_alarms import MEANS, SILENT, TOPIC, orders, properties
from tests.synthesis import fresh_stack, number_token, synthesize

PATH = r"^Stack/Alarm: "
HOUR, DAY, WEEK = 3_600, 86_400, 604_800


def heartbeat(stack: cdk.Stack, **more: Any) -> HeartbeatAlarm:
    given: dict[str, Any] = {"metric": orders(), "every": cdk.Duration.hours(1), "means": MEANS} | more
    return HeartbeatAlarm(stack, "Alarm", **given)


def test_it_rings_when_nothing_is_counted_for_longer_than_allowed() -> None:
    stack = fresh_stack()
    alarm = heartbeat(stack, metric=orders(statistic="Average", period=cdk.Duration.minutes(5)))

    found = synthesize(stack)

    rendered = properties(found)
    assert alarm.window == 3_960  # an hour, and a tenth of it
    assert rendered["Period"] * rendered["EvaluationPeriods"] >= alarm.window
    assert rendered["ComparisonOperator"] == "LessThanThreshold"
    assert (rendered["Threshold"], rendered["Statistic"]) == (1, "Sum")
    assert rendered["TreatMissingData"] == "breaching"
    assert "DatapointsToAlarm" not in rendered
    assert rendered["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]


def test_successes_may_be_counted_by_metric_math() -> None:
    stack = fresh_stack()
    succeeded = cloudwatch.MathExpression(
        expression="calls - errors", using_metrics={"calls": orders("Calls"), "errors": orders("Errors")}
    )
    heartbeat(stack, metric=succeeded, every=cdk.Duration.days(1), route=SILENT)

    periods = {
        query["MetricStat"]["Period"]
        for query in properties(synthesize(stack))["Metrics"]
        if "MetricStat" in query
    }

    assert periods == {HOUR}


def test_a_week_is_the_longest() -> None:
    stack = fresh_stack()
    alarm = heartbeat(stack, every=cdk.Duration.days(6), allowance=cdk.Duration.days(1))

    rendered = properties(synthesize(stack))

    assert alarm.window == WEEK
    assert (rendered["Period"], rendered["EvaluationPeriods"]) == (HOUR, 168)


@given(st.integers(60, WEEK))
def test_its_datapoints_cover_the_window_and_no_more_than_one_besides(window: int) -> None:
    period, count = _datapoints(window)

    assert window <= period * count < window + period
    assert period * count <= longest_window(period)
    assert period % 60 == 0
    assert count <= math.ceil(WEEK / HOUR)


@pytest.mark.parametrize(
    ("given_", "problem"),
    [
        ({"every": cdk.Duration.days(7)}, r"every and allowance make 7\.7 days\. .*AgeHeartbeat"),
        ({"every": cdk.Duration.days(31)}, r"every and allowance make 34\.1 days\. .*AgeHeartbeat"),
        ({"every": cdk.Duration.seconds(30)}, r"every is 30"),
        ({"every": 60}, r"every is 60\. Give Duration"),
        ({"allowance": 5}, r"allowance is 5\. Give a duration"),
        ({"metric": None}, r"metric is None"),
        ({"means": ""}, r"means is ''"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(given_: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + problem):
        heartbeat(stack, **given_)

    assert stack.node.try_find_child("Alarm") is None


def test_fails_on_a_token_of_which_no_window_can_be_made() -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + "every is known only at deployment"):
        heartbeat(stack, every=cdk.Duration.seconds(number_token(stack)))


def test_fails_on_dynamodb_whose_missing_data_cannot_breach() -> None:
    stack = fresh_stack()
    metric = cloudwatch.Metric(
        namespace="AWS/DynamoDB",
        metric_name="ConsumedWriteCapacityUnits",
        dimensions_map={"TableName": "orders"},
    )

    with pytest.raises(ConfigurationError, match=PATH + "missing data counts as breaching, which CloudWatch"):
        heartbeat(stack, metric=metric)
