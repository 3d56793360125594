"""Streams as event sources: each shard is read in lanes, as many as the mapping's parallelization factor.

All records of one key are in one lane, which goes on when its batch is done: see `stream_batches`.
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
"""

import contextvars
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.hooks import internal
from local_cloud.patches import source_filters, source_metrics, stream_batches
from local_cloud.patches.stream_records import Record, Shard, shards

Mapping = dict[str, Any]


@dataclass
class _Lane:
    """What one lane of a shard has still to read."""

    place: int
    running: bool = False
    waiting_since: float | None = None

    def go_on(self, place: int) -> None:
        """Be done with everything before a place."""
        self.place = place


_lanes: dict[str, dict[str, list[_Lane]]] = {}


def anchor(mapping: Mapping) -> None:
    """Remember where a new mapping begins to read; shards that appear later are read from their beginning."""
    if mapping["UUID"] not in _lanes:
        found = {shard.identifier: shard.start(mapping) for shard in shards(mapping["EventSourceArn"])}
        _lanes[mapping["UUID"]] = {identifier: [_Lane(place)] for identifier, place in found.items()}


def look(mapping: Mapping) -> None:
    """Begin with what is there for the lanes of a mapping that have nothing to do."""
    anchor(mapping)
    for shard in shards(mapping["EventSourceArn"]):
        lanes = _lanes_of(mapping, shard)
        for number, lane in enumerate(lanes):
            if not lane.running and (batch := _gather(mapping, shard, lane, number, len(lanes))):
                lane.running, lane.waiting_since = True, None
                context = contextvars.copy_context()
                work = (mapping, shard, lane, batch)
                threading.Thread(target=context.run, args=(_run, *work), name="stream", daemon=True).start()


def _lanes_of(mapping: Mapping, shard: Shard) -> list[_Lane]:
    """The lanes of a shard; when their number changes, the new ones begin where the last one of the old was."""
    factor = int(mapping.get("ParallelizationFactor") or 1)
    lanes = _lanes[mapping["UUID"]].setdefault(shard.identifier, [_Lane(0)])
    if len(lanes) != factor and not any(lane.running for lane in lanes):
        lanes[:] = [_Lane(min(lane.place for lane in lanes)) for _ in range(factor)]
    return lanes


def _gather(mapping: Mapping, shard: Shard, lane: _Lane, number: int, lanes: int) -> list[Record]:
    """The next batch of a lane, if it is full or its window is over."""
    size = int(mapping.get("BatchSize") or 100)
    found: list[Record] = []
    filtered = between = 0
    for record in shard.read(lane.place):
        mine = zlib.crc32(record.key.encode()) % lanes == number
        if mine and source_filters.passes(mapping, record.said):
            found.append(record)
            filtered, between = filtered + between, 0
            if len(found) == size:
                break
        elif found:
            between += mine
        else:
            lane.place = record.place + 1
            source_metrics.count(mapping, polled=int(mine), filtered=int(mine))
    window = int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    if found and lane.waiting_since is None:
        lane.waiting_since = time.time()
    if not found or (len(found) < size and time.time() < (lane.waiting_since or 0) + window):
        return []
    source_metrics.count(mapping, polled=len(found) + filtered, filtered=filtered)
    return found


def _run(mapping: Mapping, shard: Shard, lane: _Lane, batch: Sequence[Record]) -> None:
    try:
        stream_batches.process(mapping, shard, batch, lane.go_on)
    finally:
        lane.running = False
        internal("core.concurrency.esm_wake").set()
