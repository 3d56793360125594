"""The states of a saga, one after another: forward step by step, and back from wherever it failed."""

from collections.abc import Callable, Sequence

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.workflow.endings import Endings
from constructs_lib.workflow.groups import Groups
from constructs_lib.workflow.payloads import BEGUN, FAILED, RESULTS, UNRESOLVED
from constructs_lib.workflow.steps import Parallel, Step
from constructs_lib.workflow.tasks import ANY_ERROR, Kept, Tasks

__all__ = ["BEGIN", "chain"]

BEGIN = "Begin saga"


def chain(
    scope: Construct, steps: Sequence[Step | Parallel], tasks: Tasks, *, compensated_succeeds: bool
) -> sfn.IChainable:
    """The first state of a saga, from which all others are reached.

    Args:
        scope: where the states are made.
        steps: what the saga does.
        tasks: makes the tasks among the states.
        compensated_succeeds: whether an execution that was compensated ends as one that succeeded.
    """
    endings = Endings(scope, steps, compensated_succeeds=compensated_succeeds)
    groups = Groups(scope, tasks)
    begin = sfn.Pass(scope, BEGIN, parameters=BEGUN)
    go_on: Callable[[sfn.State], object] = begin.next
    back = endings.after_undoing
    for each in steps:
        if isinstance(each, Parallel):
            back = groups.undo(each, back)
            first, go_on_next = groups.do(each, back)
        else:
            back = _undo(tasks, each, back)
            first, go_on_next = _do(tasks, each, back)
        go_on(first)
        go_on = go_on_next
    go_on(endings.completed)
    return begin


def _do(tasks: Tasks, step: Step, back: sfn.State) -> tuple[sfn.State, Callable[[sfn.State], object]]:
    """The state that does a step and goes `back` from any error; and what follows it, to be told."""
    nothing = step.asynchronous or step.result_selector == {}
    kept = (
        Kept(path=None) if nothing else Kept(path=f"$.{RESULTS}.{step.name}", selector=step.result_selector)
    )
    task = tasks.do(step, kept)
    task.add_catch(back, errors=ANY_ERROR, result_path=f"$.{FAILED}.{step.name}")
    return task, task.next


def _undo(tasks: Tasks, step: Step, back: sfn.State) -> sfn.State:
    """The state that undoes a step and goes on `back`, also when it fails: then the failure is parked before."""
    if step.compensation is None:
        return back
    undo = tasks.undo(step, step.compensation, Kept(path=None))
    park = tasks.park(step, step.compensation)
    undo.add_catch(park, errors=ANY_ERROR, result_path=f"$.{UNRESOLVED}.{step.name}")
    undo.next(back)
    park.add_catch(back, errors=ANY_ERROR, result_path=sfn.JsonPath.DISCARD)
    park.next(back)
    return undo
