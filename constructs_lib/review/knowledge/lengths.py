"""How long texts become once their references are names.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html, read on 2026-11-22.
"""

from typing import Any, Final

from constructs_lib.template.values import PLACEHOLDER

__all__ = ["LONGEST_RULE", "least_length", "most_length"]

LONGEST_RULE: Final = 10_240
_LONGEST_NAME: Final = 255
_LONGEST_ARN: Final = len("arn:aws-us-gov:cloudwatch:ap-southeast-4:111111111111:alarm:") + _LONGEST_NAME


def least_length(text: Any) -> int:
    """The characters that a text surely has; none where it is no text."""
    return len(PLACEHOLDER.sub("", text)) if isinstance(text, str) else 0


def most_length(rule: str) -> int:
    """The characters that a rule of a composite alarm can have, whatever its alarms are called."""
    found = PLACEHOLDER.findall(rule)
    return least_length(rule) + sum(_LONGEST_ARN if "." in each else _LONGEST_NAME for each in found)
