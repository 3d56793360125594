"""On-demand backups: which of them are listed, the system backup of a deleted table, and backups that go bad.

A table that is deleted while its point-in-time recovery is on leaves a backup that expires after 35 days.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListBackups.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import recovery
from local_cloud.patches.consistency import Table
from local_cloud.patches.dynamodb_api import Handler, Request, Response, answer, find, violated
from local_cloud.patches.resource_types import Properties, before_delete
from local_cloud.table_history import Item

_PAGE = 100
_KEPT_SECONDS = 35 * 86_400
_REFUSED = 400
_TYPES = ("USER", "SYSTEM", "AWS_BACKUP", "ALL")
_ARN = re.compile(r"arn:[^:]+:dynamodb:(?P<region>[^:]+):(?P<account>[^:]+):")
_OF_TABLE = ("TableName", "TableId", "TableArn")


def install() -> None:
    replace("services.dynamodb._list_backups", lambda _: _list)
    replace("services.dynamodb._delete_table", _leaving_a_backup)
    for kind in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        before_delete(kind, _leave_a_backup)


def tamper(arn: str, put: Iterable[Item], delete: Iterable[Item]) -> bool:
    """Change what a backup holds, and nothing that is said of it; whether there is such a backup."""
    named = _ARN.match(arn)
    backup = named and internal("services.dynamodb._backups").get_scoped(
        named["account"], named["region"], arn
    )
    if backup is None:
        return False
    held = backup["_items_snapshot"]
    for item, is_put in [*((item, True) for item in put), *((key, False) for key in delete)]:
        pk, sk = _place(item, backup["SourceTableDetails"]["KeySchema"])
        if is_put:
            held.setdefault(pk, {})[sk] = item
        else:
            held.get(pk, {}).pop(sk, None)
    return True


def _place(item: Item, key_schema: list[dict[str, str]]) -> tuple[Any, Any]:
    """Where MiniStack keeps an item."""
    names = {each["KeyType"]: each["AttributeName"] for each in key_schema}
    value = internal("services.dynamodb._extract_key_val")
    sort = names.get("RANGE")
    return value(item[names["HASH"]]), value(item[sort]) if sort else "__no_sort__"


def _list(request: Request) -> Response:
    size, kind = request.get("Limit", _PAGE), request.get("BackupType", "USER")
    if not 1 <= size <= _PAGE:
        bound = "greater than or equal to 1" if size < 1 else f"less than or equal to {_PAGE}"
        return violated(size, "limit", f"have value {bound}")
    if kind not in _TYPES:
        return violated(kind, "backupType", f"satisfy enum value set: [{', '.join(_TYPES)}]")
    after = request.get("ExclusiveStartBackupArn")
    backups = internal("services.dynamodb._backups").items()
    found = sorted(
        (arn, backup)
        for arn, backup in backups
        if (not after or arn > after) and _is_asked_for(backup, request, kind)
    )
    page = [_summary(backup) for _, backup in found[:size]]
    more = {"LastEvaluatedBackupArn": page[-1]["BackupArn"]} if len(found) > size else {}
    return answer({"BackupSummaries": page, **more})


def _is_asked_for(backup: Mapping[str, Any], request: Request, kind: str) -> bool:
    details, source = backup["BackupDetails"], backup["SourceTableDetails"]
    made = details["BackupCreationDateTime"]
    return (
        kind in ("ALL", details["BackupType"])
        and request.get("TableName") in (None, source["TableName"], source["TableArn"])
        and request.get("TimeRangeLowerBound", made) <= made
        and ("TimeRangeUpperBound" not in request or made < request["TimeRangeUpperBound"])
    )


def _summary(backup: Mapping[str, Any]) -> dict[str, Any]:
    source = backup["SourceTableDetails"]
    return {**{name: source[name] for name in _OF_TABLE}, **backup["BackupDetails"]}


def _leaving_a_backup(original: Handler) -> Handler:
    def delete(request: Request) -> Response:
        table = find(request.get("TableName"))
        backup = None if table is None else _system_backup(table)
        response = original(request)
        if table is not None and response[0] < _REFUSED:
            recovery.forget(table)
        elif backup:
            del internal("services.dynamodb._backups")[backup]
        return response

    return delete


def _leave_a_backup(name: str, _properties: Properties) -> None:
    """CloudFormation of MiniStack drops a table without asking DynamoDB."""
    table = find(name)
    if table is not None:
        _system_backup(table)
        recovery.forget(table)


def _system_backup(table: Table) -> str | None:
    """Back up a table that is about to go; the backup's ARN, or None where recovery is off."""
    if recovery.of(table) is None:
        return None
    name = table["TableName"]
    create = internal("services.dynamodb._create_backup")
    _, _, body = create({"TableName": name, "BackupName": f"{name}$DeletedTableBackup"})
    arn: str = json.loads(body)["BackupDetails"]["BackupArn"]
    details = internal("services.dynamodb._backups")[arn]["BackupDetails"]
    details["BackupType"] = "SYSTEM"
    details["BackupExpiryDateTime"] = details["BackupCreationDateTime"] + _KEPT_SECONDS
    return arn
