"""A world for the handler of backups: DynamoDB's backups and a ledger, calls that fail, invocations that overlap.

Everything happens in one thread: a test hangs what it wants to happen, a fault or a whole second invocation, at one of
the calls that an invocation makes.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from table_backup.backups import Backups
from table_backup.keeping import Keeper
from table_backup.ledger import OvertakenError
from table_backup.making import Maker
from table_backup.metrics import Publisher
from table_backup.model import LIVE, Entry, Settings, State, stamp
from table_backup.retention import Policy
from table_backup.rounds import Rounds
from table_backup.running import Run

TIMEOUT = 900.0
START = datetime(2026, 3, 1, 1, tzinfo=UTC).timestamp()
ORDERS, MAIL, STOCK = (f"arn:aws:dynamodb:us-east-1:111122223333:table/{name}" for name in ("o", "m", "s"))


class Fault(Enum):
    """What becomes of one call."""

    REFUSED = auto()
    """It fails and has no effect."""
    LOST = auto()
    """It has its effect, and the answer never comes."""
    UNHEARD = auto()
    """It has no effect, and the answer never comes."""
    KILLED = auto()
    """The invocation is ended before the call."""
    KILLED_LATE = auto()
    """The invocation is ended after the call had its effect."""


class KilledError(BaseException):
    """The invocation is ended: nothing of it runs any more."""


def client_error(code: str, status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Call")


def moment(seconds: float) -> str:
    """A time as Scheduler writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Stored:
    """A backup in the world."""

    arn: str
    name: str
    table: str
    created: float
    kind: str = "USER"
    available_at: float = 0.0
    size: int = 10


Hook = Callable[["World", str, Callable[[], Any]], Any]


def plainly(_world: "World", _what: str, act: Callable[[], Any]) -> Any:
    return act()


@dataclass
class World:
    """What there is."""

    now: float = START
    policy: Policy = field(default_factory=lambda: Policy(count=1_000))
    backups: dict[str, Stored] = field(default_factory=dict)
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    gone_tables: set[str] = field(default_factory=set)
    denied: set[tuple[str, str]] = field(default_factory=set)
    in_use: set[str] = field(default_factory=set)
    takes: float = 0.0
    """Seconds until a backup is available."""
    listed_after: float = 0.0
    """Seconds until it is listed."""
    page: int = 3
    lines: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    hook: Hook = plainly
    made: int = 0

    def call(self, what: str, act: Callable[[], Any]) -> Any:
        self.calls.append(what)
        return self.hook(self, what, act)

    def own(self, table: str = ORDERS) -> list[Stored]:
        return [
            each for each in self.backups.values() if each.table == table and each.name.startswith("shop-")
        ]

    def foreign(self, table: str = ORDERS, name: str = "by-hand", **more: Any) -> Stored:
        return self.store(table, name, **more)

    def store(self, table: str, name: str, **more: Any) -> Stored:
        self.made += 1
        arn = f"{table}/backup/{self.made:08d}"
        stored = Stored(arn=arn, name=name, table=table, created=self.now, **more)
        stored.available_at = self.now + self.takes
        self.backups[arn] = stored
        return stored

    def metric(self, name: str, table: str = ORDERS) -> list[float]:
        short = table.rpartition("/")[2]
        return [line[name] for line in self.lines if line["TableName"] == short and name in line]


@dataclass
class FakeClient:
    """DynamoDB's calls on backups."""

    world: World

    def create_backup(self, TableName: str, BackupName: str) -> Any:  # noqa: N803 - boto3's
        def act() -> Any:
            self._check("create", TableName)
            if TableName in self.world.gone_tables:
                raise client_error("TableNotFoundException")
            if TableName in self.world.in_use:
                raise client_error("BackupInUseException")
            return {"BackupDetails": self._details(self.world.store(TableName, BackupName))}

        return self.world.call("create", act)

    def list_backups(
        self,
        TableName: str,  # noqa: N803
        TimeRangeLowerBound: float,  # noqa: N803
        BackupType: str,  # noqa: N803
        ExclusiveStartBackupArn: str = "",  # noqa: N803
    ) -> Any:
        def act() -> Any:
            self._check("list", TableName)
            found = [
                each
                for each in self.world.backups.values()
                if each.table == TableName
                and each.created >= TimeRangeLowerBound
                and each.kind == BackupType
                and self.world.now >= each.created + self.world.listed_after
                and each.arn > ExclusiveStartBackupArn
            ]
            page = {"BackupSummaries": [self._details(each) for each in found[: self.world.page]]}
            if len(found) > self.world.page:
                page["LastEvaluatedBackupArn"] = found[self.world.page - 1].arn  # type: ignore[assignment]
            return page

        return self.world.call("list", act)

    def describe_backup(self, BackupArn: str) -> Any:  # noqa: N803
        def act() -> Any:
            stored = self._stored("describe", BackupArn)
            return {
                "BackupDescription": {
                    "BackupDetails": self._details(stored),
                    "SourceTableDetails": {"TableArn": stored.table},
                }
            }

        return self.world.call("describe", act)

    def delete_backup(self, BackupArn: str) -> Any:  # noqa: N803
        def act() -> Any:
            stored = self._stored("delete", BackupArn)
            if BackupArn in self.world.in_use:
                raise client_error("BackupInUseException")
            del self.world.backups[stored.arn]
            return {}

        return self.world.call("delete", act)

    def _check(self, what: str, table: str) -> None:
        if (what, table) in self.world.denied:
            raise client_error("AccessDeniedException")

    def _stored(self, what: str, arn: str) -> Stored:
        self._check(what, arn.partition("/backup/")[0])
        if arn not in self.world.backups:
            raise client_error("BackupNotFoundException")
        return self.world.backups[arn]

    def _details(self, stored: Stored) -> Mapping[str, Any]:
        return {
            "BackupArn": stored.arn,
            "BackupName": stored.name,
            "BackupStatus": "AVAILABLE" if self.world.now >= stored.available_at else "CREATING",
            "BackupType": stored.kind,
            "BackupCreationDateTime": datetime.fromtimestamp(stored.created, UTC),
            "BackupSizeBytes": stored.size,
            "TableArn": stored.table,
        }


@dataclass
class FakeLedger:
    """The ledger's words, with its conditions."""

    world: World

    def load(self, table: str, scheduled: str) -> tuple[Entry | None, float]:
        found: tuple[Entry | None, float] = self.world.call(
            "load", lambda: (self.world.entries.get((table, scheduled)), self.world.now)
        )
        return found

    def claim(self, entry: Entry, before: Entry | None) -> None:
        self._put("claim", entry, lambda present: present == before)

    def record(self, entry: Entry) -> None:
        self._put(
            "record",
            entry,
            lambda present: (
                present is not None and present.claim == entry.claim and present.state is State.CLAIMED
            ),
        )

    def change(self, entry: Entry, _now: float, **changes: Any) -> Entry:
        changed = replace(entry, **changes)
        self._put("change", changed, lambda present: present is not None and present.arn == entry.arn)
        return changed

    def walk(self, table: str, *, after: str = "") -> Iterator[Entry]:
        keys = sorted((key for key in self.world.entries if key[0] == table and key[1] > after), reverse=True)
        for key in keys:
            entry = self.world.entries[key]
            if entry.state in LIVE:
                yield entry

    def seen(self, table: str) -> tuple[float, float]:
        return self.world.seen.setdefault(table, self.world.now), self.world.now

    def _put(self, what: str, entry: Entry, condition: Callable[[Entry | None], bool]) -> None:
        def act() -> None:
            present = self.world.entries.get((entry.table, entry.scheduled))
            if present == entry:  # the SDK's second try
                return
            if not condition(present):
                raise OvertakenError
            self.world.entries[entry.table, entry.scheduled] = entry

        self.world.call(what, act)


@dataclass
class Invocation:
    """One run of the function."""

    world: World
    name: str = "one"

    def run(self, tables: Sequence[str] = (ORDERS,), scheduled: float | str | None = None) -> dict[str, Any]:
        due = self.world.now if scheduled is None else scheduled
        return self._run().back_up(tables, stamp(due if isinstance(due, str) else moment(due)))

    def look(self, tables: Sequence[str] = (ORDERS,)) -> dict[str, Any]:
        return self._run().look(tables)

    def _run(self) -> Run:
        world, ends = self.world, self.world.now + TIMEOUT
        settings = Settings(
            schedule="Shop/Backup",
            ledger="ledger",
            namespace="constructs_lib/Backup",
            prefix="shop",
            retention=world.policy,
        )
        ledger: Any = FakeLedger(world)
        backups = Backups(FakeClient(world), elapsed=lambda: world.now, sleep=self._sleep)
        keeper = Keeper(settings=settings, ledger=ledger, backups=backups, remaining=lambda: ends - world.now)
        return Run(
            ledger=ledger,
            maker=Maker(settings, ledger, backups, f"{self.name}-{world.now}", lambda: world.now),
            keeper=keeper,
            publisher=Publisher(settings=settings, write=lambda line: world.lines.append(json.loads(line))),
            rounds=Rounds(
                threads=1, remaining=lambda: ends - world.now, sleep=self._sleep, jitter=lambda: 1.0
            ),
            elapsed=lambda: world.now,
            clock=lambda: world.now,
        )

    def _sleep(self, seconds: float) -> None:
        self.world.now += seconds


def once(position: int, fault: Fault, code: str = "ThrottlingException") -> Hook:
    """The hook that lets `fault` happen to the call at `position`, and to no other."""

    def hook(world: World, _what: str, act: Callable[[], Any]) -> Any:
        if len(world.calls) - 1 != position:
            return act()
        return suffer(fault, act, code)

    return hook


def suffer(fault: Fault, act: Callable[[], Any], code: str = "ThrottlingException") -> Any:
    if fault is Fault.KILLED:
        raise KilledError
    if fault is Fault.REFUSED:
        raise client_error(code)
    if fault is not Fault.UNHEARD:
        act()
    if fault is Fault.KILLED_LATE:
        raise KilledError
    raise ReadTimeoutError(endpoint_url="https://dynamodb")
