"""Resource types of services that MiniStack does not have: accepted and given an identity, without any effect.

No scaling happens, no traffic is shifted, no model is learned and nothing is posted to a chat. An alias with
`UpdatePolicy: CodeDeployLambdaAliasUpdate` moves to its new version at once. Ref and Fn::GetAtt return what the
CloudFormation reference documents: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
"""

import uuid
from collections.abc import Callable

from local_cloud.patches import scope
from local_cloud.patches.resource_types import Created, Properties, generated_name, register

Identify = Callable[[str, Properties, str], Created]


def install() -> None:
    for type_name, (identify, names) in _TYPES.items():
        register(type_name, _Stored(identify, names))


def _scalable_target(_logical_id: str, properties: Properties, _stack: str) -> Created:
    ref = "|".join(str(properties[key]) for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    return ref, {"Id": ref}


def _scaling_policy(_logical_id: str, properties: Properties, _stack: str) -> Created:
    target = (
        properties.get("ScalingTargetId")
        or f"{properties.get('ResourceId')}|{properties.get('ServiceNamespace')}"
    )
    resource, *_, service = target.split("|")
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, target)
    name = f"scalingPolicy:{identifier}:resource/{service}/{resource}:policyName/{properties['PolicyName']}"
    return scope.arn("autoscaling", name), {"Arn": scope.arn("autoscaling", name)}


def _named(property_name: str, longest: int = 100) -> Identify:
    def identify(logical_id: str, properties: Properties, stack: str) -> Created:
        return properties.get(property_name) or generated_name(stack, logical_id, longest), {}

    return identify


def _anomaly_detector(logical_id: str, _properties: Properties, stack: str) -> Created:
    identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.arn('cloudwatch', stack)}/{logical_id}"))
    return identifier, {"Id": identifier}


def _code_signing_config(logical_id: str, _properties: Properties, stack: str) -> Created:
    identifier = (
        "csc-" + uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.arn('lambda', stack)}/{logical_id}").hex[:17]
    )
    arn = scope.arn("lambda", f"code-signing-config:{identifier}")
    return arn, {"CodeSigningConfigArn": arn, "CodeSigningConfigId": identifier}


def _query_definition(logical_id: str, _properties: Properties, stack: str) -> Created:
    identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.arn('logs', stack)}/{logical_id}"))
    return identifier, {"QueryDefinitionId": identifier}


def _chat_channel(kind: str) -> Identify:
    def identify(_logical_id: str, properties: Properties, _stack: str) -> Created:
        name = f"chat-configuration/{kind}/{properties['ConfigurationName']}"
        arn = f"arn:aws:chatbot::{scope.account()}:{name}"
        return arn, {"Arn": arn}

    return identify


_TYPES: dict[str, tuple[Identify, tuple[str, ...]]] = {
    # type: (what Ref and Fn::GetAtt return, the properties whose change is a replacement)
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        _scalable_target,
        ("ResourceId", "ScalableDimension", "ServiceNamespace"),
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        _scaling_policy,
        ("PolicyName", "ResourceId", "ScalableDimension", "ScalingTargetId", "ServiceNamespace"),
    ),
    "AWS::CloudWatch::AnomalyDetector": (_anomaly_detector, ()),
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": (
        _chat_channel("microsoft-teams-channel"),
        ("ConfigurationName",),
    ),
    "AWS::Chatbot::SlackChannelConfiguration": (_chat_channel("slack-channel"), ("ConfigurationName",)),
    "AWS::CodeDeploy::Application": (_named("ApplicationName"), ("ApplicationName",)),
    "AWS::CodeDeploy::DeploymentConfig": (_named("DeploymentConfigName"), ("DeploymentConfigName",)),
    "AWS::CodeDeploy::DeploymentGroup": (_named("DeploymentGroupName"), ("DeploymentGroupName",)),
    "AWS::Lambda::CodeSigningConfig": (_code_signing_config, ()),
    "AWS::Logs::QueryDefinition": (_query_definition, ()),
}


class _Stored:
    """CloudFormation itself keeps the properties, so there is nothing to do but to answer."""

    def __init__(self, identify: Identify, replacing: tuple[str, ...]) -> None:
        self._identify, self._replacing = identify, replacing
        self._attributes: dict[tuple[str, str, str], Created] = {}

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        created = self._identify(logical_id, properties, stack)
        self._attributes[scope.account(), scope.region(), created[0]] = created
        return created

    def update(self, ref: str, old: Properties, new: Properties, stack: str) -> Created:
        created = self._attributes[scope.account(), scope.region(), ref]
        if all(old.get(key) == new.get(key) for key in self._replacing):
            return created
        return self.create(created[0].rpartition("-")[0] or created[0], new, stack)

    def delete(self, ref: str, _properties: Properties) -> None:
        self._attributes.pop((scope.account(), scope.region(), ref), None)
