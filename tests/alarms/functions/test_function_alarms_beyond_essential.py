from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import (
    LAMBDA_ALARMS,
    AlarmSettings,
    FunctionAlarms,
    FunctionAlarmSettings,
    FunctionSubject,
    Profile,
    RateAlarmSettings,
    function_subject,
)
from constructs_lib.alarms.table.alarm_template import LOG_NAMESPACE
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import FixedProvisionedConcurrency, FunctionLogs
from tests.alarms.subjects import ALARM, ALIAS, COMPOSITE, FULL, FUNCTION, alarm, watch
from tests.functions import default_function, plain_function
from tests.graph import references
from tests.synthesis import Synthesized, fresh_stack, number_token, synthesize

FILTER = "AWS::Logs::MetricFilter"
COMPLETE = FunctionAlarmSettings(profile=Profile.COMPLETE)
LOG_DERIVED = {"timeouts", "out_of_memory", "memory_used", "cold_start_rate"}
REPORT_DERIVED = {"memory_used", "cold_start_rate"}


def logging_subject(stack: cdk.Stack, **more: Any) -> FunctionSubject:
    group = logs.LogGroup(stack, "Logs")
    facts: dict[str, Any] = {
        "log_group": group,
        "logs_every_report": True,
        "memory_mb": 512,
        "stops_loops": True,
        "provisioned": False,
    }
    return replace(FULL, **(facts | more))


@pytest.fixture(scope="module")
def complete() -> Synthesized:
    stack = fresh_stack()
    watch(stack, logging_subject(stack), COMPLETE)
    return synthesize(stack)


def test_every_row_applies_to_some_function() -> None:
    stack = fresh_stack()
    warm = FunctionAlarms(stack, "Warm", subject=logging_subject(stack), settings=COMPLETE)
    provisioned = FunctionAlarms(stack, "Provisioned", subject=FULL, settings=COMPLETE)

    assert {*warm.names, *provisioned.names} == {row.name for row in LAMBDA_ALARMS}


@pytest.mark.parametrize(
    ("row", "metric", "statistic", "threshold"),
    [
        ("async_event_age", "AsyncEventAge", "Maximum", 10_800_000),
        ("recursive_invocations_dropped", "RecursiveInvocationsDropped", "Sum", 1),
    ],
)
def test_a_metric_of_lambda_is_watched_for_the_function(
    complete: Synthesized, row: str, metric: str, statistic: str, threshold: float
) -> None:
    found = alarm(complete, row)

    assert (found["Namespace"], found["MetricName"], found["Dimensions"]) == ("AWS/Lambda", metric, FUNCTION)
    assert (found["Statistic"], found["Threshold"]) == (statistic, threshold)


def test_provisioned_utilization_is_watched_for_the_alias() -> None:
    stack = fresh_stack()
    watch(stack, settings=COMPLETE)

    found = alarm(synthesize(stack), "provisioned_utilization")

    assert (found["MetricName"], found["Dimensions"]) == ("ProvisionedConcurrencyUtilization", ALIAS)
    assert (found["Statistic"], found["Threshold"]) == ("Maximum", 0.9)


@pytest.mark.parametrize(
    ("row", "made", "threshold"),
    [
        (
            "timeouts",
            ("Timeouts", '{ $.type = "platform.report" && $.record.status = "timeout" }', "1"),
            1,
        ),
        (
            "out_of_memory",
            (
                "OutOfMemory",
                '{ $.type = "platform.report" && $.record.errorType = "Runtime.OutOfMemory" }',
                "1",
            ),
            1,
        ),
        (
            "memory_used",
            (
                "MaxMemoryUsed",
                '{ $.type = "platform.report" && $.record.metrics.maxMemoryUsedMB > 0 }',
                "$.record.metrics.maxMemoryUsedMB",
            ),
            460.8,
        ),
    ],
)
def test_an_alarm_on_log_lines_watches_the_metric_that_its_filter_makes(
    complete: Synthesized, row: str, made: tuple[str, str, str], threshold: float
) -> None:
    metric, pattern, value = made
    found = alarm(complete, row)
    (filtered,) = (
        each["Properties"]
        for each in complete.of_type(FILTER).values()
        if each["Properties"]["FilterPattern"] == pattern
    )

    assert filtered["MetricTransformations"] == [
        {"MetricNamespace": LOG_NAMESPACE, "MetricName": f"orders/live/{metric}", "MetricValue": value}
    ]
    assert filtered["LogGroupName"] == {"Ref": complete.only_id("AWS::Logs::LogGroup")}
    assert (found["Namespace"], found["MetricName"]) == (LOG_NAMESPACE, f"orders/live/{metric}")
    assert "Dimensions" not in found
    assert found["Threshold"] == pytest.approx(threshold)


def test_the_cold_start_rate_is_a_guarded_share_of_the_invocations(complete: Synthesized) -> None:
    found = alarm(complete, "cold_start_rate")

    rate, invocations, starts = found["Metrics"]
    assert rate["Expression"] == "IF(invocations >= 100, 100 * starts / invocations, 0)"
    assert invocations["MetricStat"]["Metric"] == {
        "Namespace": "AWS/Lambda",
        "MetricName": "Invocations",
        "Dimensions": FUNCTION,
    }
    assert starts["MetricStat"]["Metric"] == {
        "Namespace": LOG_NAMESPACE,
        "MetricName": "orders/live/ColdStarts",
    }
    assert {each["MetricStat"]["Period"] for each in (invocations, starts)} == {300}


def test_health_covers_the_alarms_on_log_lines_too(complete: Synthesized) -> None:
    assert sorted(references(complete.only(COMPOSITE)["AlarmRule"])) == sorted(complete.of_type(ALARM))


def test_no_description_is_longer_than_cloudwatch_allows(complete: Synthesized) -> None:
    for found in complete.of_type(ALARM).values():
        assert len(found["Properties"]["AlarmDescription"]) <= 1024


def test_one_alarm_on_log_lines_can_be_had_without_the_profile() -> None:
    stack = fresh_stack()
    settings = FunctionAlarmSettings(
        timeouts=AlarmSettings(threshold=3), cold_start_rate=RateAlarmSettings(minimum_traffic=50)
    )
    alarms = watch(stack, logging_subject(stack), settings)
    found = synthesize(stack)

    assert LOG_DERIVED & set(alarms.names) == {"timeouts", "cold_start_rate"}
    assert len(found.of_type(FILTER)) == 2
    assert alarm(found, "timeouts")["Threshold"] == 3


@pytest.mark.parametrize(
    ("missing", "without"),
    [
        ({"log_group": None}, LOG_DERIVED),
        ({"logs_every_report": False}, REPORT_DERIVED),
        ({"memory_mb": None}, {"memory_used"}),
        ({"provisioned": True}, {"cold_start_rate"}),
        ({"stops_loops": False}, {"recursive_invocations_dropped"}),
    ],
)
def test_an_alarm_beyond_the_essential_with_nothing_to_watch_is_left_out(
    missing: dict[str, Any], without: set[str]
) -> None:
    stack = fresh_stack()
    subject = logging_subject(stack)
    full = FunctionAlarms(stack, "Full", subject=subject, settings=COMPLETE)

    fewer = watch(stack, replace(subject, **missing), COMPLETE)

    assert set(full.names) - set(fewer.names) == without


def test_a_log_group_of_infrequent_access_takes_no_metric_filter() -> None:
    stack = fresh_stack()
    group = logs.LogGroup(stack, "Rare", log_group_class=logs.LogGroupClass.INFREQUENT_ACCESS)

    alarms = watch(stack, replace(logging_subject(stack), log_group=group), COMPLETE)

    assert LOG_DERIVED.isdisjoint(alarms.names)


def test_an_imported_log_group_takes_metric_filters() -> None:
    stack = fresh_stack()
    group = logs.LogGroup.from_log_group_name(stack, "Existing", "/orders")
    watch(stack, replace(logging_subject(stack), log_group=group), COMPLETE)

    groups = {each["Properties"]["LogGroupName"] for each in synthesize(stack).of_type(FILTER).values()}
    assert groups == {"/orders"}


def test_the_age_of_events_is_a_share_of_what_lambda_was_told() -> None:
    stack = fresh_stack()
    watch(stack, replace(FULL, max_event_age=cdk.Duration.hours(1)), COMPLETE)

    assert alarm(synthesize(stack), "async_event_age")["Threshold"] == 1_800_000


def test_an_age_known_only_at_deployment_has_no_share() -> None:
    stack = fresh_stack()
    subject = replace(FULL, max_event_age=cdk.Duration.seconds(number_token(stack)))

    assert "async_event_age" not in watch(stack, subject, COMPLETE).names


def test_a_function_that_may_loop_has_no_alarm_on_stopped_loops() -> None:
    stack = fresh_stack()
    function = plain_function(stack, recursive_loop=lambda_.RecursiveLoop.ALLOW)

    assert not function_subject(function).stops_loops
    assert function_subject(plain_function(stack, "Other")).stops_loops


def test_a_dead_letter_queue_of_the_function_itself_is_seen() -> None:
    stack = fresh_stack()
    function = plain_function(stack, dead_letter_queue=sqs.Queue(stack, "Dead"))

    assert function_subject(function).has_dead_letter_config
    assert function_subject(function.add_alias("live")).has_dead_letter_config
    assert not function_subject(plain_function(stack, "Other")).has_dead_letter_config


def test_memory_is_read_from_a_function_in_the_app() -> None:
    stack = fresh_stack()

    assert function_subject(plain_function(stack, memory_size=1024)).memory_mb == 1024
    assert function_subject(plain_function(stack, "Small")).memory_mb == 128


@pytest.mark.parametrize(
    ("level", "beyond_failures"),
    [
        (None, REPORT_DERIVED),
        (lambda_.SystemLogLevel.DEBUG, REPORT_DERIVED),
        (lambda_.SystemLogLevel.WARN, set()),
    ],
)
def test_a_function_that_logs_json_to_its_own_log_group_can_be_read(
    level: lambda_.SystemLogLevel | None, beyond_failures: set[str]
) -> None:
    stack = fresh_stack()
    group = logs.LogGroup(stack, "Logs")
    function = plain_function(
        stack,
        log_group=group,
        logging_format=lambda_.LoggingFormat.JSON,
        system_log_level_v2=level,
    )

    subject = function_subject(function)

    assert subject.log_group_name == group.log_group_name
    names = set(watch(stack, subject, COMPLETE).names)
    assert names & LOG_DERIVED == LOG_DERIVED - REPORT_DERIVED | beyond_failures


def test_a_function_that_logs_text_or_has_no_log_group_cannot_be_read() -> None:
    stack = fresh_stack()
    text = plain_function(stack, "Text", log_group=logs.LogGroup(stack, "Logs"))
    without = plain_function(stack, "Without", logging_format=lambda_.LoggingFormat.JSON)

    assert function_subject(text).log_group_name is None
    assert function_subject(without).log_group_name is None
    assert not synthesize(stack).of_type("Custom::LogRetention")


def test_an_imported_function_keeps_only_what_is_known_of_it() -> None:
    stack = fresh_stack()
    function = lambda_.Function.from_function_name(stack, "Imported", "orders")

    alarms = watch(stack, function_subject(function), COMPLETE)

    assert alarms.names == ("errors", "error_rate", "throttles", "async_events_dropped")


def test_a_resilient_function_has_every_alarm_that_it_can_have() -> None:
    stack = fresh_stack()
    function = default_function(
        stack, alarms=COMPLETE, dead_letters=DeadLetters(max_event_age=cdk.Duration.hours(2))
    )
    found = synthesize(stack)

    assert set(function.alarms.names) >= LOG_DERIVED
    assert len(found.of_type(FILTER)) == len(LOG_DERIVED)
    age = found.only(ALARM, under="OrdersAlarmsAsyncEventAge")
    assert age["Threshold"] == 3_600_000
    memory = found.only(ALARM, under="OrdersAlarmsMemoryUsed")
    assert memory["Threshold"] == pytest.approx(0.9 * 512)
    name = {"Ref": found.only_id("AWS::Lambda::Function")}
    assert memory["MetricName"] == {"Fn::Join": ["", [name, "/live/MaxMemoryUsed"]]}


def test_a_quieter_or_provisioned_resilient_function_has_fewer() -> None:
    stack = fresh_stack()
    quiet = default_function(stack, "Quiet", alarms=COMPLETE, system_log_level_v2=lambda_.SystemLogLevel.WARN)
    warm = default_function(
        stack, "Warm", alarms=COMPLETE, provisioned_concurrency=FixedProvisionedConcurrency(executions=2)
    )

    assert LOG_DERIVED & set(quiet.alarms.names) == LOG_DERIVED - REPORT_DERIVED
    assert LOG_DERIVED & set(warm.alarms.names) == LOG_DERIVED - {"cold_start_rate"}


def test_a_log_group_that_was_given_is_the_one_that_is_filtered() -> None:
    stack = fresh_stack()
    group = logs.LogGroup(stack, "Given")
    default_function(stack, alarms=COMPLETE, log_settings=FunctionLogs(log_group=group))

    found = synthesize(stack)

    groups = [each["Properties"]["LogGroupName"] for each in found.of_type(FILTER).values()]
    assert groups == [{"Ref": found.only_id("AWS::Logs::LogGroup")}] * len(LOG_DERIVED)


def test_fails_on_a_utilization_that_cannot_be_reached() -> None:
    settings = FunctionAlarmSettings(provisioned_utilization=AlarmSettings(threshold=90))

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: the alarm provisioned_utilization has a thresh"
    ):
        watch(fresh_stack(), settings=settings)
