"""The references between the resources of a template, and the circles among them."""

import re
from collections.abc import Iterator
from typing import Any

_PLACEHOLDER = re.compile(r"\$\{([^!.}][^.}]*)")


def references(value: Any) -> Iterator[str]:
    """Every logical id that `value` names by Ref, GetAtt, Sub or DependsOn."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _named(key, inner)


def _named(key: str, value: Any) -> Iterator[str]:
    if key == "Ref" and isinstance(value, str):
        yield value
    elif key == "Fn::GetAtt":
        yield value.partition(".")[0] if isinstance(value, str) else value[0]
    elif key == "Fn::Sub":
        text, own = value if isinstance(value, list) else (value, {})
        yield from (name for name in _PLACEHOLDER.findall(text) if name not in own)
        yield from references(own)
    elif key == "DependsOn":
        yield from [value] if isinstance(value, str) else value
    else:
        yield from references(value)


def circle(resources: dict[str, Any]) -> list[str]:
    """One circle of resources that need each other, in order; empty where there is none."""
    needs = {name: sorted(set(references(body)) & resources.keys()) for name, body in resources.items()}
    finished: set[str] = set()
    for start in resources:
        path: list[str] = []
        stack = [(start, iter([start]))]
        while stack:
            _, following = stack[-1]
            for name in following:
                if name in path:
                    return [*path[path.index(name) :], name]
                if name not in finished:
                    path.append(name)
                    stack.append((name, iter(needs[name])))
                    break
            else:
                stack.pop()
                if path:
                    finished.add(path.pop())
    return []
