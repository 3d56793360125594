from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import Profile
from constructs_lib.alarms.services import RULE_ALARMS, RuleAlarms, RuleAlarmSettings, rule_subject
from constructs_lib.checks import ConfigurationError
from tests.synthesis import fresh_stack, synthesize

ALARM = "AWS::CloudWatch::Alarm"
COMPLETE = RuleAlarmSettings(profile=Profile.COMPLETE)
ARN = "arn:aws:events:eu-west-1:123456789012:rule/"


def some_rule(stack: cdk.Stack, **options: Any) -> events.Rule:
    return events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["orders"]), **options)


def test_a_rule_of_the_default_bus_is_watched_by_its_name_alone() -> None:
    stack = fresh_stack()
    alarms = RuleAlarms(stack, "Alarms", rule=some_rule(stack))

    found = synthesize(stack)

    assert alarms.names == ("failed_invocations",)
    properties = found.only(ALARM)
    assert (properties["Namespace"], properties["MetricName"]) == ("AWS/Events", "FailedInvocations")
    assert properties["Dimensions"] == [
        {"Name": "RuleName", "Value": {"Ref": found.only_id("AWS::Events::Rule")}}
    ]
    assert (properties["Threshold"], properties["TreatMissingData"]) == (1, "notBreaching")


def test_a_rule_of_another_bus_is_watched_by_the_names_of_both() -> None:
    stack = fresh_stack()
    bus = events.EventBus(stack, "Bus")
    RuleAlarms(stack, "Alarms", rule=some_rule(stack, event_bus=bus))

    found = synthesize(stack)

    arn = {"Fn::GetAtt": [found.only_id("AWS::Events::Rule"), "Arn"]}
    assert found.only(ALARM)["Dimensions"] == [
        {"Name": "EventBusName", "Value": {"Ref": found.only_id("AWS::Events::EventBus")}},
        {"Name": "RuleName", "Value": {"Fn::Select": [2, {"Fn::Split": ["/", arn]}]}},
    ]


def test_a_rule_of_a_partners_bus_is_found_behind_its_slashes() -> None:
    stack = fresh_stack()
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "aws.partner/example.com/shop")
    RuleAlarms(stack, "Alarms", rule=some_rule(stack, event_bus=bus))

    bus_name, rule_name = synthesize(stack).only(ALARM)["Dimensions"]

    assert bus_name["Value"] == "aws.partner/example.com/shop"
    assert rule_name["Value"]["Fn::Select"][0] == 4


@pytest.mark.parametrize("name", ["default", f"{ARN.replace('rule/', 'event-bus/')}default"])
def test_the_default_bus_by_name_is_the_default_bus(name: str) -> None:
    stack = fresh_stack()
    rule = some_rule(stack)
    resource = rule.node.default_child
    assert isinstance(resource, events.CfnRule)
    resource.event_bus_name = name

    RuleAlarms(stack, "Alarms", rule=rule)

    found = synthesize(stack)
    arn = {"Fn::GetAtt": [found.only_id("AWS::Events::Rule"), "Arn"]}
    assert found.only(ALARM)["Dimensions"] == [
        {"Name": "RuleName", "Value": {"Fn::Select": [1, {"Fn::Split": ["/", arn]}]}}
    ]


@pytest.mark.parametrize(
    ("path", "bus", "name"),
    [
        ("nightly", None, "nightly"),
        ("orders/nightly", "orders", "nightly"),
        ("aws.partner/example.com/shop/nightly", "aws.partner/example.com/shop", "nightly"),
    ],
)
def test_an_imported_rule_is_known_by_its_arn(path: str, bus: str | None, name: str) -> None:
    stack = fresh_stack()
    rule = events.Rule.from_event_rule_arn(stack, "Rule", ARN + path)
    alarms = RuleAlarms(stack, "Alarms", rule=rule, settings=COMPLETE)

    subject = rule_subject(rule)

    assert (subject.event_bus_name, subject.rule_name) == (bus, name)
    assert "dead_letters" not in alarms.names
    assert synthesize(stack).of_type(ALARM)


def test_the_dead_letters_of_a_target_are_watched() -> None:
    stack = fresh_stack()
    rule = some_rule(stack)
    dead = sqs.Queue(stack, "Dead")
    rule.add_target(targets.SqsQueue(sqs.Queue(stack, "Queue"), dead_letter_queue=dead))
    alarms = RuleAlarms(stack, "Alarms", rule=rule, settings=COMPLETE)

    assert set(alarms.names) == {row.name for row in RULE_ALARMS}
    found = synthesize(stack)
    metrics = {each["Properties"].get("MetricName") for each in found.of_type(ALARM).values()}
    assert {"InvocationsSentToDlq", "InvocationsFailedToBeSentToDlq", "ThrottledRules"} <= metrics


@pytest.mark.parametrize(("said", "watched"), [(True, True), (False, False)])
def test_what_is_said_of_dead_letters_counts(said: bool, watched: bool) -> None:  # noqa: FBT001 - a case each
    stack = fresh_stack()
    rule = events.Rule.from_event_rule_arn(stack, "Rule", f"{ARN}nightly")

    names = RuleAlarms(stack, "Alarms", rule=rule, has_dead_letters=said).names

    assert ({"dead_letters", "dead_letter_failures"} <= set(names)) is watched


def test_the_retry_rate_is_guarded_against_little_traffic() -> None:
    stack = fresh_stack()
    RuleAlarms(stack, "Alarms", rule=some_rule(stack), settings=COMPLETE)

    rate, attempts, retries = synthesize(stack).only(ALARM, under="AlarmsRetryRate")["Metrics"]

    assert rate["Expression"] == "IF(attempts >= 20, 100 * retries / attempts, 0)"
    assert attempts["MetricStat"]["Metric"]["MetricName"] == "InvocationAttempts"
    assert retries["MetricStat"]["Metric"]["MetricName"] == "RetryInvocationAttempts"


def test_fails_on_an_imported_rule_whose_bus_cannot_be_known() -> None:
    stack = fresh_stack()
    rule = events.Rule.from_event_rule_arn(stack, "Rule", cdk.Fn.import_value("rule"))

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: rule is imported by an ARN that is known only"
    ):
        RuleAlarms(stack, "Alarms", rule=rule)

    assert stack.node.try_find_child("Alarms") is None


def test_fails_on_something_that_is_no_rule() -> None:
    stack = fresh_stack()
    rule: Any = sqs.Queue(stack, "Queue")

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: rule is .*Give an aws_cdk\.aws_events\.Rule"
    ):
        RuleAlarms(stack, "Alarms", rule=rule)
