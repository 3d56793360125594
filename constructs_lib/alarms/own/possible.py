"""Alarms that can never ring, always ring, or that CloudWatch refuses: found before they are deployed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib.alarms.own.published import HIGHEST, IGNORES_MISSING_DATA, ONLY_WITH, PUBLISHED
from constructs_lib.alarms.table.limits import INSIGHTS_WINDOW, LIMITS, MOST_ACTIONS, longest_window

__all__ = ["Range", "impossible"]

_MINUTE = 60
_HIGH_RESOLUTION = (10, 20, 30)
_OF_SINGLE_VALUES = re.compile(r"(Average|Minimum|Maximum|IQM|p\d|tm|TM|wm|WM)", re.IGNORECASE)
_PERCENTILE = re.compile(r"p(\d+(?:\.\d+)?)", re.IGNORECASE)
_STATISTIC = re.compile(
    r"SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|wm|tc|ts)\d+(\.\d+)?|(PR|TM|WM|TC|TS)\([\d.%:]+\)",
    re.IGNORECASE,
)
_STATISTICS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html"
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


@dataclass(frozen=True, kw_only=True)
class Impossible:
    """Why an alarm is of no use, and what to do."""

    problem: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Range:
    """The values that what is watched can take.

    Attributes:
        name: what is watched.
        highest: the largest value; None where none is known.
        lowest: the smallest.
    """

    name: str
    highest: float | None = None
    lowest: float | None = 0


@dataclass(frozen=True, kw_only=True)
class _Metric:
    """One metric that an alarm reads, as plain data."""

    namespace: str
    name: str
    dimensions: frozenset[str]
    statistic: str
    period: float | None

    @property
    def key(self) -> tuple[str, str]:
        return self.namespace, self.name


def impossible(properties: Mapping[str, Any], watched: Range | None = None) -> Iterator[Impossible]:
    """What keeps an alarm from doing its work. Values that are known only at deployment are left alone.

    Args:
        properties: those of ``AWS::CloudWatch::Alarm``, resolved.
        watched: the range of metric math, or a narrower one than that of the metric. Left out: what is known of
            the metric.
    """
    metrics = list(_metrics(properties))
    yield from _periods(properties, metrics)
    for metric in metrics:
        yield from _dimensions(metric)
        yield from _statistic(metric)
    yield from _missing_data(properties, metrics)
    yield from _actions(properties)
    known = watched or (_range(metrics[0]) if _is_single(properties, metrics) else None)
    if known is not None:
        yield from _threshold(properties, known)


def _metrics(properties: Mapping[str, Any]) -> Iterator[_Metric]:
    stats = [
        {**query["MetricStat"]["Metric"], **query["MetricStat"]}
        for query in properties.get("Metrics") or ()
        if "MetricStat" in query
    ]
    for stat in stats or ([dict(properties)] if "MetricName" in properties else []):
        namespace, name = stat.get("Namespace"), stat.get("MetricName")
        if isinstance(namespace, str) and isinstance(name, str):
            yield _Metric(
                namespace=namespace,
                name=name,
                dimensions=frozenset(each["Name"] for each in stat.get("Dimensions") or ()),
                statistic=_text(stat.get("Stat") or stat.get("Statistic") or stat.get("ExtendedStatistic")),
                period=_number(stat.get("Period")),
            )


def _is_single(properties: Mapping[str, Any], metrics: Sequence[_Metric]) -> bool:
    return len(metrics) == 1 and not any("Expression" in query for query in properties.get("Metrics") or ())


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _periods(properties: Mapping[str, Any], metrics: Sequence[_Metric]) -> Iterator[Impossible]:
    queries = [query for query in properties.get("Metrics") or () if "SELECT" in str(query.get("Expression"))]
    periods = {metric.period for metric in metrics} | {_number(query.get("Period")) for query in queries}
    if len(periods - {None}) > 1:
        yield Impossible(
            problem=f"its metrics have different periods, {', '.join(f'{p:g} s' for p in periods if p)}.",
            remedy="All metrics of an alarm have the same: give one.",
        )
        return
    period = next(iter(periods - {None}), None)
    periods_looked_at = _number(properties.get("EvaluationPeriods"))
    if period is not None:
        yield from _period(period, metrics, insights=bool(queries))
        yield from _window(period, periods_looked_at, insights=bool(queries))
    yield from _counts(periods_looked_at, _number(properties.get("DatapointsToAlarm")))


def _period(period: float, metrics: Sequence[_Metric], *, insights: bool) -> Iterator[Impossible]:
    if period <= 0 or (period not in _HIGH_RESOLUTION and period % _MINUTE):
        yield Impossible(
            problem=f"it has a period of {period:g} s.",
            remedy=f"Give 10, 20, 30 or a multiple of 60 seconds. See {LIMITS}",
        )
        return
    of_aws = sorted({metric.namespace for metric in metrics if metric.namespace.startswith("AWS/")})
    if period < _MINUTE and (of_aws or insights):
        yield Impossible(
            problem=f"it has a period of {period:g} s, in which {', '.join(of_aws) or 'a query'} mostly has no data.",
            remedy=f"Give one minute or more. See {LIMITS}",
        )


def _window(period: float, count: float | None, *, insights: bool) -> Iterator[Impossible]:
    longest = INSIGHTS_WINDOW if insights else longest_window(period)
    if count is not None and period * count > longest:
        yield Impossible(
            problem=f"it looks back {count:g} periods of {period:g} s, more than the {longest} s that CloudWatch "
            "allows.",
            remedy=f"Give fewer or shorter periods. See {LIMITS}",
        )


def _counts(periods: float | None, datapoints: float | None) -> Iterator[Impossible]:
    for name, value in (("evaluation_periods", periods), ("datapoints_to_alarm", datapoints)):
        if value is not None and (value < 1 or value != int(value)):
            yield Impossible(problem=f"its {name} is {value:g}.", remedy="Give a whole number from 1.")
    if datapoints is not None and periods is not None and datapoints > periods:
        yield Impossible(
            problem=f"{datapoints:g} of {periods:g} periods have to breach.",
            remedy="Give as many datapoints_to_alarm as evaluation_periods, or fewer.",
        )


def _dimensions(metric: _Metric) -> Iterator[Impossible]:
    published = ONLY_WITH.get(metric.key) or PUBLISHED.get(metric.namespace)
    if published is None or published.has(metric.dimensions):
        return
    known = [" + ".join(sorted(names)) or "none" for names in published.exactly]
    known += [f"{' + '.join(sorted(names))} (and others)" for names in published.at_least]
    yield Impossible(
        problem=f"nobody publishes {metric.namespace} {metric.name} with the dimensions "
        f"{' + '.join(sorted(metric.dimensions)) or 'none'}, so it would never have data.",
        remedy=f"Give one of: {'; '.join(known)}. See {published.source}",
    )


def _statistic(metric: _Metric) -> Iterator[Impossible]:
    if metric.statistic and not _STATISTIC.fullmatch(metric.statistic):
        yield Impossible(
            problem=f"its statistic is {metric.statistic}, which CloudWatch does not know.",
            remedy="Give Sum, Average, Minimum, Maximum, SampleCount, a percentile such as p99, or another of "
            f"{_STATISTICS}",
        )
    found = _PERCENTILE.fullmatch(metric.statistic)
    if found and not 0 <= float(found[1]) <= 100:  # noqa: PLR2004 - per cent
        yield Impossible(
            problem=f"its statistic is {metric.statistic}.",
            remedy=f"A percentile goes from p0 to p100. See {_STATISTICS}",
        )


def _missing_data(properties: Mapping[str, Any], metrics: Sequence[_Metric]) -> Iterator[Impossible]:
    treatment = properties.get("TreatMissingData", "ignore")
    if (
        "Metrics" not in properties
        and metrics
        and metrics[0].namespace == IGNORES_MISSING_DATA
        and treatment != "ignore"
    ):
        yield Impossible(
            problem=f"missing data counts as {treatment}, which CloudWatch disregards: alarms on "
            f"{IGNORES_MISSING_DATA} ignore missing data.",
            remedy="Give IGNORE, or watch FILL(metric, 0) + 0 * consumed, where consumed is a metric of the table that "
            f"is always there, such as ConsumedReadCapacityUnits. See {LIMITS}",
        )


def _actions(properties: Mapping[str, Any]) -> Iterator[Impossible]:
    for name in _ACTIONS:
        given = properties.get(name)
        if isinstance(given, list) and len(given) > MOST_ACTIONS:
            yield Impossible(
                problem=f"it has {len(given)} {name}.",
                remedy=f"An alarm takes {MOST_ACTIONS} per state: send one to a topic and subscribe there.",
            )


def _range(metric: _Metric) -> Range | None:
    if metric.namespace not in PUBLISHED:
        return None
    single = _OF_SINGLE_VALUES.match(metric.statistic) is not None
    return Range(
        name=f"{metric.name} {metric.statistic}", highest=HIGHEST.get(metric.key) if single else None
    )


def _threshold(properties: Mapping[str, Any], watched: Range) -> Iterator[Impossible]:
    threshold = _number(properties.get("Threshold"))
    comparison = properties.get("ComparisonOperator")
    if threshold is None or not isinstance(comparison, str):
        return
    rings_never, rings_always = _extremes(comparison, threshold, watched)
    if properties.get("TreatMissingData") == "breaching":
        rings_never = False  # it rings where there is no data
    if not rings_never and not rings_always:
        return
    lowest = "" if watched.lowest is None else f" from {watched.lowest:.10g}"
    highest = "" if watched.highest is None else f" to {watched.highest:.10g}"
    span = f"{watched.name}, which goes{lowest}{highest}"
    yield Impossible(
        problem=f"with {comparison} {threshold:.10g} it {'never' if rings_never else 'always'} rings on {span}.",
        remedy="Give a threshold inside of that range. For anything at all, watch SampleCount with 1.",
    )


def _extremes(comparison: str, threshold: float, watched: Range) -> tuple[bool, bool]:
    """Whether the comparison holds for no value of the range, and whether it holds for all."""
    low = float("-inf") if watched.lowest is None else watched.lowest
    high = float("inf") if watched.highest is None else watched.highest
    match comparison:
        case "GreaterThanOrEqualToThreshold":
            return threshold > high, threshold <= low
        case "GreaterThanThreshold":
            return threshold >= high, threshold < low
        case "LessThanOrEqualToThreshold":
            return threshold < low, threshold >= high
        case "LessThanThreshold":
            return threshold <= low, threshold > high
    return False, False
