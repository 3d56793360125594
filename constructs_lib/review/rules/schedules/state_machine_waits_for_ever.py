from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import has
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import definition_of, tasks_of, waits

__all__ = ["state_machine_waits_for_ever"]

_LIMITS: Final = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")


@rule(
    severity=Severity.WARNING,
    remedy="Set TimeoutSeconds or HeartbeatSeconds of the task (task_timeout in the CDK), or TimeoutSeconds of the "
    "state machine.",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#sfn-stuck-execution",
)
def state_machine_waits_for_ever(stack: StackReading) -> Iterator[Found]:
    """A task waits for an answer without a limit: if it does not come, the execution is stuck for a year."""
    for node in stack.of_type("AWS::StepFunctions::StateMachine"):
        definition = definition_of(node)
        if node.text("StateMachineType", default="STANDARD") != "STANDARD" or has(
            definition, "TimeoutSeconds"
        ):
            continue
        stuck = [
            name
            for name, task in tasks_of(definition)
            if waits(task) and not any(has(task, key) for key in _LIMITS)
        ]
        if stuck:
            yield Found(node=node, message=f"{node.path} may wait for ever in {', '.join(stuck)}.")
