from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["too_many_declarations"]

_LIMITS: Final = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}


@rule(
    severity=Severity.ERROR,
    remedy="Move some into another stack, or into nested stacks.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
)
def too_many_declarations(stack: StackReading) -> Iterator[Found]:
    """A template declares more than CloudFormation takes."""
    for section, most in _LIMITS.items():
        count = len(stack.template.section(section))
        if count > most:
            yield Found(node=None, message=f"The template has {count} {section}; it may have {most}.")
    for name, mapping in stack.template.section("Mappings").items():
        if isinstance(mapping, Mapping) and len(mapping) > _LIMITS["Mappings"]:
            yield Found(
                node=None,
                message=f"The mapping {name} has {len(mapping)} entries; it may have {_LIMITS['Mappings']}.",
            )
