"""Table properties that MiniStack's CloudFormation drops: point-in-time recovery, time to live, SSE, replicas, mode."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import consistency, scope
from local_cloud.patches.resource_types import Created, Properties, after, answered, before_delete, is_true

_GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"


def install() -> None:
    handler = internal("services.cloudformation.provisioners._RESOURCE_HANDLERS")[_GLOBAL_TABLE]
    handler["update"] = _in_place(handler["update"])
    after("AWS::DynamoDB::Table", _apply_to_table)
    after(_GLOBAL_TABLE, _apply_to_global_table)
    before_delete(_GLOBAL_TABLE, _delete_replicas)


def _in_place(update: Callable[..., Created]) -> Callable[..., Created]:
    """MiniStack gives a global table without a name another one at each update, and so replaces it."""

    def call(name: str, old: Properties, new: Properties, *rest: Any) -> Created:
        if old.get("TableName") or new.get("TableName") or old.get("KeySchema") != new.get("KeySchema"):
            return update(name, old, new, *rest)
        return update(name, {**old, "TableName": name}, {**new, "TableName": name}, *rest)

    return call


def _apply_to_table(name: str, properties: Properties) -> None:
    _apply_recovery(name, properties)
    _apply_time_to_live(name, properties)
    _apply_encryption(name, properties.get("SSESpecification") or {})


def _apply_to_global_table(name: str, properties: Properties) -> dict[str, Any]:
    replicas = {replica["Region"]: replica for replica in properties.get("Replicas", [])}
    _change_replicas(name, set(replicas) - {scope.region()}, _mode(properties))
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
    if name in internal("services.dynamodb._tables"):
        _change_replicas(name, set(), _Mode(strong=False, witness=None))


@dataclass(frozen=True, kw_only=True)
class _Mode:
    """How consistent the replicas of a table are."""

    strong: bool
    witness: str | None

    @property
    def witnesses(self) -> set[str]:
        return {self.witness} if self.witness else set()


def _mode(properties: Properties) -> _Mode:
    witnesses = [witness["Region"] for witness in properties.get("GlobalTableWitnesses") or ()]
    strong = properties.get("MultiRegionConsistency") == "STRONG"
    return _Mode(strong=strong, witness=next(iter(witnesses), None))


def _change_replicas(name: str, wanted: set[str], mode: _Mode) -> None:
    table = internal("services.dynamodb._tables")[name]
    present = set(consistency.replicas(table)) - {scope.region()}
    now = _Mode(strong=consistency.is_strong(table), witness=consistency.witness(table))
    if present and wanted and mode != now:
        raise ValueError(f"{name} is a global table, whose consistency and witness cannot be changed")
    request: dict[str, Any] = {"TableName": name, "ReplicaUpdates": _updates(wanted, present)}
    if wanted and not present:
        request["GlobalTableWitnessUpdates"] = _updates(mode.witnesses, set())
        request |= {"MultiRegionConsistency": "STRONG"} if mode.strong else {}
    if present and not wanted:
        request["GlobalTableWitnessUpdates"] = _updates(set(), now.witnesses)
    if wanted != present:
        answered(internal("services.dynamodb._update_table")(request))


def _updates(wanted: set[str], present: set[str]) -> list[dict[str, Any]]:
    return [
        {action: {"RegionName": region}}
        for action, regions in (("Create", wanted - present), ("Delete", present - wanted))
        for region in sorted(regions)
    ]


def _apply_recovery(name: str, properties: Properties) -> None:
    declared = properties.get("PointInTimeRecoverySpecification") or {}
    enabled = is_true(declared.get("PointInTimeRecoveryEnabled", False))
    specification: dict[str, Any] = {"PointInTimeRecoveryEnabled": enabled}
    if "RecoveryPeriodInDays" in declared:
        specification["RecoveryPeriodInDays"] = int(declared["RecoveryPeriodInDays"])
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
