"""Reads a construct tree in few calls into jsii."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

import aws_cdk as cdk
from constructs import IConstruct

from constructs_lib.alarms.routing.topic import AlarmTopic
from constructs_lib.alarms.table.alarm_template import IncludedAlarms
from constructs_lib.alarms.watch.home import Home
from constructs_lib.alarms.watch.references import resolved, text_of
from constructs_lib.alarms.watch.tree import (
    ALARM,
    COMPOSITE,
    FUNCTION,
    LOG_GROUP,
    QUALIFIED,
    QUEUE,
    ROLE,
    Resource,
    Tree,
    stack_of,
)

__all__ = ["read"]

_READ: Mapping[str, tuple[str, ...]] = {
    ALARM: ("dimensions", "metrics", "metricName", "alarmActions"),
    COMPOSITE: ("alarmActions",),
    FUNCTION: ("deadLetterConfig", "loggingConfig"),
    **dict.fromkeys(QUALIFIED, ("functionName", "provisionedConcurrencyConfig")),
    "AWS::Lambda::EventInvokeConfig": ("functionName", "destinationConfig"),
    "AWS::Lambda::EventSourceMapping": (
        "functionName",
        "eventSourceArn",
        "destinationConfig",
        "metricsConfig",
    ),
    LOG_GROUP: (),
    "AWS::Kinesis::Stream": (),
    QUEUE: ("redrivePolicy", "redriveAllowPolicy"),
    "AWS::DynamoDB::Table": ("globalSecondaryIndexes",),
    "AWS::DynamoDB::GlobalTable": ("globalSecondaryIndexes", "replicas"),
    "AWS::ApiGateway::RestApi": (),
    "AWS::ApiGatewayV2::Api": (),
    "AWS::StepFunctions::StateMachine": (),
    "AWS::Events::Rule": ("eventBusName", "targets"),
    "AWS::Events::EventBus": ("deadLetterConfig",),
    "AWS::SNS::Topic": (),
    "AWS::SNS::Subscription": ("topicArn", "redrivePolicy"),
    "AWS::Scheduler::ScheduleGroup": (),
    "AWS::Scheduler::Schedule": ("groupName", "target"),
    "AWS::Pipes::Pipe": ("sourceParameters",),
}
"""The types that are read, each with the properties in which references or names matter."""

_DISTRIBUTION = "AWS::CloudFront::Distribution"
_READ_BESIDE_CLOUDFRONT: Mapping[str, tuple[str, ...]] = {
    **_READ,
    FUNCTION: (*_READ[FUNCTION], "role"),
    ROLE: ("assumeRolePolicyDocument",),
}
"""Likewise in an app with CloudFront, which may run functions whose roles let it; reading roles costs time."""

_SCALERS = frozenset({"AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::AutoScaling::ScalingPolicy"})

_NAMES = {
    ROLE: "roleName",
    LOG_GROUP: "logGroupName",
    FUNCTION: "functionName",
    QUEUE: "queueName",
    "AWS::DynamoDB::Table": "tableName",
    "AWS::DynamoDB::GlobalTable": "tableName",
    "AWS::StepFunctions::StateMachine": "stateMachineName",
    "AWS::SNS::Topic": "topicName",
}
"""Where the name stands that a user may have given; ``name`` in the others."""
_NAME = "name"

_Member = tuple[cdk.CfnResource, str, str]
"""A resource with its type and path."""


def read(root: IConstruct) -> Tree:
    """What the tree below `root` holds."""
    nodes = root.node.find_all()
    stacks = {each.node.path: each for each in nodes if isinstance(each, cdk.Stack)}
    stages = frozenset(each.node.path for each in nodes if isinstance(each, cdk.Stage))
    counts: Counter[str] = Counter()
    scalers: set[str] = set()
    alarming = {each.node.path for each in nodes if _is_alarming(each)}
    homes = [each for each in nodes if isinstance(each, Home)]
    known = tuple(f"{each.node.path}/" for each in homes)
    found: dict[str, list[_Member]] = defaultdict(list)
    kinds = {each: _type_of(each) for each in nodes if isinstance(each, cdk.CfnResource)}
    wanted = _READ_BESIDE_CLOUDFRONT if _DISTRIBUTION in kinds.values() else _READ
    for each, kind in kinds.items():
        path = each.node.path
        stack = stack_of(path, stacks)
        counts[stack] += 1
        # What alarms of this package watch, their home knows.
        if kind in wanted and not (kind == ALARM and path.startswith(known)):
            found[stack].append((each, kind, path))
        if kind in {ALARM, COMPOSITE}:
            alarming.add(path.removesuffix("/Resource"))
        elif kind in _SCALERS:
            scalers.add(path)
    resources = {
        each.path: each
        for stack, members in found.items()
        for each in _read(stacks[stack], stack, members, wanted)
    }
    return Tree(
        resources=resources,
        stacks=stacks,
        stages=stages,
        counts=counts,
        scalers=frozenset(scalers),
        equipped=frozenset().union(*(each.watches for each in homes)),
        alarming=frozenset(alarming),
    )


def _read(
    stack: cdk.Stack, stack_path: str, members: list[_Member], read_of: Mapping[str, tuple[str, ...]]
) -> Iterator[Resource]:
    environment = stack.environment
    # All properties in one call; what an escape hatch overrides is not among them.
    given = [
        {key[:1].lower() + key[1:]: value for key, value in each._cfn_properties.items()}  # noqa: SLF001 - CDK's own extension point of L1 classes
        for each, _, _ in members
    ]
    named = stack.resolve(
        [
            {_NAME: properties.get(_NAMES.get(kind, _NAME))}
            for (_, kind, _), properties in zip(members, given, strict=True)
        ]
    )
    names = [each.get(_NAME) for each in named]
    wanted = [
        {name: properties[name] for name in read_of[kind] if properties.get(name) is not None}
        # One that is put together at deployment; most are None, which costs less to find out as above.
        | ({_NAME: properties[_NAMES.get(kind, _NAME)]} if isinstance(name, dict) else {})
        for (_, kind, _), properties, name in zip(members, given, names, strict=True)
    ]
    values = resolved(stack, wanted)
    for (each, kind, path), own, name, value in zip(members, given, names, values, strict=True):
        yield Resource(
            construct=each,
            type=kind,
            path=path,
            stack=stack_path,
            environment=environment,
            given=own,
            name=name if isinstance(name, str) else text_of(value.get(_NAME)),
            values=value,
        )


def _is_alarming(construct: IConstruct) -> bool:
    # What alarms need a function for says so itself.
    return isinstance(construct, IncludedAlarms | AlarmTopic) or getattr(
        type(construct), "WATCHES_ITSELF", False
    )


def _type_of(resource: cdk.CfnResource) -> str:
    return _type_of_class(type(resource)) or resource.cfn_resource_type


@cache
def _type_of_class(kind: type[cdk.CfnResource]) -> str | None:
    """The CloudFormation type of a generated class; None of `CfnResource` itself, which can be any."""
    return cast("str | None", getattr(kind, "CFN_RESOURCE_TYPE_NAME", None))
