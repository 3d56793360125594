"""How a file is processed, wherever files and their records are kept."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO, Final, Protocol

from process_file.errors import UnusableFileError
from process_file.lines import LARGEST_FILE, lines
from process_file.models import Processed, Upload
from process_file.rows import Rejected, Sale, sales
from process_file.totals import Totals
from process_file.writing import CompressedCsv

__all__ = ["UNKNOWN_CATEGORY", "Files", "Manifest", "process"]


UNKNOWN_CATEGORY: Final = "unknown"
"""Of articles that the catalogue does not have."""
_CLEAN: Final = ("order_id", "sku", "category", "quantity", "unit_price", "total", "currency", "sold_at")
_TOTALS: Final = ("day", "category", "currency", "rows", "quantity", "revenue")
_REJECTS: Final = ("line", "reason")
_REJECTED_PERCENT: Final = 5
"""More rejected rows than this, and the file is something else than it says."""
_ROWS_BETWEEN_LOOKS: Final = 10_000


class Files(Protocol):
    """Reads what was uploaded, writes what comes out of it."""

    def read(self, upload: Upload) -> AbstractContextManager[BinaryIO]:
        """The uploaded version, from its beginning."""
        ...

    def write(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A new output object; it is there once the block ends, and not at all when the block fails."""
        ...

    def categories(self, version: str | None) -> dict[str, str]:
        """Category by SKU, of that version of the catalogue; empty without one."""
        ...

    def quarantine(self, upload: Upload, reason: str) -> None:
        """Keep a copy apart, with the reason beside it."""
        ...

    def record(self, key: str, document: dict[str, object]) -> None:
        """Write a small JSON document."""
        ...


class Manifest(Protocol):
    """Knows what became of each file."""

    def is_finished(self, file_id: str) -> bool:
        """Whether this file is processed or quarantined already."""
        ...

    def processed(self, upload: Upload, result: Processed) -> bool:
        """Record the result and add it to the totals, both once; False if the file was finished before."""
        ...

    def quarantined(self, upload: Upload, reason: str) -> bool:
        """Record the reason, once; False if the file was finished before."""
        ...


def process(
    upload: Upload, *, files: Files, manifest: Manifest, check_time: Callable[[], None]
) -> Processed | str | None:
    """Process the file, or put it into quarantine; both may be repeated until they have happened.

    Args:
        upload: which file.
        files: where it is, and where the output goes.
        manifest: what became of files.
        check_time: called every few thousand rows; raises when too little time is left.

    Returns:
        the result; the reason of the quarantine; None if the file was finished before.
    """
    if manifest.is_finished(upload.file_id):
        return None
    try:
        result = _stream(upload, files, check_time)
    except UnusableFileError as unusable:
        reason = str(unusable)
        files.quarantine(upload, reason)
        return reason if manifest.quarantined(upload, reason) else None
    files.record(f"manifest/{upload.file_id}.json", _document(upload, result))
    return result if manifest.processed(upload, result) else None


def _stream(upload: Upload, files: Files, check_time: Callable[[], None]) -> Processed:
    """Read once, write everything. An output of a run that fails is aborted, never half there."""
    if upload.size > LARGEST_FILE:
        raise UnusableFileError(f"it has {upload.size} bytes, more than {LARGEST_FILE}; send it in parts")
    categories = files.categories(upload.catalogue_version)
    totals = Totals()
    keys = {name: f"{name}/{upload.file_id}.csv.gz" for name in ("output", "rejects", "totals")}
    with ExitStack() as opened:
        source = opened.enter_context(files.read(upload))
        clean = CompressedCsv(opened.enter_context(files.write(keys["output"])), _CLEAN)
        rejects = CompressedCsv(opened.enter_context(files.write(keys["rejects"])), _REJECTS)
        for number, row in enumerate(sales(lines(source, compressed=upload.compressed))):
            if number % _ROWS_BETWEEN_LOOKS == 0:
                check_time()
            if isinstance(row, Rejected):
                rejects.add((row.line, row.reason))
                continue
            category = categories.get(row.sku, UNKNOWN_CATEGORY)
            totals.add(row, category)
            clean.add(_fields(row, category))
        _require_use(clean.count, rejects.count)
        summary = CompressedCsv(opened.enter_context(files.write(keys["totals"])), _TOTALS)
        for group in totals.table():
            summary.add(group)
        for each in (clean, rejects, summary):
            each.close()
    return Processed(
        rows=clean.count,
        rejected=rejects.count,
        sha256=clean.sha256,
        output=keys["output"],
        rejects=keys["rejects"],
        totals=keys["totals"],
        revenue={name: total.revenue for name, total in totals.currencies.items()},
        counts={name: total.rows for name, total in totals.currencies.items()},
    )


def _fields(row: Sale, category: str) -> Iterator[object]:
    yield from (row.order_id, row.sku, category, row.quantity, row.unit_price, row.total)
    yield from (row.currency, row.sold_at)


def _require_use(rows: int, rejected: int) -> None:
    if not rows:
        raise UnusableFileError("it has no row that can be used")
    if rejected * 100 > (rows + rejected) * _REJECTED_PERCENT:
        raise UnusableFileError(
            f"{rejected} of {rows + rejected} rows cannot be used, more than {_REJECTED_PERCENT} %"
        )


def _document(upload: Upload, result: Processed) -> dict[str, object]:
    return {
        "file_id": upload.file_id,
        "source": {"bucket": upload.bucket, "key": upload.key, "version_id": upload.version_id},
        "catalogue_version": upload.catalogue_version,
        "rows": result.rows,
        "rejected": result.rejected,
        "sha256": result.sha256,
        "output": result.output,
        "rejects": result.rejects,
        "totals": result.totals,
        "revenue": {name: str(amount) for name, amount in sorted(result.revenue.items())},
    }
