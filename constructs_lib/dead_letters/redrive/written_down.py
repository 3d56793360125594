"""What the command has to know of a queue, in a parameter that a tag of the queue names."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from constructs_lib.checks import is_token
from constructs_lib.dead_letters.redrive.tags import PARAMETER_PREFIX, REDRIVE_TAG

__all__ = ["write_down"]


def write_down(scope: Construct, queue: sqs.IQueue, document: Mapping[str, object]) -> ssm.StringParameter:
    """The parameter, below `scope`, that holds `document`; `queue` is tagged with its name where the app makes it.

    The tag is a name and no reference: the function that could not process an event waits for its role, that for the
    queue, and the parameter refers to all of them.
    """
    stack = cdk.Stack.of(scope)
    name = f"{PARAMETER_PREFIX}/{stack.stack_name}/{queue.node.addr}"
    # The name of a nested stack is known only inside it.
    if isinstance(queue, sqs.Queue) and (cdk.Stack.of(queue) is stack or not is_token(name)):
        cdk.Tags.of(queue).add(REDRIVE_TAG, name)
    return ssm.StringParameter(
        scope,
        "Parameter",
        parameter_name=name,
        simple_name=False,
        string_value=stack.to_json_string(dict(document)),
        description="How a dead-letter queue is re-driven",
    )
