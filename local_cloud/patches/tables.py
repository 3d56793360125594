"""Table properties that MiniStack's CloudFormation drops: point-in-time recovery, time to live, SSE, replicas."""

from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import scope
from local_cloud.patches.resource_types import Properties, after, answered, before_delete, is_true


def install() -> None:
    after("AWS::DynamoDB::Table", _apply_to_table)
    after("AWS::DynamoDB::GlobalTable", _apply_to_global_table)
    before_delete("AWS::DynamoDB::GlobalTable", _delete_replicas)


def _apply_to_table(name: str, properties: Properties) -> None:
    _apply_recovery(name, properties)
    _apply_time_to_live(name, properties)
    _apply_encryption(name, properties.get("SSESpecification") or {})


def _apply_to_global_table(name: str, properties: Properties) -> dict[str, Any]:
    replicas = {replica["Region"]: replica for replica in properties.get("Replicas", [])}
    present, wanted = _replicas(name), set(replicas) - {scope.region()}
    _change_replicas(name, "Create", wanted - present)
    _change_replicas(name, "Delete", present - wanted)
    _apply_time_to_live(name, properties)
    for region, replica in replicas.items():
        with scope.scoped(scope.account(), region):
            table = internal("services.dynamodb._tables")[name]
            table["DeletionProtectionEnabled"] = is_true(replica.get("DeletionProtectionEnabled", False))
            _apply_recovery(name, replica)
            key = (replica.get("SSESpecification") or {}).get("KMSMasterKeyId")
            _apply_encryption(name, {**(properties.get("SSESpecification") or {}), "KMSMasterKeyId": key})
    table = internal("services.dynamodb._tables")[name]
    attributes = {"TableId": table["TableId"]}
    return (
        {**attributes, "StreamArn": table["LatestStreamArn"]} if table.get("LatestStreamArn") else attributes
    )


def _delete_replicas(name: str, _properties: Properties) -> None:
    _change_replicas(name, "Delete", _replicas(name))


def _replicas(name: str) -> set[str]:
    table = internal("services.dynamodb._tables").get(name) or {}
    return set(table.get("_global_regions") or []) - {scope.region()}


def _change_replicas(name: str, action: str, regions: set[str]) -> None:
    update = internal("services.dynamodb._update_table")
    for region in sorted(regions):
        answered(update({"TableName": name, "ReplicaUpdates": [{action: {"RegionName": region}}]}))


def _apply_recovery(name: str, properties: Properties) -> None:
    declared = properties.get("PointInTimeRecoverySpecification") or {}
    enabled = is_true(declared.get("PointInTimeRecoveryEnabled", False))
    specification = {"PointInTimeRecoveryEnabled": enabled}
    update = internal("services.dynamodb._update_continuous_backups")
    answered(update({"TableName": name, "PointInTimeRecoverySpecification": specification}))


def _apply_time_to_live(name: str, properties: Properties) -> None:
    declared = properties.get("TimeToLiveSpecification")
    if not declared or not declared.get("AttributeName"):
        internal("services.dynamodb._ttl_settings").pop(name, None)
        return
    specification = {**declared, "Enabled": is_true(declared.get("Enabled", True))}
    update = internal("services.dynamodb._update_ttl")
    answered(update({"TableName": name, "TimeToLiveSpecification": specification}))


def _apply_encryption(name: str, declared: dict[str, Any]) -> None:
    table = internal("services.dynamodb._tables")[name]
    if not is_true(declared.get("SSEEnabled", False)):
        table["SSEDescription"] = None
        return
    described = {"Status": "ENABLED", "SSEType": declared.get("SSEType", "KMS")}
    if declared.get("KMSMasterKeyId"):
        described["KMSMasterKeyArn"] = declared["KMSMasterKeyId"]
    table["SSEDescription"] = described
