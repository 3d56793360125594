"""A world for the handler of exports: tables with a past, DynamoDB's exports, a bucket and a ledger, calls that fail.

The handler's own classes work on it through clients that are made here. A test hangs what it wants to happen, a fault
or a whole second invocation, at one of the calls that an invocation makes.
"""

import base64
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from table_export.advancing import Advancer
from table_export.completing import Completer
from table_export.exports import Exports
from table_export.ledger import Ledger
from table_export.links import Link, links_of
from table_export.metrics import Publisher
from table_export.model import Kind, Settings, State
from table_export.objects import BucketObjects, Objects
from table_export.reading import Files, records
from table_export.running import Run

from tests.backup.backup_world import KilledError, client_error

START = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60, 3_600, 86_400
ORDERS, MAIL = (f"arn:aws:dynamodb:us-east-1:111122223333:table/{name}" for name in ("orders", "mail"))
SETTINGS = Settings(
    name="Shop/Export",
    ledger="ledger",
    namespace="constructs_lib/Backup",
    bucket="exports",
    owner="111122223333",
    prefix="shop",
)
FULL, WINDOW = Kind.FULL, Kind.INCREMENTAL
BASE = (FULL, -300.0, -300.0)
"""The full export that the first look begins with."""
_TOKEN_HOLDS = 8 * HOUR
_LONGEST_RECOVERY = 35 * DAY
_FILES = 3

__all__ = ["KilledError", "client_error"]


class ConditionalCheckFailedException(ClientError):  # noqa: N818 - botocore's
    """The ledger's condition did not hold."""


class ExportNotFoundException(ClientError):  # noqa: N818 - botocore's
    """There is no such export."""


@dataclass
class Table:
    """A table and its past: each change with its time, its key, and the item after it."""

    table_id: str = "id-1"
    enabled_at: float | None = START - DAY
    changes: list[tuple[float, str, dict[str, Any] | None]] = field(default_factory=list)

    def at(self, moment: float) -> dict[str, dict[str, Any]]:
        """The items just before `moment`."""
        items: dict[str, dict[str, Any]] = {}
        for when, key, item in self.changes:
            if when < moment:
                items.pop(key, None)
                if item is not None:
                    items[key] = item
        return items


@dataclass
class Export:
    """An export in the world."""

    arn: str
    table: str
    request: dict[str, Any]
    began: float
    ends: float
    lines: list[dict[str, Any]]
    status: str = "IN_PROGRESS"
    fails: bool = False
    whole: bool = True

    @property
    def span(self) -> tuple[str, float, float]:
        """Its type, and from when to when it is."""
        if self.request["ExportType"] == Kind.FULL:
            moment = self.request["ExportTime"].timestamp()
            return Kind.FULL, moment, moment
        window = self.request["IncrementalExportSpecification"]
        return Kind.INCREMENTAL, window["ExportFromTime"].timestamp(), window["ExportToTime"].timestamp()


Hook = Callable[["World", str, Callable[[], Any]], Any]


def plainly(_world: "World", _what: str, act: Callable[[], Any]) -> Any:
    return act()


@dataclass
class World:
    """What there is."""

    now: float = START
    settings: Settings = SETTINGS
    lag: float = 5 * MINUTE
    takes: float = 10 * MINUTE
    tables: dict[str, Table] = field(default_factory=lambda: {ORDERS: Table(), MAIL: Table()})
    exports: list[Export] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    ledger: dict[str, Any] = field(default_factory=dict)
    denied: set[tuple[str, str]] = field(default_factory=set)
    failing: int = 0
    """How many of the next exports will fail."""
    torn: int = 0
    """Of how many of the next exports a file will be missing."""
    page: int = 2
    lines: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    hook: Hook = plainly
    archived: set[str] = field(default_factory=set)
    """Objects that S3 has to restore before they can be read."""
    busy: bool = False
    """Whether S3 refuses to say what it holds."""

    def call(self, what: str, table: str, act: Callable[[], Any]) -> Any:
        self.calls.append(what)
        self._settle()

        def checked() -> Any:
            if (what, table) in self.denied:
                raise client_error("AccessDeniedException")
            return act()

        return self.hook(self, what, checked)

    def put(self, key: str, value: str | None, table: str = ORDERS) -> None:
        """Write an item, or delete it."""
        item = None if value is None else {"id": {"S": key}, "value": {"S": value}}
        self.tables[table].changes.append((self.now, key, item))

    def state(self, table: str = ORDERS) -> State:
        return State.from_json(json.loads(self.ledger[table]["state"]["S"]))

    def metric(self, name: str, table: str = ORDERS) -> list[float]:
        short = table.rpartition("/")[2]
        return [line[name] for line in self.lines if line["TableName"] == short and name in line]

    def of(self, table: str = ORDERS) -> BucketObjects:
        """The objects of a table, as anybody reads them."""
        return BucketObjects(FakeStore(World(objects=self.objects)), "exports", self.settings.root(table))

    def links(self, table: str = ORDERS) -> list[tuple[str, Link]]:
        found = []
        for _, md5, link in links_of(self.of(table)):
            assert isinstance(link, Link)
            found.append((md5, link))
        return found

    def spans(self, *statuses: str, table: str = ORDERS) -> list[tuple[str, float, float]]:
        """The exports that there are, from when to when after the start of the world."""
        return [
            (each.span[0], each.span[1] - START, each.span[2] - START)
            for each in self.exports
            if each.table == table and (not statuses or each.status in statuses)
        ]

    def recovery(self, table: str) -> tuple[float, float] | None:
        found = self.tables[table]
        if found.enabled_at is None:
            return None
        earliest = max(found.enabled_at, self.now - _LONGEST_RECOVERY)
        return earliest, max(earliest, self.now - self.lag)

    def _settle(self) -> None:
        for export in self.exports:
            if export.status == "IN_PROGRESS" and self.now >= export.ends:
                export.status = "FAILED" if export.fails else "COMPLETED"
                if not export.fails:
                    self._write(export)

    def _write(self, export: Export) -> None:
        name = export.arn.rpartition("/")[2]
        root = f"{export.request['S3Prefix']}/AWSDynamoDB"
        data = f"{root}/{name}/data" if export.span[0] == Kind.FULL else f"{root}/data"
        described = []
        for number in range(_FILES):
            lines = export.lines[number::_FILES]
            body = (
                gzip.compress("".join(f"{json.dumps(line)}\n" for line in lines).encode()) if lines else b""
            )
            key = f"{data}/{name}-{number}.json.gz"
            if export.whole or number:
                self.objects[key] = body
            described.append(
                {
                    "itemCount": len(lines),
                    "md5Checksum": base64.b64encode(md5(body).digest()).decode(),
                    "etag": etag(body),
                    "dataFileS3Key": key,
                }
            )
        files = "".join(f"{json.dumps(each)}\n" for each in described).encode()
        self._put_checked(f"{root}/{name}/manifest-files", files)
        summary = {
            "exportArn": export.arn,
            "tableArn": export.table,
            "exportType": export.request["ExportType"],
            "manifestFilesS3Key": f"{root}/{name}/manifest-files.json",
            "itemCount": len(export.lines),
        }
        self._put_checked(f"{root}/{name}/manifest-summary", json.dumps(summary).encode())

    def _put_checked(self, name: str, body: bytes) -> None:
        self.objects[f"{name}.json"] = body
        self.objects[f"{name}.md5"] = base64.b64encode(md5(body).digest())


def md5(body: bytes) -> Any:
    return hashlib.md5(body, usedforsecurity=False)


def etag(body: bytes) -> str:
    return f"{md5(md5(body).digest()).hexdigest()}-1"


@dataclass
class FakeDynamo:
    """DynamoDB's calls on exports, and on the ledger."""

    world: World

    class exceptions:  # noqa: N801 - botocore's
        ConditionalCheckFailedException = ConditionalCheckFailedException
        ExportNotFoundException = ExportNotFoundException

    def get_item(self, TableName: str, Key: Any, ConsistentRead: bool) -> Any:  # noqa: N803, FBT001 - boto3's
        assert TableName == "ledger"
        assert ConsistentRead

        def act() -> Any:
            now = datetime.fromtimestamp(self.world.now, UTC)
            answer: dict[str, Any] = {
                "ResponseMetadata": {"HTTPHeaders": {"date": format_datetime(now, usegmt=True)}}
            }
            item = self.world.ledger.get(Key["table"]["S"])
            return answer | ({"Item": item} if item else {})

        return self.world.call("load", Key["table"]["S"], act)

    def put_item(self, TableName: str, Item: Any, **condition: Any) -> None:  # noqa: N803
        assert TableName == "ledger"
        table = Item["table"]["S"]

        def act() -> None:
            present = self.world.ledger.get(table, {}).get("version")
            holds = {
                "attribute_not_exists(#v)": present is None,
                "#v = :v": present == condition.get("ExpressionAttributeValues", {}).get(":v"),
            }
            if not holds.get(condition.get("ConditionExpression", ""), True):
                answer: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
                raise ConditionalCheckFailedException(answer, "PutItem")
            self.world.ledger[table] = Item

        self.world.call("save", table, act)

    def describe_continuous_backups(self, TableName: str) -> Any:  # noqa: N803
        def act() -> Any:
            if TableName not in self.world.tables:
                raise client_error("TableNotFoundException")
            window = self.world.recovery(TableName)
            found: dict[str, Any] = {"PointInTimeRecoveryStatus": "ENABLED" if window else "DISABLED"}
            if window:
                names = ("EarliestRestorableDateTime", "LatestRestorableDateTime")
                found |= {name: time_of(each) for name, each in zip(names, window, strict=True)}
            return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": found}}

        return self.world.call("recovery", TableName, act)

    def export_table_to_point_in_time(self, **request: Any) -> Any:
        def act() -> Any:
            return {"ExportDescription": {"ExportArn": self._begin(request).arn}}

        return self.world.call("export", request["TableArn"], act)

    def list_exports(self, TableArn: str, MaxResults: int, NextToken: str = "") -> Any:  # noqa: N803
        assert MaxResults <= 25

        def act() -> Any:
            found = sorted((each.arn for each in self.world.exports if each.table == TableArn), reverse=True)
            found = [arn for arn in found if not NextToken or arn < NextToken]
            page: dict[str, Any] = {
                "ExportSummaries": [{"ExportArn": arn} for arn in found[: self.world.page]]
            }
            if len(found) > self.world.page:
                page["NextToken"] = found[self.world.page - 1]
            return page

        return self.world.call("list", TableArn, act)

    def describe_export(self, ExportArn: str) -> Any:  # noqa: N803
        table = ExportArn.partition("/export/")[0]

        def act() -> Any:
            export = next((each for each in self.world.exports if each.arn == ExportArn), None)
            if export is None:
                raise ExportNotFoundException(
                    {"Error": {"Code": "ExportNotFoundException"}}, "DescribeExport"
                )
            found: dict[str, Any] = {
                "ExportStatus": export.status,
                "ClientToken": export.request["ClientToken"],
                "StartTime": time_of(export.began),
                "TableId": "id-1",
            }
            if export.status == "COMPLETED":
                size = sum(len(json.dumps(line)) for line in export.lines)
                found |= {"ItemCount": len(export.lines), "BilledSizeBytes": size}
                found |= {"EndTime": time_of(export.ends)}
            if export.status == "FAILED":
                found |= {"FailureCode": "S3AccessDenied", "FailureMessage": "Access Denied"}
            return {"ExportDescription": found}

        return self.world.call("describe", table, act)

    def _begin(self, request: dict[str, Any]) -> Export:
        world, table = self.world, request["TableArn"]
        for export in world.exports:
            same = export.request["ClientToken"] == request["ClientToken"]
            if same and world.now - export.began <= _TOKEN_HOLDS:
                if export.request != request:
                    raise client_error("ExportConflictException")
                return export
        if table not in world.tables:
            raise client_error("TableNotFoundException")
        window = world.recovery(table)
        if window is None:
            raise client_error("PointInTimeRecoveryUnavailableException")
        new = Export("", table, request, world.now, world.now + world.takes, [])
        kind, start, end = new.span
        incremental = kind == Kind.INCREMENTAL
        if not window[0] <= start <= end <= window[1] or (incremental and not 900 <= end - start <= DAY):
            raise client_error("InvalidExportTimeException")
        new.arn = f"{table}/export/{int(world.now * 1000) + len(world.exports):014d}-{len(world.exports):08x}"
        new.lines = changes(world.tables[table], start, end) if incremental else snapshot(world, table, end)
        new.fails, world.failing = world.failing > 0, max(0, world.failing - 1)
        new.whole, world.torn = world.torn == 0, max(0, world.torn - 1)
        world.exports.append(new)
        return new


def snapshot(world: World, table: str, moment: float) -> list[dict[str, Any]]:
    return [{"Item": item} for item in world.tables[table].at(moment).values()]


def changes(table: Table, start: float, end: float) -> list[dict[str, Any]]:
    """The changes of a window, those of one item as one."""
    before, after = table.at(start), table.at(end)
    found = []
    for key in dict.fromkeys(key for when, key, _ in table.changes if start <= when < end):
        images = {
            name: image
            for name, image in (("OldImage", before.get(key)), ("NewImage", after.get(key)))
            if image
        }
        if images:
            found.append(
                {"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": {"id": {"S": key}}, **images}
            )
    return found


def time_of(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass
class FakeStore:
    """S3's calls."""

    world: World

    def get_object(self, Key: str, **_: str) -> Any:  # noqa: N803
        def act() -> bytes:
            if Key not in self.world.objects:
                raise client_error("NoSuchKey", 404)
            if Key in self.world.archived:
                raise client_error("InvalidObjectState", 403)
            return self.world.objects[Key]

        return {"Body": io.BytesIO(self.world.call("get", "", act))}

    def head_object(self, Key: str, **_: str) -> Any:  # noqa: N803
        # Many threads ask at once: what an order of calls is hung at must not depend on theirs.
        if self.world.busy:
            raise client_error("SlowDown", 503)
        if Key not in self.world.objects:
            raise client_error("404", 404)
        body = self.world.objects[Key]
        return {"ContentLength": len(body), "ETag": f'"{etag(body)}"'}

    def put_object(self, Key: str, Body: bytes, **more: str) -> None:  # noqa: N803
        assert more["ContentType"] == "application/json"

        def act() -> None:
            self.world.objects[Key] = Body

        self.world.call("put", "", act)

    def get_paginator(self, name: str) -> Any:
        assert name == "list_objects_v2"
        return self

    def paginate(self, Prefix: str, Delimiter: str = "", **_: str) -> Iterator[Any]:  # noqa: N803
        keys = sorted(key for key in self.world.objects if key.startswith(Prefix))
        if Delimiter:
            folders = {Prefix + key.removeprefix(Prefix).split("/")[0] for key in keys}
            yield {"CommonPrefixes": [{"Prefix": f"{each}/"} for each in sorted(folders)]}
            return
        for each in keys:
            yield {"Contents": [{"Key": each}]}


@dataclass
class Invocation:
    """One run of the function."""

    world: World

    def look(self, tables: Sequence[str] = (ORDERS,)) -> Mapping[str, Any]:
        return self._run().look(tables)

    def ask(
        self, kind: Kind, moment: float | None = None, tables: Sequence[str] = (ORDERS,)
    ) -> Mapping[str, Any]:
        return self._run().ask(tables, kind, int(self.world.now if moment is None else moment))

    def _run(self) -> Run:
        world = self.world
        dynamo: Any = FakeDynamo(world)
        ledger = Ledger(dynamo, "ledger")
        return Run(
            settings=world.settings,
            ledger=ledger,
            advancer=Advancer(
                settings=world.settings,
                ledger=ledger,
                exports=Exports(dynamo, world.settings),
                completer=Completer(
                    settings=world.settings, objects=partial(self._objects, FakeStore(world))
                ),
            ),
            publisher=Publisher(
                settings=world.settings, write=lambda line: world.lines.append(json.loads(line))
            ),
            threads=1,
            clock=lambda: world.now,
        )

    def _objects(self, store: Any, table: str) -> BucketObjects:
        return BucketObjects(store, self.world.settings.bucket, self.world.settings.root(table))


def pass_time(world: World, seconds: float, *, looks: float = 5 * MINUTE) -> None:
    """Let time pass, with a look every now and then."""
    until = world.now + seconds
    while world.now < until:
        world.now = min(until, world.now + looks)
        Invocation(world).look()


def reconstructed(objects: Objects, links: Sequence[Link], moment: int, key: str = "id") -> dict[str, Any]:
    """The items at `moment` of the chain of `links`: a full export, and the windows after it."""
    base = max(
        (each for each in links if each.kind is Kind.FULL and each.end <= moment), key=lambda each: each.end
    )
    items: dict[str, Any] = {}
    for record in contents(objects, base):
        items[identity(record["Item"], key)] = record["Item"]
    windows = [each for each in links if each.kind is Kind.INCREMENTAL and base.end < each.end <= moment]
    for window in sorted(windows, key=lambda each: each.start):
        assert window.start >= base.end
        for record in contents(objects, window):
            items.pop(identity(record["Keys"], key), None)
            if "NewImage" in record:
                items[identity(record["Keys"], key)] = record["NewImage"]
    return items


def identity(item: Mapping[str, Any], key: str) -> str:
    return json.dumps(item[key])


def contents(objects: Objects, link: Link) -> Iterator[Any]:
    for file in Files(objects, link.files):
        yield from records(objects, file)


def begun() -> World:
    """A world whose table has a chain."""
    world = World()
    world.put("a", "1")
    Invocation(world).look()
    pass_time(world, 15 * MINUTE)
    assert world.state().chain == "20260228T235500Z"
    return world


def ask(world: World, kind: Kind = WINDOW) -> float:
    Invocation(world).ask(kind)
    return world.now - START


def manifests_of(world: World, kind: Kind) -> list[Link]:
    return [link for _, link in world.links() if link.kind is kind]
