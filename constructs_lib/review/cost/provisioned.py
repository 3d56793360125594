"""Which environments are kept ready for functions."""

from dataclasses import dataclass
from typing import Final

from constructs_lib.review.cost.sheet import Sheet
from constructs_lib.review.reading import Node

__all__ = ["Provisioned", "provisioned_of"]

_QUALIFIERS: Final = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
_SCALABLE: Final = "AWS::ApplicationAutoScaling::ScalableTarget"
_DIMENSION: Final = "lambda:function:ProvisionedConcurrency"
_EXECUTIONS: Final = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")


@dataclass(frozen=True, kw_only=True)
class Provisioned:
    """Provisioned concurrency of an alias or a version.

    Attributes:
        node: the alias or the version.
        function: what it is of; None where that is not in these templates.
        environments: how many are ready all the time; None where that is known only at deployment.
        scales: whether there may be more.
    """

    node: Node
    function: Node | None
    environments: float | None
    scales: bool


def provisioned_of(sheet: Sheet) -> list[Provisioned]:
    """All provisioned concurrency of a stack; where it scales, the least that its scaling leaves."""
    scalings = _scalings(sheet)
    found = []
    for node in sheet.stack.of_type(*_QUALIFIERS):
        scaling = scalings.get(node.id) or scalings.get(_resource_of(node))
        if not node.has(*_EXECUTIONS) and scaling is None:
            continue
        environments = scaling.number("MinCapacity") if scaling else node.number(*_EXECUTIONS)
        function = node.target("FunctionName", types=("AWS::Lambda::Function",))
        found.append(
            Provisioned(node=node, function=function, environments=environments, scales=scaling is not None)
        )
    return found


def _scalings(sheet: Sheet) -> dict[str, Node]:
    """Scalable targets by what they name, and by the logical ids of what they refer to."""
    found: dict[str, Node] = {}
    for each in sheet.stack.of_type(_SCALABLE):
        resource = each.value("ResourceId")
        if each.text("ScalableDimension") == _DIMENSION and isinstance(resource, str):
            found[resource] = each
            found |= {node.id: each for node in sheet.stack.mentioned(resource) if node.type in _QUALIFIERS}
    return found


def _resource_of(node: Node) -> str:
    """What a scalable target calls an alias: ``function:name:alias``."""
    return f"function:{node.value('FunctionName')}:{node.text('Name')}"
