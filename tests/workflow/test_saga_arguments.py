"""What a saga refuses, before it builds anything."""

from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.checks import ConfigurationError
from constructs_lib.workflow import Parallel, Retries, Saga, Step
from constructs_lib.workflow.definition import LONGEST_DEFINITION_BYTES
from tests.functions import default_function
from tests.synthesis import fresh_stack, number_token, warnings_of
from tests.workflow.saga_world import some_saga

EXPRESS = sfn.StateMachineType.EXPRESS

Made = Callable[[lambda_.IFunction], Step]


def one(**options: Any) -> Made:
    """A step with `options`."""
    return lambda function: Step(**{"name": "charge", "function": function, **options})


def undone(**options: Any) -> Made:
    """A step with a compensation, and `options`."""
    return lambda function: Step(
        **{"name": "charge", "function": function, "compensation": function, **options}
    )


def seconds(number: float) -> cdk.Duration:
    return cdk.Duration.seconds(number)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (one(name=""), "is called ''"),
        (one(name="1st"), "is called '1st'"),
        (one(name="charge card"), "is called 'charge card'"),
        (one(name="größe"), "is called 'größe'"),
        (one(name="x" * 70), r"Give 1 to 69 ASCII letters"),
        (one(function=None), r"charge\.function is None"),
        (one(function="arn"), r"charge\.function is 'arn'"),
        (one(compensation="arn"), r"charge\.compensation is 'arn'"),
        (one(transient_errors="Busy"), r"charge\.transient_errors is 'Busy'"),
        (one(transient_errors=["States.ALL"]), "every error would be transient"),
        (one(retries=3), r"charge\.retries is 3"),
        (one(retries=Retries(max_attempts=-1)), r"charge\.retries\.max_attempts is -1"),
        (one(retries=Retries(interval_seconds=0)), r"charge\.retries\.interval_seconds is 0"),
        (one(retries=Retries(backoff_rate=0.5)), r"charge\.retries\.backoff_rate is 0\.5"),
        (one(retries=Retries(interval_seconds=9, max_delay_seconds=9)), r"max_delay_seconds is 9"),
        (one(asynchronous=True, wait_for_task_token=True), "is asynchronous, and waits"),
        (undone(asynchronous=True), "could run before the step itself"),
        (one(asynchronous=True, result_selector={}), "there is no result"),
        (one(heartbeat=seconds(5)), "does not wait for a task token"),
        (one(wait_for_task_token=True), "without a timeout"),
        (one(compensation_timeout=seconds(5)), "and no compensation"),
        (one(timeout=5), r"charge\.timeout is 5"),
        (one(timeout=seconds(0)), r"charge\.timeout is 0"),
        (
            one(wait_for_task_token=True, timeout=seconds(60), heartbeat=seconds(60)),
            r"heartbeat is 60 seconds, and its timeout 60 seconds",
        ),
    ],
)
def test_fails_for_a_step_that_cannot_work(step: Made, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        some_saga(lambda function: [step(function)])


def test_longest_name_makes_names_of_states_that_step_functions_takes() -> None:
    longest = "x" * 69
    saga = some_saga(
        lambda function: [
            Parallel(
                name=longest,
                steps=[
                    Step(name=f"{longest[:-1]}{end}", function=function, compensation=function)
                    for end in "ab"
                ],
            )
        ]
    )

    assert "Merge undo" in saga.drawing()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([["a"], ["a"]], "2 steps or groups are called 'a'"),
        ([["a"], ["b", "a"]], "2 steps or groups are called 'a'"),
        ([["a", "b"], ["group1"]], "2 steps or groups are called 'group1'"),
        ([[]], "steps is empty"),
    ],
)
def test_fails_for_names_that_stand_twice_or_not_at_all(names: list[list[str]], message: str) -> None:
    def steps(function: lambda_.IFunction) -> Sequence[Step | Parallel]:
        made: list[Step | Parallel] = []
        for group in names:
            some = [Step(name=name, function=function) for name in group]
            made += [Parallel(name="group1", steps=some)] if len(some) > 1 else some
        return made

    with pytest.raises(ConfigurationError, match=message):
        some_saga(steps)


def test_fails_for_a_group_of_one() -> None:
    with pytest.raises(ConfigurationError, match="both: the number of steps is 1"):
        some_saga(lambda function: [Parallel(name="both", steps=[one()(function)])])


def test_fails_for_a_group_in_a_group() -> None:
    def steps(function: lambda_.IFunction) -> Sequence[Any]:
        inner = Parallel(name="inner", steps=[one(name=name)(function) for name in "ab"])
        return [Parallel(name="outer", steps=[inner, one(name="c")(function)])]  # type: ignore[list-item] # refused

    with pytest.raises(ConfigurationError, match=r"outer\.steps\[0\] is"):
        some_saga(steps)


def test_fails_for_what_is_no_step() -> None:
    with pytest.raises(ConfigurationError, match=r"steps\[0\] is 'charge'"):
        some_saga(lambda _: ["charge"])  # type: ignore[list-item] # what is refused


@pytest.mark.parametrize("argument", ["timeout", "compensation_timeout"])
def test_fails_for_a_step_that_its_function_outlives(argument: str) -> None:
    stack = fresh_stack()
    function = default_function(stack, timeout=seconds(20)).alias
    given: dict[str, Any] = {argument: seconds(20)}

    with pytest.raises(
        ConfigurationError, match=rf"charge\.{argument} is 20 seconds, and the function can run for 20"
    ):
        Saga(stack, "Saga", steps=[Step(name="charge", function=function, compensation=function, **given)])


def test_fails_for_a_time_that_is_known_at_deployment_only() -> None:
    stack = fresh_stack()
    function = default_function(stack).alias
    token = cdk.Duration.seconds(number_token(stack))

    with pytest.raises(ConfigurationError, match=r"charge\.timeout is a token"):
        Saga(stack, "Saga", steps=[Step(name="charge", function=function, timeout=token)])
    with pytest.raises(ConfigurationError, match="timeout is a token"):
        Saga(stack, "Saga", steps=[Step(name="charge", function=function)], timeout=token)


def test_fails_when_there_is_no_time_to_undo() -> None:
    step = undone(timeout=seconds(30), compensation_timeout=seconds(40))

    with pytest.raises(ConfigurationError, match=r"can take 70 seconds.*is over after 70.*undoes nothing"):
        some_saga(lambda function: [step(function)], timeout=seconds(70))


def test_warns_when_there_is_no_time_for_every_try() -> None:
    step = undone(timeout=seconds(30), compensation_timeout=seconds(40))
    saga = some_saga(lambda function: [step(function)], timeout=seconds(71))

    assert any("With every retry" in warning for warning in warnings_of(cdk.Stack.of(saga)))


def test_group_takes_as_long_as_its_slowest_step() -> None:
    def steps(function: lambda_.IFunction) -> Sequence[Parallel]:
        quick, slow = one(name="quick", timeout=seconds(9)), one(name="slow", timeout=seconds(10))
        return [Parallel(name="both", steps=[quick(function), slow(function)])]

    some_saga(steps, timeout=seconds(11))
    with pytest.raises(ConfigurationError, match="can take 10 seconds"):
        some_saga(steps, timeout=seconds(10))


def test_fails_for_an_express_workflow_that_takes_longer_than_five_minutes() -> None:
    with pytest.raises(ConfigurationError, match=r"can take 301 seconds.*make a standard workflow"):
        some_saga(lambda function: [one(timeout=seconds(301))(function)], state_machine_type=EXPRESS)
    with pytest.raises(ConfigurationError, match=r"timeout is 301"):
        some_saga(
            lambda function: [one(timeout=seconds(5))(function)],
            state_machine_type=EXPRESS,
            timeout=seconds(301),
        )


def test_fails_for_an_express_workflow_that_waits_for_a_token() -> None:
    step = one(wait_for_task_token=True, timeout=seconds(60))

    with pytest.raises(ConfigurationError, match="which an express workflow cannot"):
        some_saga(lambda function: [step(function)], state_machine_type=EXPRESS)


def test_fails_for_a_definition_that_step_functions_does_not_take() -> None:
    many = {f"field{number}": "x" * 1_000 for number in range(LONGEST_DEFINITION_BYTES // 1_000)}
    stack = fresh_stack()
    function = default_function(stack).alias

    with pytest.raises(ConfigurationError, match=r"the definition of its state machine has 1,\d+,\d+ bytes"):
        Saga(stack, "Saga", steps=[Step(name="charge", function=function, result_selector=many)])
    assert stack.node.try_find_child("Saga") is None


def test_message_begins_with_the_path_of_the_saga() -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Saga: "):
        some_saga(lambda _: [])
