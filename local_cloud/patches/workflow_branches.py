"""Branches of a Parallel state: each has a state and a task of its own, and all end with the first that fails.

A function that a branch has called goes on, and nobody hears of its answer.
https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
"""

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace

Context = dict[str, Any]

_stops: contextvars.ContextVar[tuple[threading.Event, ...]] = contextvars.ContextVar("stops", default=())


def install() -> None:
    replace("services.stepfunctions._run_sub_machine", _alone)
    replace("services.stepfunctions._run_parallel_branches", lambda _: _side_by_side)
    replace("services.stepfunctions._invoke_resource", _unless_stopped)
    replace("services.stepfunctions._scaled_sleep", _then_unless_stopped)


def is_stopped() -> bool:
    """Whether another branch beside this one, or beside one around it, has failed."""
    return any(stop.is_set() for stop in _stops.get())


def raise_if_stopped() -> None:
    """End this branch if `is_stopped`."""
    if is_stopped():
        raise internal("services.stepfunctions._ExecutionError")(
            "States.Aborted", "Another branch of the Parallel state failed"
        )


def _alone(original: Callable[..., Any]) -> Callable[..., Any]:
    def run(states: Any, start: str, given: Any, execution: Any, context: Context) -> Any:
        return original(states, start, given, execution, {**context, "State": {}})

    return run


def _side_by_side(state: dict[str, Any], given: Any, execution: Any, context: Context) -> tuple[Any, Any]:
    branches = state.get("Branches", [])
    effective = internal("services.stepfunctions._apply_parameters")(
        state, internal("services.stepfunctions._apply_input_path")(state, given, context), context
    )
    results = _first_failure_or_all(branches, effective, execution, context)
    selected = internal("services.stepfunctions._apply_result_selector")(state, results)
    output = internal("services.stepfunctions._apply_result_path")(state, given, selected)
    output = internal("services.stepfunctions._apply_output_path")(state, output, context)
    return output, internal("services.stepfunctions._next_or_end")(state)


def _first_failure_or_all(branches: list[Any], given: Any, execution: Any, context: Context) -> list[Any]:
    failure = internal("services.stepfunctions._ExecutionError")
    run = internal("services.stepfunctions._run_sub_machine")
    ended: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    stop = threading.Event()

    def run_branch(number: int, branch: dict[str, Any]) -> None:
        _stops.set((*_stops.get(), stop))
        try:
            outcome = run(branch.get("States", {}), branch.get("StartAt"), given, execution, context)
        except Exception as error:  # noqa: BLE001 - whatever ends a branch ends the state
            outcome = error if isinstance(error, failure) else failure("States.BranchFailed", str(error))
        ended.put((number, outcome))

    for number, branch in enumerate(branches):
        in_scope = contextvars.copy_context().run
        threading.Thread(target=in_scope, args=(run_branch, number, branch), daemon=True).start()
    results: list[Any] = [None] * len(branches)
    for _ in branches:
        number, outcome = ended.get()
        if isinstance(outcome, failure):
            stop.set()
            raise outcome
        results[number] = outcome
    return results


def _unless_stopped(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def invoke(resource: str, given: Any) -> Any:
        raise_if_stopped()
        return original(resource, given)

    return invoke


def _then_unless_stopped(original: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        original(seconds)
        raise_if_stopped()

    return sleep
