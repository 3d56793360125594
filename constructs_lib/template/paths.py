"""The paths of constructs, as a cloud assembly or a resource's metadata tell them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["ConstructPaths", "below", "tree_entries"]

_LOWEST: Final = ("Resource", "Default")
"""What constructs of one resource call it; CDK leaves both out where it makes names, too."""
_NESTED: Final = (".NestedStack", ".NestedStackResource")
"""How the two constructs end in which CDK keeps the resource of a nested stack."""
_LOGICAL_ID: Final = "aws:cdk:cloudformation:logicalId"


def below(path: str, stack: str | None = None) -> str:
    """A path below its stack, or without its first part; without what constructs of one resource call it."""
    whole = path.strip("/")
    inside = whole.removeprefix(f"{stack}/").split("/") if stack and whole.startswith(f"{stack}/") else None
    parts = inside or whole.split("/")[1:]
    if nested := _nested(parts):
        return "/".join(nested)
    return "/".join(parts[:-1] if len(parts) > 1 and parts[-1] in _LOWEST else parts) or path


def _nested(parts: list[str]) -> list[str] | None:
    """The path of a nested stack; None where it is not that of its resource."""
    if len(parts) > 1 and parts[-2].endswith(_NESTED[0]) and parts[-1].endswith(_NESTED[1]):
        return [*parts[:-2], parts[-2].removesuffix(_NESTED[0])]
    return None


class ConstructPaths:
    """The constructs of a stack, those in its nested stacks told apart: their logical ids may be the same."""

    def __init__(self, entries: Mapping[str, str], stack: str) -> None:
        """Tell them apart.

        Args:
            entries: path of a construct, that of the stack included, to its logical id.
            stack: the path of the stack.
        """
        self._nested: dict[tuple[str, str], str] = {}
        self._by_scope: dict[str, dict[str, str]] = defaultdict(dict)
        inside = {path: _nested(path.strip("/").split("/")) for path in entries}
        scopes = {"/".join(parts) for parts in inside.values() if parts}
        for path, logical_id in entries.items():
            scope = next((above for above in _upwards(path.strip("/")) if above in scopes), "")
            self._by_scope[scope][logical_id] = below(path, stack)
            if parts := inside[path]:
                self._nested[scope, logical_id] = "/".join(parts)

    def of(self, scope: str) -> Mapping[str, str]:
        """Logical id to path, of the stack itself (an empty scope) or of a nested stack."""
        return self._by_scope.get(scope, {})

    def nested(self, scope: str, logical_id: str) -> str | None:
        """The scope of a nested stack of a scope; None where nothing is known of it."""
        return self._nested.get((scope, logical_id))


def _upwards(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def tree_entries(tree: Any, stack: str) -> dict[str, str]:
    """The path of each construct of a stack to its logical id, as ``tree.json`` has them."""
    found: dict[str, str] = {}
    waiting = [tree.get("tree")] if isinstance(tree, Mapping) else []
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        path, attributes, children = (node.get(name) for name in ("path", "attributes", "children"))
        logical_id = attributes.get(_LOGICAL_ID) if isinstance(attributes, Mapping) else None
        if isinstance(path, str) and isinstance(logical_id, str) and f"{path}/".startswith(f"{stack}/"):
            found[path] = logical_id
        waiting += children.values() if isinstance(children, Mapping) else ()
    return found
