"""What a template's references stand for, as far as anybody can know before it is deployed.

A text keeps a placeholder for what stays unknown: ``${LogicalId}`` for the name that a resource will get,
``${LogicalId.Attribute}`` for another of its attributes, ``${AWS::Region}`` for a pseudo parameter.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from constructs_lib.template.model import Resource, Template, TemplateError

__all__ = ["PLACEHOLDER", "Values"]

PLACEHOLDER: Final = re.compile(r"\$\{([^}]+)\}")
_SUB: Final = re.compile(r"\$\{(!?)([^}]+)\}")
_PARTITION: Final = "aws"
_NOTHING: Final = "${AWS::NoValue}"
_NAME_ATTRIBUTES: Final = ("QueueName", "TopicName", "Name", "FunctionName", "TableName")
"""Attributes that are the name of the resource, where its reference is something else."""
_REFERENCE_IS_NAME: Final = frozenset(
    {
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ - "Return values" of each
        "AWS::ApiGateway::Stage",
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::ECS::Cluster",
        "AWS::Events::EventBus",
        "AWS::Events::Rule",
        "AWS::Kinesis::Stream",
        "AWS::KinesisFirehose::DeliveryStream",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::Scheduler::Schedule",
    }
)
_REFERENCE_IS_NO_NAME: Final = {
    "AWS::SQS::Queue": "QueueUrl",
    "AWS::SNS::Topic": "TopicArn",
    "AWS::StepFunctions::StateMachine": "Arn",
    "AWS::Lambda::Alias": "AliasArn",
    "AWS::Lambda::Version": "FunctionArn",
    "AWS::CloudWatch::AlarmMuteRule": "Arn",
}


class Values:
    """Reads the values of one template."""

    def __init__(
        self,
        template: Template,
        *,
        parameters: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Read the values of `template`.

        Args:
            template: what they stand in.
            parameters: the values of its parameters. Left out: their defaults.
            names: logical to physical ids, as ``aws cloudformation describe-stack-resources`` tells. Left out: what a
                resource has no name for in the template stays a placeholder.
        """
        self._template = template
        self._names = names or {}
        self._parameters = self._defaults() | dict(parameters or {})
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Fn::GetAtt": self._attribute,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find,
            "Fn::ImportValue": lambda name: f"${{Import:{self.text(name)}}}",
        }

    def text(self, value: Any) -> str:
        """`value` as text.

        Raises:
            TemplateError: it is no text, whatever its references stand for.
        """
        found = self.plain(value)
        if isinstance(found, bool):
            return str(found).lower()
        if isinstance(found, str | int | float):
            return str(found)
        raise TemplateError(f"{self._template.name}: {value!r} is not a text.")

    def number(self, value: Any) -> float | None:
        """`value` as a number; None where it is known only at deployment.

        Raises:
            TemplateError: it is no number.
        """
        found = self.text(value)
        if PLACEHOLDER.search(found):
            return None
        try:
            return float(found)
        except ValueError as error:
            raise TemplateError(f"{self._template.name}: {value!r} is not a number.") from error

    def plain(self, value: Any) -> Any:
        """`value` without references; lists and objects are followed."""
        if isinstance(value, Mapping):
            if len(value) == 1:
                ((name, given),) = value.items()
                if name == "Ref":
                    return self._reference(str(given))
                if name in self._functions:
                    return self._called(name, given)
                if str(name).startswith("Fn::"):
                    return f"${{{name}}}"
            return {key: found for key, each in value.items() if (found := self.plain(each)) != _NOTHING}
        if isinstance(value, list):
            return [found for each in value if (found := self.plain(each)) != _NOTHING]
        return value

    def holds(self, condition: str) -> bool | None:
        """Whether a condition of the template holds; None where that is known only at deployment."""
        return self._holds((self._template.body.get("Conditions") or {}).get(condition))

    def _called(self, name: str, given: Any) -> Any:
        try:
            return self._functions[name](given)
        except TemplateError:
            raise
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
            raise TemplateError(
                f"{self._template.name}: {name} of {given!r} is not how it is written."
            ) from error

    def _defaults(self) -> dict[str, str]:
        declared = self._template.body.get("Parameters") or {}
        # The default of a parameter of SSM names where its value is.
        return {
            name: str(each["Default"])
            for name, each in declared.items()
            if isinstance(each, Mapping)
            and "Default" in each
            and not str(each.get("Type", "")).startswith("AWS::SSM::")
        }

    def _reference(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self._template.account,
            "AWS::Region": self._template.region,
            "AWS::Partition": _PARTITION,
            "AWS::StackName": self._template.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name] or f"${{{name}}}"
        if name in self._parameters:
            return self._parameter(name)
        resource = self._template.resources.get(name)
        if resource is None:
            return f"${{{name}}}"
        if attribute := _REFERENCE_IS_NO_NAME.get(resource.type):
            return f"${{{name}.{attribute}}}"
        return (
            self._name(resource)
            if resource.type in _REFERENCE_IS_NAME
            else self._names.get(name, f"${{{name}}}")
        )

    def _parameter(self, name: str) -> str | list[str]:
        declared = (self._template.body.get("Parameters") or {}).get(name)
        value = self._parameters[name]
        if isinstance(declared, Mapping) and "List" in str(declared.get("Type", "")):
            return [each.strip() for each in value.split(",")]
        return value

    def _name(self, resource: Resource) -> str:
        if resource.logical_id in self._names:
            return self._names[resource.logical_id]
        kind = resource.type.rpartition("::")[2]
        for key in (f"{kind}Name", "AlarmName", "Name"):
            if key in resource.properties:
                return self.text(resource.properties[key])
        return f"${{{resource.logical_id}}}"

    def _attribute(self, given: Any) -> str:
        logical_id, _, attribute = (
            given.partition(".") if isinstance(given, str) else (str(given[0]), ".", self.text(given[1]))
        )
        resource = self._template.resources.get(logical_id)
        if resource is not None and attribute in _NAME_ATTRIBUTES:
            return self._name(resource)
        return f"${{{logical_id}.{attribute}}}"

    def _join(self, given: Any) -> str:
        separator, parts = given
        found = self.plain(parts)
        return str(separator).join(map(self.text, found)) if isinstance(found, list) else self.text(found)

    def _sub(self, given: Any) -> str:
        text, own = given if isinstance(given, list) else (given, {})

        def fill(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in own:
                return self.text(own[name])
            return self._attribute(name) if "." in name else self.text({"Ref": name})

        return _SUB.sub(fill, str(text))

    def _select(self, given: Any) -> Any:
        index, found = int(self.text(given[0])), self.plain(given[1])
        if isinstance(found, list) and index < len(found):
            return found[index]
        return "${Fn::Select}"

    def _split(self, given: Any) -> Any:
        separator, text = given
        return self.text(text).split(str(separator))

    def _if(self, given: Any) -> Any:
        name, then, otherwise = given
        holds = self.holds(str(name))
        found = self.plain(otherwise if holds is False else then)
        # Of two ways that are both open, the one that makes more is the one to look at.
        return self.plain(otherwise) if holds is None and found == _NOTHING else found

    def _find(self, given: Any) -> Any:
        found: Any = self._template.body.get("Mappings") or {}
        for key in given[:3]:
            found = found.get(self.text(key)) if isinstance(found, Mapping) else None
        return "${Fn::FindInMap}" if found is None else self.plain(found)

    def _holds(self, rule: Any) -> bool | None:
        match rule:
            case {"Condition": str(name)}:
                return self.holds(name)
            case {"Fn::Equals": [left, right]}:
                sides = (self.text(left), self.text(right))
                return None if any(map(PLACEHOLDER.search, sides)) else sides[0] == sides[1]
            case {"Fn::Not": [inner]}:
                found = self._holds(inner)
                return None if found is None else not found
            case {"Fn::And": list(parts)}:
                return _all(map(self._holds, parts))
            case {"Fn::Or": list(parts)}:
                found = _all(None if (each := self._holds(part)) is None else not each for part in parts)
                return None if found is None else not found
        return None


def _all(parts: Any) -> bool | None:
    known = list(parts)
    if False in known:
        return False
    return None if None in known else True
