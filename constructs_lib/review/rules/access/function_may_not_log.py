from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import missing_words

__all__ = ["function_may_not_log"]


@rule(
    severity=Severity.WARNING,
    remedy="Allow the function's role logs:CreateLogStream and logs:PutLogEvents (the managed policy "
    "AWSLambdaBasicExecutionRole has them).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
)
def function_may_not_log(stack: StackReading) -> Iterator[Found]:
    """A function's role may not write logs: nobody will see why it failed."""
    for function in functions_of(stack):
        role, node = function.role, function.node
        if role and (missing := lacks(role, ["logs:CreateLogStream", "logs:PutLogEvents"])):
            yield Found(node=node, message=f"{node.path} runs, and {missing_words(role, missing)}.")
