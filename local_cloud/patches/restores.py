"""Restores take time, and give a table that has its items, keys, indexes, capacity and encryption, and nothing else.

The new table is being created until it has its items. It has no time to live, tags, stream, point-in-time recovery,
deletion protection or resource policy, whatever the source had, and the standard table class.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreSummary.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Restore.Tutorial.html
"""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import recovery, scope
from local_cloud.patches.consistency import Table
from local_cloud.patches.creating_tables import CREATING
from local_cloud.patches.dynamodb_api import Handler, Request, Response, answer, find, refused, violated
from local_cloud.settings import Settings
from local_cloud.table_history import Items

_ARN = re.compile(r"arn:[^:]+:dynamodb:[^:]+:")
_MOST_AT_ONCE = 50
_REFUSED = 400

Describe = Callable[[str], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class _Source:
    """What a table is restored from: its settings, as a table has them, its items, and what is said of it."""

    settings: Mapping[str, Any]
    items: Items
    summary: Mapping[str, Any]


def install() -> None:
    replace("services.dynamodb._restore_table_from_backup", lambda _: _from_backup)
    replace("services.dynamodb._restore_table_to_point_in_time", lambda _: _to_point_in_time)
    replace("services.dynamodb._table_description", _with_summary)
    replace("services.dynamodb._delete_backup", _unless_restored)


def _from_backup(request: Request) -> Response:
    arn = request.get("BackupArn") or ""
    if not arn:
        return violated(None, "backupArn", "not be null")
    region = scope.region_of(arn) if _ARN.match(arn) else scope.region()
    backup = internal("services.dynamodb._backups").get_scoped(scope.account(), region, arn)
    if backup is None:
        return refused(f"Backup not found: {arn}", "BackupNotFoundException")
    source, features = backup["SourceTableDetails"], backup["SourceTableFeatureDetails"]
    settings = {
        **source,
        **features,
        "AttributeDefinitions": backup["_attribute_definitions"],
    }
    summary = {
        "SourceBackupArn": arn,
        "SourceTableArn": source["TableArn"],
        "RestoreDateTime": backup["BackupDetails"]["BackupCreationDateTime"],
    }
    items = {(pk, sk): item for pk, held in backup["_items_snapshot"].items() for sk, item in held.items()}
    return _restored(request, _Source(settings=settings, items=items, summary=summary))


def _to_point_in_time(request: Request) -> Response:
    named = request.get("SourceTableArn") or request.get("SourceTableName") or ""
    region = scope.region_of(named) if _ARN.match(named) else scope.region()
    name = named.rpartition("/")[2]
    table = internal("services.dynamodb._tables").get_scoped(scope.account(), region, name)
    if table is None:
        return refused(f"Source table not found: {named}", "TableNotFoundException")
    refusal, remembered = recovery.unavailable(table), recovery.of(table)
    if refusal or remembered is None:
        return refusal or refused(f"{named} cannot be recovered", "InternalServerError", 500)
    earliest, latest = remembered.window(time.time())
    moment = request.get("RestoreDateTime")
    if bool(request.get("UseLatestRestorableTime")) == (moment is not None):
        return refused("Either RestoreDateTime or UseLatestRestorableTime must be given")
    if moment is None:
        moment = latest
    if not earliest <= moment <= latest:
        return refused(
            "RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime",
            "InvalidRestoreTimeException",
        )
    mode = (table.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
    return _restored(
        request,
        _Source(
            settings={**table, "BillingMode": mode},
            items=remembered.history.at(moment),
            summary={"SourceTableArn": table["TableArn"], "RestoreDateTime": moment},
        ),
    )


def _restored(request: Request, source: _Source) -> Response:
    target = request.get("TargetTableName")
    if not target:
        return violated(None, "targetTableName", "not be null")
    present = find(target)
    if present is not None:
        if present["TableStatus"] == CREATING:
            return refused(f"Table is being created: {target}", "TableInUseException")
        return refused(f"Table already exists: {target}", "TableAlreadyExistsException")
    if len(_in_progress()) >= _MOST_AT_ONCE:
        return refused(
            f"{_MOST_AT_ONCE} restores are in progress, and no more may be", "LimitExceededException"
        )
    made: Response = internal("services.dynamodb._create_table")(_creation(target, request, source.settings))
    if made[0] >= _REFUSED:
        return made
    table = internal("services.dynamodb._tables")[target]
    _forget_earlier(table)
    _set_status(table, CREATING)
    table["RestoreSummary"] = {**source.summary, "RestoreInProgress": True}
    timer = threading.Timer(Settings.from_environment().restore_seconds, _finish, (table, source.items))
    timer.daemon = True
    timer.start()
    return answer({"TableDescription": internal("services.dynamodb._table_description")(target)})


def _creation(target: str, request: Request, settings: Mapping[str, Any]) -> Request:
    create: Request = internal("services.dynamodb._restore_create_request")(
        target,
        settings["KeySchema"],
        settings["AttributeDefinitions"],
        request.get("BillingModeOverride") or settings["BillingMode"],
        request.get("ProvisionedThroughputOverride") or settings.get("ProvisionedThroughput"),
        request,
        settings.get("GlobalSecondaryIndexes"),
        settings.get("LocalSecondaryIndexes"),
        settings.get("VectorIndexes"),
    )
    if create["BillingMode"] == "PAY_PER_REQUEST":
        for index in create.get("GlobalSecondaryIndexes", ()):
            index.pop("ProvisionedThroughput", None)
    encryption, given = settings.get("SSEDescription"), request.get("SSESpecificationOverride")
    if given is None and encryption and encryption["Status"] == "ENABLED":
        given = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": encryption.get("KMSMasterKeyArn")}
    optional = {"SSESpecification": given, "OnDemandThroughput": request.get("OnDemandThroughputOverride")}
    return create | {name: value for name, value in optional.items() if value is not None}


def _forget_earlier(table: Table) -> None:
    """Nothing of an earlier table of this name is left, where MiniStack leaves it under the name."""
    internal("services.dynamodb._ttl_settings").pop(table["TableName"], None)
    internal("services.dynamodb._resource_policies").pop(table["TableArn"], None)


def _finish(table: Table, items: Items) -> None:
    stored: defaultdict[Any, dict[Any, Any]] = defaultdict(dict)
    for (pk, sk), item in items.items():
        stored[pk][sk] = item
    table["items"] = stored
    internal("services.dynamodb._items_replaced")(table)
    table["RestoreSummary"] = {**table["RestoreSummary"], "RestoreInProgress": False}
    _set_status(table, "ACTIVE")


def _set_status(table: Table, status: str) -> None:
    table["TableStatus"] = status
    for index in table.get("GlobalSecondaryIndexes") or ():
        index["IndexStatus"] = status


def _in_progress() -> list[Mapping[str, Any]]:
    """What is said of the restores that are under way in this account."""
    return [
        table["RestoreSummary"]
        for (account, _, _), table in internal("services.dynamodb._tables").all_items()
        if account == scope.account() and table.get("RestoreSummary", {}).get("RestoreInProgress")
    ]


def _with_summary(original: Describe) -> Describe:
    def describe(name: str) -> dict[str, Any]:
        table = find(name) or {}
        restored = {"RestoreSummary": table["RestoreSummary"]} if "RestoreSummary" in table else {}
        return {**original(name), **restored}

    return describe


def _unless_restored(original: Handler) -> Handler:
    """A backup that a table is being restored from cannot be deleted."""

    def delete(request: Request) -> Response:
        if any(summary.get("SourceBackupArn") == request.get("BackupArn") for summary in _in_progress()):
            return refused(f"Backup is being used: {request['BackupArn']}", "BackupInUseException")
        return original(request)

    return delete
