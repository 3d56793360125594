import re
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.alarms import AlarmDefinition
from constructs_lib.checks import ConfigurationError
from tests.alarms.subjects import (
    ALARM,
    ALIAS,
    COMPOSITE,
    ESSENTIAL,
    FULL,
    FUNCTION,
    NAMES,
    QUEUE,
    Settings,
    alarm,
    watch,
)
from tests.graph import references
from tests.synthesis import Synthesized, fresh_stack, synthesize


@pytest.fixture(scope="module")
def full() -> Synthesized:
    stack = fresh_stack()
    watch(stack)
    return synthesize(stack)


@pytest.mark.parametrize(
    ("row", "watched", "threshold", "datapoints"),
    [
        ("errors", ("AWS/Lambda", "Errors", ALIAS, "Sum"), 1, (1, 2)),
        ("throttles", ("AWS/Lambda", "Throttles", ALIAS, "Sum"), 1, (3, 5)),
        ("duration", ("AWS/Lambda", "Duration", ALIAS, "p99"), 24_000, (3, 6)),
        ("concurrency", ("AWS/Lambda", "ConcurrentExecutions", FUNCTION, "Maximum"), 18, (10, 10)),
        (
            "spillover",
            ("AWS/Lambda", "ProvisionedConcurrencySpilloverInvocations", ALIAS, "Sum"),
            1,
            (3, 5),
        ),
        (
            "dead_letter_depth",
            ("AWS/SQS", "ApproximateNumberOfMessagesVisible", QUEUE, "Maximum"),
            1,
            (1, 1),
        ),
        (
            "destination_delivery_failures",
            ("AWS/Lambda", "DestinationDeliveryFailures", FUNCTION, "Sum"),
            1,
            (1, 1),
        ),
        ("async_events_dropped", ("AWS/Lambda", "AsyncEventsDropped", FUNCTION, "Sum"), 1, (1, 1)),
        ("dead_letter_errors", ("AWS/Lambda", "DeadLetterErrors", FUNCTION, "Sum"), 1, (1, 1)),
    ],
)
def test_an_alarm_watches_what_the_service_publishes(
    full: Synthesized, row: str, watched: tuple[Any, ...], threshold: float, datapoints: tuple[int, int]
) -> None:
    found = alarm(full, row)

    statistic = found.get("Statistic", found.get("ExtendedStatistic"))
    assert (found["Namespace"], found["MetricName"], found["Dimensions"], statistic) == watched
    assert found["Threshold"] == pytest.approx(threshold)
    assert (found["DatapointsToAlarm"], found["EvaluationPeriods"]) == datapoints
    assert found["Period"] == 60


def test_the_error_rate_is_a_guarded_share_of_the_invocations(full: Synthesized) -> None:
    found = alarm(full, "error_rate")

    rate, *operands = found["Metrics"]
    assert rate["Expression"] == "IF(invocations >= 20, 100 * errors / invocations, 0)"
    assert [query["ReturnData"] for query in found["Metrics"]] == [True, False, False]
    assert {each["Id"]: each["MetricStat"]["Metric"]["MetricName"] for each in operands} == {
        "invocations": "Invocations",
        "errors": "Errors",
    }
    for each in operands:
        assert each["MetricStat"]["Metric"]["Dimensions"] == ALIAS
        assert (each["MetricStat"]["Period"], each["MetricStat"]["Stat"]) == (60, "Sum")
    assert not {"Namespace", "MetricName", "Period", "Statistic", "Dimensions"} & found.keys()
    assert found["Threshold"] == 5


@pytest.mark.parametrize("row", ESSENTIAL, ids=lambda row: row.name)
def test_every_alarm_says_why_and_notifies_nobody_itself(full: Synthesized, row: AlarmDefinition) -> None:
    found = alarm(full, row.name)

    text = found["AlarmDescription"]
    assert text.startswith(
        f"[{row.severity}] {row.name.replace('_', ' ') if row.expression else row.metric} "
    )
    assert text.endswith(f"{row.means} Likely cause: {row.cause} First: {row.query}")
    assert len(found["AlarmDescription"]) <= 1024
    assert found["TreatMissingData"] == ("ignore" if row.name == "dead_letter_depth" else "notBreaching")
    assert found["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert not {"AlarmActions", "OKActions", "InsufficientDataActions", "AlarmName"} & found.keys()


def test_health_covers_every_alarm_once_and_notifies(full: Synthesized) -> None:
    health = full.only(COMPOSITE)

    rule = health["AlarmRule"]
    assert sorted(references(rule)) == sorted(full.of_type(ALARM))
    (topic,) = health["AlarmActions"]
    assert topic == {"Ref": full.only_id("AWS::SNS::Topic")}
    assert not {"OKActions", "AlarmName"} & health.keys()


def test_the_rule_fits_with_the_longest_names_that_can_be_generated(full: Synthesized) -> None:
    rule = full.only(COMPOSITE)["AlarmRule"]["Fn::Sub"]

    resolved, names = re.subn(r"\$\{\w+\}", "x" * 255, rule)

    assert names == len(ESSENTIAL) <= 100
    assert "$" not in resolved
    assert len(resolved) <= 10_240


@pytest.mark.parametrize("name", NAMES)
def test_each_alarm_can_be_switched_off_alone(name: str) -> None:
    stack = fresh_stack()
    off: Any = {name: None}
    alarms = watch(stack, settings=replace(Settings(), **off))

    found = synthesize(stack)

    assert set(alarms.names) == set(NAMES) - {name}
    assert len(found.of_type(ALARM)) == len(NAMES) - 1
    assert sorted(references(found.only(COMPOSITE)["AlarmRule"])) == sorted(found.of_type(ALARM))
    with pytest.raises(
        ConfigurationError, match=rf"^Stack/Alarms: there is no alarm {name}\. .* There are: "
    ):
        getattr(alarms, name)


@pytest.mark.parametrize(
    ("missing", "without"),
    [
        ({"timeout_ms": None}, {"duration"}),
        ({"reserved_concurrency": None}, {"concurrency"}),
        ({"reserved_concurrency": 0}, {"concurrency"}),
        ({"reserved_concurrency": 9}, {"concurrency"}),
        ({"queue_name": None}, {"dead_letter_depth"}),
        ({"provisioned": False}, {"spillover"}),
        ({"has_dead_letter_config": False}, {"dead_letter_errors"}),
        ({"asynchronous": False}, {"destination_delivery_failures"}),
    ],
)
def test_an_alarm_with_nothing_to_watch_is_left_out(missing: dict[str, Any], without: set[str]) -> None:
    alarms = watch(fresh_stack(), replace(FULL, **missing))

    assert set(alarms.names) == set(NAMES) - without


def test_without_a_qualifier_the_whole_function_is_watched() -> None:
    stack = fresh_stack()
    watch(stack, replace(FULL, qualifier=None))

    assert alarm(synthesize(stack), "errors")["Dimensions"] == FUNCTION


def test_every_alarm_is_an_attribute_that_cdk_takes_for_an_alarm() -> None:
    stack = fresh_stack()
    alarms = watch(stack)

    assert list(alarms.by_name) == NAMES
    for name in NAMES:
        assert isinstance(getattr(alarms, name), cloudwatch.CfnAlarm)
        assert getattr(alarms, name).node.path == alarms.by_name[name].node.path
    health = alarms.health
    assert health is not None
    cloudwatch.Dashboard(stack, "Dashboard", widgets=[[cloudwatch.AlarmStatusWidget(alarms=[health])]])
    assert alarms.health_resource.logical_id
    synthesize(stack)


def test_health_is_one_construct_however_often_it_is_asked_for() -> None:
    alarms = watch(fresh_stack())

    first, second = alarms.health, alarms.health

    assert first is second
    assert first is not None


def test_without_alarms_there_is_neither_health_nor_a_topic() -> None:
    stack = fresh_stack()
    alarms = watch(stack, settings=Settings.none())

    assert alarms.health is None
    assert alarms.names == ()
    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: there is no alarm errors.*There are: none"):
        _ = alarms.errors
    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: there is no health alarm"):
        _ = alarms.health_resource
    assert stack.node.try_find_child("AlarmTopic") is None


def test_names_known_only_at_deployment_reach_every_dimension() -> None:
    stack = fresh_stack()
    name = cdk.CfnParameter(stack, "Name").value_as_string
    watch(stack, replace(FULL, function_name=name))

    resource = alarm(synthesize(stack), "errors")["Dimensions"]

    assert resource == [
        {"Name": "FunctionName", "Value": {"Ref": "Name"}},
        {"Name": "Resource", "Value": {"Fn::Join": ["", [{"Ref": "Name"}, ":live"]]}},
    ]
