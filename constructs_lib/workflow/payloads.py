"""What the states of a saga keep of it, and what they tell functions and the parking queue."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.workflow.steps import Step

__all__ = ["BEGUN", "FAILED", "RESULTS", "UNRESOLVED", "event", "merged", "parked"]

RESULTS, FAILED, UNRESOLVED = "results", "failed", "unresolved"
"""By the step's name: what it answered, why it failed, and why its compensation failed."""
BEGUN: dict[str, object] = {
    "input": sfn.JsonPath.string_at("$$.Execution.Input"),
    RESULTS: {},
    FAILED: {},
    UNRESOLVED: {},
}
"""What a saga begins with."""


def event(step: Step, action: str) -> dict[str, Any]:
    """What a function gets to do a step or to undo it."""
    saga: dict[str, object] = {
        "execution": sfn.JsonPath.execution_id,
        "step": step.name,
        "idempotency_key": sfn.JsonPath.format(f"{{}}:{step.name}", sfn.JsonPath.execution_name),
        "action": action,
    }
    if step.wait_for_task_token and action == "do":
        saga["task_token"] = sfn.JsonPath.task_token
    payload = {
        "saga": saga,
        "input": sfn.JsonPath.object_at("$.input"),
        RESULTS: sfn.JsonPath.object_at(f"$.{RESULTS}"),
    }
    # Who undoes an earlier step has to know that a later one is not undone.
    return payload | ({UNRESOLVED: sfn.JsonPath.object_at(f"$.{UNRESOLVED}")} if action == "undo" else {})


def parked(step: Step, compensation: lambda_.IFunction) -> dict[str, Any]:
    """What the parking queue keeps of a compensation that failed: all that it takes to do it by hand."""
    return {
        "state_machine": sfn.JsonPath.state_machine_name,
        "started": sfn.JsonPath.execution_start_time,
        "function": compensation.function_arn,
        "payload": event(step, "undo"),
        "error": sfn.JsonPath.object_at(f"$.{UNRESOLVED}.{step.name}"),
        FAILED: sfn.JsonPath.object_at(f"$.{FAILED}"),
    }


def merged(paths: Sequence[str]) -> str:
    """The JSON objects at `paths` in one; of a key that two have, the later one's value."""
    if len(paths) == 1:
        return paths[0]
    middle = len(paths) // 2
    return f"States.JsonMerge({merged(paths[:middle])}, {merged(paths[middle:])}, false)"
