"""A world for restore tests: DynamoDB's tables and backups, a ledger, and executions.

Everything happens in one thread and by a clock of its own. A test hangs what it wants to happen, a fault or a change of
the world, at one of the calls that the function makes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from table_restore.ledger import Entry, Ledger
from table_restore.metrics import Publisher
from table_restore.options import Options
from table_restore.reading import Clients
from table_restore.reapplying import Reapplier
from table_restore.sampling import Reader
from table_restore.steps import Steps
from table_restore.sweeping import Sweeper
from table_restore.temporary import Temporary
from table_restore.trial import Trial

START = datetime(2026, 3, 1, 1, tzinfo=UTC).timestamp()
RUN = "2026-03-01T01:00:00Z"
ORDERS = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
LEDGER, PREFIX = "ledger", "restore-test-"
EXECUTION = "arn:aws:states:us-east-1:111122223333:execution:machine:one"
KEYS = [{"AttributeName": "id", "KeyType": "HASH"}]
BY_DAY = {
    "IndexName": "by-day",
    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
Items = dict[str, dict[str, Any]]


class KilledError(BaseException):
    """The function is ended: nothing of it runs any more."""


class StoppedError(BaseException):
    """The execution is stopped."""


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Call")


class ConditionError(Exception):
    """A condition of the ledger does not hold."""


def order(number: int, **more: Any) -> dict[str, Any]:
    return {"id": {"S": f"o{number}"}, "day": {"S": "monday"}, "at": {"N": str(START - 900)}, **more}


@dataclass
class Table:
    """A table in the world."""

    items: Items
    summary: dict[str, Any] = field(default_factory=dict)
    ready_at: float = 0.0
    gone_at: float = float("inf")
    indexes: list[dict[str, Any]] = field(default_factory=list)
    ttl: str = ""
    recovery: bool = False
    stream: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Stored:
    """A backup in the world."""

    items: Items
    created: float
    status: str = "AVAILABLE"
    counted: int = 0


def plainly(_world: "World", _what: str, act: Callable[[], Any]) -> Any:
    return act()


@dataclass
class World:
    """What there is."""

    now: float = START
    options: Options = field(
        default_factory=lambda: Options(
            schedule="Stack/Restores", ledger=LEDGER, namespace="constructs_lib/Backup", prefix=PREFIX
        )
    )
    tables: dict[str, Table] = field(default_factory=dict)
    backups: dict[str, Stored] = field(default_factory=dict)
    history: list[tuple[float, str, dict[str, Any] | None]] = field(default_factory=list)
    earliest: float = START - 86_400
    lag: float = 300.0
    takes: float = 600.0
    """Seconds that a restore takes."""
    deleting: float = 20.0
    entries: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    hook: Callable[["World", str, Callable[[], Any]], Any] = plainly
    page: int = 7

    @classmethod
    def with_orders(cls, number: int = 30, **more: Any) -> "World":
        """A world with a table of orders, and a backup of it that is ten minutes old."""
        world = cls(**more)
        world.tables["orders"] = Table(
            items={},
            indexes=[BY_DAY],
            ttl="expires",
            recovery=True,
            stream="NEW_IMAGE",
            tags={"team": "shop"},
        )
        world.now = START - 900
        for each in range(number):
            world.put(order(each))
        world.now = START - 600
        world.back_up()
        world.now = START
        return world

    def call(self, what: str, act: Callable[[], Any]) -> Any:
        self.calls.append(what)
        self.now += 0.01
        return self.hook(self, what, act)

    def put(self, item: dict[str, Any]) -> None:
        self.tables["orders"].items[item["id"]["S"]] = item
        self.history.append((self.now, item["id"]["S"], item))

    def drop(self, key: str) -> None:
        del self.tables["orders"].items[key]
        self.history.append((self.now, key, None))

    def back_up(self) -> Stored:
        items = {key: dict(item) for key, item in self.tables["orders"].items.items()}
        stored = Stored(items, self.now, counted=len(items))
        self.backups[f"{ORDERS}/backup/{len(self.backups):08d}"] = stored
        return stored

    @property
    def backup(self) -> Stored:
        """The newest backup."""
        return list(self.backups.values())[-1]

    def at(self, moment: float) -> Items:
        """What the table was at a moment."""
        found: Items = {}
        for when, key, item in self.history:
            if when <= moment:
                found.pop(key, None)
                if item is not None:
                    found[key] = item
        return found

    @property
    def temporary(self) -> list[str]:
        """The temporary tables that there are."""
        self.forget()
        return sorted(name for name in self.tables if name.startswith(PREFIX))

    def forget(self) -> None:
        self.tables = {name: table for name, table in self.tables.items() if table.gone_at > self.now}

    def entry(self, run: str = RUN) -> Entry:
        found = Ledger(FakeDynamo(self), LEDGER).load(ORDERS, run)
        assert found is not None
        return found

    def metric(self, name: str) -> list[float]:
        return [line[name] for line in self.lines if name in line]

    def steps(self) -> Steps:
        client: Any = FakeDynamo(self)
        ledger = Ledger(client, LEDGER)
        temporary = Temporary(client=client, ledger=ledger, options=self.options)
        return Steps(
            options=self.options,
            ledger=ledger,
            temporary=temporary,
            trial=Trial(
                options=self.options,
                ledger=ledger,
                temporary=temporary,
                reader=Reader(client=client, sleep=self._sleep, page=self.page),
                reapplier=Reapplier(
                    clients=Clients(
                        dynamodb=client, autoscaling=Refusing(), cloudwatch=Refusing(), lambda_=Refusing()
                    ),
                    clock=self._clock,
                ),
                clock=self._clock,
            ),
            publisher=self._publisher(),
            clock=self._clock,
        )

    def look(self) -> dict[str, Any]:
        client: Any = FakeDynamo(self)
        ledger = Ledger(client, LEDGER, page=2)
        temporary = Temporary(client=client, ledger=ledger, options=self.options)
        sweeper = Sweeper(
            ledger=ledger,
            temporary=temporary,
            publisher=self._publisher(),
            machine=FakeMachine(self),
            clock=self._clock,
        )
        return sweeper.look([ORDERS])

    def _publisher(self) -> Publisher:
        return Publisher(
            options=self.options,
            write=lambda line: self.lines.append(json.loads(line)),
            clock=self._clock,
        )

    def _clock(self) -> float:
        return self.now

    def _sleep(self, seconds: float) -> None:
        self.now += seconds


class Refusing:
    """A client that may do nothing."""

    def __getattr__(self, name: str) -> Any:
        raise client_error("AccessDeniedException")


@dataclass
class FakeMachine:
    """Step Functions."""

    world: World

    def describe_execution(self, executionArn: str) -> Any:  # noqa: N803 - boto3's
        if executionArn not in self.world.executions:
            raise client_error("ExecutionDoesNotExist")
        return self.world.executions[executionArn]


class _Exceptions:
    ConditionalCheckFailedException = ConditionError


class FakeDynamo:
    """DynamoDB: each call by its own name, counted and hooked."""

    exceptions = _Exceptions

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(type(self), f"_{name}", None)
        if method is None:
            raise client_error("AccessDeniedException")
        return lambda **request: self._world.call(name, lambda: method(self, request))

    def get_paginator(self, name: str) -> Any:
        call = getattr(self, name)

        class Pages:
            def paginate(self, **request: Any) -> Any:
                return [call(**request)]

        return Pages()

    def _table(self, name: str) -> Table:
        self._world.forget()
        name = name.rpartition("/")[2]
        if name not in self._world.tables:
            raise client_error("ResourceNotFoundException")
        return self._world.tables[name]

    def _active(self, name: str) -> Table:
        table = self._table(name)
        if table.ready_at > self._world.now:
            raise client_error("ResourceNotFoundException")
        return table

    def _describe_table(self, request: Any) -> Any:
        name = request["TableName"].rpartition("/")[2]
        table = self._table(name)
        restoring = table.ready_at > self._world.now
        deleting = table.gone_at < float("inf")
        described = {
            "TableName": name,
            "TableArn": f"{ORDERS.rpartition('/')[0]}/{name}",
            "TableStatus": "DELETING" if deleting else "CREATING" if restoring else "ACTIVE",
            "KeySchema": KEYS,
            "AttributeDefinitions": [
                {"AttributeName": each, "AttributeType": "S"}
                for each in ["id", *(["day"] if table.indexes else [])]
            ],
            "GlobalSecondaryIndexes": [{**each, "IndexStatus": "ACTIVE"} for each in table.indexes],
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "ItemCount": 0,
        }
        if table.stream:
            described["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": table.stream}
        if table.summary:
            described["RestoreSummary"] = {**table.summary, "RestoreInProgress": restoring}
        return {"Table": described}

    def _list_backups(self, request: Any) -> Any:
        arns = [arn for arn in self._world.backups if arn > request.get("ExclusiveStartBackupArn", "")]
        page: dict[str, Any] = {
            "BackupSummaries": [self._details(arn) for arn in arns[:2] if self._world.backups[arn].status]
        }
        if len(arns) > 2:
            page["LastEvaluatedBackupArn"] = arns[1]
        return page

    def _details(self, arn: str) -> Any:
        stored = self._world.backups[arn]
        return {
            "BackupArn": arn,
            "BackupName": f"nightly-{arn[-1]}",
            "BackupStatus": stored.status,
            "BackupCreationDateTime": datetime.fromtimestamp(stored.created, UTC),
        }

    def _stored(self, arn: str) -> Stored:
        if arn not in self._world.backups:
            raise client_error("BackupNotFoundException")
        return self._world.backups[arn]

    def _describe_backup(self, request: Any) -> Any:
        stored = self._stored(request["BackupArn"])
        return {
            "BackupDescription": {
                "BackupDetails": self._details(request["BackupArn"]),
                "SourceTableDetails": {"KeySchema": KEYS, "ItemCount": stored.counted},
                "SourceTableFeatureDetails": {"GlobalSecondaryIndexes": [BY_DAY]},
            }
        }

    def _restored(self, request: Any, items: Items, summary: dict[str, Any]) -> Any:
        name = request["TargetTableName"]
        if name in self._world.tables:
            raise client_error("TableAlreadyExistsException")
        indexes = [] if "GlobalSecondaryIndexOverride" in request else [BY_DAY]
        self._world.tables[name] = Table(
            items={key: dict(item) for key, item in items.items()},
            summary=summary,
            ready_at=self._world.now + self._world.takes,
            indexes=indexes,
        )
        return {}

    def _restore_table_from_backup(self, request: Any) -> Any:
        arn = request["BackupArn"]
        summary = {"SourceBackupArn": arn, "SourceTableArn": ORDERS}
        return self._restored(request, self._stored(arn).items, summary)

    def _restore_table_to_point_in_time(self, request: Any) -> Any:
        moment = request["RestoreDateTime"].timestamp()
        assert request["SourceTableArn"] == ORDERS
        if not self._world.earliest <= moment <= self._world.now - self._world.lag:
            raise client_error("InvalidRestoreTimeException")
        summary = {"SourceTableArn": ORDERS, "RestoreDateTime": request["RestoreDateTime"]}
        return self._restored(request, self._world.at(moment), summary)

    def _describe_continuous_backups(self, request: Any) -> Any:
        on = self._table(request["TableName"]).recovery
        described: dict[str, Any] = {"PointInTimeRecoveryStatus": "ENABLED" if on else "DISABLED"}
        if on:
            described["EarliestRestorableDateTime"] = datetime.fromtimestamp(self._world.earliest, UTC)
            described["LatestRestorableDateTime"] = datetime.fromtimestamp(
                self._world.now - self._world.lag, UTC
            )
        return {"ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": described}}

    def _update_continuous_backups(self, request: Any) -> Any:
        self._active(request["TableName"]).recovery = True
        return {}

    def _update_table(self, request: Any) -> Any:
        specification = request["StreamSpecification"]
        self._active(request["TableName"]).stream = specification["StreamViewType"]
        return {}

    def _describe_time_to_live(self, request: Any) -> Any:
        ttl = self._table(request["TableName"]).ttl
        return {
            "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": ttl}
            if ttl
            else {"TimeToLiveStatus": "DISABLED"}
        }

    def _update_time_to_live(self, request: Any) -> Any:
        self._active(request["TableName"]).ttl = request["TimeToLiveSpecification"]["AttributeName"]
        return {}

    def _list_tags_of_resource(self, request: Any) -> Any:
        tags = self._table(request["ResourceArn"]).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _tag_resource(self, request: Any) -> Any:
        table = self._active(request["ResourceArn"])
        table.tags |= {each["Key"]: each["Value"] for each in request["Tags"]}
        return {}

    def _delete_table(self, request: Any) -> Any:
        name = request["TableName"]
        table = self._table(name)
        if table.ready_at > self._world.now:
            raise client_error("ResourceInUseException")
        self._world.deleted.append(name)
        table.gone_at = min(table.gone_at, self._world.now + self._world.deleting)
        return {}

    def _scan(self, request: Any) -> Any:
        items = list(self._active(request["TableName"]).items.values())
        number, total = request.get("Segment", 0), request.get("TotalSegments", 1)
        mine = [item for place, item in enumerate(items) if place % total == number]
        start = int(request.get("ExclusiveStartKey", {}).get("place", 0))
        end = start + request.get("Limit", self._world.page)
        page: dict[str, Any] = {"Items": mine[start:end], "Count": len(mine[start:end])}
        if end < len(mine):
            page["LastEvaluatedKey"] = {"place": end}
        return page

    def _batch_get_item(self, request: Any) -> Any:
        ((name, asked),) = request["RequestItems"].items()
        items = self._active(name).items
        keys = [key["id"]["S"] for key in asked["Keys"]]
        assert len(keys) == len(set(keys)) <= 100
        answered, left = asked["Keys"][:5], asked["Keys"][5:]
        found = [items[key["id"]["S"]] for key in answered if key["id"]["S"] in items]
        return {
            "Responses": {name: found},
            "UnprocessedKeys": {name: {**asked, "Keys": left}} if left else {},
        }

    def _get_item(self, request: Any) -> Any:
        item = self._world.entries.get(_place(request["Key"]))
        return {} if item is None else {"Item": item}

    def _put_item(self, request: Any) -> Any:
        place = _place(request["Item"])
        present = self._world.entries.get(place)
        condition = request.get("ConditionExpression", "")
        if condition.startswith("attribute_not_exists") and present is not None:
            raise ConditionError
        if condition == "#e = :e":
            mine = request["ExpressionAttributeValues"][":e"]
            if present is None or present["execution"] != mine:
                raise ConditionError
        self._world.entries[place] = json.loads(json.dumps(request["Item"]))
        return {}

    def _query(self, request: Any) -> Any:
        values = request["ExpressionAttributeValues"]
        runs = sorted(
            (
                run
                for table, run in self._world.entries
                if table == values[":t"]["S"] and run < values[":end"]["S"]
            ),
            reverse=True,
        )
        after = request.get("ExclusiveStartKey", {}).get("run")
        left = [run for run in runs if after is None or run < after]
        page = left[: request["Limit"]]
        answer: dict[str, Any] = {"Items": [self._world.entries[values[":t"]["S"], run] for run in page]}
        if len(left) > len(page):
            answer["LastEvaluatedKey"] = {"run": page[-1]}
        return answer


def _place(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["table"]["S"], item["run"]["S"]
