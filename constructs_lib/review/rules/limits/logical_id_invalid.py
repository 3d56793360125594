import re
from collections.abc import Iterator
from typing import Final

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.rule import Found, rule

__all__ = ["logical_id_invalid"]

_ID: Final = re.compile(r"[A-Za-z0-9]{1,255}")
_SECTIONS: Final = ("Resources", "Parameters", "Outputs")


@rule(
    severity=Severity.ERROR,
    remedy="Name it with up to 255 letters and digits.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
)
def logical_id_invalid(stack: StackReading) -> Iterator[Found]:
    """A resource, parameter or output has a logical id that CloudFormation refuses."""
    for section in _SECTIONS:
        for name in stack.template.section(section):
            if not _ID.fullmatch(str(name)) and not str(name).startswith("Fn::"):
                yield Found(
                    node=stack.nodes.get(str(name)),
                    message=f"{name} is no logical id that {section} may have.",
                )
