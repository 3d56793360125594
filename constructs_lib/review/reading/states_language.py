"""What makes the definition of a state machine whole: names that exist, ways that end, errors in their order.

https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html and https://states-language.net. Where
a name is known only at deployment, nothing is said of the names in its scope.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_lib.review.reading.data import at, has, is_known, items_of

__all__ = ["BRANCHES", "problems_of"]

BRANCHES: Final = ("Branches", "ItemProcessor", "Iterator")
"""Where states hold definitions of their own."""
_TYPES: Final = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")
_ENDING: Final = ("Succeed", "Fail")
_WITHOUT_NEXT: Final = ("Choice", *_ENDING)
_ALL: Final = "States.ALL"
_FUNCTIONS: Final = ("Fn::", "Ref")
_INCLUDED: Final = "Fn::Transform"
"""A macro that may put more beside it."""

States = Mapping[str, Any]


def problems_of(definition: Mapping[str, Any]) -> Iterator[str]:
    """What Step Functions refuses in a definition, a part of a sentence each."""
    open_: deque[Any] = deque([definition])
    while open_:
        scope = open_.popleft()
        if not isinstance(scope, Mapping) or any(str(key).startswith(_FUNCTIONS) for key in scope):
            continue
        states = at(scope, "States")
        if _is_open(states):
            continue
        if not isinstance(states, Mapping) or not states:
            yield "it has no States"
            continue
        yield from _scope_problems(scope, states)
        open_ += [
            inner for state in states.values() for key in BRANCHES for inner in items_of(at(state, key))
        ]


def _is_open(states: Any) -> bool:
    """Whether there may be more states, or more in them, than are here."""
    if isinstance(states, Mapping):
        return any(isinstance(each, Mapping) and _INCLUDED in each for each in (states, *states.values()))
    return isinstance(states, str) and not is_known(states)


def _scope_problems(scope: Mapping[str, Any], states: States) -> Iterator[str]:
    for name, state in states.items():
        if isinstance(state, Mapping):
            yield from _state_problems(name, state)
        elif is_known(state):
            yield f"the state {name} is no object"
    start = str(at(scope, "StartAt")) if has(scope, "StartAt") else None
    if start is None:
        yield "it has no StartAt"
    ways = {name: _ways(state) for name, state in states.items()}
    if not is_known([*map(str, states), start, *(each for way in ways.values() for each in way)]):
        return
    if start is not None and start not in states:
        yield f"StartAt names {start}, which is no state beside it"
    for name, way in ways.items():
        for missing in dict.fromkeys(each for each in way if each not in states):
            yield f"{name} leads to {missing}, which is no state beside it"
    for name in _unreachable(str(start), ways):
        yield f"no way leads to {name}"


def _unreachable(start: str, ways: Mapping[str, Sequence[str]]) -> list[str]:
    if start not in ways:
        return []
    reached = {start}
    open_ = [start]
    while open_:
        new = [each for each in ways[open_.pop()] if each in ways and each not in reached]
        reached.update(new)
        open_ += new
    return [name for name in ways if name not in reached]


def _ways(state: Any) -> list[str]:
    """The names of the states that may come next."""
    found = [at(state, "Next"), at(state, "Default")]
    found += [at(each, "Next") for key in ("Choices", "Catch") for each in items_of(at(state, key))]
    return [str(each) for each in found if each is not None]


def _state_problems(name: str, state: Mapping[str, Any]) -> Iterator[str]:
    type_ = state.get("Type")
    if type_ is None or (type_ not in _TYPES and is_known(type_)):
        yield f"{name} has {f'the Type {type_}' if type_ else 'no Type'}"
        return
    follows = [key for key in ("Next", "End") if state.get(key) not in (None, False)]
    if type_ in _TYPES and type_ not in _WITHOUT_NEXT and not follows:
        yield f"{name} has neither Next nor End"
    if len(follows) > 1:
        yield f"{name} has Next and End"
    if type_ == "Choice" and not items_of(state.get("Choices")):
        yield f"{name} has no Choices"
    if type_ == "Task" and "Resource" not in state:
        yield f"{name} has no Resource"
    for key in ("Retry", "Catch"):
        yield from _order_problems(name, key, items_of(state.get(key)))


def _order_problems(name: str, key: str, handlers: Sequence[Any]) -> Iterator[str]:
    for number, each in enumerate(handlers, start=1):
        errors = items_of(at(each, "ErrorEquals"))
        if _ALL not in errors:
            continue
        if len(errors) > 1:
            yield f"the {key} of {name} has {_ALL} beside other errors, and it must stand alone"
        if number < len(handlers):
            yield f"the {key} of {name} has {_ALL} before its last entry"
