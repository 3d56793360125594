"""Patterns in a policy's resources that are as narrow as AWS allows, acknowledged as cdk-nag writes them."""

import json
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import jsii
from constructs import Construct, IValidation

from constructs_lib.checks import acknowledge

__all__ = ["acknowledge_patterns"]


def acknowledge_patterns(construct: Construct, patterns: Sequence[str], reason: str) -> None:
    """Acknowledge, for `reason`, that `construct` allows what matches `patterns`."""
    construct.node.add_validation(_KnownPatterns(construct, patterns, reason))


@jsii.implements(IValidation)
class _KnownPatterns:
    """Acknowledges patterns at synthesis.

    Only then it is known how the template writes the ARN of a table of another stack, which is part of the finding.
    """

    def __init__(self, construct: Construct, patterns: Sequence[str], reason: str) -> None:
        self._construct = construct
        self._patterns = patterns
        self._reason = reason

    def validate(self) -> list[str]:
        resolved = cdk.Stack.of(self._construct).resolve(list(self._patterns))
        findings = [f"AwsSolutions::AwsSolutions-IAM5[Resource::{_flat(arn)}]" for arn in resolved]
        acknowledge(self._construct, dict.fromkeys(findings, self._reason))
        return []


def _flat(value: Any) -> str:
    """A value of the template as cdk-nag writes it."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::ImportValue": name}:
            return _flat(name)
        case str():
            return value
    return json.dumps(value, separators=(",", ":"))
