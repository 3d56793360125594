"""Exports of tables to S3: when one begins, what is described of it, and which there are.

The snapshot is of the moment asked for, from what point-in-time recovery remembers. A client token makes a repeated
request harmless for eight hours after its export has ended.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListExports.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

import math
import time
from typing import Any
from uuid import uuid4

from local_cloud import export_format, outages
from local_cloud.export_format import Row
from local_cloud.hooks import internal, replace
from local_cloud.patches import export_requests, export_runs, recovery, scope
from local_cloud.patches.consistency import Table
from local_cloud.patches.dynamodb_api import Request, Response, answer, refused, violated

_PAGE = 25
_TOKEN_SECONDS = 8 * 3600
_MOST_AT_ONCE = 300
_DESCRIBED = ("S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseAlgorithm", "S3SseKmsKeyId", "ExportType")


def install() -> None:
    replace("services.dynamodb._export_table_to_point_in_time", lambda _: _export)
    replace("services.dynamodb._describe_export", lambda _: _describe)
    replace("services.dynamodb._list_exports", lambda _: _list)


def _export(request: Request) -> Response:
    refusal = export_requests.invalid(request)
    if refusal:
        return refusal
    earlier = _with_token(request)
    if earlier:
        if earlier["_request"] == request:
            return _answer(earlier)
        return refused("Duplicate request detected, but with other parameters", "ExportConflictException")
    name = internal("services.dynamodb._table_name_from_arn")(request["TableArn"])
    table = internal("services.dynamodb._tables").get(name) if name else None
    if table is None:
        return refused(f"Table not found: {request['TableArn']}", "TableNotFoundException")
    now = math.ceil(time.time() * 1000) / 1000  # as manifests have it, and not before the last write
    times = export_requests.times(request, now)
    refusal = recovery.unavailable(table) or export_requests.wrong_time(table, times, now) or _too_many()
    return refusal or _begin(request, table, times, now)


def _with_token(request: Request) -> dict[str, Any] | None:
    token = request.get("ClientToken")
    for described in internal("services.dynamodb._exports").values():
        ended = described.get("EndTime")
        if (
            token
            and described["ClientToken"] == token
            and (not ended or time.time() - ended < _TOKEN_SECONDS)
        ):
            return dict(described)
    return None


def _too_many() -> Response | None:
    exports = internal("services.dynamodb._exports").values()
    running = sum(described["ExportStatus"] == "IN_PROGRESS" for described in exports)
    if running < _MOST_AT_ONCE:
        return None
    return refused(f"{running} exports are in progress, and no more may be", "LimitExceededException")


def _begin(request: Request, table: Table, times: dict[str, Any], now: float) -> Response:
    arn = f"{table['TableArn']}/export/{int(now * 1000):014d}-{uuid4().hex[:8]}"
    described = {
        "ExportArn": arn,
        "ExportStatus": "IN_PROGRESS",
        "StartTime": now,
        "TableArn": table["TableArn"],
        "TableId": table["TableId"],
        "ClientToken": request.get("ClientToken") or str(uuid4()),
        "ExportFormat": "DYNAMODB_JSON",
        **{name: request[name] for name in _DESCRIBED if name in request},
        **times,
        "_request": request,
    }
    internal("services.dynamodb._exports")[arn] = described
    failure = outages.take_export_failure(scope.region(), table["TableName"])
    export_runs.start(described, _rows(table, times), failure)
    return _answer(described)


def _rows(table: Table, times: dict[str, Any]) -> list[Row]:
    remembered = recovery.of(table)
    if remembered is None:
        return []
    window = times.get("IncrementalExportSpecification")
    if not window:
        items = remembered.history.at(times["ExportTime"])
        return export_format.present(items.values(), table["pk_name"])
    changes = remembered.history.between(window["ExportFromTime"], window["ExportToTime"])
    keys = [name for name in (table["pk_name"], table["sk_name"]) if name]
    return export_format.changed(
        changes, keys, old_images=window["ExportViewType"] == export_requests.BOTH_IMAGES
    )


def _describe(request: Request) -> Response:
    arn = request.get("ExportArn") or ""
    if "/export/" not in arn:
        return refused(f"Invalid Export ARN: {arn}")
    described = internal("services.dynamodb._exports").get(arn)
    if described is None:
        return refused(f"Export not found: {arn}", "ExportNotFoundException")
    return _answer(described)


def _answer(described: dict[str, Any]) -> Response:
    public = {name: value for name, value in described.items() if not name.startswith("_")}
    return answer({"ExportDescription": public})


def _list(request: Request) -> Response:
    wanted, after = request.get("TableArn"), request.get("NextToken")
    size = request.get("MaxResults", _PAGE)
    if not 1 <= size <= _PAGE:
        bound = "greater than or equal to 1" if size < 1 else f"less than or equal to {_PAGE}"
        return violated(size, "maxResults", f"have value {bound}")
    found = sorted(
        (
            described
            for described in internal("services.dynamodb._exports").values()
            if wanted in (None, described["TableArn"]) and (not after or described["ExportArn"] < after)
        ),
        key=lambda described: str(described["ExportArn"]),
        reverse=True,
    )
    summaries = [
        {
            "ExportArn": described["ExportArn"],
            "ExportStatus": described["ExportStatus"],
            "ExportType": described.get("ExportType", "FULL_EXPORT"),
        }
        for described in found[:size]
    ]
    more = {"NextToken": summaries[-1]["ExportArn"]} if len(found) > size else {}
    return answer({"ExportSummaries": summaries, **more})
