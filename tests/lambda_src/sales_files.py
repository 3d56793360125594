"""Files of sales, and places in memory to process them in."""

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from process_file.models import Processed, Upload

HEADER = "order_id,sku,quantity,unit_price,currency,sold_at"
SALE = "o-1,TOY-1,2,9.99,EUR,2026-11-22T10:00:00+01:00"


def a_file(*rows: str, header: str = HEADER) -> bytes:
    """A file with these rows; without any, one sale."""
    return "\n".join((header, *(rows or (SALE,)), "")).encode()


def an_upload(*, size: int = 100, key: str = "incoming/sales.csv", **fields: str) -> Upload:
    """The message that asks for a file."""
    given = {"bucket": "uploads", "version_id": "v1", "correlation_id": "c-1", **fields}
    return Upload(file_id="f" * 64, key=key, size=size, **given)


@dataclass
class MemoryFiles:
    """One upload, and what is written."""

    content: bytes
    catalogue: dict[str, str] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    aborted: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)

    @contextmanager
    def read(self, upload: Upload) -> Iterator[BinaryIO]:
        assert upload.bucket == "uploads"
        yield io.BytesIO(self.content)

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        target = io.BytesIO()
        try:
            yield target
        except BaseException:
            self.aborted.append(key)
            raise
        self.written[key] = target.getvalue()

    def categories(self, version: str | None) -> dict[str, str]:
        return {} if version is None else self.catalogue

    def quarantine(self, upload: Upload, reason: str) -> None:
        assert upload.bucket == "uploads"
        self.quarantined.append(reason)

    def record(self, key: str, document: dict[str, object]) -> None:
        self.written[key] = json.dumps(document).encode()

    def text(self, prefix: str) -> list[str]:
        """The lines of the one output below `prefix`."""
        (key,) = (key for key in self.written if key.startswith(f"{prefix}/"))
        return gzip.decompress(self.written[key]).decode().splitlines()


@dataclass
class MemoryManifest:
    """What became of files, and the totals."""

    finished: dict[str, str] = field(default_factory=dict)
    revenue: dict[str, Decimal] = field(default_factory=dict)

    def is_finished(self, file_id: str) -> bool:
        return file_id in self.finished

    def processed(self, upload: Upload, result: Processed) -> bool:
        if upload.file_id in self.finished:
            return False
        self.finished[upload.file_id] = "processed"
        for currency, amount in result.revenue.items():
            self.revenue[currency] = self.revenue.get(currency, Decimal(0)) + amount
        return True

    def quarantined(self, upload: Upload, reason: str) -> bool:
        return self.finished.setdefault(upload.file_id, reason) is reason
