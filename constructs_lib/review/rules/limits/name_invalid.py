from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.names import NAMES, Name
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at, is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import literal_of, names_stack, says_which

__all__ = ["name_invalid"]


@rule(
    severity=Severity.ERROR,
    remedy="Shorten the name to what the service takes, use only its characters, or leave it out: CloudFormation "
    "finds one.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
)
def name_invalid(stack: StackReading) -> Iterator[Found]:
    """A resource has a name that its service refuses."""
    for type_, rules in NAMES.items():
        for node in stack.of_type(type_):
            name = node.value(rules.key)
            if not isinstance(name, str) or not says_which(name) or _is_given(node, rules.key):
                continue
            problem = _problem(rules, name, node)
            if problem:
                yield Found(node=node, message=f"{node.path} has the {rules.key} {name}, which {problem}.")


def _is_given(node: Node, key: str) -> bool:
    """Whether whoever deploys it gives the name: what a parameter has by default may only say what to write."""
    written = node.resource.properties.get(key)
    return str(at(written, "Ref")) in node.stack.template.section("Parameters")


def _problem(rules: Name, name: str, node: Node) -> str | None:
    if name.startswith("arn:") or not name:
        return None
    in_part = names_stack(node.resource.properties.get(rules.key))
    literal = literal_of(name).replace(node.stack.template.name, "") if in_part else literal_of(name)
    if len(literal) > rules.longest:
        at_least = "at least " if in_part or not is_known(name) else ""
        return f"is {at_least}{len(literal)} characters long; it may be {rules.longest}"
    if is_known(name) and len(name) < rules.shortest:
        return f"is {len(name)} characters long; it must be at least {rules.shortest}"
    wrong = rules.wrong(literal)
    return f"has {' '.join(map(repr, wrong))}" if wrong else None
