"""What a metric alarm watches, and when that rings: read from what an alarm declares, in a template or by the API."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.replay.evaluation import BAND_COMPARISONS, COMPARISONS

__all__ = ["MetricKey", "Query", "Watch", "read_watch"]

_DYNAMODB: Final = "AWS/DynamoDB"
_DEFAULT_PERIOD: Final = 60
_ONLY: Final = "m"
_NOT_EVALUATED: Final = {"EvaluationWindow": "one of a wall clock", "EvaluationCriteria": "one of PromQL"}
_SHORT_PERIODS: Final = (10, 20, 30)
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_WEEK: Final = 604_800


@dataclass(frozen=True, kw_only=True)
class MetricKey:
    """A metric as a template names it.

    Attributes:
        namespace: its namespace.
        name: its name.
        dimensions: names and values, which may have placeholders, sorted by name.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """As people write it."""
        dimensions = (f"{name}={value}" for name, value in self.dimensions)
        return " ".join(filter(None, [self.namespace, self.name, *dimensions]))


@dataclass(frozen=True, kw_only=True)
class Query:
    """One of the metrics or expressions of an alarm.

    Attributes:
        id: by which expressions name it.
        metric: the metric; None for an expression.
        statistic: of a metric.
        period: seconds; 0 for an expression that says nothing of it.
        expression: the expression; empty for a metric.
        unit: the only unit of samples that count; empty for all.
        account: the account that has the metric; empty for the alarm's own.
    """

    id: str
    metric: MetricKey | None = None
    statistic: str = ""
    period: int = 0
    expression: str = ""
    unit: str = ""
    account: str = ""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What is compared with what, and how much of it rings.

    Attributes:
        queries: id to metric or expression.
        shown: the id of what is compared.
        period: seconds from one datapoint to the next.
        operator: how it is compared.
        threshold: with what; None for an anomaly alarm.
        band: the id of the band that an anomaly alarm compares with.
        periods: evaluation periods.
        needed: datapoints to alarm.
        treatment: of missing data.
        ignores_low_samples: whether a percentile of too few samples leaves the state as it is.
    """

    queries: Mapping[str, Query]
    shown: str
    period: int
    operator: str
    threshold: float | None
    band: str | None
    periods: int
    needed: int
    treatment: str
    ignores_low_samples: bool

    @property
    def metrics(self) -> tuple[MetricKey, ...]:
        """The metrics that it reads."""
        return tuple(each.metric for each in self.queries.values() if each.metric)


def read_watch(declared: Mapping[str, Any]) -> Watch:
    """What an alarm watches.

    Args:
        declared: with the property names of ``AWS::CloudWatch::Alarm``, which are those of PutMetricAlarm.

    Raises:
        ValueError: it cannot be evaluated.
        KeyError: it lacks what every alarm has.
    """
    for property_, what in _NOT_EVALUATED.items():
        if declared.get(property_) and "SlidingWindow" not in declared[property_]:
            raise ValueError(f"its {property_} makes it {what}, which is not evaluated here")
    queries, shown, band = _queries(declared)
    operator = str(declared["ComparisonOperator"])
    if operator not in (BAND_COMPARISONS if band else COMPARISONS):
        raise ValueError(f"its ComparisonOperator is {operator!r}")
    periods = int(declared["EvaluationPeriods"])
    needed = int(declared.get("DatapointsToAlarm") or periods)
    if not 1 <= needed <= periods:
        raise ValueError(f"{needed} of {periods} evaluation periods cannot alarm")
    if band is None and declared.get("Threshold") is None:
        raise ValueError("it has no Threshold")
    period = _period(queries, shown)
    _check_length(period, periods)
    return Watch(
        queries=queries,
        shown=shown,
        period=period,
        operator=operator,
        threshold=None if band else float(declared["Threshold"]),
        band=band,
        periods=periods,
        needed=needed,
        treatment=_treatment(queries.values(), declared.get("TreatMissingData")),
        ignores_low_samples=declared.get("EvaluateLowSampleCountPercentile") == "ignore",
    )


def _queries(declared: Mapping[str, Any]) -> tuple[dict[str, Query], str, str | None]:
    """The metrics and expressions, the id of what is compared, and that of the band it is compared with."""
    if not declared.get("Metrics"):
        statistic = declared.get("ExtendedStatistic") or declared.get("Statistic")
        if not statistic:
            raise ValueError("it has no Statistic")
        metric = Query(
            id=_ONLY,
            metric=_metric(declared),
            statistic=str(statistic),
            period=int(declared.get("Period") or _DEFAULT_PERIOD),
            unit=str(declared.get("Unit") or ""),
        )
        return {_ONLY: metric}, _ONLY, None
    queries = {str(each["Id"]): _query(each) for each in declared["Metrics"]}
    band = declared.get("ThresholdMetricId")
    returned = [
        str(each["Id"])
        for each in declared["Metrics"]
        if str(each.get("ReturnData", True)).lower() != "false"
    ]
    compared = [each for each in returned if each != band]
    if len(compared) != 1:
        raise ValueError(f"it compares {len(compared)} metrics, and not one")
    if band is not None and band not in queries:
        raise ValueError(f"its ThresholdMetricId {band} is none of its metrics")
    return queries, compared[0], None if band is None else str(band)


def _query(declared: Mapping[str, Any]) -> Query:
    stat = declared.get("MetricStat")
    if stat is None:
        return Query(
            id=str(declared["Id"]),
            expression=str(declared["Expression"]),
            period=int(declared.get("Period") or 0),
        )
    return Query(
        id=str(declared["Id"]),
        metric=_metric(stat["Metric"]),
        statistic=str(stat["Stat"]),
        period=int(stat["Period"]),
        unit=str(stat.get("Unit") or ""),
        account=str(declared.get("AccountId") or ""),
    )


def _metric(declared: Mapping[str, Any]) -> MetricKey:
    dimensions: Sequence[Mapping[str, Any]] = declared.get("Dimensions") or ()
    return MetricKey(
        namespace=str(declared["Namespace"]),
        name=str(declared["MetricName"]),
        dimensions=tuple(sorted((str(each["Name"]), str(each["Value"])) for each in dimensions)),
    )


def _period(queries: Mapping[str, Query], shown: str) -> int:
    own = queries[shown].period
    return own or max((each.period for each in queries.values()), default=0) or _DEFAULT_PERIOD


def _check_length(period: int, periods: int) -> None:
    """Refuse what CloudWatch refuses: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html."""
    if period not in _SHORT_PERIODS and (period < _MINUTE or period % _MINUTE):
        raise ValueError(f"its period is {period} seconds: CloudWatch takes 10, 20, 30 and multiples of 60")
    most = _DAY if period < _HOUR else _WEEK
    if period * periods > most:
        raise ValueError(f"{periods} periods of {period} seconds are more than {most} seconds")


def _treatment(queries: Collection[Query], declared: object) -> str:
    """DynamoDB's metrics come only now and then: their alarms keep their state while nothing comes.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html says that this is so
    whatever is declared; the user guide says that it is so unless something is declared. The first is the stricter one.
    """
    if any(each.metric and each.metric.namespace == _DYNAMODB for each in queries):
        return "ignore"
    return str(declared or "missing")
