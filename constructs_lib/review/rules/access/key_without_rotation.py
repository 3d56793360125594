from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["key_without_rotation"]


@rule(
    severity=Severity.NOTE,
    remedy="Set EnableKeyRotation (CDK: enable_key_rotation=True).",
    source="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
)
def key_without_rotation(stack: StackReading) -> Iterator[Found]:
    """A key keeps its material for ever."""
    for key in stack.of_type("AWS::KMS::Key"):
        # Only symmetric keys whose material is of AWS rotate by themselves.
        symmetric = key.text("KeySpec", default="SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        ours = key.text("Origin", default="AWS_KMS") == "AWS_KMS"
        if symmetric and ours and key.flag("EnableKeyRotation", default=False) is False:
            yield Found(node=key, message=f"{key.path} has no EnableKeyRotation.")
