"""What a saga makes: the state machine, its role and logs, the parking queue, alarms, and the rule for what broke."""

import json
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms.services import QueueAlarmSettings, StateMachineAlarmSettings
from constructs_lib.function import FunctionLogs
from constructs_lib.workflow import LAMBDA_TRANSIENT_ERRORS, Parallel, Retries, Saga, Step
from constructs_lib.workflow.definition import definition_of
from tests.functions import default_function
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.synthesis import RECOMMENDED, fresh_app, fresh_stack, synthesize, warnings_of
from tests.workflow.saga_world import some_saga


def steps(function: lambda_.IFunction) -> list[Step]:
    return [
        Step(name="charge", function=function, compensation=function),
        Step(name="ship", function=function),
    ]


def every_kind(function: lambda_.IFunction) -> Sequence[Step | Parallel]:
    return [
        Step(name="begin", function=function, compensation=function, retries=Retries(max_attempts=0)),
        Parallel(
            name="work",
            steps=[
                Step(name="charge", function=function, compensation=function, transient_errors=["Busy"]),
                Step(name="reserve", function=function, compensation=function, result_selector={}),
            ],
        ),
        Step(
            name="approve",
            function=function,
            wait_for_task_token=True,
            timeout=cdk.Duration.hours(4),
            heartbeat=cdk.Duration.minutes(5),
        ),
        Step(name="tell", function=function, asynchronous=True),
    ]


def state(saga: Saga, name: str) -> dict[str, Any]:
    found: dict[str, Any] = definition_of(saga.state_machine)["States"][name]
    return found


def made(saga: Saga) -> Any:
    return synthesize(cdk.Stack.of(saga))


def test_state_machine_is_standard_traced_and_logs_no_data() -> None:
    machine = made(some_saga(steps)).only("AWS::StepFunctions::StateMachine")

    logging = machine["LoggingConfiguration"]
    assert machine.get("StateMachineType", "STANDARD") == "STANDARD"
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)


def test_log_group_is_one_that_no_resource_policy_has_to_list() -> None:
    group = made(some_saga(steps)).only("AWS::Logs::LogGroup")

    assert group["LogGroupName"]["Fn::Join"][1][0].startswith("/aws/vendedlogs/states/")
    assert "AWS::StackId" in json.dumps(group["LogGroupName"])
    assert group["RetentionInDays"] == 90


def test_given_log_group_is_used_as_it_is() -> None:
    stack = fresh_stack()
    group = logs.LogGroup(stack, "Own")
    function = default_function(stack).alias
    saga = Saga(stack, "Saga", steps=steps(function), log_settings=FunctionLogs(log_group=group))

    assert saga.log_group is group
    assert "LogGroupName" not in synthesize(stack).only("AWS::Logs::LogGroup", under="Own")


def test_parking_queue_and_logs_are_retained_unless_told_otherwise() -> None:
    kept, gone = some_saga(steps), some_saga(steps, removal_policy=cdk.RemovalPolicy.DESTROY)

    for kind in ("AWS::SQS::Queue", "AWS::Logs::LogGroup"):
        assert {each["DeletionPolicy"] for each in made(kept).of_type(kind).values()} == {"Retain"}
        assert {each["DeletionPolicy"] for each in made(gone).of_type(kind).values()} == {"Delete"}


def test_state_machine_goes_with_its_role() -> None:
    (machine,) = made(some_saga(steps)).of_type("AWS::StepFunctions::StateMachine").values()

    assert machine["DeletionPolicy"] == "Delete"


def test_parking_queue_is_encrypted_with_the_key_that_is_given() -> None:
    stack = fresh_stack()
    function = default_function(stack).alias
    Saga(stack, "Saga", steps=steps(function), encryption_key=kms.Key(stack, "Key", enable_key_rotation=True))

    assert "Key" in json.dumps(synthesize(stack).only("AWS::SQS::Queue", under="Saga")["KmsMasterKeyId"])


def test_role_may_call_exactly_the_qualifiers_that_are_given() -> None:
    stack = fresh_stack()
    one, other = default_function(stack, "One"), default_function(stack, "Other")
    Saga(stack, "Saga", steps=[Step(name="charge", function=one.alias, compensation=other.function)])

    policy = synthesize(stack).only("AWS::IAM::Policy", under="SagaRole")
    statements = policy["PolicyDocument"]["Statement"]
    called = [each["Resource"] for each in statements if each["Action"] == "lambda:InvokeFunction"]
    assert sorted(json.dumps(each) for each in called) == sorted(
        json.dumps(resource)
        for resource in (
            {"Ref": stack.get_logical_id(one.alias.node.default_child)},  # type: ignore[arg-type] # a resource
            stack.resolve(f"{other.function.function_arn}:$LATEST"),
        )
    )


def test_role_may_send_to_the_parking_queue_and_to_no_other() -> None:
    statements = made(some_saga(steps)).only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]

    (sends,) = [each["Resource"] for each in statements if each["Action"] == "sqs:SendMessage"]
    assert "SagaParkingQueue" in json.dumps(sends)


def test_step_is_tried_again_after_what_lambda_and_the_step_call_transient() -> None:
    saga = some_saga(every_kind)
    (branch, _) = state(saga, "work")["Branches"]

    (retry,) = branch["States"]["charge"]["Retry"]
    assert retry["ErrorEquals"] == [*LAMBDA_TRANSIENT_ERRORS, "Busy"]
    assert (retry["JitterStrategy"], retry["BackoffRate"], retry["MaxDelaySeconds"]) == ("FULL", 2, 60)
    assert "Retry" not in state(saga, "begin")


def test_compensation_is_tried_again_after_any_error() -> None:
    (retry,) = state(some_saga(steps), "Undo charge")["Retry"]

    assert retry["ErrorEquals"] == ["States.ALL"]
    assert retry["MaxAttempts"] == 8


def test_step_outlives_its_function() -> None:
    stack = fresh_stack()
    function = default_function(stack, timeout=cdk.Duration.seconds(20)).alias
    saga = Saga(stack, "Saga", steps=steps(function))

    assert state(saga, "charge")["TimeoutSeconds"] == 35


def test_step_of_an_unknown_function_can_take_as_long_as_a_function_can() -> None:
    assert state(some_saga(steps), "charge")["TimeoutSeconds"] == 915


def test_step_that_waits_for_its_token_gets_it_and_has_to_beat() -> None:
    approve = state(some_saga(every_kind), "approve")

    assert approve["Resource"].endswith(":states:::lambda:invoke.waitForTaskToken")
    assert approve["Parameters"]["Payload"]["saga"]["task_token.$"] == "$$.Task.Token"
    assert (approve["TimeoutSeconds"], approve["HeartbeatSeconds"]) == (14_400, 300)


def test_asynchronous_step_is_handed_over() -> None:
    assert state(some_saga(every_kind), "tell")["Parameters"]["InvocationType"] == "Event"


def test_time_for_every_try_is_given_unless_a_timeout_is() -> None:
    def one(function: lambda_.IFunction) -> list[Step]:
        return [
            Step(
                name="charge",
                function=function,
                compensation=function,
                timeout=cdk.Duration.seconds(10),
                compensation_timeout=cdk.Duration.seconds(20),
            )
        ]

    retries = Retries(max_attempts=2, interval_seconds=1, backoff_rate=10, max_delay_seconds=5)
    saga = some_saga(one, retries=retries, compensation_retries=Retries(max_attempts=0))

    # 3 x 10 s and delays of 1 + 5 s; undoing 20 s, parking 60 s; and a minute between.
    assert definition_of(saga.state_machine)["TimeoutSeconds"] == 36 + 20 + 60 + 60


def test_executions_that_undid_nothing_are_parked() -> None:
    rule = made(some_saga(steps)).only("AWS::Events::Rule")

    either = rule["EventPattern"]["detail"]["$or"]
    assert either[0]["status"] == ["TIMED_OUT", "ABORTED"]
    assert either[1]["error"] == [{"anything-but": ["Saga.Compensated", "Saga.NotCompensated"]}]
    assert "SagaParkingQueue" in json.dumps(rule["Targets"])


def test_the_key_of_the_parking_queue_lets_eventbridge_in_or_it_is_said_that_it_must() -> None:
    stack = fresh_stack()
    arn = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    for name, key in {
        "Own": kms.Key(stack, "Key"),
        "Other": kms.Key.from_key_arn(stack, "Imported", arn),
    }.items():
        function = default_function(stack, f"{name}Function").alias
        Saga(stack, name, steps=steps(function), encryption_key=key)

    (warned,) = [each for each in warnings_of(stack) if "saga-key-untold" in each]
    assert "events.amazonaws.com" in warned
    services = {
        each["Principal"].get("Service"): each["Action"]
        for each in synthesize(stack).only("AWS::KMS::Key", under="Key")["KeyPolicy"]["Statement"]
    }
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= set(services["events.amazonaws.com"])


def test_express_workflow_has_no_events_to_park() -> None:
    def quick(function: lambda_.IFunction) -> list[Step]:
        return [Step(name="charge", function=function, timeout=cdk.Duration.seconds(5))]

    saga = some_saga(quick, state_machine_type=sfn.StateMachineType.EXPRESS)

    assert saga.unfinished is None
    assert made(saga).only("AWS::StepFunctions::StateMachine")["StateMachineType"] == "EXPRESS"
    assert definition_of(saga.state_machine)["TimeoutSeconds"] == 300


def test_alarms_tell_of_failures_and_of_what_is_parked() -> None:
    saga = some_saga(steps)

    assert saga.alarms is not None
    assert saga.parking_alarms is not None
    assert saga.alarms.executions_failed is not None
    assert saga.parking_alarms.dead_letter_depth is not None


def test_compensations_ring_only_where_they_do_not_count_as_failures() -> None:
    silent, told = some_saga(steps), some_saga(steps, compensated_succeeds=True)

    def actions(saga: Saga) -> object:
        (alarm,) = made(saga).of_type("AWS::CloudWatch::Alarm", under="SagaCompensations").values()
        return alarm["Properties"].get("AlarmActions")

    assert actions(silent) is None
    assert actions(told)


def test_compensations_ring_where_the_alarms_on_failures_are_switched_off() -> None:
    saga = some_saga(steps, alarms=None, parking_alarms=None)

    (alarm,) = made(saga).of_type("AWS::CloudWatch::Alarm").values()
    assert alarm["Properties"]["AlarmActions"]
    assert (saga.alarms, saga.parking_alarms, saga.unfinished_alarms) == (None, None, None)


def test_alarm_settings_are_passed_on() -> None:
    saga = some_saga(
        steps,
        alarms=StateMachineAlarmSettings(executions_failed=None),
        parking_alarms=QueueAlarmSettings(runbook="https://example.com/parked"),
    )

    assert saga.alarms is not None
    assert "executions_failed" not in saga.alarms.names
    assert "https://example.com/parked" in json.dumps(made(saga).of_type("AWS::CloudWatch::Alarm"))


def test_who_starts_executions_may_do_nothing_else() -> None:
    stack = fresh_stack()
    saga = Saga(stack, "Saga", steps=steps(default_function(stack).alias))
    role = iam.Role(stack, "Starter", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))

    saga.grant_start_execution(role)

    (statement,) = synthesize(stack).only("AWS::IAM::Policy", under="Starter")["PolicyDocument"]["Statement"]
    assert statement["Action"] == "states:StartExecution"
    assert "SagaMachine" in json.dumps(statement["Resource"])


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("metric_succeeded", "ExecutionsSucceeded"),
        ("metric_failed", "ExecutionsFailed"),
        ("metric_parked", "ApproximateNumberOfMessagesVisible"),
    ],
)
def test_metrics_are_those_of_the_services(metric: str, name: str) -> None:
    assert getattr(some_saga(steps), metric)().metric_name == name


def test_compensations_are_counted_by_the_log() -> None:
    saga = some_saga(steps)
    counted = saga.metric_compensated()

    (log_filter,) = made(saga).of_type("AWS::Logs::MetricFilter").values()
    (transformation,) = log_filter["Properties"]["MetricTransformations"]
    assert cdk.Stack.of(saga).resolve(counted.metric_name) == transformation["MetricName"]
    assert "Saga compensated" in log_filter["Properties"]["FilterPattern"]


def test_ids_of_what_keeps_data_are_stable() -> None:
    found = made(some_saga(steps))

    assert found.only_id("AWS::SQS::Queue") == "SagaParkingQueueB7D64B54"
    assert found.only_id("AWS::StepFunctions::StateMachine") == "SagaMachine117B8F21"
    assert found.only_id("AWS::Logs::LogGroup") == "SagaLogsC1A8C019"


@pytest.mark.parametrize("succeeds", [False, True])
def test_every_kind_of_step_passes_every_gate(succeeds: bool) -> None:  # noqa: FBT001 - a parameter of the test
    app = fresh_app(RECOMMENDED)
    stack = cdk.Stack(app, "Stack")
    function = default_function(stack).alias
    Saga(stack, "Saga", steps=every_kind(function), compensated_succeeds=succeeds)

    assert [each for each in findings(app) if UNSUBSCRIBED not in each.rule] == []
    assert lint(synthesize(stack).body) == []
