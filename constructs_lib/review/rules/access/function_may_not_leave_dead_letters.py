from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.target_actions import TARGET_ACTIONS
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import destinations_of, missing_words

__all__ = ["function_may_not_leave_dead_letters"]


@rule(
    severity=Severity.ERROR,
    remedy="Allow the function's role to hand something to it: sqs:SendMessage, sns:Publish, "
    "lambda:InvokeFunction, events:PutEvents or s3:PutObject (CDK does it for dead_letter_queue, on_failure and "
    "on_success).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
)
def function_may_not_leave_dead_letters(stack: StackReading) -> Iterator[Found]:
    """A function's role may not reach its dead-letter queue or destination: it is refused, or what fails is lost."""
    for function in functions_of(stack):
        role = function.role
        for by, target in destinations_of(function):
            actions = TARGET_ACTIONS.get(target.type, ())
            certain = by.surely_made and target.surely_made and function.node.surely_made
            missing = lacks(role, actions, target) if role and certain else []
            if role and missing and len(missing) == len(actions):
                yield Found(
                    node=by, message=f"{by.path} sends to {target.path}, and {missing_words(role, missing)}."
                )
