"""Follows an alarm from its action to people, and tells every link at which it would be lost."""

from collections.abc import Iterator
from typing import Any

from tests.graph import references

CLOUDWATCH = "cloudwatch.amazonaws.com"
_COMPOSITE = "AWS::CloudWatch::CompositeAlarm"


def lost_alarms(resources: dict[str, Any], *, subscribed: bool = True) -> list[str]:
    """What keeps the composite alarms of a template from reaching somebody; empty if they all do.

    With `subscribed`, a topic without a subscription counts as a lost link too.
    """
    return [
        f"{name}: {problem}"
        for name, resource in resources.items()
        if resource["Type"] == _COMPOSITE
        for problem in _problems(resources, resource["Properties"], subscribed=subscribed)
    ]


def _problems(resources: dict[str, Any], alarm: dict[str, Any], *, subscribed: bool) -> Iterator[str]:
    topics = [name for action in alarm.get("AlarmActions", []) for name in references(action)]
    if not topics:
        yield "it has no action"
    for topic in topics:
        if resources.get(topic, {}).get("Type") != "AWS::SNS::Topic":
            yield f"{topic} is no topic of this template"
            continue
        policies = _policies(resources, topic)
        if policies and not _allows(policies, "sns:Publish"):
            yield f"the policy of {topic} does not let CloudWatch publish"
        yield from _key_problems(resources, topic)
        if subscribed and not any(_subscribes(resource, topic) for resource in resources.values()):
            yield f"nobody subscribes to {topic}"


def _policies(resources: dict[str, Any], topic: str) -> list[dict[str, Any]]:
    return [
        statement
        for resource in resources.values()
        if resource["Type"] == "AWS::SNS::TopicPolicy"
        and topic in references(resource["Properties"]["Topics"])
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


def _key_problems(resources: dict[str, Any], topic: str) -> Iterator[str]:
    key = resources[topic].get("Properties", {}).get("KmsMasterKeyId")
    if key is None:
        return
    names = list(references(key))
    if not names or resources.get(names[0], {}).get("Type") != "AWS::KMS::Key":
        yield f"the key of {topic} is none whose policy is known to let CloudWatch use it"
        return
    statements = resources[names[0]]["Properties"]["KeyPolicy"]["Statement"]
    for action in ("kms:Decrypt", "kms:GenerateDataKey*"):
        if not _allows(statements, action):
            yield f"the key policy of {topic} does not let CloudWatch {action}"


def _allows(statements: list[dict[str, Any]], action: str) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and action in _listed(statement["Action"])
        and isinstance(statement["Principal"], dict)
        and CLOUDWATCH in _listed(statement["Principal"].get("Service", []))
        and statement.get("Condition", {})
        in ({}, {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}})
        for statement in statements
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _subscribes(resource: dict[str, Any], topic: str) -> bool:
    kind: str = resource["Type"]
    return kind == "AWS::SNS::Subscription" and topic in references(resource["Properties"]["TopicArn"])
