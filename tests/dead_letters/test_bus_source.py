from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from constructs_lib.alarms import Profile
from constructs_lib.alarms.services import RuleAlarmSettings
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import BusSource, RedriveSettings
from tests.dead_letters.pushed import ALARM, QUEUE, source
from tests.functions import plain_function
from tests.synthesis import fresh_stack, synthesize

RULE = "AWS::Events::Rule"
ARCHIVE = "AWS::Events::Archive"
PERMISSION = "AWS::Lambda::Permission"
SHOP = events.EventPattern(source=["shop"], detail_type=["Order Placed"])
Duration = cdk.Duration


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def bus_source(stack: cdk.Stack, **options: Any) -> BusSource:
    made: BusSource = source(
        BusSource,
        stack,
        options.pop("function", None) or plain_function(stack).add_alias("live"),
        **({"redrive": None, "event_pattern": SHOP} | options),
    )
    return made


def test_a_rule_on_the_default_bus_calls_the_alias(stack: cdk.Stack) -> None:
    bus_source(stack)

    found = synthesize(stack)

    rule = found.only(RULE)
    assert "EventBusName" not in rule
    assert rule["EventPattern"] == {"source": ["shop"], "detail-type": ["Order Placed"]}
    (target,) = rule["Targets"]
    alias = {"Ref": found.only_id("AWS::Lambda::Alias")}
    assert target["Arn"] == alias
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [found.only_id(QUEUE), "Arn"]}}
    permission = found.only(PERMISSION)
    assert (permission["FunctionName"], permission["Principal"]) == (alias, "events.amazonaws.com")
    assert permission["SourceArn"] == {"Fn::GetAtt": [found.only_id(RULE), "Arn"]}


def test_only_this_rule_may_write_dead_letters(stack: cdk.Stack) -> None:
    bus_source(stack)

    found = synthesize(stack)

    allowed = [
        each
        for each in found.only("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
        if each["Effect"] == "Allow"
    ]
    (statement,) = allowed
    assert (statement["Action"], statement["Principal"]) == (
        "sqs:SendMessage",
        {"Service": "events.amazonaws.com"},
    )
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [found.only_id(RULE), "Arn"]}}
    }


def test_everything_can_be_chosen(stack: cdk.Stack) -> None:
    bus = events.EventBus(stack, "Shop")
    made = bus_source(
        stack,
        bus=bus,
        event=events.RuleTargetInput.from_event_path("$.detail"),
        archive_retention=Duration.days(7),
        alarms=RuleAlarmSettings(profile=Profile.COMPLETE),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )

    found = synthesize(stack)

    name = {"Ref": found.only_id("AWS::Events::EventBus")}
    assert (made.bus, found.only(RULE)["EventBusName"]) == (bus, name)
    assert found.only(RULE)["Targets"][0]["InputPath"] == "$.detail"
    archive = found.only(ARCHIVE)
    assert (archive["RetentionDays"], archive["EventPattern"]) == (7, found.only(RULE)["EventPattern"])
    assert archive["SourceArn"] == {"Fn::GetAtt": [found.only_id("AWS::Events::EventBus"), "Arn"]}
    assert found.of_type(ARCHIVE)[found.only_id(ARCHIVE)]["DeletionPolicy"] == "Delete"
    assert made.alarms is not None
    assert {"dead_letters", "retry_rate"} <= set(made.alarms.names)


def test_a_shaped_event_is_not_redriven_in_another_shape(stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match="redrive=None"):
        bus_source(stack, event=events.RuleTargetInput.from_event_path("$.detail"), redrive=RedriveSettings())

    assert stack.node.try_find_child("Source") is None


def test_alarms_watch_the_rule_by_its_name_on_its_bus(stack: cdk.Stack) -> None:
    bus_source(stack, bus=events.EventBus.from_event_bus_name(stack, "Shop", "shop"))

    alarm = synthesize(stack).only(ALARM, under="SourceAlarmsFailedInvocations")

    assert [each["Name"] for each in alarm["Dimensions"]] == ["EventBusName", "RuleName"]
    assert alarm["Dimensions"][0]["Value"] == "shop"


def test_there_is_no_archive_unless_asked_for(stack: cdk.Stack) -> None:
    made = bus_source(stack)

    assert made.archive is None
    assert synthesize(stack).of_type(ARCHIVE) == {}


def test_an_archive_outlives_the_stack(stack: cdk.Stack) -> None:
    bus_source(stack, archive_retention=Duration.days(1))

    found = synthesize(stack)

    assert found.of_type(ARCHIVE)[found.only_id(ARCHIVE)]["DeletionPolicy"] == "Retain"
    assert "event-bus/default" in str(found.only(ARCHIVE)["SourceArn"])


def test_grants_name_the_bus_and_the_archive_and_nothing_else(stack: cdk.Stack) -> None:
    made = bus_source(stack, bus=events.EventBus(stack, "Shop"), archive_retention=Duration.days(1))
    role = iam.Role(stack, "Operator", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made.grant_put_events(role)
    made.grant_start_replay(role)

    found = synthesize(stack)

    statements = found.only("AWS::IAM::Policy", under="Operator")["PolicyDocument"]["Statement"]
    assert [(each["Action"], each["Resource"]) for each in statements] == [
        ("events:PutEvents", {"Fn::GetAtt": [found.only_id("AWS::Events::EventBus"), "Arn"]}),
        ("events:StartReplay", {"Fn::GetAtt": [found.only_id(ARCHIVE), "Arn"]}),
    ]


def test_fails_to_grant_a_replay_of_nothing(stack: cdk.Stack) -> None:
    made = bus_source(stack)

    with pytest.raises(ConfigurationError, match=r"^Stack/Source: there is no archive to replay\. Make"):
        made.grant_start_replay(iam.AccountRootPrincipal())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"event_pattern": events.EventPattern()},
            r"event_pattern says nothing\. It would match every event",
        ),
        ({"event_pattern": events.EventPattern(source=[], detail={})}, r"event_pattern says nothing\."),
        ({"event_pattern": {"source": ["shop"]}}, r"event_pattern is \{'source': \['shop'\]\}\."),
        ({"bus": "shop"}, r"bus is 'shop'\. Give an aws_cdk\.aws_events\.EventBus\."),
        ({"event": {"id": 1}}, r"event is \{'id': 1\}\."),
        (
            {"archive_retention": Duration.days(0)},
            r"archive_retention is 0\. Give a whole number from 86,400",
        ),
        ({"archive_retention": Duration.hours(36)}, r"archive_retention is 129600 s\. EventBridge counts it"),
        ({"archive_retention": 7}, r"archive_retention is 7\. Give a duration"),
    ],
)
def test_fails_on_what_cannot_work(options: dict[str, Any], message: str, stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        bus_source(stack, **options)

    assert stack.node.try_find_child("Source") is None
