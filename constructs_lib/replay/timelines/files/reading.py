"""Timelines from files, whatever of the known forms they have."""

from pathlib import Path
from typing import Any

from constructs_lib.replay.timelines.errors import TimelineError, shown
from constructs_lib.replay.timelines.files.aws_output import metric_data_timeline, metric_statistics_timeline
from constructs_lib.replay.timelines.files.csv_file import csv_timeline
from constructs_lib.replay.timelines.files.documents import documents_of
from constructs_lib.replay.timelines.files.timeline_file import timeline_of
from constructs_lib.replay.timelines.timeline import Timeline

__all__ = ["read_timeline"]


def read_timeline(path: Path | str, queries: Path | str | None = None) -> Timeline:
    """Read a timeline.

    Args:
        path: a `.csv` file (see csv_file); else JSON: a timeline (see timeline.schema.json), or what
            `aws cloudwatch get-metric-data` or `get-metric-statistics` printed (see aws_output). The pages of
            get-metric-data may stand one after the other, or in a list.
        queries: the file that get-metric-data got as `--metric-data-queries`, or get-metric-statistics as
            `--cli-input-json`. Left out, labels tell what a result is of.

    Raises:
        TimelineError: it cannot be read; says in one line which file, where in it, why, and what to do.
    """
    path = Path(path)
    try:
        if path.suffix.lower() == ".csv":
            return csv_timeline(path)
        return _timeline(documents_of(path), None if queries is None else Path(queries))
    except TimelineError as error:
        raise TimelineError(" ".join(f"{path}: {error}".splitlines())) from None


def _timeline(documents: list[Any], queries: Path | None) -> Timeline:
    if len(documents) == 1 and isinstance(documents[0], list):
        documents = documents[0]
    first = documents[0] if documents else None
    if isinstance(first, dict) and "MetricDataResults" in first:
        return metric_data_timeline(documents, queries)
    if len(documents) == 1 and isinstance(first, dict):
        if "Datapoints" in first:
            return metric_statistics_timeline(first, queries)
        if "metrics" in first:
            return timeline_of(first)
    what = f"is {shown(first)}" if documents else "has no JSON document"
    raise TimelineError(
        f"{what}. Give a timeline with start and metrics, or what get-metric-data "
        "or get-metric-statistics printed."
    )
