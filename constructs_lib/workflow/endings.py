"""The states in which a saga ends."""

from collections.abc import Sequence

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.workflow.payloads import FAILED, RESULTS, UNRESOLVED
from constructs_lib.workflow.steps import Parallel, Step

__all__ = [
    "COMPENSATED",
    "COMPENSATED_ERROR",
    "COMPLETED",
    "NOT_COMPENSATED",
    "NOT_COMPENSATED_ERROR",
    "Endings",
    "any_present",
    "compensated_names",
]

COMPLETED, COMPENSATED, NOT_COMPENSATED = "Saga completed", "Saga compensated", "Saga not compensated"
"""The states in which an execution ends."""
COMPENSATED_ERROR, NOT_COMPENSATED_ERROR = "Saga.Compensated", "Saga.NotCompensated"
"""The errors that it ends with."""
_ALL_UNDONE = "All is undone"


class Endings:
    """The ends of one saga.

    Attributes:
        completed: after the last step.
        after_undoing: after the last compensation.
    """

    def __init__(
        self, scope: Construct, steps: Sequence[Step | Parallel], *, compensated_succeeds: bool
    ) -> None:
        """Make them in `scope`; an execution that was compensated fails unless `compensated_succeeds`."""
        self._scope = scope
        self.completed = self._success(COMPLETED, "completed")
        compensated = self._success(COMPENSATED, "compensated") if compensated_succeeds else self._failure()
        self.after_undoing = self._after_undoing(compensated_names(steps), compensated)

    def _success(self, name: str, outcome: str) -> sfn.State:
        kept = {f"{each}.$": f"$.{each}" for each in (RESULTS, FAILED)}
        return sfn.Pass(self._scope, name, parameters={"outcome": outcome, **kept})

    def _failure(self) -> sfn.State:
        return sfn.Fail(
            self._scope, COMPENSATED, error=COMPENSATED_ERROR, cause_path=f"States.JsonToString($.{FAILED})"
        )

    def _after_undoing(self, names: Sequence[str], compensated: sfn.State) -> sfn.State:
        if not names:
            return compensated
        failure = sfn.Fail(
            self._scope,
            NOT_COMPENSATED,
            error=NOT_COMPENSATED_ERROR,
            cause_path=f"States.Format('Failed: {{}}. Not undone: {{}}', States.JsonToString($.{FAILED}), "
            f"States.JsonToString($.{UNRESOLVED}))",
        )
        choice = sfn.Choice(self._scope, _ALL_UNDONE)
        return choice.when(any_present(UNRESOLVED, names), failure).otherwise(compensated)


def any_present(where: str, names: Sequence[str]) -> sfn.Condition:
    """Whether there is something of one of `names`."""
    conditions = [sfn.Condition.is_present(f"$.{where}.{name}") for name in names]
    return conditions[0] if len(conditions) == 1 else sfn.Condition.or_(*conditions)


def compensated_names(steps: Sequence[Step | Parallel]) -> list[str]:
    """The names of steps with a compensation, and of groups that have such steps."""
    names = []
    for each in steps:
        members = each.steps if isinstance(each, Parallel) else [each]
        compensated = [step.name for step in members if step.compensation is not None]
        if compensated and isinstance(each, Parallel):
            names.append(each.name)
        names += compensated
    return names
