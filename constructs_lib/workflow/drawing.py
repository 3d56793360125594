"""A definition as a drawing: nodes and edges, and the text of a Mermaid flow chart.

https://mermaid.js.org/syntax/flowchart.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Edge", "edges", "mermaid", "states"]

_SHAPES = {"Choice": ("{", "}"), "Succeed": ("([", "])"), "Fail": ("([", "])"), "Pass": ("(", ")")}
_BOX = ("[", "]")
_INDENT = "    "


@dataclass(frozen=True, kw_only=True)
class Edge:
    """From one state to another.

    Attributes:
        source: the name of a state.
        target: likewise.
        label: when it goes there; empty where it always does.
        fails: whether it goes there when something failed.
    """

    source: str
    target: str
    label: str = ""
    fails: bool = False


def states(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every state with its name, those in branches included."""
    for name, state in definition["States"].items():
        yield name, state
        for branch in state.get("Branches", ()):
            yield from states(branch)


def edges(definition: Mapping[str, Any]) -> Iterator[Edge]:
    """What follows what, from the outermost states inwards."""
    for name, state in definition["States"].items():
        for choice in state.get("Choices", ()):
            yield Edge(source=name, target=choice["Next"], label="no", fails=True)
        if "Default" in state:
            yield Edge(source=name, target=state["Default"], label="yes")
        if "Next" in state:
            yield Edge(source=name, target=state["Next"])
        for catch in state.get("Catch", ()):
            yield Edge(source=name, target=catch["Next"], label="fails", fails=True)
        for branch in state.get("Branches", ()):
            yield from edges(branch)


def mermaid(definition: Mapping[str, Any]) -> str:
    """The flow chart: solid lines where things go on, dotted ones where something failed."""
    keys = {name: f"s{number}" for number, (name, _) in enumerate(states(definition))}
    lines = ["flowchart TD", *_nodes(definition, keys, _INDENT)]
    for edge in edges(definition):
        arrow = "-.->" if edge.fails else "-->"
        label = f"|{edge.label}|" if edge.label else ""
        lines.append(f"{_INDENT}{keys[edge.source]} {arrow}{label} {keys[edge.target]}")
    return "\n".join(lines) + "\n"


def _nodes(definition: Mapping[str, Any], keys: Mapping[str, str], indent: str) -> Iterator[str]:
    for name, state in definition["States"].items():
        branches = state.get("Branches", ())
        if branches:
            yield f'{indent}subgraph {keys[name]}["{name}"]'
            for branch in branches:
                yield from _nodes(branch, keys, indent + _INDENT)
            yield f"{indent}end"
        else:
            opening, closing = _SHAPES.get(state["Type"], _BOX)
            yield f'{indent}{keys[name]}{opening}"{name}"{closing}'
