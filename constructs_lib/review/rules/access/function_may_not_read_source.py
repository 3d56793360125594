from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.target_actions import READ_ACTIONS
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.functions import functions_of
from constructs_lib.review.reading.roles import lacks
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.access.common import missing_words

__all__ = ["function_may_not_read_source"]


@rule(
    severity=Severity.ERROR,
    remedy="Allow the function's role what reading takes (CDK: function.add_event_source does; the managed policies "
    "AWSLambdaSQSQueueExecutionRole, AWSLambdaKinesisExecutionRole and AWSLambdaDynamoDBExecutionRole have it).",
    source="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
)
def function_may_not_read_source(stack: StackReading) -> Iterator[Found]:
    """A function's role may not read the queue or stream of its event source mapping: the deployment is refused."""
    for function in functions_of(stack):
        for mapping in function.polled:
            source = mapping.target("EventSourceArn", types=tuple(READ_ACTIONS))
            role = function.role
            if role and source and mapping.surely_made and function.node.surely_made:
                missing = lacks(role, READ_ACTIONS[source.type], source)
                if missing:
                    words = missing_words(role, missing, source)
                    yield Found(node=mapping, message=f"{mapping.path} reads, and {words}.")
