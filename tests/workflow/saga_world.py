"""Sagas made for tests, and what happens when one runs: on the interpreter of the local cloud, in this process."""

import importlib
import json
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from constructs_lib.workflow import Parallel, Saga, Step
from constructs_lib.workflow.definition import definition_of
from tests.synthesis import fresh_stack

stepfunctions: Any = importlib.import_module("ministack.services.stepfunctions")

ARN = "arn:aws:lambda:eu-west-1:111111111111:function:orders:live"
EXECUTION = "order-7"
INPUT = {"order": 7}
LAMBDA_FAILURE = "Lambda.ServiceException"


def some_function(stack: cdk.Stack, name: str = "Work") -> lambda_.IFunction:
    """A function of another app, known by the ARN of its alias."""
    found = stack.node.try_find_child(name)
    if isinstance(found, Known):
        return found.function
    return Known(stack, name).function


class Known(cdk.Resource):
    """Keeps an imported function, so that it is imported once."""

    def __init__(self, stack: cdk.Stack, name: str) -> None:
        super().__init__(stack, name)
        self.function = lambda_.Function.from_function_attributes(
            self, "Function", function_arn=ARN, same_environment=True
        )


def some_saga(steps: Callable[[lambda_.IFunction], Sequence[Step | Parallel]], **options: Any) -> Saga:
    """A saga alone in its stack; `steps` gets a function to use."""
    stack = fresh_stack(env=cdk.Environment(account="111111111111", region="eu-west-1"))
    return Saga(stack, "Saga", steps=steps(some_function(stack)), **options)


@dataclass
class Told:
    """What one execution did, as those who were called saw it."""

    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    parked: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None
    cause: str = ""
    output: Any = None

    def tries(self, step: str, action: str) -> int:
        """How often a step was done or undone."""
        return sum((call["saga"]["step"], call["saga"]["action"]) == (step, action) for call in self.calls)


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What fails.

    Attributes:
        steps: the steps, with the error of each and after how many calls it succeeds.
        compensations: the steps that cannot be undone.
        parking: whether nothing can be parked.
    """

    steps: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    compensations: Collection[str] = ()
    parking: bool = False


def run(saga: Saga, faults: Faults) -> Told:
    """One execution of `saga`, waits left out."""
    told, lock = Told(), threading.Lock()

    def invoke(resource: str, given: dict[str, Any]) -> Any:
        with lock:
            if "sqs:sendMessage" in resource:
                return _park(told, given, faults)
            return _call(told, given.get("Payload", given), faults)

    execution: dict[str, Any] = {"events": [], "status": "RUNNING"}
    context = {
        "QueryLanguage": "JSONPath",
        "Execution": {
            "Id": f"arn:aws:states:eu-west-1:111111111111:execution:saga:{EXECUTION}",
            "Input": INPUT,
            "Name": EXECUTION,
            "StartTime": "2026-11-22T12:00:00.000Z",
        },
        "StateMachine": {"Id": "arn", "Name": "saga"},
        "variables": {},
    }
    definition = definition_of(saga.state_machine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stepfunctions, "_invoke_resource", invoke)
        patch.setattr(
            stepfunctions, "_invoke_resource_with_timeout", lambda what, given, _: invoke(what, given)
        )
        patch.setattr(stepfunctions, "_scaled_sleep", lambda _: None)
        try:
            told.output = stepfunctions._run_sub_machine(
                definition["States"], definition["StartAt"], INPUT, execution, context
            )
        except stepfunctions._ExecutionError as error:
            told.error, told.cause = error.error, error.cause
    return told


def _call(told: Told, payload: dict[str, Any], faults: Faults) -> Any:
    saga = payload["saga"]
    step, action = saga["step"], saga["action"]
    told.calls.append(json.loads(json.dumps(payload)))
    seen = told.done if action == "do" else told.undone
    if step not in seen:
        seen.append(step)
    if action == "undo" and step in faults.compensations:
        raise stepfunctions._ExecutionError("CannotUndo", "on purpose")
    if action == "do" and step in faults.steps:
        error, fails = faults.steps[step]
        if fails is None or told.tries(step, action) <= fails:
            raise stepfunctions._ExecutionError(error, "on purpose")
    return {"of": step}


def _park(told: Told, given: dict[str, Any], faults: Faults) -> Any:
    if faults.parking:
        raise stepfunctions._ExecutionError("SQS.ServiceUnavailable", "on purpose")
    told.parked.append(json.loads(json.dumps(given["MessageBody"])))
    return {"MessageId": "1"}
