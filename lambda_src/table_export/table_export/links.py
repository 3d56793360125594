"""The manifests that stand beside DynamoDB's own: one for each export, linked to the one before it.

Below the folder of a table lie ``AWSDynamoDB/...``, which DynamoDB writes, and ``chains/<chain>/<name>.json``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from table_export.checksums import ReadError, md5_of, read_bytes
from table_export.model import Export, Kind, stamp
from table_export.objects import MissingError, Objects

__all__ = ["CHAINS", "Link", "key_of", "link_of", "links_of"]

CHAINS: Final = "chains/"
_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class Link:
    """One export of a chain. Keys are below the folder of the table, so that a copy of it can be read too.

    Attributes:
        table: the ARN of the table.
        table_id: tells the table from a later one of the same name.
        chain: the chain.
        base: whether the chain begins with it.
        kind: full or incremental.
        start: from when it holds changes; of a full export its moment.
        end: until when, exclusively; of a full export its moment.
        export: the ARN of the export.
        summary_md5: the checksum of DynamoDB's summary.
        files: the key of DynamoDB's manifest of files.
        files_md5: its checksum.
        count: how many files of data there are.
        size: their bytes.
        items: how many items or changes they hold.
        billed: the bytes that were billed.
        previous: the key of the manifest before it in the chain; empty for none.
        previous_md5: the checksum of that manifest.
        expire_days: after how many days the bucket deletes it; 0 for never.
    """

    table: str
    table_id: str
    chain: str
    base: bool
    kind: Kind
    start: int
    end: int
    export: str
    summary_md5: str
    files: str
    files_md5: str
    count: int
    size: int
    items: int
    billed: int
    previous: str = ""
    previous_md5: str = ""
    expire_days: int = 0

    @property
    def key(self) -> str:
        """The key of this manifest."""
        return key_of(self.chain, self.kind, self.start, self.end)

    def to_bytes(self) -> bytes:
        """As it is written."""
        times = {name: _iso(getattr(self, name)) for name in ("start", "end")}
        return json.dumps({"version": _VERSION, **asdict(self), **times}, indent=2, sort_keys=True).encode()

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """What `to_bytes` wrote.

        Raises:
            ReadError: it is something else.
        """
        try:
            if given["version"] != _VERSION:
                raise ReadError(f"it is of version {given['version']}, which is unknown here")
            named = {name: given[name] for name in cls.__dataclass_fields__}
            times = {name: int(datetime.fromisoformat(given[name]).timestamp()) for name in ("start", "end")}
            return cls(**{**named, **times, "kind": Kind(given["kind"])})
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise ReadError(f"it is no manifest: {error!r}") from error


def key_of(chain: str, kind: Kind, start: int, end: int) -> str:
    """The key of a manifest: in a chain, keys are in the order of time."""
    name = f"{stamp(end)}-full" if kind is Kind.FULL else f"{stamp(end)}-from-{stamp(start)}"
    return f"{CHAINS}{chain}/{name}.json"


def link_of(export: Export, **found: Any) -> Link:
    """The manifest of `export`, with what was `found` of it."""
    named = {name: getattr(export, name) for name in ("chain", "base", "kind", "start", "end")}
    return Link(export=export.arn, **named, **found)


def links_of(objects: Objects) -> Iterator[tuple[str, str, Link | ReadError]]:
    """Each manifest below the folder of a table: its key, its checksum, and what it says or why it can't be read."""
    for key in objects.keys(CHAINS):
        try:
            body = read_bytes(objects, key)
        except MissingError as error:
            yield key, "", ReadError(str(error))
            continue
        md5 = md5_of(body)
        try:
            yield key, md5, Link.from_json(json.loads(body))
        except (ValueError, ReadError) as error:
            yield key, md5, error if isinstance(error, ReadError) else ReadError(f"it is no JSON: {error}")


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
