from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import ROLE, missing_words

__all__ = ["state_machine_may_not_call"]


@rule(
    severity=Severity.WARNING,
    remedy="Allow the state machine's role lambda:InvokeFunction on the function (CDK: LambdaInvoke does).",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html#lambda-iam",
)
def state_machine_may_not_call(stack: StackReading) -> Iterator[Found]:
    """A state machine names a function that its role may not call."""
    for function in functions_of(stack):
        for each in function.invocations:
            if each.by.type != "AWS::StepFunctions::StateMachine":
                continue
            role = each.by.target("RoleArn", types=(ROLE,))
            missing = lacks(role, ["lambda:InvokeFunction"], function.node) if role else []
            if role and missing:
                words = missing_words(role, missing, function.node)
                yield Found(
                    node=function.node, message=f"{each.by.path} names {function.node.path}, and {words}."
                )
