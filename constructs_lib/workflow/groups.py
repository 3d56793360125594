"""Steps that run side by side: no branch fails, each says how it ended, and the group looks at all of them."""

from collections.abc import Callable, Sequence
from typing import Any

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.workflow.endings import any_present
from constructs_lib.workflow.payloads import FAILED, RESULTS, UNRESOLVED, merged
from constructs_lib.workflow.steps import Parallel, Step
from constructs_lib.workflow.tasks import ANY_ERROR, Kept, Tasks

__all__ = ["Groups"]

_GROUP = "group"


class Groups:
    """Makes the states of groups.

    A branch that failed would stop the others while they are at work, and nobody would hear how they ended:
    https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html

    Args:
        scope: where the states are made.
        tasks: makes the tasks among them.
    """

    def __init__(self, scope: Construct, tasks: Tasks) -> None:
        self._scope = scope
        self._tasks = tasks

    def do(self, group: Parallel, back: sfn.State) -> tuple[sfn.State, Callable[[sfn.State], object]]:
        """The state that does a group and goes `back` when a step fails; and what follows it, to be told."""
        parallel = self._parallel(group.name, [self._do(step) for step in group.steps], (RESULTS, FAILED))
        parallel.add_catch(back, errors=ANY_ERROR, result_path=f"$.{FAILED}.{group.name}")
        look = sfn.Choice(self._scope, f"Look at {group.name}")
        names = [step.name for step in group.steps]
        look.when(any_present(FAILED, names), back)
        parallel.next(self._merge(f"Merge {group.name}", (RESULTS, FAILED))).next(look)
        return parallel, look.otherwise

    def undo(self, group: Parallel, back: sfn.State) -> sfn.State:
        """The state that undoes a group and goes on `back`; what cannot be undone is parked before."""
        branches = [
            self._undo(step, step.compensation) for step in group.steps if step.compensation is not None
        ]
        if not branches:
            return back
        parallel = self._parallel(f"Undo {group.name}", branches, (UNRESOLVED,))
        parallel.add_catch(back, errors=ANY_ERROR, result_path=f"$.{UNRESOLVED}.{group.name}")
        parallel.next(self._merge(f"Merge undo {group.name}", (UNRESOLVED,))).next(back)
        return parallel

    def _do(self, step: Step) -> sfn.IChainable:
        selected: dict[str, Any] = {f"{step.name}.$": "$"}
        if step.result_selector:
            selected = {step.name: step.result_selector}
        if step.asynchronous or step.result_selector == {}:
            selected = {}
        task = self._tasks.do(step, Kept(path="$", selector={RESULTS: selected, FAILED: {}}))
        failed = sfn.Pass(
            self._scope, f"Failed {step.name}", parameters={RESULTS: {}, f"{FAILED}.$": f"$.{FAILED}"}
        )
        return task.add_catch(failed, errors=ANY_ERROR, result_path=f"$.{FAILED}.{step.name}")

    def _undo(self, step: Step, compensation: lambda_.IFunction) -> sfn.IChainable:
        undo = self._tasks.undo(step, compensation, Kept(path="$", selector={UNRESOLVED: {}}))
        park = self._tasks.park(step, compensation)
        parked = sfn.Pass(
            self._scope, f"Not undone {step.name}", parameters={f"{UNRESOLVED}.$": f"$.{UNRESOLVED}"}
        )
        park.add_catch(parked, errors=ANY_ERROR, result_path=sfn.JsonPath.DISCARD)
        park.next(parked)
        return undo.add_catch(park, errors=ANY_ERROR, result_path=f"$.{UNRESOLVED}.{step.name}")

    def _parallel(self, name: str, branches: Sequence[sfn.IChainable], parts: Sequence[str]) -> sfn.Parallel:
        """Branches side by side; each of `parts` of their answers becomes one."""
        selector = {
            f"{part}.$": merged([f"$[{number}].{part}" for number in range(len(branches))]) for part in parts
        }
        parallel = sfn.Parallel(self._scope, name, result_selector=selector, result_path=f"$.{_GROUP}")
        return parallel.branch(*branches)

    def _merge(self, name: str, parts: Sequence[str]) -> sfn.Pass:
        """Add what the branches answered to what there is."""
        kept = {f"{part}.$": f"$.{part}" for part in ("input", RESULTS, FAILED, UNRESOLVED)}
        new = {f"{part}.$": merged([f"$.{part}", f"$.{_GROUP}.{part}"]) for part in parts}
        return sfn.Pass(self._scope, name, parameters={**kept, **new})
