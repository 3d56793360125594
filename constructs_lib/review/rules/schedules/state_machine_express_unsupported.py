from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import definition_of, tasks_of, waits

__all__ = ["state_machine_express_unsupported"]


@rule(
    severity=Severity.ERROR,
    remedy="Make it a standard state machine, or start the job without waiting for it.",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html",
)
def state_machine_express_unsupported(stack: StackReading) -> Iterator[Found]:
    """An express state machine waits for a job, a callback or an activity: Step Functions refuses it."""
    for node in stack.of_type("AWS::StepFunctions::StateMachine"):
        if node.text("StateMachineType") != "EXPRESS":
            continue
        waiting = [name for name, task in tasks_of(definition_of(node)) if waits(task)]
        if waiting:
            yield Found(node=node, message=f"{node.path} is express and waits in {', '.join(waiting)}.")
