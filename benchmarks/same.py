"""Whether two templates hold the same resources, by whatever names: otherwise a comparison means nothing.

What counts as the same, beside logical ids:

- a name that CDK derives from the construct path, or one that CloudFormation derives from the logical id;
- a composite's rule that gives its alarms by name, or by ARN;
- a role's statements in an inline policy, or in an attached one;
- the wording of descriptions and of the tag ``Name``, and the ids of metric-math terms that nothing refers to;
- the parameters and outputs by which stacks of several Regions refer to each other.
"""

import copy
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["app_differences", "differences"]

_COMPARED = ("Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy")
_DERIVED_NAMES = ("AlarmName", "PolicyName")
_UNORDERED = ("DependsOn", "Statements", "Action", "Dimensions")
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_OUTER_PARENTHESES = re.compile(r"^\((.*\))\)$")
_EXPORTER = "Custom::CrossRegionExportWriter"
_ROUNDS = 4
"""How far a difference may lie from where it shows, counted in references."""

Resources = dict[str, dict[str, Any]]


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What only one of two templates holds; empty when they are the same."""
    (bodies, labels), (other_bodies, other_labels) = (
        _described(template["Resources"]) for template in (one, other)
    )
    missing, extra = bodies - other_bodies, other_bodies - bodies
    found = [f"- {body}" for body in missing.elements()] + [f"+ {body}" for body in extra.elements()]
    if not found and labels != other_labels:
        found.append("the resources are the same, but refer to each other in other ways")
    return found


def app_differences(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> list[str]:
    """What only one of two apps holds, whose templates are given in the order in which they are deployed."""
    pairs = zip(_with_same_references(one), _with_same_references(other), strict=True)
    return [f"{number}: {found}" for number, pair in enumerate(pairs) for found in differences(*pair)]


def _with_same_references(templates: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """`templates` with parameters and outputs named after what they hold, and not after the ids of that."""
    names: dict[str, str] = {}
    renamed = []
    for template in templates:
        resources = _renamed(template, names)["Resources"]
        _, labels = _labelled(resources)
        for name, value in _told(template["Resources"], template.get("Outputs", {})):
            held = json.dumps(_relabelled(value, labels), sort_keys=True)
            # An output of one name is in each Region; a reference names the stack too.
            names.setdefault(name, f"/cdk/exports/{hashlib.sha256(held.encode()).hexdigest()}")
        renamed.append(_renamed(template, names))
    return renamed


def _told(resources: Resources, outputs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a stack tells others: the name of each parameter and output, and what it holds."""
    for resource in resources.values():
        if resource["Type"] == _EXPORTER:
            yield from resource["Properties"]["WriterProps"]["exports"].items()
    for name, output in outputs.items():
        yield name, output["Value"]


def _renamed(template: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    text = json.dumps(template)
    for name, label in names.items():
        text = text.replace(name, label)
    renamed: Mapping[str, Any] = json.loads(text)
    return renamed


def _described(given: Resources) -> tuple[Counter[str], Counter[str]]:
    """Each resource with types in place of references, and a label for each that knows its surroundings."""
    bodies, labels = _labelled(given)
    return bodies, Counter(labels.values())


def _labelled(given: Resources) -> tuple[Counter[str], dict[str, str]]:
    resources = _with_statements_at_the_role(given)
    labels = {name: str(resource["Type"]) for name, resource in resources.items()}
    bodies: Counter[str] | None = None
    for _ in range(_ROUNDS):
        texts = {
            name: json.dumps(_relabelled(resource, labels), sort_keys=True)
            for name, resource in resources.items()
        }
        bodies = bodies or Counter(texts.values())
        labels = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    return bodies or Counter(), labels


def _with_statements_at_the_role(given: Resources) -> Resources:
    resources: Resources = {
        name: {key: copy.deepcopy(resource[key]) for key in _COMPARED if key in resource}
        for name, resource in given.items()
    }
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Role":
            policies, roles = properties.pop("Policies", ()), [name]
        elif resource["Type"] == "AWS::IAM::Policy":
            policies, roles = [properties], [role["Ref"] for role in properties["Roles"]]
        else:
            continue
        for policy in policies:
            for role in roles:
                home = resources[role].setdefault("Statements", [])
                home += policy["PolicyDocument"]["Statement"]
        properties.pop("PolicyDocument", None)
    return resources


def _relabelled(value: Any, labels: Mapping[str, str], key: str = "") -> Any:
    """`value` with labels in place of logical ids, and what does not count left out."""
    match value:
        case _ if key == "AlarmDescription":
            relabelled: Any = "<text>"
        case str() if key == "DependsOn":
            relabelled = labels[value]
        case {"Ref": str(name)} if name in labels:
            relabelled = {"Ref": labels[name]}
        case {"Fn::GetAtt": [str(name), attribute]}:
            relabelled = {"Fn::GetAtt": [labels[name], attribute]}
        case {"Fn::Join": ["", [*parts]]} if key == "AlarmRule":
            named = (part if isinstance(part, str) else f"${{{_alarm(part)}}}" for part in parts)
            relabelled = _rule(_OUTER_PARENTHESES.sub(r"\1", "".join(named)), labels)
        case {"Fn::Sub": str(rule)} if key == "AlarmRule":
            relabelled = _rule(rule, labels)
        case dict():
            math, tag = "Expression" in value, value.get("Key") == "Name"
            ignored = {*_DERIVED_NAMES, *(("Id",) if math else ()), *(("Value",) if tag else ())}
            relabelled = {
                name: _relabelled(item, labels, name) for name, item in value.items() if name not in ignored
            }
        case list():
            relabelled = [_relabelled(item, labels, key) for item in value]
            if key in _UNORDERED:
                relabelled.sort(key=json.dumps)
        case _:
            relabelled = value
    return relabelled


def _rule(rule: str, labels: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: labels[found[1]], rule)


def _alarm(reference: Mapping[str, Any]) -> str:
    """The logical id of the alarm that a composite's rule refers to."""
    return str(reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0])
