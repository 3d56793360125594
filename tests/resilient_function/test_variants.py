"""What single options change about the bundle."""

from dataclasses import replace

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import FunctionAlarmSettings
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.function import FixedProvisionedConcurrency, SafeDeployment
from tests.functions import default_function, everything_on
from tests.graph import references
from tests.synthesis import fresh_stack, number_token, synthesize

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
FUNCTION = "AWS::Lambda::Function"


def test_two_builds_are_equal_to_the_byte() -> None:
    bodies = []
    for _ in range(2):
        stack = fresh_stack()
        everything_on(stack)
        bodies.append(synthesize(stack).body)

    assert bodies[0] == bodies[1]


def test_every_child_is_an_attribute() -> None:
    full = everything_on(fresh_stack())

    for child in (
        full.function,
        full.alias,
        full.version,
        full.log_group,
        full.role,
        full.dead_letter_queue,
        full.alarms.errors,
        full.alarms.health,
        full.deployment_group,
        full.scaling,
    ):
        assert child is not None
    assert full.handle is full.alias
    assert full.warm_up is None


def test_fixed_provisioned_concurrency_has_no_scaling() -> None:
    stack = fresh_stack()
    made = default_function(stack, provisioned_concurrency=FixedProvisionedConcurrency(executions=2))

    alias = synthesize(stack).only("AWS::Lambda::Alias")

    assert made.scaling is None
    assert "spillover" in made.alarms.names
    assert alias["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 2}


def test_without_dead_letters_lambda_keeps_its_own_way() -> None:
    stack = fresh_stack()
    made = default_function(stack, dead_letters=None)

    found = synthesize(stack)

    assert made.dead_letter_queue is None
    assert not found.of_type("AWS::Lambda::EventInvokeConfig")
    assert not found.of_type("AWS::SQS::Queue")
    assert set(made.alarms.names) == {
        "errors",
        "error_rate",
        "throttles",
        "duration",
        "async_events_dropped",
    }


def test_without_alarms_there_is_neither_health_nor_a_topic() -> None:
    stack = fresh_stack()
    made = default_function(stack, alarms=FunctionAlarmSettings.none())

    found = synthesize(stack)

    assert made.alarms.health is None
    assert not {"AWS::SNS::Topic", COMPOSITE, ALARM} & {each["Type"] for each in found.resources.values()}


def test_data_may_go_with_the_stack() -> None:
    stack = fresh_stack()
    default_function(stack, removal_policy=cdk.RemovalPolicy.DESTROY)

    found = synthesize(stack)

    kept = ("AWS::SQS::Queue", "AWS::Logs::LogGroup")
    assert {found.resources[found.only_id(kind)]["DeletionPolicy"] for kind in kept} == {"Delete"}


def test_a_timeout_known_only_at_deployment_has_no_duration_alarm() -> None:
    stack = fresh_stack()
    timeout = cdk.Duration.seconds(cdk.CfnParameter(stack, "Timeout", type="Number").value_as_number)
    made = default_function(stack, timeout=timeout)

    assert "duration" not in made.alarms.names
    synthesize(stack)


@pytest.mark.parametrize("name", ["errors", "error_rate", "duration"])
def test_a_deployment_rolls_back_by_what_is_left(name: str) -> None:
    stack = fresh_stack()
    alarms = replace(FunctionAlarmSettings.none(), **{name: getattr(FunctionAlarmSettings(), name)})
    everything_on(stack, alarms=alarms)

    found = synthesize(stack)

    (alarm,) = references(found.only("AWS::CodeDeploy::DeploymentGroup")["AlarmConfiguration"])
    assert found.resources[alarm]["Type"] == ALARM


def test_successes_may_be_recorded_beside_the_failures() -> None:
    stack = fresh_stack()
    default_function(
        stack,
        dead_letters=DeadLetters(on_success=destinations.SqsDestination(sqs.Queue(stack, "Done"))),
    )

    found = synthesize(stack).only("AWS::Lambda::EventInvokeConfig")["DestinationConfig"]

    assert set(found) == {"OnFailure", "OnSuccess"}


@pytest.mark.parametrize(("reserved", "watched"), [(9, False), (10, True)])
def test_a_share_of_few_reserved_executions_is_not_watched(
    reserved: int,
    watched: bool,  # noqa: FBT001 - a parameter
) -> None:
    made = default_function(fresh_stack(), reserved_concurrency=reserved)
    assert ("concurrency" in made.alarms.names) is watched


@pytest.mark.parametrize(
    ("minutes", "periods"), [(1, (2, 6, 6)), (15, (16, 20, 20))], ids=["a minute", "the longest"]
)
def test_alarms_look_back_as_far_as_a_datapoint_can_come(minutes: int, periods: tuple[int, ...]) -> None:
    stack = fresh_stack()
    default_function(stack, timeout=cdk.Duration.minutes(minutes))
    found = synthesize(stack)

    names = ("Errors", "ErrorRate", "Duration")
    alarms = [found.only("AWS::CloudWatch::Alarm", under=f"OrdersAlarms{name}") for name in names]
    assert tuple(alarm["EvaluationPeriods"] for alarm in alarms) == periods


def test_an_argument_that_cdk_refuses_is_one_error_and_leaves_nothing_behind() -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=r"^Stack/Orders: CDK refuses it: "):
        default_function(stack, ephemeral_storage_size=cdk.Size.gibibytes(20))

    assert stack.node.try_find_child("Orders") is None


def test_fails_where_the_only_alarm_left_to_judge_a_deployment_has_nothing_to_watch() -> None:
    stack = fresh_stack()
    unknown = cdk.Duration.seconds(number_token(stack))
    only_duration = replace(FunctionAlarmSettings(), errors=None, error_rate=None)

    with pytest.raises(ConfigurationError, match="or have nothing to watch"):
        default_function(stack, timeout=unknown, deployment=SafeDeployment(), alarms=only_duration)

    assert stack.node.try_find_child("Orders") is None
