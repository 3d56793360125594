from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["state_machine_untraced"]


@rule(
    severity=Severity.NOTE,
    remedy="Set TracingConfiguration.Enabled to true (tracing_enabled in the CDK).",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html",
)
def state_machine_untraced(stack: StackReading) -> Iterator[Found]:
    """A state machine is not traced: X-Ray cannot tell which of its tasks is slow."""
    for node in stack.of_type("AWS::StepFunctions::StateMachine"):
        if node.flag("TracingConfiguration", "Enabled", default=False) is False:
            yield Found(node=node, message=f"{node.path} has no TracingConfiguration.")
