"""What a request for an export asks for, and why it is refused.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_IncrementalExportSpecification.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
"""

from collections.abc import Iterator
from typing import Any

from local_cloud.patches import recovery
from local_cloud.patches.consistency import Table
from local_cloud.patches.dynamodb_api import Request, Response, refused, violated
from local_cloud.settings import Settings

NEW_IMAGE, BOTH_IMAGES = "NEW_IMAGE", "NEW_AND_OLD_IMAGES"

_INCREMENTAL = "INCREMENTAL_EXPORT"
_LONGEST_WINDOW = 24 * 3600
_ENUMERATIONS = {
    "exportFormat": ("DYNAMODB_JSON", "ION"),
    "exportType": ("FULL_EXPORT", _INCREMENTAL),
    "s3SseAlgorithm": ("AES256", "KMS"),
}


def invalid(request: Request) -> Response | None:
    """Why a request is refused whatever the table is; None if it is not."""
    return next(_violations(request), None)


def _violations(request: Request) -> Iterator[Response]:
    for member, name in (("tableArn", "TableArn"), ("s3Bucket", "S3Bucket")):
        if request.get(name) is None:
            yield violated(None, member, "not be null")
        elif not request[name]:
            yield violated("", member, "have length greater than or equal to 1")
    for member, allowed in _ENUMERATIONS.items():
        yield from _not_among(request, member, allowed)
    window = request.get("IncrementalExportSpecification")
    wrong = {
        "ExportFormat ION is not on the local cloud": request.get("ExportFormat") == "ION",
        "FilterSpecification is not on the local cloud": "FilterSpecification" in request,
        f"ExportType {_INCREMENTAL} goes with IncrementalExportSpecification": (
            (request.get("ExportType") == _INCREMENTAL) != (window is not None)
        ),
        "IncrementalExportSpecification needs ExportFromTime": (
            window is not None and "ExportFromTime" not in window
        ),
    }
    yield from (refused(message) for message, holds in wrong.items() if holds)
    yield from _not_among(window or {}, "exportViewType", (NEW_IMAGE, BOTH_IMAGES))


def _not_among(given: dict[str, Any], member: str, allowed: tuple[str, ...]) -> Iterator[Response]:
    value = given.get(member[0].upper() + member[1:], allowed[0])
    if value not in allowed:
        yield violated(value, member, f"satisfy enum value set: [{', '.join(allowed)}]")


def times(request: Request, now: float) -> dict[str, Any]:
    """When the snapshot is of, or what it spans, as the export is described."""
    window = request.get("IncrementalExportSpecification")
    if not window:
        return {"ExportTime": request.get("ExportTime", now)}
    defaults = {"ExportToTime": now, "ExportViewType": BOTH_IMAGES}
    return {"IncrementalExportSpecification": {**defaults, **window}}


def wrong_time(table: Table, asked: dict[str, Any], now: float) -> Response | None:
    """Why DynamoDB would not export a table at a time, or for a window; None if it would."""
    remembered = recovery.of(table)
    window = asked.get("IncrementalExportSpecification")
    first = window["ExportFromTime"] if window else asked["ExportTime"]
    last = window["ExportToTime"] if window else asked["ExportTime"]
    objections = {}
    if remembered:
        earliest, _ = remembered.window(now)
        objections["The export must be of a time since point-in-time recovery began"] = first < earliest
    objections["The export must not be of a time in the future"] = last > now
    if window:
        shortest = Settings.from_environment().shortest_export_window
        objections[
            f"Difference between export period start and end time must be at least {shortest:g} seconds "
            f"and at most {_LONGEST_WINDOW} seconds"
        ] = not max(shortest, 1e-6) <= last - first <= _LONGEST_WINDOW
    message = next((message for message, holds in objections.items() if holds), None)
    return refused(message, "InvalidExportTimeException") if message else None
