"""The alarms of a template, as what can be evaluated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from constructs_lib.replay.evaluation import BAND_COMPARISONS, COMPARISONS
from constructs_lib.replay.mute_windows import MuteSchedule, ScheduleError
from constructs_lib.template import Resource, Template, TemplateError, Values

__all__ = [
    "Actions",
    "CompositeAlarm",
    "MetricAlarm",
    "MetricKey",
    "MuteRule",
    "Query",
    "Unreadable",
    "alarms_of",
]

_METRIC_ALARM: Final = "AWS::CloudWatch::Alarm"
_COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"
_MUTE_RULE: Final = "AWS::CloudWatch::AlarmMuteRule"
_ACTIONS: Final = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_DYNAMODB: Final = "AWS/DynamoDB"
_DEFAULT_PERIOD: Final = 60
_ONLY: Final = "m"


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
        return " ".join([self.namespace, self.name, *(f"{name}={value}" for name, value in self.dimensions)])


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
    """

    id: str
    metric: MetricKey | None = None
    statistic: str = ""
    period: int = 0
    expression: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Actions:
    """What is done when an alarm changes its state.

    Attributes:
        enabled: whether anything is.
        by_state: the state that it changes to, to the ARNs of what is done.
    """

    enabled: bool
    by_state: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class _Named:
    """What all alarms have.

    Attributes:
        id: the logical id.
        path: the path of its construct below the stack.
        stack: the name of its template's stack.
        name: the alarm's name, a placeholder where CloudFormation gives it.
        actions: what it does.
        description: what it says to whom it wakes.
    """

    id: str
    path: str
    stack: str
    name: str
    actions: Actions
    description: str


@dataclass(frozen=True, kw_only=True)
class MetricAlarm(_Named):
    """An alarm on a metric or an expression.

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


@dataclass(frozen=True, kw_only=True)
class CompositeAlarm(_Named):
    """An alarm on the states of others.

    Attributes:
        rule: on which states it rings.
        suppressor: the name of the alarm that withholds its actions; None without.
        wait: seconds that it waits for the suppressor to ring.
        extension: seconds that actions are withheld after the suppressor has recovered.
    """

    rule: str
    suppressor: str | None
    wait: float
    extension: float


@dataclass(frozen=True, kw_only=True)
class MuteRule:
    """When the actions of some alarms are withheld.

    Attributes:
        id: the logical id.
        path: the path of its construct.
        schedule: its windows.
        targets: the names of the alarms.
        start: from when on it mutes; None for always.
        expire: until when; None for ever.
    """

    id: str
    path: str
    schedule: MuteSchedule
    targets: tuple[str, ...]
    start: datetime | None
    expire: datetime | None


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """An alarm that is not evaluated.

    Attributes:
        id: the logical id.
        path: the path of its construct.
        stack: the name of its template's stack.
        problem: why not.
    """

    id: str
    path: str
    stack: str
    problem: str


AlarmLike = MetricAlarm | CompositeAlarm | MuteRule | Unreadable


def alarms_of(template: Template, values: Values) -> Iterator[AlarmLike]:
    """The alarms and mute rules of `template`, in its order; those that are never made are left out."""
    for resource in template.of_type(_METRIC_ALARM, _COMPOSITE, _MUTE_RULE):
        if resource.condition and values.holds(resource.condition) is False:
            continue
        try:
            yield _read(resource, template, values)
        except (TemplateError, ScheduleError, KeyError, ValueError, TypeError, AttributeError) as error:
            problem = f"it has no {error}" if isinstance(error, KeyError) else str(error)
            yield Unreadable(id=resource.logical_id, path=resource.path, stack=template.name, problem=problem)


def _read(resource: Resource, template: Template, values: Values) -> AlarmLike:
    declared = values.plain(resource.properties)
    if resource.type == _MUTE_RULE:
        return _mute_rule(resource, declared)
    common: dict[str, Any] = {
        "id": resource.logical_id,
        "path": resource.path,
        "stack": template.name,
        "name": values.text({"Ref": resource.logical_id}),
        "description": str(declared.get("AlarmDescription") or ""),
        "actions": Actions(
            enabled=str(declared.get("ActionsEnabled", True)).lower() != "false",
            by_state={state: tuple(map(str, declared.get(key) or ())) for state, key in _ACTIONS.items()},
        ),
    }
    if resource.type == _COMPOSITE:
        suppressor = declared.get("ActionsSuppressor")
        return CompositeAlarm(
            **common,
            rule=values.text(declared["AlarmRule"]),
            suppressor=None if suppressor is None else str(suppressor),
            wait=float(declared.get("ActionsSuppressorWaitPeriod") or 0),
            extension=float(declared.get("ActionsSuppressorExtensionPeriod") or 0),
        )
    return _metric_alarm(common, declared)


def _metric_alarm(common: Mapping[str, Any], declared: Mapping[str, Any]) -> MetricAlarm:
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
    return MetricAlarm(
        **common,
        queries=queries,
        shown=shown,
        period=_period(queries, shown),
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


def _treatment(queries: Any, declared: Any) -> str:
    """DynamoDB's metrics come only now and then: their alarms keep their state while nothing comes.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html says that this is so
    whatever is declared; the user guide says that it is so unless something is declared. The first is the stricter one.
    """
    if any(each.metric and each.metric.namespace == _DYNAMODB for each in queries):
        return "ignore"
    return str(declared or "missing")


def _mute_rule(resource: Resource, declared: Mapping[str, Any]) -> MuteRule:
    schedule = declared["Rule"]["Schedule"]
    parsed = MuteSchedule.parse(
        str(schedule["Expression"]), str(schedule["Duration"]), schedule.get("Timezone")
    )
    return MuteRule(
        id=resource.logical_id,
        path=resource.path,
        schedule=parsed,
        targets=tuple(map(str, (declared.get("MuteTargets") or {}).get("AlarmNames") or ())),
        start=_moment(declared.get("StartDate"), parsed),
        expire=_moment(declared.get("ExpireDate"), parsed),
    )


def _moment(declared: Any, schedule: MuteSchedule) -> datetime | None:
    if not declared:
        return None
    moment = datetime.fromisoformat(str(declared))
    return moment if moment.tzinfo else moment.replace(tzinfo=schedule.zone)
