"""The queries of an export: which metric and statistic each result is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from constructs_lib.replay.timelines.errors import TimelineError, shown
from constructs_lib.replay.timelines.files.checked import part
from constructs_lib.replay.timelines.files.documents import documents_of
from constructs_lib.replay.timelines.metric_names import metric_of
from constructs_lib.replay.timelines.series import is_period

__all__ = ["Query", "queries_of", "query_of_label", "statistics_query_of"]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a result is of.

    Attributes:
        namespace: the metric's; empty where nothing tells it.
        name: the metric's.
        dimensions: the metric's.
        period: in seconds; None where only the distances of the timestamps tell it.
        statistic: which one the values are; None where nothing tells it.
        unit: as asked for; None for any.
        account: the metric's; None for the caller's.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    period: int | None = None
    statistic: str | None = None
    unit: str | None = None
    account: str | None = None


def queries_of(path: Path) -> dict[str, Query | None]:
    """The queries of a file for `--metric-data-queries`, by Id; None for an expression.

    Raises:
        TimelineError: it is no such file.
    """
    document = _only(path)
    queries = document.get("MetricDataQueries") if isinstance(document, dict) else document
    if not isinstance(queries, list) or not queries:
        raise TimelineError("has no queries. Give the file that --metric-data-queries was given.")
    found: dict[str, Query | None] = {}
    for index, query in enumerate(queries):
        try:
            metric_id, found_query = _by_id(query)
        except TimelineError as error:
            raise error.at(f"MetricDataQueries[{index}]") from None
        found[metric_id] = found_query
    return found


def statistics_query_of(path: Path) -> Query:
    """The query of a file for `get-metric-statistics --cli-input-json`.

    Raises:
        TimelineError: it is no such file.
    """
    document = _only(path)
    if not isinstance(document, dict):
        raise TimelineError("is no query. Give the file that --cli-input-json was given.")
    return Query(**_metric(document), period=_period(document), unit=_unit(document))


def query_of_label(label: str) -> Query:
    """What a label tells: all of it where it is written `Namespace|Name|Dimensions`, else only the name."""
    try:
        found = metric_of(label)
    except TimelineError:
        found = None
    if found is None:
        return Query(namespace="", name=label)
    namespace, name, dimensions = found
    return Query(namespace=namespace, name=name, dimensions=dimensions)


def _only(path: Path) -> Any:
    documents = documents_of(path)
    if len(documents) != 1:
        raise TimelineError(f"has {len(documents)} JSON documents. Give a file of one.")
    return documents[0]


def _by_id(query: object) -> tuple[str, Query | None]:
    if not isinstance(query, dict):
        raise TimelineError(f"is {shown(query)}. Give an object with Id and MetricStat.")
    return part(query, "Id", str), None if "Expression" in query else _query(query)


def _query(query: dict[str, Any]) -> Query:
    stat = part(query, "MetricStat", dict)
    account = part(query, "AccountId", str) if query.get("AccountId") is not None else None
    return Query(
        **_metric(part(stat, "Metric", dict)),
        period=_period(stat),
        statistic=part(stat, "Stat", str),
        unit=_unit(stat),
        account=account,
    )


def _metric(found: dict[str, Any]) -> dict[str, Any]:
    dimensions = part(found, "Dimensions", list, [])
    if not all(isinstance(each, dict) for each in dimensions):
        raise TimelineError(f"Dimensions is {shown(dimensions)}. Give objects with Name and Value.")
    return {
        "namespace": part(found, "Namespace", str),
        "name": part(found, "MetricName", str),
        "dimensions": {part(each, "Name", str): part(each, "Value", str) for each in dimensions},
    }


def _period(found: dict[str, Any]) -> int:
    period = part(found, "Period", int)
    if not is_period(period):
        raise TimelineError(f"Period is {shown(period)}. Give 1, 5, 10, 20, 30 or a multiple of 60 seconds.")
    return period


def _unit(found: dict[str, Any]) -> str | None:
    unit = part(found, "Unit", str, "None")
    return None if unit == "None" else unit
