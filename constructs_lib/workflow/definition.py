"""The definition of a state machine that is made in the app, as data."""

import json
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn

__all__ = ["LONGEST_DEFINITION_BYTES", "definition_of", "definition_text"]

LONGEST_DEFINITION_BYTES = 1_048_576
"""https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html"""


def definition_text(machine: sfn.StateMachine) -> str:
    """The definition in the Amazon States Language; what is known only at deployment stands in it as ``${...}``."""
    resource = cast("sfn.CfnStateMachine", machine.node.default_child)
    resolved = cdk.Stack.of(machine).resolve(resource.definition_string)
    parts = resolved["Fn::Join"][1] if isinstance(resolved, dict) else [resolved]
    return "".join(part if isinstance(part, str) else _placeholder(part) for part in parts)


def definition_of(machine: sfn.StateMachine) -> dict[str, Any]:
    """`definition_text`, read."""
    return cast("dict[str, Any]", json.loads(definition_text(machine)))


def _placeholder(token: dict[str, Any]) -> str:
    (value,) = token.values()
    name = ".".join(value) if isinstance(value, list) else str(value)
    return "${" + name + "}"
