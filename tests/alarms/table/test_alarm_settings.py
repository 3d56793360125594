"""What may be changed about an alarm, and what may not."""

import re
from dataclasses import fields, replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import (
    LAMBDA_ALARMS,
    AlarmRoute,
    AlarmSettings,
    FunctionAlarms,
    RateAlarmSettings,
)
from constructs_lib.checks import ConfigurationError
from tests.alarms.subjects import ESSENTIAL, FULL, Settings, alarm, watch
from tests.graph import references
from tests.synthesis import Synthesized, fresh_stack, number_token, synthesize

Duration = cdk.Duration


def only(**settings: Any) -> Settings:
    return replace(Settings.none(), **settings)


@pytest.fixture(scope="module")
def full() -> Synthesized:
    stack = fresh_stack()
    watch(stack)
    return synthesize(stack)


def test_each_threshold_can_be_replaced_alone(full: Synthesized) -> None:
    for row in ESSENTIAL:
        stack = fresh_stack()
        kind = RateAlarmSettings if row.expression else AlarmSettings
        given: Any = {row.name: kind(threshold=row.threshold / 2)}
        watch(stack, settings=replace(Settings(), **given))
        found = synthesize(stack)

        halved = {
            each.name
            for each in ESSENTIAL
            if alarm(found, each.name)["Threshold"] != alarm(full, each.name)["Threshold"]
        }
        assert halved == {row.name}
        assert alarm(found, row.name)["Threshold"] == pytest.approx(alarm(full, row.name)["Threshold"] / 2)


def test_periods_and_datapoints_can_be_replaced() -> None:
    stack = fresh_stack()
    settings = Settings(
        throttles=AlarmSettings(period=Duration.minutes(5), evaluation_periods=4, datapoints_to_alarm=2),
        duration=AlarmSettings(evaluation_periods=2),
        error_rate=RateAlarmSettings(period=Duration.hours(1), minimum_traffic=100),
    )
    watch(stack, settings=settings)

    found = synthesize(stack)

    throttles, duration, rate = (alarm(found, name) for name in ("throttles", "duration", "error_rate"))
    assert (throttles["Period"], throttles["EvaluationPeriods"], throttles["DatapointsToAlarm"]) == (
        300,
        4,
        2,
    )
    assert (duration["EvaluationPeriods"], duration["DatapointsToAlarm"]) == (2, 2)
    assert rate["Metrics"][0]["Expression"].startswith("IF(invocations >= 100,")
    assert {query["MetricStat"]["Period"] for query in rate["Metrics"][1:]} == {3600}


def test_what_is_known_only_at_deployment_is_not_checked() -> None:
    stack = fresh_stack()
    threshold, periods, traffic = (number_token(stack, name) for name in ("Threshold", "Periods", "Traffic"))
    settings = only(
        errors=AlarmSettings(threshold=threshold, evaluation_periods=periods, datapoints_to_alarm=1),
        error_rate=RateAlarmSettings(threshold=threshold, minimum_traffic=traffic),
    )
    watch(stack, settings=settings)

    found = synthesize(stack)

    errors, rate = alarm(found, "errors"), alarm(found, "error_rate")
    assert errors["Threshold"] == rate["Threshold"] == {"Ref": "Threshold"}
    assert errors["EvaluationPeriods"] == {"Ref": "Periods"}
    assert set(references(errors["AlarmDescription"])) == {"Threshold", "Periods"}
    assert list(references(rate["Metrics"][0]["Expression"])) == ["Traffic"]


@pytest.mark.parametrize(
    ("seconds", "settings", "periods"),
    [
        (None, AlarmSettings(), 1),
        (1, AlarmSettings(), 2),
        (60, AlarmSettings(), 2),
        (61, AlarmSettings(), 3),
        (900, AlarmSettings(), 16),
        (900, AlarmSettings(period=Duration.minutes(5)), 4),
        (900, AlarmSettings(period=Duration.days(7)), 1),
        (900, AlarmSettings(period=Duration.days(3)), 2),
        (900, AlarmSettings(evaluation_periods=2), 2),
    ],
)
def test_errors_look_back_as_far_as_a_late_datapoint_can_come(
    seconds: int | None, settings: AlarmSettings, periods: int
) -> None:
    stack = fresh_stack()
    subject = replace(FULL, timeout_ms=None if seconds is None else seconds * 1000)
    watch(stack, subject, Settings(errors=settings))

    found = alarm(synthesize(stack), "errors")

    assert (found["EvaluationPeriods"], found["DatapointsToAlarm"]) == (periods, 1)
    assert found["EvaluationPeriods"] * found["Period"] <= 604_800


MINUTE, DAY = Duration.minutes(1), Duration.days(1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"errors": AlarmSettings(period=Duration.seconds(30))}, "errors has a period of 30 s. AWS/Lambda"),
        ({"errors": AlarmSettings(period=Duration.seconds(90))}, "errors has a period of 90 s."),
        ({"errors": AlarmSettings(period=Duration.millis(60_500))}, "errors has a period of 60.5 s."),
        (
            {"dead_letter_depth": AlarmSettings(period=Duration.seconds(10))},
            "dead_letter_depth has a period of 10 s.",
        ),
        (
            {"errors": AlarmSettings(period=MINUTE, evaluation_periods=1441)},
            "errors looks back 1441 periods of 60 s",
        ),
        (
            {"errors": AlarmSettings(period=DAY, evaluation_periods=8)},
            "errors looks back 8 periods of 86400 s, more",
        ),
        (
            {"errors": AlarmSettings(evaluation_periods=0)},
            "errors's evaluation_periods is 0. Give a whole number",
        ),
        ({"errors": AlarmSettings(evaluation_periods=-3)}, "errors's evaluation_periods is -3."),
        ({"errors": AlarmSettings(datapoints_to_alarm=2)}, "errors's datapoints_to_alarm is 2. Give a whole"),
        ({"throttles": AlarmSettings(datapoints_to_alarm=0)}, "throttles's datapoints_to_alarm is 0."),
        ({"errors": AlarmSettings(threshold=0)}, "errors has a threshold of 0 errors, at which it always"),
        ({"errors": AlarmSettings(threshold=float("inf"))}, "errors has a threshold of inf errors"),
        ({"errors": AlarmSettings(threshold=float("nan"))}, "errors has a threshold of nan errors"),
        (
            {"duration": AlarmSettings(threshold=1.5)},
            "duration has a threshold of 1.5 of the timeout, which it",
        ),
        ({"concurrency": AlarmSettings(threshold=0)}, "concurrency has a threshold of 0 of the reserved"),
        (
            {"error_rate": RateAlarmSettings(threshold=101)},
            "error_rate has a threshold of 101 % of invocations, at",
        ),
        ({"error_rate": RateAlarmSettings(threshold=0)}, "error_rate has a threshold of 0 % of invocations"),
        (
            {"error_rate": RateAlarmSettings(minimum_traffic=0)},
            "error_rate's minimum_traffic is 0. Give a whole",
        ),
    ],
)
def test_fails_on_an_alarm_that_could_not_ring_or_be_made(settings: dict[str, Any], message: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=f"^Stack/Alarms: the alarm {re.escape(message)}"):
        watch(stack, settings=Settings(**settings))

    assert not stack.node.children


def test_fails_on_a_share_or_a_period_known_only_at_deployment() -> None:
    stack = fresh_stack()
    number = number_token(stack)

    with pytest.raises(ConfigurationError, match="duration has a threshold that is known only at deployment"):
        watch(stack, settings=Settings(duration=AlarmSettings(threshold=number)))
    with pytest.raises(ConfigurationError, match="errors has a period that is known only at deployment"):
        watch(stack, settings=Settings(errors=AlarmSettings(period=Duration.seconds(number))))

    assert stack.node.try_find_child("Alarms") is None


@pytest.mark.parametrize("state", ["alarm", "ok"])
def test_fails_on_more_actions_than_an_alarm_takes(state: str) -> None:
    stack = fresh_stack()
    topics = [sns.Topic(stack, f"Topic{number}") for number in range(6)]
    route = AlarmRoute(**({"alarm": topics[:1]} | {state: topics}))

    with pytest.raises(ConfigurationError, match=rf"^Stack/Alarms: route\.{state} has 6 actions\. An alarm"):
        watch(stack, route=route)

    assert stack.node.try_find_child("Alarms") is None


def test_a_rate_takes_the_settings_of_a_rate() -> None:
    assert {field.name for field in fields(Settings) if "Rate" in str(field.type)} == {
        row.name for row in LAMBDA_ALARMS if row.minimum_traffic
    }


def test_fails_on_minimum_traffic_for_what_is_no_rate() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"^Stack/Alarms: the alarm errors is no rate, so that a minimum_traffic of 20 means nothing\.",
    ):
        watch(fresh_stack(), settings=Settings(errors=RateAlarmSettings(minimum_traffic=20)))


def test_fails_on_a_number_of_periods_that_is_a_text() -> None:
    with pytest.raises(
        ConfigurationError, match=r"the alarm errors's evaluation_periods is '3'\. Give a whole"
    ):
        watch(fresh_stack(), settings=Settings(errors=AlarmSettings(evaluation_periods="3")))  # type: ignore[arg-type] # that is the point


def test_a_large_threshold_is_said_with_all_of_its_digits() -> None:
    stack = fresh_stack()
    watch(stack, settings=only(errors=AlarmSettings(threshold=12_000_000)))

    assert "Errors Sum reached 12000000 errors " in alarm(synthesize(stack), "errors")["AlarmDescription"]


def test_fails_on_a_runbook_that_makes_the_text_longer_than_cloudwatch_takes() -> None:
    with pytest.raises(
        ConfigurationError, match=r"the alarm errors would have a description of \d{4} characters\."
    ):
        watch(fresh_stack(), settings=Settings(runbook=f"https://wiki.example.com/{'x' * 1000}"))


@pytest.mark.parametrize("arguments", [{"subject": None}, {"subject": FULL, "settings": {}}])
def test_fails_on_a_subject_or_settings_of_another_kind(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: (subject|settings) is "):
        FunctionAlarms(fresh_stack(), "Alarms", **arguments)
