"""What an alarm measures, in words, read from the properties that it has."""

from collections.abc import Mapping
from typing import Any

from constructs_lib.alarms.table.description import REACHED
from constructs_lib.checks import is_token

__all__ = ["in_periods", "threshold_sentence", "what_is_watched"]


def threshold_sentence(properties: Mapping[str, Any], threshold: float, watched: str | None = None) -> str:
    """When an alarm with a threshold rings; `watched` replaces the name of what it watches."""
    # CDK finds a token in a text only by all of its digits.
    figure = str(threshold) if is_token(threshold) else f"{threshold:.10g}"
    reached = REACHED[properties["ComparisonOperator"]]
    return f"{watched or what_is_watched(properties)} {reached} {figure} {in_periods(properties)}."


def what_is_watched(properties: Mapping[str, Any]) -> str:
    """What is watched: the metric with its statistic, or the name of the metric math."""
    if "MetricName" in properties:
        return (
            f"{properties['MetricName']} {properties.get('Statistic') or properties.get('ExtendedStatistic')}"
        )
    queries = properties["Metrics"]
    math = [query for query in queries if "Expression" in query and "MetricStat" not in query]
    named = next((query["Label"] for query in [*math, *queries] if isinstance(query.get("Label"), str)), None)
    if named is not None:
        return str(named)
    stats = [query["MetricStat"] for query in queries if "MetricStat" in query]
    if len(stats) == 1 and not math:
        return f"{stats[0]['Metric']['MetricName']} {stats[0]['Stat']}"
    expression = next(query["Expression"] for query in math if query.get("ReturnData"))
    return str(expression) if isinstance(expression, str) else "The expression"


def in_periods(properties: Mapping[str, Any]) -> str:
    """How long it has to last."""
    queries = properties.get("Metrics") or ()
    periods = [query.get("Period") or query.get("MetricStat", {}).get("Period") for query in queries]
    period = properties.get("Period") or next((each for each in periods if each), None)
    count = properties["EvaluationPeriods"]
    needed = properties.get("DatapointsToAlarm", count)
    figures = [each if isinstance(each, int | float) else "some" for each in (needed, count, period)]
    return f"in {figures[0]} of {figures[1]} periods of {figures[2]} s"
