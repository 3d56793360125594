"""An alarm that rings and tells nobody catches nothing."""

from typing import Any

import pytest

from constructs_lib.review.report import Caught, FailureMode
from tests.review.coverage_cases import CALLED, FUNCTION, TOPIC, function_alarm, mode


def composite(rule: str, **more: Any) -> dict[str, Any]:
    properties = {"AlarmRule": {"Fn::Sub": rule}, "AlarmActions": [{"Ref": "Topic"}], **more}
    return {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}


def errors(watching: dict[str, Any], **more: Any) -> FailureMode:
    return mode({"Orders": FUNCTION, "Called": CALLED, "Watching": watching, **more}, "Orders", "errors")


SILENT = function_alarm(AlarmActions=None)
SCALING: dict[str, Any] = {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {}}


@pytest.mark.parametrize(
    "watching",
    [
        SILENT,
        function_alarm(ActionsEnabled=False),
        function_alarm(AlarmActions=[]),
        function_alarm(AlarmActions=None, OKActions=[{"Ref": "Topic"}]),
        function_alarm(AlarmActions=[{"Ref": "Scaling"}]),
        function_alarm(AlarmActions=["arn:aws:automate:eu-west-1:ec2:reboot"]),
    ],
    ids=["no actions", "not enabled", "none", "only when it recovers", "scales", "reboots"],
)
def test_it_is_unheard(watching: dict[str, Any]) -> None:
    found = errors(watching, Scaling=SCALING)

    assert found.caught is Caught.UNHEARD
    assert found.alarms == ("Watching",)
    assert found.seconds == 60


@pytest.mark.parametrize(
    "action",
    [
        {"Fn::ImportValue": "topic"},
        "arn:aws:sns:eu-west-1:111111111111:people",
        "arn:aws:ssm:eu-west-1:111111111111:opsitem:1",
        {"Fn::GetAtt": ["Orders", "Arn"]},
    ],
)
def test_what_may_tell_somebody_counts(action: Any) -> None:
    assert errors(function_alarm(AlarmActions=[action])).caught is Caught.YES


class TestTopics:
    """A topic that CloudWatch cannot publish to tells nobody."""

    def policy(self, effect: str, **more: Any) -> dict[str, Any]:
        statement = {
            "Effect": effect,
            "Action": "sns:Publish",
            "Resource": "*",
            "Principal": {"Service": "cloudwatch.amazonaws.com"} if effect == "Allow" else "*",
            **more,
        }
        document = {"Statement": [statement]}
        properties = {"Topics": [{"Ref": "Topic"}], "PolicyDocument": document}
        return {"Type": "AWS::SNS::TopicPolicy", "Properties": properties}

    def test_a_policy_that_lets_it(self) -> None:
        assert errors(function_alarm(), Policy=self.policy("Allow")).caught is Caught.YES

    def test_a_policy_that_only_denies_without_tls(self) -> None:
        denial = self.policy("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})

        assert errors(function_alarm(), Policy=denial).caught is Caught.UNHEARD

    def test_a_key_of_aws(self) -> None:
        topic = {**TOPIC, "Properties": {"KmsMasterKeyId": "alias/aws/sns"}}

        assert errors(function_alarm(), Topic=topic).caught is Caught.UNHEARD

    def test_a_policy_known_only_at_deployment(self) -> None:
        policy = self.policy("Deny")
        policy["Properties"]["PolicyDocument"] = {"Fn::ImportValue": "policy"}

        assert errors(function_alarm(), Policy=policy).caught is Caught.YES

    @pytest.mark.parametrize(
        ("actions", "caught"),
        [(["kms:Decrypt", "kms:GenerateDataKey*"], Caught.YES), (["kms:Decrypt"], Caught.UNHEARD)],
    )
    def test_a_key_has_to_let_cloudwatch_use_it(self, actions: list[str], caught: Caught) -> None:
        topic = {**TOPIC, "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}}
        statement = {
            "Effect": "Allow",
            "Action": actions,
            "Resource": "*",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
        }
        key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [statement]}}}

        assert errors(function_alarm(), Topic=topic, Key=key).caught is caught


class TestComposites:
    """An alarm is heard through a composite alarm that rings with it."""

    def test_one_that_contains_it(self) -> None:
        found = errors(SILENT, Health=composite('ALARM("${Watching}")'))

        assert found.caught is Caught.YES
        assert found.alarms == ("Watching", "Health")

    def test_one_above_that(self) -> None:
        inner = composite('ALARM("${Watching}")', AlarmActions=[])
        found = errors(SILENT, Inner=inner, Outer=composite("ALARM(${Inner})"))

        assert found.caught is Caught.YES
        assert set(found.alarms) == {"Watching", "Inner", "Outer"}

    def test_one_that_needs_another_alarm_too(self) -> None:
        throttles = function_alarm("Throttles", AlarmActions=None)
        rule = 'ALARM("${Watching}") AND ALARM("${Throttles}")'

        assert errors(SILENT, Throttles=throttles, Health=composite(rule)).caught is Caught.UNHEARD

    def test_one_that_waits_for_two_alarms_of_the_same_failure(self) -> None:
        later = function_alarm(AlarmActions=None, EvaluationPeriods=5)
        rule = 'ALARM("${Watching}") AND ALARM("${Later}")'

        found = errors(SILENT, Later=later, Health=composite(rule))

        assert found.caught is Caught.YES
        assert found.seconds == 300

    def test_one_that_rings_anyway_tells_nothing(self) -> None:
        rule = 'ALARM("${Watching}") OR OK("${Watching}")'

        assert errors(SILENT, Health=composite(rule)).caught is Caught.UNHEARD

    def test_one_without_actions(self) -> None:
        health = composite('ALARM("${Watching}")', AlarmActions=[])

        assert errors(SILENT, Health=health).caught is Caught.UNHEARD


class TestEvents:
    """EventBridge hears of every change of state."""

    def rule(self, **pattern: Any) -> dict[str, Any]:
        properties = {
            "EventPattern": {
                "source": ["aws.cloudwatch"],
                "detail-type": ["CloudWatch Alarm State Change"],
                **pattern,
            },
            "Targets": [{"Id": "t", "Arn": {"Ref": "Topic"}}],
        }
        return {"Type": "AWS::Events::Rule", "Properties": properties}

    def test_a_rule_on_all_alarms(self) -> None:
        assert errors(SILENT, Rule=self.rule()).caught is Caught.YES

    def test_a_rule_on_this_alarm(self) -> None:
        rule = self.rule(resources=[{"Fn::GetAtt": ["Watching", "Arn"]}])

        assert errors(SILENT, Rule=rule).caught is Caught.YES

    def test_a_rule_on_another_alarm(self) -> None:
        rule = self.rule(resources=[{"Fn::GetAtt": ["Other", "Arn"]}])

        assert errors(SILENT, Other=function_alarm("Throttles"), Rule=rule).caught is Caught.UNHEARD

    @pytest.mark.parametrize(
        ("states", "caught"),
        [
            (["OK", "ALARM"], Caught.YES),
            ([{"anything-but": "OK"}], Caught.YES),
            (["OK", {"Ref": "State"}], Caught.YES),
            (["OK"], Caught.UNHEARD),
        ],
    )
    def test_a_rule_on_some_states(self, states: list[Any], caught: Caught) -> None:
        assert errors(SILENT, Rule=self.rule(detail={"state": {"value": states}})).caught is caught

    def test_a_rule_on_another_source(self) -> None:
        assert errors(SILENT, Rule=self.rule(source=["aws.ec2"])).caught is Caught.UNHEARD

    @pytest.mark.parametrize(
        ("bus", "caught"),
        [
            ("default", Caught.YES),
            ("arn:aws:events:eu-west-1:111111111111:event-bus/default", Caught.YES),
            ({"Ref": "AnyBus"}, Caught.YES),
            ("orders", Caught.UNHEARD),
            ({"Ref": "Bus"}, Caught.UNHEARD),
            ({"Fn::GetAtt": ["Bus", "Arn"]}, Caught.UNHEARD),
        ],
    )
    def test_events_of_alarms_come_to_the_default_bus_only(self, bus: Any, caught: Caught) -> None:
        rule = self.rule()
        rule["Properties"]["EventBusName"] = bus
        own = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "orders"}}

        assert errors(SILENT, Rule=rule, Bus=own).caught is caught

    def test_a_rule_that_is_switched_off(self) -> None:
        rule = self.rule()
        rule["Properties"]["State"] = "DISABLED"

        assert errors(SILENT, Rule=rule).caught is Caught.UNHEARD
