"""Templates in which one value after the other becomes unknown."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

__all__ = ["Place", "opened", "places_of", "replaced", "unknowns_for", "value_at"]

Place = tuple[str | int, ...]
_FUNCTIONS: Final = ("Fn::", "Ref", "Condition")
_PARAMETERS: Final = {
    "AnyText": {"Type": "String"},
    "AnyTexts": {"Type": "CommaDelimitedList"},
    "AnyChoice": {"Type": "String"},
}
_CONDITIONS: Final = {"AnyCondition": {"Fn::Equals": [{"Ref": "AnyChoice"}, "yes"]}}
_RESOURCES: Final = {
    "AnyStack": {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://example.com/nested.json"},
    },
    "AnyCustom": {
        "Type": "Custom::Any",
        "Properties": {"ServiceToken": {"Fn::ImportValue": "any-provider"}},
    },
}


def opened(template: Mapping[str, Any]) -> dict[str, Any]:
    """A template that has what its unknowns refer to."""
    found = copy.deepcopy(dict(template))
    for section, more in (
        ("Parameters", _PARAMETERS),
        ("Conditions", _CONDITIONS),
        ("Resources", _RESOURCES),
    ):
        found[section] = {**found.get(section, {}), **more}
    return found


def places_of(template: Mapping[str, Any]) -> list[Place]:
    """Where its resources have values, functions left out: what a function stands in is a value as a whole."""
    found: list[Place] = []
    for name, resource in template["Resources"].items():
        if name not in _RESOURCES and isinstance(resource, Mapping):
            properties: Place = ("Resources", name, "Properties")
            found += _inside(resource.get("Properties"), properties)
    return found


def unknowns_for(value: Any) -> Iterator[Any]:
    """What may be `value`, and nobody knows before it is deployed."""
    yield {"Ref": "AnyText"}
    yield {"Fn::Sub": "${AnyText}"}
    yield {"Fn::Select": [0, {"Ref": "AnyTexts"}]}
    yield {"Fn::GetAtt": ["AnyStack", "Outputs.Any"]}
    yield {"Fn::GetAtt": ["AnyCustom", "Any"]}
    yield {"Fn::ImportValue": "any-export"}
    yield "{{resolve:ssm:/any/parameter}}"
    yield {"Fn::If": ["AnyCondition", value, {"Ref": "AWS::NoValue"}]}
    yield {"Fn::If": ["AnyCondition", value, {"Ref": "AnyText"}]}


def value_at(template: Mapping[str, Any], place: Place) -> Any:
    """What is at a place."""
    inside: Any = template
    for key in place:
        inside = inside[key]
    return inside


@contextmanager
def replaced(template: Mapping[str, Any], place: Place, value: Any) -> Iterator[None]:
    """Have `value` at a place for a while."""
    around = value_at(template, place[:-1])
    before, around[place[-1]] = around[place[-1]], value
    yield
    around[place[-1]] = before


def _inside(value: Any, place: Place) -> Iterator[Place]:
    entries: list[tuple[str | int, Any]] = []
    if isinstance(value, Mapping):
        entries = [(key, each) for key, each in value.items() if not str(key).startswith(_FUNCTIONS)]
    elif isinstance(value, list):
        entries = list(enumerate(value))
    for key, each in entries:
        yield (*place, key)
        yield from _inside(each, (*place, key))
