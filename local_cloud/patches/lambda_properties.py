"""Properties of AWS::Lambda::Function that MiniStack's CloudFormation drops."""

from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches.resource_types import Properties, after

_AS_IN_THE_API = (
    "DeadLetterConfig",
    "FileSystemConfigs",
    "RuntimeManagementConfig",
    "VpcConfig",
)
_RENAMED = {"KmsKeyArn": "KMSKeyArn"}
_ON_THE_FUNCTION = {
    "ReservedConcurrentExecutions": ("concurrency", int, None),
    "RecursiveLoop": ("recursive_loop", str, "Terminate"),
    "CodeSigningConfigArn": ("code_signing_config_arn", str, ""),
}


def install() -> None:
    after("AWS::Lambda::Function", _apply)


def _apply(name: str, properties: Properties) -> None:
    record: dict[str, Any] = internal("services.lambda_svc._functions")[name]
    config = record["config"]
    for property_name in (*_AS_IN_THE_API, *_RENAMED):
        key = _RENAMED.get(property_name, property_name)
        if properties.get(property_name):
            config[key] = properties[property_name]
        else:
            config.pop(key, None)
    for property_name, (key, kind, default) in _ON_THE_FUNCTION.items():
        value = properties.get(property_name)
        record[key] = default if value is None else kind(value)
