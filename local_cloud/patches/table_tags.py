"""Tags of tables: CloudFormation gives each replica its own, and those of a deleted table are gone with it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-replicaspecification.html
"""

from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import scope
from local_cloud.patches.resource_types import Properties, after, before_delete

_TABLE, _GLOBAL_TABLE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
_OF_STACKS = "aws:"
"""What the tags begin with that CloudFormation gives by itself."""

Update = Callable[[str, Any, list[dict[str, Any]]], Any]


def install() -> None:
    after(_GLOBAL_TABLE, _tag_replicas)
    for kind in (_TABLE, _GLOBAL_TABLE):
        before_delete(kind, _untag)
    replace("services.dynamodb._apply_replica_updates", _untagging)


def _tag_replicas(name: str, properties: Properties) -> None:
    tags = internal("services.dynamodb._tags")
    for replica in properties.get("Replicas", []):
        with scope.scoped(scope.account(), replica["Region"]):
            arn = _arn(name)
            kept = [tag for tag in tags.get(arn, []) if tag["Key"].startswith(_OF_STACKS)]
            tags[arn] = [*replica.get("Tags", []), *kept]


def _untagging(original: Update) -> Update:
    def update(name: str, table: Any, updates: list[dict[str, Any]]) -> Any:
        refusal = original(name, table, updates)
        if refusal is None:
            for each in updates:
                if "Delete" in each:
                    with scope.scoped(scope.account(), each["Delete"]["RegionName"]):
                        _untag(name, {})
        return refusal

    return update


def _untag(name: str, _properties: Properties) -> None:
    internal("services.dynamodb._tags").pop(_arn(name), None)


def _arn(name: str) -> str:
    return scope.arn("dynamodb", f"table/{name}")
