"""What an alarm does when its state changes: topics, functions, OpsItems and rules, on any kind of alarm."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmTopic,
    FunctionAlarms,
    FunctionSubject,
    Severity,
    SeverityRoute,
    StateChange,
)
from constructs_lib.alarms.routing.route import Route, actions_of, apply_route, check_route
from constructs_lib.checks import Check, ConfigurationError
from tests.delivery import lost_alarms
from tests.functions import plain_function
from tests.graph import circle, references
from tests.synthesis import RECOMMENDED, Synthesized, fresh_app, fresh_stack, synthesize, warnings_of

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
TOPIC = "AWS::SNS::Topic"
RULE = "AWS::Events::Rule"
SUBJECT = FunctionSubject(function_name="orders", qualifier="live")
ARN = "arn:aws:sns:us-east-1:111122223333:team"


def recommended_stack() -> cdk.Stack:
    # Without CDK's feature flag a function can serve one alarm only.
    return cdk.Stack(fresh_app(RECOMMENDED), "Stack")


def watch(stack: cdk.Stack, name: str = "Alarms", route: Route | None = None) -> FunctionAlarms:
    return FunctionAlarms(stack, name, subject=SUBJECT, route=route)


def heard_topic(stack: cdk.Stack, name: str = "Team", **properties: Any) -> sns.Topic:
    topic = sns.Topic(stack, name, **properties)
    topic.add_subscription(subscriptions.EmailSubscription("team@example.com"))
    return topic


def metric() -> cloudwatch.Metric:
    return cloudwatch.Metric(namespace="Shop", metric_name="Orders")


def cdk_alarm(stack: cdk.Stack, name: str = "Alarm") -> cloudwatch.Alarm:
    return cloudwatch.Alarm(stack, name, metric=metric(), threshold=1, evaluation_periods=1)


def raw_alarm(stack: cdk.Stack, name: str = "Alarm") -> cloudwatch.CfnAlarm:
    return cloudwatch.CfnAlarm(
        stack,
        name,
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        namespace="Shop",
        metric_name="Orders",
        period=60,
        statistic="Sum",
        threshold=1,
    )


def refusal(route: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check_route(Check(fresh_stack(), "Alarms"), route)
    return str(caught.value)


def taken(properties: dict[str, Any], kind: str = "AlarmActions") -> list[str]:
    return [next(references(action)) for action in properties.get(kind, [])]


class TestTopics:
    def test_a_route_of_its_own_makes_no_topic(self) -> None:
        stack = fresh_stack()
        watch(stack, route=AlarmRoute.to_topic(sns.Topic(stack, "Team")))

        found = synthesize(stack)

        assert list(found.of_type(TOPIC)) == [found.only_id(TOPIC, under="Team")]
        assert found.only(COMPOSITE)["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]

    @pytest.mark.parametrize("way", ["alarm", "other"])
    def test_a_topic_of_the_app_and_its_key_are_made_to_deliver_however_the_route_names_them(
        self, way: str
    ) -> None:
        stack = fresh_stack()
        key = kms.Key(stack, "Key", enable_key_rotation=True)
        topic = heard_topic(stack, enforce_ssl=True, master_key=key)
        watch(stack, route=AlarmRoute(alarm=[topic if way == "alarm" else actions.SnsAction(topic)]))

        assert lost_alarms(synthesize(stack).resources) == []

    @pytest.mark.parametrize("state", ["ok", "insufficient_data"])
    def test_a_topic_for_another_state_is_made_to_deliver_too(self, state: str) -> None:
        stack = fresh_stack()
        other = sns.Topic(stack, "Other", enforce_ssl=True)
        AlarmRoute(**{"alarm": [heard_topic(stack)], state: [other]})

        policy = synthesize(stack).only("AWS::SNS::TopicPolicy", under="Other")

        assert [each["Sid"] for each in policy["PolicyDocument"]["Statement"]][1:] == ["AlarmsPublish"]

    def test_a_topic_that_is_named_again_and_again_is_told_once(self) -> None:
        stack = fresh_stack()
        topic = heard_topic(stack, master_key=kms.Key(stack, "Key"))
        for number in range(3):
            route = AlarmRoute(alarm=[topic], ok=[actions.SnsAction(topic)])
            watch(stack, f"Alarms{number}", route=route)
        AlarmRoute.to_topic(topic, ok=True)

        found = synthesize(stack)

        statements = found.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
        assert [each["Sid"] for each in statements] == ["AlarmsPublish"]
        key_policy = found.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
        assert [each.get("Sid") for each in key_policy] == [None, "AlarmsEncrypt"]

    def test_a_key_that_cannot_be_told_is_warned_about(self) -> None:
        stack = fresh_stack()
        key = kms.Alias.from_alias_name(stack, "Key", "alias/aws/sns")
        AlarmRoute.to_topic(sns.Topic(stack, "Team", master_key=key))

        assert [text for text in warnings_of(stack) if "alias/aws/sns never does" in text]

    def test_an_imported_topic_is_taken_as_it_is(self) -> None:
        stack = fresh_stack()
        imported = sns.Topic.from_topic_arn(stack, "Team", ARN)
        watch(stack, route=AlarmRoute(alarm=[imported, actions.SnsAction(imported)]))

        found = synthesize(stack)

        assert found.only(COMPOSITE)["AlarmActions"] == [ARN]
        assert not found.of_type("AWS::SNS::TopicPolicy")


class TestStates:
    def test_by_default_only_the_way_to_alarm_is_told(self) -> None:
        stack = fresh_stack()
        watch(stack, route=AlarmRoute.to_topic(sns.Topic(stack, "Team")))

        health = synthesize(stack).only(COMPOSITE)

        assert health.keys() & {"AlarmActions", "OKActions", "InsufficientDataActions"} == {"AlarmActions"}

    def test_the_way_back_and_missing_data_can_be_told_too(self) -> None:
        stack = fresh_stack()
        watch(stack, route=AlarmRoute.to_topic(sns.Topic(stack, "Team"), ok=True, insufficient_data=True))

        health = synthesize(stack).only(COMPOSITE)

        assert health["OKActions"] == health["InsufficientDataActions"] == health["AlarmActions"]

    def test_each_state_can_have_its_own_actions(self) -> None:
        stack = recommended_stack()
        pager, chat = sns.Topic(stack, "Pager"), sns.Topic(stack, "Chat")
        function = actions.LambdaAction(plain_function(stack))
        watch(stack, route=AlarmRoute(alarm=[pager], ok=[chat, function], insufficient_data=[function]))

        found = synthesize(stack)

        health = found.only(COMPOSITE)
        handler = found.only_id("AWS::Lambda::Function")
        assert taken(health) == [found.only_id(TOPIC, under="Pager")]
        assert taken(health, "OKActions") == [found.only_id(TOPIC, under="Chat"), handler]
        assert taken(health, "InsufficientDataActions") == [handler]
        assert len(found.of_type("AWS::Lambda::Permission")) == 1

    def test_a_silent_route_has_no_action(self) -> None:
        stack = fresh_stack()
        watch(stack, route=AlarmRoute.silent())

        found = synthesize(stack)

        assert "AlarmActions" not in found.only(COMPOSITE)
        assert not found.of_type(TOPIC)


class TestOtherActions:
    def test_actions_keep_the_order_that_they_are_given_in(self) -> None:
        stack = recommended_stack()
        function, first, last = plain_function(stack), heard_topic(stack, "First"), heard_topic(stack, "Last")
        for name in ("One", "Two"):
            ways = (first, actions.LambdaAction(function), actions.SnsAction(last))
            watch(stack, name, route=AlarmRoute(alarm=ways, ok=[last]))

        found = synthesize(stack)

        for health in found.of_type(COMPOSITE).values():
            assert taken(health["Properties"]) == [
                found.only_id(TOPIC, under="First"),
                found.only_id("AWS::Lambda::Function"),
                found.only_id(TOPIC, under="Last"),
            ]
            assert health["Properties"]["OKActions"] == [{"Ref": found.only_id(TOPIC, under="Last")}]
        assert len(found.of_type("AWS::Lambda::Permission")) == 2
        assert lost_alarms(found.resources) == []
        assert circle(found.resources) == []

    def test_a_function_alias_is_invoked_as_that_alias(self) -> None:
        stack = fresh_stack()
        alias: lambda_.IFunction = plain_function(stack).add_alias("live")
        watch(stack, route=AlarmRoute(alarm=[actions.LambdaAction(alias)]))

        found = synthesize(stack)

        assert taken(found.only(COMPOSITE)) == [found.only_id("AWS::Lambda::Alias")]
        assert lost_alarms(found.resources) == []

    def test_without_cdks_feature_flag_a_function_of_several_alarms_needs_unique_permissions(self) -> None:
        stack = fresh_stack()
        function = plain_function(stack)
        watch(stack, "One", AlarmRoute(alarm=[actions.LambdaAction(function)]))

        with pytest.raises(ConfigurationError, match=r"^Stack/Two: CDK refuses the action .*use_unique_perm"):
            watch(stack, "Two", AlarmRoute(alarm=[actions.LambdaAction(function)]))

        unique = actions.LambdaAction(function, use_unique_permission_id=True)
        for name in ("Three", "Four"):
            watch(stack, name, AlarmRoute(alarm=[unique]))

    @pytest.mark.parametrize(("alarms", "warnings"), [(40, 0), (41, 1), (42, 1)])
    def test_a_function_that_more_alarms_call_than_its_policy_may_hold_is_one_warning(
        self, alarms: int, warnings: int
    ) -> None:
        stack = fresh_stack()
        called = actions.LambdaAction(plain_function(stack), use_unique_permission_id=True)
        for number in range(alarms):
            apply_route(stack, cdk_alarm(stack, f"Alarm{number}"), AlarmRoute(alarm=[called], ok=[called]))

        assert len([text for text in warnings_of(stack) if "alarms call one function" in text]) == warnings

    def test_a_fifo_topic_is_a_warning(self) -> None:
        stack = fresh_stack()
        watch(stack, route=AlarmRoute.to_topic(sns.Topic(stack, "Team", fifo=True)))

        assert [text for text in warnings_of(stack) if "This topic is FIFO" in text]

    @pytest.mark.parametrize("category", [None, actions.OpsItemCategory.RECOVERY])
    def test_an_ops_item_is_opened(self, category: actions.OpsItemCategory | None) -> None:
        stack = fresh_stack()
        action = actions.SsmAction(actions.OpsItemSeverity.HIGH, category)
        watch(stack, route=AlarmRoute(alarm=[action]))

        found = synthesize(stack)

        end = "" if category is None else "#CATEGORY=Recovery"
        assert f":opsitem:2{end}" in str(found.only(COMPOSITE)["AlarmActions"])
        assert lost_alarms(found.resources) == []


class TestStateChange:
    def test_a_rule_below_the_alarm_catches_its_change_of_state(self) -> None:
        stack = fresh_stack()
        inbox = sqs.Queue(stack, "Inbox")
        watch(stack, route=AlarmRoute(alarm=[StateChange(targets=[targets.SqsQueue(inbox)])]))

        found = synthesize(stack)

        assert found.only_id(RULE).startswith("AlarmsHealthStateChange")
        assert found.only(RULE)["EventPattern"] == {
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "resources": [{"Fn::GetAtt": [found.only_id(COMPOSITE), "Arn"]}],
            "detail": {"state": {"value": ["ALARM"]}},
        }
        assert "AlarmActions" not in found.only(COMPOSITE)
        assert lost_alarms(found.resources) == []
        assert circle(found.resources) == []

    def test_one_change_for_several_states_is_one_rule(self) -> None:
        stack = fresh_stack()
        caught = StateChange(targets=[targets.SqsQueue(sqs.Queue(stack, "Inbox"))])
        watch(stack, route=AlarmRoute(alarm=[caught], ok=[caught], insufficient_data=[caught]))

        pattern = synthesize(stack).only(RULE)["EventPattern"]

        assert pattern["detail"]["state"]["value"] == ["ALARM", "OK", "INSUFFICIENT_DATA"]

    def test_several_changes_are_several_rules(self) -> None:
        stack = fresh_stack()
        queues = [sqs.Queue(stack, name) for name in ("First", "Second")]
        changes = [StateChange(targets=[targets.SqsQueue(queue)]) for queue in queues]
        watch(stack, route=AlarmRoute(alarm=changes))

        assert len(synthesize(stack).of_type(RULE)) == 2

    def test_it_is_none_of_the_five_actions(self) -> None:
        stack = fresh_stack()
        topics = [heard_topic(stack, f"Topic{number}") for number in range(5)]
        caught = StateChange(targets=[targets.SqsQueue(sqs.Queue(stack, "Inbox"))])
        watch(stack, route=AlarmRoute(alarm=[caught, *topics]))

        found = synthesize(stack)

        assert len(found.only(COMPOSITE)["AlarmActions"]) == 5
        assert found.of_type(RULE)
        assert lost_alarms(found.resources) == []

    def test_every_composite_that_notifies_has_its_rule(self) -> None:
        stack = fresh_stack()
        caught = StateChange(targets=[targets.SqsQueue(sqs.Queue(stack, "Inbox"))])
        route = SeverityRoute(
            critical=AlarmRoute(alarm=[heard_topic(stack), caught]), warning=AlarmRoute(alarm=[caught])
        )
        FunctionAlarms(
            stack,
            "Alarms",
            subject=FunctionSubject(function_name="orders", qualifier="live", timeout_ms=3_000),
            route=route,
        )

        found = synthesize(stack)

        assert found.of_type(RULE, under="AlarmsCritical")
        assert found.of_type(RULE, under="AlarmsWarning")
        assert not found.of_type(RULE, under="AlarmsHealth")
        assert lost_alarms(found.resources) == []

    def test_targets_come_with_their_own_retries_and_dead_letters(self) -> None:
        stack = fresh_stack()
        workflow = sfn.StateMachine(
            stack, "Workflow", definition_body=sfn.DefinitionBody.from_chainable(sfn.Pass(stack, "Pass"))
        )
        target = targets.SfnStateMachine(
            workflow, retry_attempts=3, dead_letter_queue=sqs.Queue(stack, "Missed")
        )
        function = targets.LambdaFunction(plain_function(stack))
        topic = targets.SnsTopic(heard_topic(stack, master_key=kms.Key(stack, "Key")))
        watch(stack, route=AlarmRoute(alarm=[StateChange(targets=[target, function, topic])]))

        found = synthesize(stack)

        given = found.only(RULE)["Targets"]
        assert [each.get("RetryPolicy") for each in given] == [{"MaximumRetryAttempts": 3}, None, None]
        assert "DeadLetterConfig" in given[0]
        assert lost_alarms(found.resources) == []

    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            ([], r"route\.alarm's StateChange has 0 targets\. Give 1 to 5\."),
            ([object()] * 6, r"route\.alarm's StateChange has 6 targets\."),
            ("queue", r"StateChange\.targets is 'queue'\. Give list or tuple\."),
            ([object()], r"StateChange\.targets is <object .*aws_events_targets"),
        ],
    )
    def test_fails_with_targets_that_a_rule_cannot_have(self, given: Any, problem: str) -> None:
        text = refusal(AlarmRoute(alarm=[StateChange(targets=given)]))

        assert text.startswith("Stack/Alarms: ")
        assert re.search(problem, text)


Made = Callable[[cdk.Stack], Any]


def composite(stack: cdk.Stack) -> cloudwatch.CompositeAlarm:
    rule = cloudwatch.AlarmRule.from_alarm(cdk_alarm(stack, "Child"), cloudwatch.AlarmState.ALARM)
    return cloudwatch.CompositeAlarm(stack, "Alarm", alarm_rule=rule)


def raw_composite(stack: cdk.Stack) -> cloudwatch.CfnCompositeAlarm:
    return cloudwatch.CfnCompositeAlarm(
        stack, "Alarm", alarm_rule=cdk.Fn.sub('ALARM("${Child}")', {"Child": raw_alarm(stack, "Child").ref})
    )


def anomaly(stack: cdk.Stack) -> cloudwatch.AnomalyDetectionAlarm:
    return cloudwatch.AnomalyDetectionAlarm(stack, "Alarm", metric=metric(), evaluation_periods=1)


each_kind = pytest.mark.parametrize(
    "make", [cdk_alarm, raw_alarm, composite, raw_composite, anomaly], ids=lambda make: make.__name__
)


def alarm_of(found: Synthesized) -> tuple[str, dict[str, Any]]:
    (name,) = [*found.of_type(ALARM, under="Alarm"), *found.of_type(COMPOSITE, under="Alarm")]
    return name, found.resources[name]["Properties"]


class TestAnyAlarm:
    @each_kind
    def test_takes_a_route_with_actions_of_every_kind(self, make: Made) -> None:
        stack = recommended_stack()
        route = AlarmRoute(
            alarm=[
                heard_topic(stack),
                actions.LambdaAction(plain_function(stack)),
                actions.SsmAction(actions.OpsItemSeverity.LOW),
                StateChange(targets=[targets.SqsQueue(sqs.Queue(stack, "Inbox"))]),
            ],
            ok=[sns.Topic(stack, "Recovered")],
        )
        apply_route(stack, make(stack), route)

        found = synthesize(stack)

        name, properties = alarm_of(found)
        assert taken(properties)[:2] == [
            found.only_id(TOPIC, under="Team"),
            found.only_id("AWS::Lambda::Function"),
        ]
        assert len(properties["AlarmActions"]) == 3
        assert taken(properties, "OKActions") == [found.only_id(TOPIC, under="Recovered")]
        assert "InsufficientDataActions" not in properties
        assert found.only_id(RULE).startswith(name[:5])
        assert lost_alarms(found.resources) == []
        assert circle(found.resources) == []

    @each_kind
    def test_is_left_alone_by_a_silent_route(self, make: Made) -> None:
        stack = fresh_stack()
        apply_route(stack, make(stack), AlarmRoute.silent())

        _, properties = alarm_of(synthesize(stack))

        assert not properties.keys() & {"AlarmActions", "OKActions", "InsufficientDataActions"}

    def test_of_cdk_keeps_the_actions_that_it_has_and_gets(self) -> None:
        stack = fresh_stack()
        alarm = cdk_alarm(stack)
        topics = [sns.Topic(stack, name) for name in ("Before", "Routed", "After")]
        alarm.add_alarm_action(actions.SnsAction(topics[0]))
        apply_route(stack, alarm, AlarmRoute(alarm=[topics[1]]))
        alarm.add_alarm_action(actions.SnsAction(topics[2]))

        found = synthesize(stack)

        expected = [found.only_id(TOPIC, under=name) for name in ("Before", "Routed", "After")]
        assert taken(alarm_of(found)[1]) == expected

    def test_several_alarms_can_share_a_function(self) -> None:
        stack = recommended_stack()
        action = actions.LambdaAction(plain_function(stack))
        for scope in (cdk.Stack.of(stack), cdk.NestedStack(stack, "Nested")):
            apply_route(stack, raw_alarm(scope), AlarmRoute(alarm=[action]))

        assert len(synthesize(stack).of_type("AWS::Lambda::Permission")) == 2


class TestSeverities:
    def test_one_route_is_for_critical_and_warning_and_silent_for_information(self) -> None:
        route = AlarmRoute.to_topic(sns.Topic(fresh_stack(), "Team"))

        assert actions_of(route, Severity.CRITICAL) is route
        assert actions_of(route, Severity.WARNING) is route
        assert actions_of(route, Severity.INFO).tells_nobody

    @pytest.mark.parametrize("severity", Severity)
    def test_each_severity_can_have_its_own(self, severity: Severity) -> None:
        stack = fresh_stack()
        routes = {name: AlarmRoute.to_topic(sns.Topic(stack, name)) for name in Severity}
        route = SeverityRoute(
            critical=routes[Severity.CRITICAL],
            warning=routes[Severity.WARNING],
            info=routes[Severity.INFO],
        )

        assert actions_of(route, severity) is routes[severity]

    @pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFO])
    def test_what_is_left_out_tells_nobody(self, severity: Severity) -> None:
        route = SeverityRoute(critical=AlarmRoute.to_topic(sns.Topic(fresh_stack(), "Team")))

        assert actions_of(route, severity).tells_nobody


class TestRefusals:
    @pytest.mark.parametrize(
        ("count", "problem"), [(0, "is empty: alarms would ring unheard"), (2, "names an action twice")]
    )
    def test_fails_without_an_action_or_with_one_twice(self, count: int, problem: str) -> None:
        stack = fresh_stack()
        topic = sns.Topic(stack, "Team")

        with pytest.raises(ConfigurationError, match=rf"^Stack/Alarms: route\.alarm {problem}\."):
            watch(stack, route=AlarmRoute(alarm=[topic] * count))

        assert stack.node.try_find_child("Alarms") is None

    @pytest.mark.parametrize("state", ["alarm", "ok", "insufficient_data"])
    def test_fails_with_a_sixth_action_in_any_state(self, state: str) -> None:
        stack = fresh_stack()
        topics = [sns.Topic(stack, f"Topic{number}") for number in range(6)]

        text = refusal(AlarmRoute(**({"alarm": topics[:1]} | {state: topics})))

        assert text.startswith(f"Stack/Alarms: route.{state} has 6 actions. An alarm takes 5 per state")

    @pytest.mark.parametrize("given", [None, "arn", 5])
    def test_fails_with_actions_that_are_no_list(self, given: Any) -> None:
        assert "Give list or tuple." in refusal(AlarmRoute(alarm=given))

    def test_fails_with_what_is_no_action(self) -> None:
        assert "route.alarm holds 'arn'. Give SNS topics" in refusal(AlarmRoute(alarm=["arn"]))  # type: ignore[list-item] # that is the point

    @pytest.mark.parametrize("severity", Severity)
    def test_fails_with_a_bad_route_of_one_severity_by_its_name(self, severity: Severity) -> None:
        good = AlarmRoute.to_topic(sns.Topic(fresh_stack(), "Team"))
        routes = {"critical": good} | {severity.value: AlarmRoute(alarm=[])}

        assert f"route.{severity}.alarm is empty" in refusal(SeverityRoute(**routes))

    def test_fails_with_a_topic_of_another_region(self) -> None:
        app = fresh_app()
        there = cdk.Stack(app, "There", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        here = cdk.Stack(app, "Here", env=cdk.Environment(account="111122223333", region="us-east-1"))

        with pytest.raises(
            ConfigurationError,
            match=r"^Here/Alarms: route\.alarm holds There/Team, a topic in the Region eu-west-1; the alarms are in us",
        ):
            watch(here, route=AlarmRoute.to_topic(sns.Topic(there, "Team")))

    def test_an_imported_topic_of_the_same_region_is_taken(self) -> None:
        stack = fresh_stack(env=cdk.Environment(account="111122223333", region="us-east-1"))
        watch(stack, route=AlarmRoute.to_topic(sns.Topic.from_topic_arn(stack, "Team", ARN)))

        assert synthesize(stack).only(COMPOSITE, under="AlarmsHealth")["AlarmActions"] == [ARN]

    def test_fails_with_an_alarm_topic_in_place_of_its_topic(self) -> None:
        text = refusal(AlarmRoute(alarm=[AlarmTopic(fresh_stack(), "Team")]))  # type: ignore[list-item] # that is the point

        assert "route.alarm holds the AlarmTopic Stack/Team." in text
        assert text.endswith("of an AlarmTopic, its topic.")

    def test_fails_without_a_route_for_what_is_critical(self) -> None:
        assert "route.critical is None. Give AlarmRoute." in refusal(SeverityRoute(critical=None))  # type: ignore[arg-type] # that is the point
