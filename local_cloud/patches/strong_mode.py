"""How a table becomes a global table with strong consistency, and a single table again; DescribeTable says what it is.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

import json
from collections.abc import Callable
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import consistency, global_tables, scope
from local_cloud.patches.consistency import Table
from local_cloud.patches.dynamodb_api import Handler, Request, Response, find, refused
from local_cloud.patches.strong_tables import needs_quorum

_REGIONS = 3
_STREAM = ("StreamSpecification", "LatestStreamArn", "LatestStreamLabel")

Describe = Callable[[str], dict[str, Any]]


def install() -> None:
    replace("services.dynamodb._update_table", _with_mode)
    replace("services.dynamodb._table_description", _with_mode_described)


def _with_mode(original: Handler) -> Handler:
    def update(request: Request) -> Response:
        with global_tables.lock:
            table = find(request.get("TableName"))
            if table is None:
                return original(request)
            objection = _objection(table, request)
            refusal = refused(objection) if objection else needs_quorum(request)
            if refusal:
                return refusal
            if request.get("MultiRegionConsistency") == "STRONG":
                return _made_strong(original, table, request)
            response = original(request)
            if consistency.is_strong(table) and not consistency.replicas(table):
                consistency.make_single(table)
            return response

    return update


def _made_strong(original: Handler, table: Table, request: Request) -> Response:
    witnesses = _regions(request, "GlobalTableWitnessUpdates", "Create")
    without_stream = not (table.get("StreamSpecification") or {}).get("StreamEnabled")
    consistency.make_strong(table, witnesses[0] if witnesses else None)
    status, headers, body = original(request)
    if not consistency.replicas(table):
        consistency.make_single(table)
        return status, headers, body
    if without_stream:
        _drop_streams(table)
    described = internal("services.dynamodb._table_description")(table["TableName"])
    return status, headers, json.dumps({"TableDescription": described}).encode()


def _drop_streams(table: Table) -> None:
    """Only eventual consistency replicates through streams, and has MiniStack switch them on."""
    for region in consistency.replicas(table):
        member = internal("services.dynamodb._tables").get_scoped(scope.account(), region, table["TableName"])
        for field in _STREAM:
            member.pop(field, None)


def _objection(table: Table, request: Request) -> str | None:
    """Why DynamoDB would not do this to a table's replicas; None if it would."""
    created = [scope.region(), *_regions(request, "ReplicaUpdates", "Create")]
    deleted = {scope.region(), *_regions(request, "ReplicaUpdates", "Delete")}
    witnesses = _regions(request, "GlobalTableWitnessUpdates", "Create")
    if request.get("MultiRegionConsistency") == "STRONG":
        return _objection_to_strong(table, [*created, *witnesses])
    if witnesses:
        return "A witness needs MultiRegionConsistency STRONG"
    if not consistency.is_strong(table):
        return None
    if len(created) > 1:
        return "Replicas cannot be added to a global table with strong consistency"
    given_up = set(_regions(request, "GlobalTableWitnessUpdates", "Delete"))
    everything = {*consistency.replicas(table), consistency.witness(table)} - {None}
    if len(deleted | given_up) > 1 and deleted | given_up != everything:
        return "All other replicas and the witness of a global table with strong consistency go together"
    return None


def _objection_to_strong(table: Table, regions: list[str]) -> str | None:
    time_to_live = internal("services.dynamodb._ttl_settings").get(table["TableName"]) or {}
    has_time_to_live = time_to_live.get("TimeToLiveStatus") == "ENABLED"
    objections = {
        "The consistency of a global table cannot be changed": consistency.replicas(table),
        "Only an empty table can become a global table with strong consistency": table["items"],
        "Local secondary indexes are not supported with strong consistency": table["LocalSecondaryIndexes"],
        "Time to Live is not supported with strong consistency": has_time_to_live,
        f"Strong consistency needs {_REGIONS} Regions: replicas, or two replicas and a witness": (
            len(regions) != _REGIONS or len(set(regions)) != _REGIONS
        ),
    }
    return next((message for message, holds in objections.items() if holds), None)


def _regions(request: Request, field: str, action: str) -> list[str]:
    return [update[action]["RegionName"] for update in request.get(field) or () if action in update]


def _with_mode_described(original: Describe) -> Describe:
    def describe(name: str) -> dict[str, Any]:
        description, table = original(name), find(name)
        if table is None or not consistency.replicas(table):
            return description
        mode = {"MultiRegionConsistency": "STRONG" if consistency.is_strong(table) else "EVENTUAL"}
        witness = consistency.witness(table)
        witnesses = [{"RegionName": witness, "WitnessStatus": "ACTIVE"}] if witness else []
        return {**description, **mode, **({"GlobalTableWitnesses": witnesses} if witnesses else {})}

    return describe
