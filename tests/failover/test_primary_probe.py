"""The standby Region's own eye on the primary: a function, a schedule, and two alarms."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import AlarmRoute, CombinedAlarm
from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import FailoverController, FailoverPlan, FailoverRecord, TakeOverHealthCheck
from constructs_lib.failover.primary_probe import PRIMARY_ANSWERS_METRIC, PrimaryProbe
from tests.failover.parts import EU, US, plain_alarm, stack_in, zone
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.synthesis import Synthesized, fresh_stack, number_token, read_template, synthesize

HOST = "orders-us.example.com"
ALARM, FUNCTION, POLICY = "AWS::CloudWatch::Alarm", "AWS::Lambda::Function", "AWS::IAM::Policy"


def probing(stack: cdk.Stack, **options: Any) -> PrimaryProbe:
    given: dict[str, Any] = {"host": HOST} | options
    return PrimaryProbe(stack, "Probe", **given)


def built(**options: Any) -> Synthesized:
    stack = stack_in("us-west-2")
    probing(stack, **options)
    return synthesize(stack)


def environment(result: Synthesized) -> dict[str, Any]:
    found: dict[str, Any] = result.only(FUNCTION)["Environment"]["Variables"]
    return {name: value for name, value in found.items() if name.startswith("PROBE_")}


def test_it_asks_for_the_health_of_the_primary_with_the_limits_of_route_53() -> None:
    name = {"Fn::Join": ["", [{"Ref": "AWS::StackName"}, "/Probe"]]}

    assert environment(built()) == {
        "PROBE_HOST": HOST,
        "PROBE_PORT": "443",
        "PROBE_PATH": "/health",
        "PROBE_ATTEMPTS": "3",
        "PROBE_PAUSE_SECONDS": "2",
        "PROBE_CONNECT_SECONDS": "4",
        "PROBE_ANSWER_SECONDS": "2",
        "PROBE_NAMESPACE": "constructs_lib/Failover",
        "PROBE_METRIC": PRIMARY_ANSWERS_METRIC,
        "PROBE_NAME": name,
    }


def test_host_path_port_and_attempts_can_be_said() -> None:
    given = environment(built(host="a.example.com", path="/up?deep=1", port=8443, attempts=5))

    assert (given["PROBE_HOST"], given["PROBE_PATH"]) == ("a.example.com", "/up?deep=1")
    assert (given["PROBE_PORT"], given["PROBE_ATTEMPTS"]) == ("8443", "5")


@pytest.mark.parametrize("attempts", [1, 3, 5])
def test_the_function_has_time_for_every_attempt_and_ends_before_the_next_minute(attempts: int) -> None:
    timeout = built(attempts=attempts).only(FUNCTION)["Timeout"]

    assert attempts * (4 + 2) + (attempts - 1) * 2 + 10 < timeout < 60


def test_it_is_called_once_a_minute_and_told_which() -> None:
    result = built()
    schedule = result.only("AWS::Scheduler::Schedule")

    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == {"Ref": result.only_id("AWS::Lambda::Alias")}
    assert schedule["Target"]["Input"] == '{"scheduled":"<aws.scheduler.scheduled-time>"}'


def test_what_was_due_and_failed_is_not_made_up_for() -> None:
    result = built()

    assert result.only("AWS::Scheduler::Schedule")["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    settings = result.only("AWS::Lambda::EventInvokeConfig")
    assert (settings["MaximumRetryAttempts"], settings["MaximumEventAgeInSeconds"]) == (0, 60)


def test_the_alarm_rings_while_the_primary_does_not_answer_and_a_silent_probe_changes_nothing() -> None:
    result = built()
    alarm = result.only(ALARM, under="ProbeAlarm")

    assert (alarm["Namespace"], alarm["MetricName"]) == ("constructs_lib/Failover", PRIMARY_ANSWERS_METRIC)
    assert alarm["Dimensions"] == [{"Name": "HealthCheck", "Value": environment(result)["PROBE_NAME"]}]
    assert (alarm["Statistic"], alarm["Period"]) == ("Minimum", 60)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["EvaluationPeriods"] == 2
    assert "DatapointsToAlarm" not in alarm
    assert alarm["TreatMissingData"] == "ignore"


def test_how_many_minutes_it_takes_can_be_said() -> None:
    alarm = built(evaluation_periods=5, datapoints_to_alarm=3).only(ALARM, under="ProbeAlarm")

    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (5, 3)


def test_people_are_told_when_nobody_watches_the_primary() -> None:
    silence = built().only(ALARM, under="ProbeSilence")

    assert (silence["MetricName"], silence["Statistic"]) == (PRIMARY_ANSWERS_METRIC, "SampleCount")
    assert (silence["ComparisonOperator"], silence["Threshold"]) == ("LessThanThreshold", 1)
    assert silence["EvaluationPeriods"] == 5
    assert silence["TreatMissingData"] == "breaching"


def test_both_alarms_go_where_they_are_sent() -> None:
    stack = stack_in("us-west-2")
    topic = "arn:aws:sns:us-west-2:111122223333:team"
    probing(stack, route=AlarmRoute.to_topic(sns.Topic.from_topic_arn(stack, "Team", topic)))
    alarms = synthesize(stack).of_type(ALARM)

    assert len(alarms) == 2
    assert [each["Properties"]["AlarmActions"] for each in alarms.values()] == [[topic], [topic]]


def test_all_that_it_may_do_is_to_publish_in_one_namespace() -> None:
    (statement,) = built().only(POLICY, under="ProbeFunctionRolePublish")["PolicyDocument"]["Statement"]

    assert statement["Action"] == "cloudwatch:PutMetricData"
    assert statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": "constructs_lib/Failover"}}


def test_two_probes_publish_under_names_of_their_own() -> None:
    stack = stack_in("us-west-2")
    probing(stack)
    PrimaryProbe(stack, "Other", host="orders-eu.example.com")
    names = {
        str(each["Properties"]["Environment"]["Variables"]["PROBE_NAME"])
        for each in synthesize(stack).of_type(FUNCTION).values()
    }

    assert len(names) == 2


def test_it_passes_every_gate() -> None:
    stack = stack_in("us-west-2")
    probing(stack)
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)

    assert [finding for finding in findings(app) if UNSUBSCRIBED not in finding.rule] == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 2 * 60 + 60 + (3 * 6 + 2 * 2 + 13) + 60),
        ({"attempts": 1}, 2 * 60 + 60 + (6 + 13) + 60),
        ({"evaluation_periods": 1}, 60 + 60 + 35 + 60),
        ({"evaluation_periods": 5, "datapoints_to_alarm": 3}, 3 * 60 + 60 + 35 + 60),
        ({"answer_age": cdk.Duration.seconds(5)}, 5 + 275),
    ],
)
def test_the_time_until_it_rings_counts_probes_their_lateness_and_the_last_evaluation(
    options: dict[str, Any], expected: int
) -> None:
    probe = probing(stack_in("us-west-2"), **options)

    assert probe.rings.seconds == probe.alarm_time.to_seconds() == expected


def test_it_decides_for_a_controller_and_its_time_makes_a_plan() -> None:
    stack = stack_in("us-west-2")
    probe = probing(stack)
    controller = FailoverController(
        stack,
        "Controller",
        decided_by=probe.alarm,
        take_over=TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1"),
        standby=[],
    )
    assert controller.take_over is not None
    record = FailoverRecord(
        stack,
        "Name",
        zone=zone(stack),
        record_name="orders",
        primary=US,
        secondary=EU,
        primary_health=controller.take_over,
    )
    made = FailoverPlan(
        stack,
        "Plan",
        detected_by=controller.take_over,
        record=record,
        controller=controller,
        alarm_time=probe.alarm_time,
    )

    assert {step.what: step.seconds for step in made.recovery_time.steps}["the alarm rings"] == 275


def test_other_evidence_can_be_asked_for_as_well() -> None:
    stack = stack_in("us-west-2")
    probe = probing(stack, route=AlarmRoute.silent())
    down = CombinedAlarm(
        stack,
        "PrimaryDown",
        children=[probe.alarm, plain_alarm(stack, "RequestsArriveHere")],
        rings_when="all",
        means="The primary does not answer, and its users are here.",
    )
    FailoverController(stack, "Controller", decided_by=down, standby=[])
    result = synthesize(stack)
    rule = str(result.only("AWS::CloudWatch::CompositeAlarm", under="PrimaryDown")["AlarmRule"])

    assert "AND" in rule
    assert result.only_id(ALARM, under="ProbeAlarm") in rule


def test_host_and_port_may_be_known_only_at_deployment() -> None:
    stack = stack_in("us-west-2")
    probing(stack, host=cdk.CfnParameter(stack, "Host").value_as_string, port=number_token(stack, "Port"))
    given = environment(synthesize(stack))

    assert (given["PROBE_HOST"], given["PROBE_PORT"]) == ({"Ref": "Host"}, {"Ref": "Port"})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "https://orders.example.com"}, r"host is 'https://orders.example.com'"),
        ({"host": "10.0.0.1"}, r"host is '10.0.0.1'"),
        ({"path": "health"}, r"path is 'health'"),
        ({"path": "/a b"}, r"path is '/a b'"),
        ({"path": "/\r\nX: 1"}, r"path is '/\\r\\nX: 1'"),
        ({"path": "/" + "a" * 255}, r"path is '/aaa"),
        ({"port": 0}, r"port is 0"),
        ({"attempts": 0}, r"attempts is 0. Give a whole number from 1 to 5"),
        ({"attempts": 6}, r"attempts is 6"),
        ({"evaluation_periods": 0}, r"evaluation_periods"),
        ({"answer_age": cdk.Duration.hours(2)}, r"answer_age is 7200"),
        ({"answer_age": 5}, r"answer_age is 5"),
        ({"evaluation_periods": 2, "datapoints_to_alarm": 3}, r"datapoints_to_alarm"),
        ({"route": "team"}, r"route"),
    ],
)
def test_what_cannot_work_is_refused_and_leaves_nothing_behind(options: dict[str, Any], message: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=rf"^Stack/Probe.*{message}"):
        probing(stack, **options)
    assert stack.node.try_find_child("Probe") is None


@pytest.mark.parametrize("name", ["attempts", "evaluation_periods", "datapoints_to_alarm", "answer_age"])
def test_fails_on_a_figure_of_the_plan_that_is_known_only_at_deployment(name: str) -> None:
    stack = fresh_stack()
    token = number_token(stack)
    value = cdk.Duration.seconds(token) if name == "answer_age" else token
    with pytest.raises(ConfigurationError, match=f"^Stack/Probe: {name} is known only at deployment"):
        probing(stack, **{name: value})
