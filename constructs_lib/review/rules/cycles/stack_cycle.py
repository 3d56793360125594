from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Reading, StackReading
from constructs_lib.review.reading.data import is_known
from constructs_lib.review.reading.dependencies import calls_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.cycles.common import circles
from constructs_lib.template import TemplateError

__all__ = ["stack_cycle"]


@rule(
    severity=Severity.ERROR,
    remedy="Move what both need into a stack of its own, or pass it by name instead of an export.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html",
)
def stack_cycle(stack: StackReading) -> Iterator[Found]:
    """Stacks import from each other in a circle: none of them can be deployed first."""
    for circle in stack.whole.once("stack cycles", _circles):
        if circle[0] == stack.key:
            chain = " -> ".join((*circle, circle[0]))
            yield Found(node=None, message=f"Stacks import from each other in a circle: {chain}.")


def _circles(whole: Reading) -> list[list[str]]:
    exporters: dict[tuple[str | None, str], str] = {}
    for stack in whole.stacks:
        for output in stack.template.section("Outputs").values():
            export = output.get("Export") if isinstance(output, Mapping) else None
            if name := _text(stack, export.get("Name") if isinstance(export, Mapping) else None):
                exporters[stack.region, name] = _root(whole, stack)
    needs: dict[str, list[str]] = {}
    for stack in whole.stacks:
        mine = _root(whole, stack)
        found = (exporters.get((stack.region, name)) for name in _imports(stack))
        needs.setdefault(mine, []).extend(each for each in found if each is not None and each != mine)
    return list(circles(needs, lambda key: needs.get(key, [])))


def _root(whole: Reading, stack: StackReading) -> str:
    """The key of the stack that a nested one is deployed with."""
    parents = {each.key: each.template.parent for each in whole.stacks}
    key = stack.key
    for _ in parents:
        parent = parents.get(key)
        if parent is None:
            break
        key = parent[0]
    return key


def _imports(stack: StackReading) -> Iterator[str]:
    """The names of what surely is imported."""
    for node in stack.nodes.values():
        for call in calls_of(node) if node.surely_made else ():
            if call.name == "Fn::ImportValue" and call.certain and (name := _text(stack, call.given)):
                yield name


def _text(stack: StackReading, value: Any) -> str | None:
    try:
        found = stack.values.plain(value)
    except TemplateError:
        return None
    return found if isinstance(found, str) and is_known(found) else None
