from collections.abc import Iterator, Mapping

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading, states_language
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.schedules.common import definition_of

__all__ = ["state_machine_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Mend the definition; `aws stepfunctions validate-state-machine-definition` tells whether it is whole.",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html",
)
def state_machine_invalid(stack: StackReading) -> Iterator[Found]:
    """A state machine's definition is none that Step Functions takes: the deployment is refused."""
    for node in stack.of_type("AWS::StepFunctions::StateMachine"):
        definition = definition_of(node)
        if definition is None:
            continue
        if not isinstance(definition, Mapping):
            yield Found(node=node, message=f"The definition of {node.path} is no JSON object.")
            continue
        for problem in states_language.problems_of(definition):
            yield Found(node=node, message=f"{node.path}: {problem}.")
