from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["state_machine_express_unlogged"]


@rule(
    severity=Severity.WARNING,
    remedy="Set LoggingConfiguration with a log group and the Level ERROR at least (logs in the CDK).",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
)
def state_machine_express_unlogged(stack: StackReading) -> Iterator[Found]:
    """An express state machine has no logs: it keeps no history, and nobody can tell why an execution failed."""
    for node in stack.of_type("AWS::StepFunctions::StateMachine"):
        level = node.text("LoggingConfiguration", "Level", default="OFF")
        if node.text("StateMachineType") == "EXPRESS" and level == "OFF":
            yield Found(node=node, message=f"{node.path} is express and has no LoggingConfiguration.")
