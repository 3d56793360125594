"""What the command has to know of a queue, in a parameter that a tag of the queue names."""

import json
import re
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letters.redrive.tags import PARAMETER_PREFIX, REDRIVE_TAG

__all__ = ["check_room", "write_down"]

_ROOM = 2_900
"""Bytes for the names of errors, as JSON. A standard parameter holds 4 KB, and the rest, which are names and ARNs that
are known only at deployment, takes less than 1,190.

https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
"""
# https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
_UNUSUAL = re.compile(r"[^A-Za-z0-9_.-]")


def check_room(check: Check, name: str, error_types: Sequence[str]) -> None:
    """Fail where the parameter cannot hold `error_types` of the settings `name`."""
    known = [each for each in error_types if not is_token(each)]
    length = len(json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode())
    check.require(
        length <= _ROOM,
        f"{name} has {len(known)} names among error_types and except_error_types, which take {length:,} bytes; the "
        f"parameter that the command reads has room for {_ROOM:,}.",
        remedy="Give fewer of them.",
    )


def write_down(scope: Construct, queue: sqs.IQueue, document: Mapping[str, object]) -> ssm.StringParameter:
    """The parameter, below `scope`, that holds `document`; `queue` is tagged with its name where the app makes it.

    The tag is a name and no reference: the function that could not process an event waits for its role, that for the
    queue, and the parameter refers to all of them.
    """
    stack = cdk.Stack.of(scope)
    name = f"{PARAMETER_PREFIX}/{stack.stack_name}/{_UNUSUAL.sub('-', scope.node.id)}"
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
