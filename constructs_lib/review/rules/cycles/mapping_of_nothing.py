from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.dependencies import calls_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import is_expanded
from constructs_lib.template import TemplateError

__all__ = ["mapping_of_nothing"]

_KEYS = 3


@rule(
    severity=Severity.ERROR,
    remedy="Add the entry to Mappings, or correct the name; a Region that is not in a map is none to deploy to.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html",
)
def mapping_of_nothing(stack: StackReading) -> Iterator[Found]:
    """A value is looked up that is not in the template's mappings: CloudFormation refuses the template."""
    if not is_expanded(stack):
        return
    for node in stack.nodes.values():
        for call in calls_of(node) if node.surely_made else ():
            keys = call.given if isinstance(call.given, list) and len(call.given) == _KEYS else []
            if call.name == "Fn::FindInMap" and call.certain and (missing := _missing(stack, keys)):
                yield Found(node=node, message=f"{node.path} looks up {missing}, which is not in Mappings.")


def _missing(stack: StackReading, keys: list[Any]) -> str | None:
    found: Any = stack.template.section("Mappings")
    passed: list[str] = []
    for key in keys:
        try:
            name = stack.values.text(key)
        except TemplateError:
            return None
        if not is_known(name) or not isinstance(found, Mapping) or any(map(_is_open, found)):
            return None
        passed.append(name)
        if name not in {str(each) for each in found}:
            return ".".join(passed)
        found = next(value for each, value in found.items() if str(each) == name)
    return None


def _is_open(key: Any) -> bool:
    """Whether a key stands for more than itself: what a macro adds, or a word such as Yes that is no text in YAML."""
    return key == "Fn::Transform" or isinstance(key, bool)
