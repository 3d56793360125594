from collections import defaultdict
from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.knowledge.names import NAMES, Name, Scope
from constructs_lib.review.reading import Node, Reading, StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.limits.common import names_stack, says_which

__all__ = ["name_twice"]


@rule(
    severity=Severity.ERROR,
    remedy="Give one of them another name, or leave the names out: CloudFormation finds unique ones.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
)
def name_twice(stack: StackReading) -> Iterator[Found]:
    """Two resources of a kind have one name: the second cannot be made."""
    owners = stack.whole.once("names-twice", _collect)
    for (type_, name, *_), nodes in owners.items():
        first, *others = nodes
        for node in others:
            if node.stack is stack:
                yield Found(
                    node=node, message=f"{node.path} has the {NAMES[type_].key} {name}, as {first.path} has."
                )


def _collect(whole: Reading) -> dict[tuple[str, ...], list[Node]]:
    found: dict[tuple[str, ...], list[Node]] = defaultdict(list)
    for node in whole.of_type(*NAMES):
        rules = NAMES[node.type]
        name = node.value(rules.key)
        if isinstance(name, str) and name and says_which(name) and node.surely_made:
            found[node.type, name.lower() if rules.folds else name, *_realm(node, rules, name)].append(node)
    return {key: nodes for key, nodes in found.items() if len(nodes) > 1}


def _realm(node: Node, rules: Name, name: str) -> tuple[str, ...]:
    """Among what the name must be unique; a stack of its own where that cannot be known."""
    in_part = not is_known(name) or names_stack(node.resource.properties.get(rules.key))
    if in_part or rules.unique is Scope.PARENT or node.stack.template.account is None:
        return (node.stack.key, *(str(node.value(key)) for key in rules.parents))
    region = node.stack.region or node.stack.key
    return {
        Scope.REGION: (node.stack.template.account, region),
        Scope.ACCOUNT: (node.stack.template.account,),
        Scope.WORLD: (),
    }[rules.unique]
