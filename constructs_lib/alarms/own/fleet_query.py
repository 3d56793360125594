"""Queries of CloudWatch Metrics Insights over the Lambda functions of a fleet."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from constructs_lib.checks import is_token

__all__ = ["LONGEST_QUERY", "STATISTICS", "FleetStatistic", "fleet_query", "longest"]

FleetStatistic = Literal["Sum", "Average", "Maximum", "Minimum", "SampleCount"]

STATISTICS: Final[dict[FleetStatistic, str]] = {
    "Sum": "SUM",
    "Average": "AVG",
    "Maximum": "MAX",
    "Minimum": "MIN",
    "SampleCount": "COUNT",
}
"""What the query language calls them; it knows no percentiles."""

LONGEST_QUERY = 2_048
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html"""

_LONGEST_FUNCTION_NAME = 64
_TOKEN = re.compile(r"\$\{Token\[[^]]*]}")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def fleet_query(
    metric: str,
    statistic: FleetStatistic,
    *,
    tag: tuple[str, str] | None,
    exclude: Sequence[str],
    each: bool,
) -> str:
    """The query for `metric` of the functions with `tag`, or of all, except for those named in `exclude`.

    The language compares by = and != and joins by AND alone, so that a list of functions cannot be asked for.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html

    Args:
        metric: the metric's name.
        statistic: how datapoints become one.
        tag: key and value.
        exclude: the names of functions to leave out.
        each: whether every function is a series of its own.
    """
    function = STATISTICS[statistic]
    # With SCHEMA, metrics of aliases and versions are not added to those of their function.
    selected = f"{function}({_quoted(metric)})"
    query = f'SELECT {selected} FROM SCHEMA("AWS/Lambda", FunctionName)'  # noqa: S608 - of metrics, and escaped
    conditions = [] if tag is None else [f"tag.{_quoted(tag[0])} = {_text(tag[1])}"]
    conditions += [f"FunctionName != {_text(name)}" for name in exclude]
    if conditions:
        query += f" WHERE {' AND '.join(conditions)}"
    if each:
        # An alarm with several series needs both clauses.
        query += f" GROUP BY FunctionName ORDER BY {function}() DESC"
    return query


def longest(query: str) -> int:
    """How long `query` can be once the names of functions in it are known."""
    names = len(_TOKEN.findall(query))
    return len(_TOKEN.sub("", query)) + names * _LONGEST_FUNCTION_NAME


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")
    return f'"{escaped}"'


def _text(value: str) -> str:
    if is_token(value):
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
