"""The controller's resources: all of the standby's Region, allowed as little as possible, watched."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from failover_controller.model import Mode, Settings

from constructs_lib.alarms import AlarmRoute
from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import TakeOverHealthCheck
from constructs_lib.failover.controller_settings import ControllerSettings
from constructs_lib.failover.failover_controller import CONTROLLER_MODES, FailoverController
from constructs_lib.failover.standby import ColdStandby
from constructs_lib.handlers import handler_folder
from tests.failover.parts import ACCOUNT, composite_alarm, plain_alarm, stack_in
from tests.functions import hardened
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.policies import flat
from tests.synthesis import Synthesized, read_template, synthesize

FUNCTION, ALARM, POLICY = "AWS::Lambda::Function", "AWS::CloudWatch::Alarm", "AWS::IAM::Policy"
Duration = cdk.Duration


def controller(stack: cdk.Stack, **options: Any) -> FailoverController:
    given: dict[str, Any] = {"standby": []} | options
    given.setdefault("decided_by", plain_alarm(stack))
    return FailoverController(stack, "Controller", **given)


def description(result: Synthesized) -> dict[str, Any]:
    """What the function is told."""
    text = flat(result.only(FUNCTION, under="Controller")["Environment"]["Variables"]["CONTROLLER"])
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_function_reads_what_the_construct_writes() -> None:
    stack = stack_in("us-west-2")
    settings = ControllerSettings(
        observations=3,
        between=Duration.minutes(20),
        healthy_for=Duration.minutes(30),
        drain=Duration.minutes(1),
        wake_up_limit=Duration.seconds(60),
    )
    controller(stack, settings=settings, standby=[ColdStandby(function=hardened(stack).alias)])
    result = synthesize(stack)
    read = Settings.from_json(description(result)["settings"])
    function = result.only(FUNCTION, under="Controller")

    assert read.name == "${AWS::StackName}/Controller"
    assert read.alarm == f"${{{result.only_id(ALARM, under='Plain')}}}"
    assert (read.observations, read.between, read.healthy_for, read.drain, read.wake_up_limit) == (
        3,
        1200,
        1800,
        60,
        60,
    )
    assert (read.sleepers[0].asleep, read.sleepers[0].awake) == (0, None)
    assert function["Timeout"] == 90
    assert read.lease > function["Timeout"]
    assert handler_folder("failover_controller").joinpath("failover_controller", "handler.py").exists()
    assert function["Handler"] == "failover_controller.handler.handler"


def test_it_publishes_what_the_health_check_of_the_primary_waits_for() -> None:
    stack = stack_in("us-west-2")
    take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    controller(stack, take_over=take_over)
    result = synthesize(stack)
    alarm = result.only(ALARM, under="TakeOver")

    assert description(result)["places"]["metric"] == {
        "namespace": alarm["Namespace"],
        "name": alarm["MetricName"],
        "health_check": flat(alarm["Dimensions"][0]["Value"]),
    }
    assert alarm["Dimensions"][0]["Name"] == "HealthCheck"


def test_it_looks_when_the_alarm_changes_and_every_minute() -> None:
    stack = stack_in("us-west-2")
    controller(stack)
    result = synthesize(stack)
    alias = {"Ref": result.only_id("AWS::Lambda::Alias")}
    rule, schedule = result.only("AWS::Events::Rule"), result.only("AWS::Scheduler::Schedule")

    assert rule["EventPattern"]["resources"] == [
        {"Fn::GetAtt": [result.only_id(ALARM, under="Plain"), "Arn"]}
    ]
    assert rule["Targets"][0]["Arn"] == alias
    assert (schedule["ScheduleExpression"], schedule["Target"]["Arn"]) == ("rate(1 minute)", alias)


def test_people_overrule_it_by_a_parameter_that_takes_nothing_else() -> None:
    stack = stack_in("us-west-2")
    controller(stack)
    parameter = synthesize(stack).only("AWS::SSM::Parameter")

    assert parameter["Value"] == "auto"
    assert parameter["AllowedPattern"] == "^(auto|frozen|primary|standby)$"
    assert set(CONTROLLER_MODES) == set(Mode)


def test_it_needs_nothing_outside_of_its_region() -> None:
    stack = stack_in("us-west-2")
    take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    controller(stack, take_over=take_over, standby=[ColdStandby(function=hardened(stack).alias)])
    result = synthesize(stack)
    own = {name: each for name, each in result.resources.items() if name.startswith("Controller")}
    actions = {
        action
        for policy in result.of_type(POLICY, under="Controller").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }

    assert "us-east-1" not in json.dumps(own)
    assert {action.split(":")[0] for action in actions} == {
        "cloudwatch",
        "dynamodb",
        "kms",
        "lambda",
        "sns",
        "sqs",
        "ssm",
    }


def test_it_may_do_only_what_it_needs() -> None:
    stack = stack_in("us-west-2")
    controller(stack)
    result = synthesize(stack)
    statements = [
        statement
        for policy in result.of_type(POLICY, under="ControllerFunction").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    anywhere = [statement["Action"] for statement in statements if statement["Resource"] == "*"]

    assert anywhere == ["cloudwatch:PutMetricData"]
    assert result.of_type(POLICY, under="ControllerFunctionRoleStandby") == {}


def test_a_composite_alarm_can_decide() -> None:
    stack = stack_in("us-west-2")
    controller(stack, decided_by=composite_alarm(stack))
    result = synthesize(stack)

    assert (
        description(result)["settings"]["alarm"]
        == f"${{{result.only_id('AWS::CloudWatch::CompositeAlarm', under='Composite')}}}"
    )


def test_what_it_fails_on_is_kept_and_told() -> None:
    stack = stack_in("us-west-2")
    topic = "arn:aws:sns:us-west-2:111122223333:team"
    team = sns.Topic.from_topic_arn(stack, "Team", topic)
    made = controller(stack, topic=team, route=AlarmRoute.to_topic(team))
    result = synthesize(stack)
    config = result.only("AWS::Lambda::EventInvokeConfig")
    queue = {"Fn::GetAtt": [result.only_id("AWS::SQS::Queue"), "Arn"]}
    silence = result.only(ALARM, under="ControllerSilence")

    assert config["DestinationConfig"]["OnFailure"]["Destination"] == queue
    assert result.only("AWS::Events::Rule")["Targets"][0]["DeadLetterConfig"]["Arn"] == queue
    assert made.alarms.dead_letter_depth is not None
    assert made.alarms.errors is not None
    assert (silence["Statistic"], silence["TreatMissingData"]) == ("SampleCount", "breaching")
    assert silence["AlarmActions"] == [topic]
    assert description(result)["places"]["topic"] == topic
    assert result.of_type("AWS::SNS::Topic") == {}


def test_its_state_outlives_the_stack_unless_said_otherwise() -> None:
    stack = stack_in("us-west-2")
    controller(stack)
    FailoverController(
        stack,
        "Passing",
        decided_by=plain_alarm(stack, "Other"),
        standby=[],
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    result = synthesize(stack)
    policies = {
        name: {
            each["DeletionPolicy"]
            for kind in ("AWS::DynamoDB::GlobalTable", "AWS::SQS::Queue", "AWS::Logs::LogGroup")
            for each in result.of_type(kind, under=name).values()
        }
        for name in ("Controller", "Passing")
    }

    assert policies == {"Controller": {"Retain"}, "Passing": {"Delete"}}


def test_it_passes_every_gate() -> None:
    stack = stack_in("us-west-2")
    take_over = TakeOverHealthCheck(stack, "TakeOver", primary_region="us-east-1")
    made = hardened(stack, reserved_concurrency=20)
    controller(
        stack,
        decided_by=composite_alarm(stack),
        take_over=take_over,
        standby=[ColdStandby(function=made.alias)],
    )
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)
    found = [each for each in findings(app) if UNSUBSCRIBED not in each.rule]

    assert [each for each in found if any("Controller" in place for place in each.constructs)] == []
    assert lint(read_template(Path(app.outdir) / stack.template_file).body) == []


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (ControllerSettings(observations=0), "settings.observations is 0"),
        (ControllerSettings(between=Duration.seconds(30)), "settings.between is 30"),
        (ControllerSettings(healthy_for=Duration.days(2)), "settings.healthy_for is"),
        (ControllerSettings(wake_up_limit=Duration.minutes(11)), "settings.wake_up_limit is 660"),
        (
            ControllerSettings(drain=Duration.seconds(cdk.Token.as_number({"Ref": "T"}))),
            "settings.drain is known only",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: ControllerSettings, problem: str) -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match=f"^Stack/Controller: {problem}"):
        controller(stack, settings=settings)
    assert stack.node.try_find_child("Controller") is None


def test_an_alarm_of_another_region_is_refused() -> None:
    stack = stack_in("us-west-2")
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:Theirs"
    theirs = cloudwatch.Alarm.from_alarm_arn(stack, "Theirs", arn)
    with pytest.raises(
        ConfigurationError, match="alarm is in the Region us-east-1, and this stack in us-west-2"
    ):
        controller(stack, decided_by=theirs)


@pytest.mark.parametrize("name", ["decided_by", "take_over", "settings", "topic", "standby"])
def test_fails_on_what_is_something_else(name: str) -> None:
    stack = stack_in()
    with pytest.raises(ConfigurationError, match=f"^Stack/Controller: {name} is 'Something'"):
        controller(stack, **{name: "Something"})
