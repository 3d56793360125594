"""Attributes of AWS::SNS::Topic that MiniStack's CloudFormation drops."""

from local_cloud.hooks import internal
from local_cloud.patches.resource_types import Properties, after

_ATTRIBUTES = (
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
    "FifoTopic",
    "ContentBasedDeduplication",
)


def install() -> None:
    after("AWS::SNS::Topic", _apply)


def _apply(arn: str, properties: Properties) -> None:
    attributes = internal("services.sns._topics")[arn]["attributes"]
    for name in _ATTRIBUTES:
        value = properties.get(name)
        if value is None or value == "":
            attributes.pop(name, None)
        else:
            attributes[name] = str(value).lower() if isinstance(value, bool) else str(value)
