from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match
from syrupy.assertion import SnapshotAssertion

from constructs_lib.function import WarmUp
from tests.delivery import lost_alarms
from tests.functions import default_function, everything_on, plain_function, subscribe
from tests.gates import UNSUBSCRIBED, Finding, findings, lint
from tests.graph import circle, references
from tests.synthesis import RECOMMENDED, VALIDATE, Synthesized, fresh_app, fresh_stack, scrubbed, synthesize

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
FUNCTION = "AWS::Lambda::Function"
SHARED = ("AlarmTopic", "SafeDeployments", "FullEnvironment")
MAKERS = {"default": default_function, "everything": everything_on}


@pytest.fixture(scope="module")
def default() -> Synthesized:
    stack = fresh_stack()
    default_function(stack)
    subscribe(stack)
    return synthesize(stack)


@pytest.fixture(scope="module")
def everything() -> Synthesized:
    stack = fresh_stack()
    everything_on(stack)
    subscribe(stack)
    return synthesize(stack)


@pytest.fixture(params=["default", "everything"])
def either(request: pytest.FixtureRequest) -> Synthesized:
    found: Synthesized = request.getfixturevalue(request.param)
    return found


class TestDefaults:
    def test_failed_events_of_the_alias_go_to_a_queue(self, default: Synthesized) -> None:
        config = default.only("AWS::Lambda::EventInvokeConfig")

        assert list(references(config["Qualifier"])) == [default.only_id("AWS::Lambda::Alias")]
        assert config["DestinationConfig"]["OnFailure"]["Destination"] == {
            "Fn::GetAtt": [default.only_id("AWS::SQS::Queue"), "Arn"]
        }
        default.template.has_resource(
            "AWS::SQS::Queue",
            {
                "Properties": {"MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": True},
                "DeletionPolicy": "Retain",
            },
        )

    def test_seven_alarms_watch_it_and_one_notifies(self, default: Synthesized) -> None:
        assert len(default.of_type(ALARM)) == 7
        assert not any("AlarmActions" in alarm["Properties"] for alarm in default.of_type(ALARM).values())
        health = default.only(COMPOSITE)
        assert sorted(references(health["AlarmRule"])) == sorted(default.of_type(ALARM))
        assert health["AlarmActions"] == [{"Ref": default.only_id("AWS::SNS::Topic")}]

    def test_the_duration_alarm_knows_the_timeout(self, default: Synthesized) -> None:
        default.template.has_resource_properties(
            ALARM, {"MetricName": "Duration", "Threshold": 24_000, "ExtendedStatistic": "p99"}
        )

    def test_dimensions_name_the_function_and_never_the_alias_resource(self, default: Synthesized) -> None:
        name = {"Ref": default.only_id(FUNCTION)}

        default.template.has_resource_properties(
            ALARM,
            {
                "MetricName": "Errors",
                "Dimensions": [
                    {"Name": "FunctionName", "Value": name},
                    {"Name": "Resource", "Value": {"Fn::Join": ["", [name, ":live"]]}},
                ],
            },
        )
        alias = default.only_id("AWS::Lambda::Alias")
        assert alias not in set(references(list(default.of_type(ALARM).values())))

    def test_nothing_runs_by_the_clock_and_codedeploy_stays_out(self, default: Synthesized) -> None:
        for kind in ("AWS::Scheduler::Schedule", "AWS::CodeDeploy::DeploymentGroup"):
            default.template.resource_count_is(kind, 0)
        assert "ProvisionedConcurrencyConfig" not in default.only("AWS::Lambda::Alias")


class TestEverythingOn:
    def test_the_function_has_every_option(self, everything: Synthesized) -> None:
        everything.template.has_resource_properties(
            FUNCTION,
            {
                "Description": "Takes orders",
                "MemorySize": 1024,
                "Timeout": 60,
                "ReservedConcurrentExecutions": 20,
                "EphemeralStorage": {"Size": 1024},
                "VpcConfig": Match.any_value(),
                "TracingConfig": {"Mode": "Active"},
                "Environment": {
                    "Variables": {
                        "TABLE": "orders",
                        "POWERTOOLS_LOG_LEVEL": "DEBUG",
                        "POWERTOOLS_SERVICE_NAME": "Full",
                    }
                },
            },
        )

    def test_every_alarm_of_the_table_watches_it(self, everything: Synthesized) -> None:
        assert len(everything.of_type(ALARM, under="FullAlarms")) == 9
        assert everything.only(ALARM, under="FullAlarmsConcurrency")["Threshold"] == pytest.approx(18)
        assert everything.only(ALARM, under="FullAlarmsThrottles")["Threshold"] == 5
        assert everything.only(ALARM, under="FullAlarmsDuration")["Threshold"] == pytest.approx(48_000)

    def test_errors_error_rate_and_duration_roll_back(self, everything: Synthesized) -> None:
        group = everything.only("AWS::CodeDeploy::DeploymentGroup")

        assert list(references(group["AlarmConfiguration"])) == [
            everything.only_id(ALARM, under=f"FullAlarms{name}")
            for name in ("Errors", "ErrorRate", "Duration")
        ]

    def test_concurrency_is_provisioned_on_the_alias_by_load_and_clock(self, everything: Synthesized) -> None:
        target = everything.only("AWS::ApplicationAutoScaling::ScalableTarget")

        assert everything.only_id("AWS::Lambda::Alias", under="FullLive") in references(target)
        assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 10)
        assert len(target["ScheduledActions"]) == 2

    def test_failed_events_are_tried_as_often_as_told(self, everything: Synthesized) -> None:
        config = everything.only("AWS::Lambda::EventInvokeConfig", under="FullLive")

        assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (1, 3600)


class TestGates:
    def test_no_resources_need_each_other(self, either: Synthesized) -> None:
        assert circle(either.resources) == []

    def test_every_alarm_reaches_its_subscriber(self, either: Synthesized) -> None:
        assert lost_alarms(either.resources) == []

    def test_cfn_lint_has_nothing_to_say(self, either: Synthesized) -> None:
        assert lint(either.body) == []

    @pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["foreign", "recommended"])
    @pytest.mark.parametrize("name", MAKERS)
    def test_cdk_nag_and_cdk_have_nothing_to_say_but_that_nobody_listens(
        self, name: str, context: dict[str, Any]
    ) -> None:
        app = fresh_app(context)
        MAKERS[name](cdk.Stack(app, "Stack"))

        found = {each for each in findings(app) if each.rule != f"Annotation::{UNSUBSCRIBED}"}

        assert found == set()

    @pytest.mark.parametrize("name", MAKERS)
    def test_a_wildcard_that_the_application_adds_is_still_reported(self, name: str) -> None:
        app = fresh_app()
        made = MAKERS[name](cdk.Stack(app, "Stack"))
        made.add_to_role_policy(iam.PolicyStatement(actions=["dynamodb:*"], resources=["*"]))

        found = set(findings(app))

        place = (f"{made.node.path}/Role/DefaultPolicy/Resource",)
        assert Finding("error", "AwsSolutions-IAM5[Resource::*]", place) in found
        assert Finding("error", "AwsSolutions-IAM5[Action::dynamodb:*]", place) in found

    def test_a_second_function_without_destination_is_still_reported(self) -> None:
        app = fresh_app()
        stack = cdk.Stack(app, "Stack")
        default_function(stack)
        plain_function(stack)

        found = {each.constructs for each in findings(app) if each.rule == "Serverless-LambdaDLQ"}

        assert found == {("Stack/Plain/Resource",)}


class TestResourceCount:
    def test_a_function_takes_17_resources_as_it_comes(self, default: Synthesized) -> None:
        assert len([name for name in default.resources if not name.startswith(SHARED)]) == 17

    def test_a_function_takes_23_resources_with_everything_on(self, everything: Synthesized) -> None:
        assert len([name for name in everything.resources if not name.startswith(SHARED)]) == 23

    def test_a_warmed_up_function_takes_19(self) -> None:
        stack = fresh_stack()
        default_function(stack, warm_up=WarmUp())

        found = synthesize(stack)

        assert len([name for name in found.resources if not name.startswith(SHARED)]) == 19

    def test_a_stack_has_the_rest_once(self, everything: Synthesized) -> None:
        shared = [name for name in everything.resources if name.startswith(SHARED[:2])]

        kinds = sorted(everything.resources[name]["Type"].rpartition("::")[2] for name in shared)
        assert kinds == ["Application", "Key", "Policy", "Role", "Subscription", "Topic", "TopicPolicy"]


def test_ids_of_what_keeps_data_do_not_move(default: Synthesized) -> None:
    stateful = ("AWS::SQS::Queue", "AWS::Logs::LogGroup", "AWS::KMS::Key", "AWS::SNS::Topic")

    assert {kind: default.only_id(kind) for kind in stateful} == {
        "AWS::SQS::Queue": "OrdersDeadLetters6314E60F",
        "AWS::Logs::LogGroup": "OrdersLogs63C9E25A",
        "AWS::KMS::Key": "AlarmTopicKeyBA1A4AA7",
        "AWS::SNS::Topic": "AlarmTopicC2164170",
    }


@pytest.mark.parametrize("name", MAKERS)
def test_the_template_is_as_the_snapshot_shows(
    name: str, request: pytest.FixtureRequest, snapshot: SnapshotAssertion
) -> None:
    found: Synthesized = request.getfixturevalue(name)

    own = {name: each for name, each in found.resources.items() if not name.startswith(SHARED)}
    assert scrubbed(own) == snapshot
