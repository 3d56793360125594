"""What rules of cycles ask for: circles in a graph."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from constructs_lib.review.reading import StackReading

__all__ = ["circles", "is_expanded"]

T = TypeVar("T", bound=Hashable)


def is_expanded(stack: StackReading) -> bool:
    """Whether the template is what CloudFormation will see: nothing adds to it, and all of it was read."""
    return stack.whole.once(f"expanded {stack.key}", lambda _: _is_expanded(stack))


def _is_expanded(stack: StackReading) -> bool:
    body, types = stack.template.body, (each.type for each in stack.template.resources.values())
    added = (
        "Transform" in body
        or "Fn::Transform" in body
        or "Fn::Transform" in stack.template.section("Resources")
    )
    made_of_more = any(each.startswith("AWS::Serverless::") or each.endswith("::MODULE") for each in types)
    return not added and not made_of_more and not stack.template.problems


def circles(nodes: Iterable[T], needs: Callable[[T], Iterable[T]]) -> Iterator[list[T]]:
    """One of the shortest circles for each set of nodes that all need each other, in the order of `nodes`."""
    for together in _components(nodes, needs):
        first, within = together[0], set(together)
        if len(together) > 1 or first in needs(first):
            yield _circle(first, within, needs)


def _circle(first: T, within: set[T], needs: Callable[[T], Iterable[T]]) -> list[T]:
    came_from: dict[T, T] = {}
    waiting = deque([first])
    while waiting:
        at = waiting.popleft()
        for needed in needs(at):
            if needed == first:
                found = [at]
                while found[-1] != first:
                    found.append(came_from[found[-1]])
                return found[::-1]
            if needed in within and needed not in came_from:
                came_from[needed] = at
                waiting.append(needed)
    return []


def _components(nodes: Iterable[T], needs: Callable[[T], Iterable[T]]) -> Iterator[list[T]]:
    """Tarjan's strongly connected components, without recursion."""
    order: dict[T, int] = {}
    lowest: dict[T, int] = {}
    stack: list[T] = []
    on_stack: set[T] = set()
    for root in nodes:
        if root in order:
            continue
        path = [(root, iter(tuple(needs(root))))]
        order[root] = lowest[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while path:
            at, left = path[-1]
            for needed in left:
                if needed not in order:
                    order[needed] = lowest[needed] = len(order)
                    stack.append(needed)
                    on_stack.add(needed)
                    path.append((needed, iter(tuple(needs(needed)))))
                    break
                if needed in on_stack:
                    lowest[at] = min(lowest[at], order[needed])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[at])
                if lowest[at] == order[at]:
                    together = _popped(stack, at)
                    on_stack.difference_update(together)
                    yield together


def _popped(stack: list[T], until: T) -> list[T]:
    found = [stack.pop()]
    while found[-1] != until:
        found.append(stack.pop())
    return found[::-1]
