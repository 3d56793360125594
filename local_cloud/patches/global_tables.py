"""Replication of global tables: writes arrive late, or when their Regions reach each other again; the last one wins.

A write arrives in every other Region after the replication lag, which counts from when both Regions reach each other.
Each item of each replica has a version: when and where its last write was made. A write that arrives replaces an
older version only, deletions included. The versions lie in the table's own record, so that they go with it.

Strongly consistent tables take the same way without a lag: a replica has the write before it is answered, or gets it
as soon as it reaches a majority again, from whichever Region has it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html#ReplicationLatency
"""

import copy
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from local_cloud import isolation
from local_cloud.hooks import internal, replace
from local_cloud.item_versions import Version, name
from local_cloud.patches import consistency, scope
from local_cloud.patches.consistency import Table
from local_cloud.replication import Conflict, Item, Replication, UnderWay
from local_cloud.settings import Settings

Replicate = Callable[[Table, str, Item | None, Item | None], None]

lock = threading.RLock()
"""Held while an item is read or written: writes arrive in a thread of their own."""

_LOG = logging.getLogger("local_cloud.global_tables")
_LOOK_SECONDS = 0.02
_LEAST_STEP = 1e-6
_VERSIONS = "_versions"


@dataclass(frozen=True, kw_only=True)
class _Link:
    """One way of a table's writes; without a source for a strongly consistent table."""

    account: str
    table: str
    source: str | None
    target: str
    target_id: str


@dataclass(frozen=True, kw_only=True)
class _Write:
    event: str
    key: Item
    old: Item | None
    new: Item | None
    version: Version


def _nowhere(_table: Table, _event: str, _old: Item | None, _new: Item | None) -> None:
    """What writes to a replica, until the hooks are installed."""


@dataclass(kw_only=True)
class _State:
    """What changes while the cloud runs, all of it under the lock."""

    lag: float = 0.0
    last_moment: float = 0.0
    under_way: dict[_Link, deque[_Write]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    write_through: Replicate = _nowhere


_state = _State()
_something_under_way = threading.Event()


def install() -> None:
    _state.lag = Settings.from_environment().replication_lag
    replace("services.dynamodb._replicate_write", _later)
    threading.Thread(target=_run, name="replication", daemon=True).start()


def set_lag(seconds: float) -> None:
    """How long a write takes from now on, those under way included."""
    with lock:
        _state.lag = seconds
    deliver()


def report() -> Replication:
    """What is under way, and what was reconciled."""
    with lock:
        ways = tuple(
            UnderWay(table=link.table, source=link.source, target=link.target, writes=len(writes))
            for link, writes in _state.under_way.items()
        )
        return Replication.of(ways, tuple(_state.conflicts))


def deliver() -> None:
    """Let everything arrive that is due."""
    with lock:
        for link, writes in list(_state.under_way.items()):
            replica = internal("services.dynamodb._tables").get_scoped(link.account, link.target, link.table)
            if replica is None or replica.get("TableId") != link.target_id:
                writes.clear()  # nobody is there to get them
            while writes and _is_due(link, replica, writes[0]):
                _arrive(link, replica, writes.popleft())
            if not writes:
                del _state.under_way[link]
        if not _state.under_way:
            _something_under_way.clear()


def _run() -> None:
    while True:
        _something_under_way.wait()
        try:
            deliver()
        except Exception:  # noqa: BLE001 - one write that cannot arrive must not be the last
            _LOG.exception("a replicated write was lost")
        time.sleep(_LOOK_SECONDS)


def _later(original: Replicate) -> Replicate:
    """In the place of writing to all replicas at once; the original still writes to each of them."""
    _state.write_through = original

    def replicate(table: Table, event: str, old: Item | None, new: Item | None) -> None:
        others = [region for region in consistency.replicas(table) if region != scope.region()]
        if not others:
            return
        with lock:
            key = _key(table, (new if new is not None else old) or {})
            version = _next_version(table, key)
            write = _Write(
                event=event, key=key, old=copy.deepcopy(old), new=copy.deepcopy(new), version=version
            )
            for target in others:
                _send(table, target, write)
            deliver()

    return replicate


def _send(table: Table, target: str, write: _Write) -> None:
    account, source = scope.account(), None if consistency.is_strong(table) else scope.region()
    replica = internal("services.dynamodb._tables").get_scoped(account, target, table["TableName"])
    if replica is None:
        return
    link = _Link(
        account=account, table=table["TableName"], source=source, target=target, target_id=replica["TableId"]
    )
    _state.under_way.setdefault(link, deque()).append(write)
    _something_under_way.set()


def _is_due(link: _Link, replica: Table, write: _Write) -> bool:
    if link.source is None:
        return consistency.has_quorum(replica, link.target)
    if not isolation.connected(link.source, link.target):
        return False
    begun = max(write.version.moment, isolation.connected_since(link.source, link.target))
    return not _state.lag or time.time() - begun >= _state.lag


def _arrive(link: _Link, replica: Table, write: _Write) -> None:
    """Write what is newer than what the replica has; its stream shows it, and no other replica gets it from here."""
    versions, item = replica.setdefault(_VERSIONS, {}), name(write.key)
    present: Version | None = versions.get(item)
    if write.version.is_later_than(present):
        if present and present.region == link.target and not write.version.knows(present):
            _reconcile(link, replica, write, present)
        versions[item] = write.version.in_place_of(present)
        only_there = {"TableName": link.table, "_global_regions": [link.target]}
        with scope.scoped(link.account, write.version.region):
            _state.write_through(only_there, write.event, write.old, write.new)
    if link.source is not None:
        _measure(link, link.source, time.time() - write.version.moment)


def _reconcile(link: _Link, replica: Table, write: _Write, present: Version) -> None:
    """Note a loss in the Region whose write is replaced: so each is noted once."""
    discarded = internal("services.dynamodb._get_item_by_key")(replica, write.key)
    _state.conflicts.append(
        Conflict(
            table=link.table,
            key=write.key,
            kept=write.version.region,
            discarded=present.region,
            kept_item=write.new,
            discarded_item=copy.deepcopy(discarded),
            kept_at=write.version.moment,
            discarded_at=present.moment,
        )
    )


def _measure(link: _Link, source: str, seconds: float) -> None:
    """In the source Region, as AWS does: from being written there to having arrived."""
    dimensions = {"TableName": link.table, "ReceivingRegion": link.target}
    record = internal("services.cloudwatch.record_metric")
    with scope.scoped(link.account, source):
        record("AWS/DynamoDB", "ReplicationLatency", seconds * 1000, "Milliseconds", dimensions)


def _next_version(table: Table, key: Item) -> Version:
    """The version of a write that is made now, later than any before it."""
    _state.last_moment = moment = max(time.time(), _state.last_moment + _LEAST_STEP)
    versions = table.setdefault(_VERSIONS, {})
    version = Version.made(moment, scope.region(), versions.get(name(key)))
    versions[name(key)] = version
    return version


def _key(table: Table, item: Item) -> Item:
    return {attribute: item[attribute] for attribute in (table["pk_name"], table["sk_name"]) if attribute}
