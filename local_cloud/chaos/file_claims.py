"""What has to hold of the files."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from local_cloud.chaos.facts import Facts

__all__ = ["FILE_CLAIMS"]

_PROCESSED, _QUARANTINED = "processed", "quarantined"


def _every_version_has_one_end(facts: Facts) -> Iterator[tuple[str, str]]:
    for upload in facts.uploaded:
        records = facts.manifest.get(upload.version, ())
        expected = _QUARANTINED if upload.file.rows is None else _PROCESSED
        if len(records) != 1:
            yield upload.version, f"{upload.file.key} has {len(records)} records"
        elif (status := records[0]["status"]) != expected:
            reason = records[0].get("reason", "")
            yield upload.version, f"{upload.file.key} is {status}, not {expected} {reason}".strip()
        elif expected == _QUARANTINED and records[0]["file_id"] not in facts.quarantined:
            yield upload.version, f"{upload.file.key} is said to be in quarantine, and is not there"


def _outputs_are_whole(facts: Facts) -> Iterator[tuple[str, str]]:
    for upload in facts.uploaded:
        for record in facts.manifest.get(upload.version, ()):
            if record["status"] != _PROCESSED:
                continue
            output = facts.outputs.get(record["file_id"])
            said = int(record["rows"]), record["sha256"]
            if output is None:
                yield upload.version, f"{upload.file.key} has no output"
            elif (output.rows, output.sha256) != said:
                yield upload.version, f"{upload.file.key}: the output is not what the manifest says"
            elif output.rows != upload.file.rows:
                yield (
                    upload.version,
                    f"{upload.file.key} has {upload.file.rows} rows, its output {output.rows}",
                )


def _totals_add_up(facts: Facts) -> Iterator[tuple[str, str]]:
    due: dict[str, Decimal] = defaultdict(Decimal)
    files: dict[str, int] = defaultdict(int)
    for upload in facts.uploaded:
        for record in facts.manifest.get(upload.version, ()):
            if record["status"] == _PROCESSED:
                for currency, amount in upload.file.revenue.items():
                    due[currency] += amount
                    files[currency] += 1
    for currency in sorted({*due, *facts.totals}):
        revenue, counted = facts.totals.get(currency, (Decimal(0), 0))
        if (revenue, counted) != (due[currency], files[currency]):
            yield (
                currency,
                f"the total is {revenue} of {counted} files; the files add up to {due[currency]} of {files[currency]}",
            )


FILE_CLAIMS: Mapping[str, Callable[[Facts], Iterator[tuple[str, str]]]] = {
    "each version of a file is processed once, or in quarantine": _every_version_has_one_end,
    "each processed file has its whole output": _outputs_are_whole,
    "the totals are what the processed files add up to": _totals_add_up,
}
"""By what is claimed."""
