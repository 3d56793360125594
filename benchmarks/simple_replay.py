"""A replay as one would write it first: a loop over moments, lists, and nothing computed for many moments at once.

It reads a template's alarms itself and shares nothing with the fast path of `constructs_lib.replay` but
`constructs_lib.replay.evaluate`, which is for one evaluation. It follows states; who is told is not its business, so
that it does less than what it is compared with.
"""

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from benchmarks.simple_math import Window, value_of
from constructs_lib.replay.evaluation import EXTRA_DATAPOINTS, Band, State, evaluate

__all__ = ["Metric", "changes", "statistic"]

Values = list[float | None]
Change = tuple[float, str, State]
"""When an alarm went to a state, and its name."""

_DAY: Final = 86_400
_BEFORE: Final[State] = "INSUFFICIENT_DATA"


@dataclass(frozen=True)
class Metric:
    """What a metric did.

    Attributes:
        namespace: its namespace.
        name: its name.
        dimensions: names and values.
        period: seconds of each of `values`.
        start: when the first of them begins, in seconds since 1970.
        values: for each period the samples; none where there is no datapoint.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    period: int
    start: float
    values: Sequence[Sequence[float]]


def changes(
    template: Mapping[str, Any],
    metrics: Sequence[Metric],
    start: float,
    end: float,
    band: Band | None = None,
) -> list[Change]:
    """When the alarms of `template` changed their states from `start` to `end`, in that order.

    Composite alarms stand after those that they name. The band of all anomaly alarms is `band`, at any time.
    """
    alarms = {body["Properties"]["AlarmName"]: body["Properties"] for body in template["Resources"].values()}
    simple = {name: each for name, each in alarms.items() if "AlarmRule" not in each}
    followed = {name: dict(_states(each, metrics, start, end, band)) for name, each in simple.items()}
    composites = {name: _rule(each["AlarmRule"]) for name, each in alarms.items() if "AlarmRule" in each}
    states: dict[str, State] = dict.fromkeys(alarms, _BEFORE)
    untold = {
        name: start + _period(each) * (each["EvaluationPeriods"] + EXTRA_DATAPOINTS)
        for name, each in simple.items()
    }
    found = []
    moments = {start, *(at for each in followed.values() for at in each), *untold.values()}
    for moment in sorted(each for each in moments if each <= end):
        for name, at in followed.items():
            if moment in at and at[moment] != states[name]:
                states[name] = at[moment]
                untold.pop(name, None)
                found.append((moment, name, states[name]))
        untold = {name: until for name, until in untold.items() if until > moment}
        for name, rule in composites.items():
            # What is not known of an alarm yet makes none ring.
            rings = _holds(rule, states) and _holds(rule, {**states, **dict.fromkeys(untold, "OK")})
            state: State = "ALARM" if rings else "OK"
            if state != states[name]:
                states[name] = state
                found.append((moment, name, state))
    return found


def _period(alarm: Mapping[str, Any]) -> int:
    """Seconds from one datapoint to the next."""
    stats = [each["MetricStat"] for each in alarm.get("Metrics") or () if "MetricStat" in each]
    return max(int(each["Period"]) for each in stats or [alarm])


def _states(
    alarm: Mapping[str, Any], metrics: Sequence[Metric], start: float, end: float, band: Band | None
) -> Iterator[tuple[float, State]]:
    """The state of one alarm after each of its evaluations."""
    queries = alarm.get("Metrics") or [
        {
            "Id": "only",
            "MetricStat": {
                "Metric": alarm,
                "Period": alarm["Period"],
                "Stat": alarm.get("Statistic") or alarm.get("ExtendedStatistic"),
            },
        }
    ]
    stats = {each["Id"]: each["MetricStat"] for each in queries if "MetricStat" in each}
    expressions = {each["Id"]: each["Expression"] for each in queries if "Expression" in each}
    limit = alarm.get("ThresholdMetricId")
    (shown,) = (each["Id"] for each in queries if each.get("ReturnData", True) and each["Id"] != limit)
    period = _period(alarm)
    step = 10 if period < 60 else 60  # noqa: PLR2004 - https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    origin = math.floor(start / step) * step
    count = int((end - origin) // step)
    if not any(_is(metric, stat["Metric"]) for metric in metrics for stat in stats.values()):
        return  # nothing is known of it: it stays as it began
    samples = {name: _by_step(stat["Metric"], metrics, origin, step, count) for name, stat in stats.items()}
    width, length = period // step, alarm["EvaluationPeriods"] + EXTRA_DATAPOINTS
    values: dict[str, Values] = {name: [] for name in stats}
    alarm = {**alarm, "TreatMissingData": _treatment(alarm, stats)}
    state: State = _BEFORE
    for index in range(count):
        few = False
        for name, stat in stats.items():
            window = [each for part in samples[name][max(0, index - width + 1) : index + 1] for each in part]
            values[name].append(statistic(stat["Stat"], window))
            few |= 0 < len(window) < _least_samples(alarm, stat["Stat"])
        moment = origin + step * (index + 1)
        if period * alarm["EvaluationPeriods"] > _DAY and moment % 3_600:
            continue
        if not few:
            places = range(index - width * (length - 1), index + 1, width)
            seen = {name: [each[at] if at >= 0 else None for at in places] for name, each in values.items()}
            times = [moment - period * back for back in range(length, 0, -1)]
            datapoints = seen.get(shown) or _computed(
                shown, expressions, Window(seen, [*stats], times, period)
            )
            bands = [band if at >= 0 else None for at in places] if limit else None
            state = evaluate(alarm, datapoints, state, bands=bands)
        yield moment, state


def _by_step(
    wanted: Mapping[str, Any], metrics: Sequence[Metric], origin: float, step: int, count: int
) -> list[list[float]]:
    """The samples of a metric in each step; those of a period that is longer are known in the step with its end."""
    found: list[list[float]] = [[] for _ in range(count)]
    for metric in metrics:
        if not _is(metric, wanted):
            continue
        for index, values in enumerate(metric.values):
            over = metric.start + metric.period * (index + 1)
            place = math.ceil((over - origin) / step) - 1
            if 0 <= place < count:
                found[place] += values
    return found


def _is(metric: Metric, wanted: Mapping[str, Any]) -> bool:
    dimensions = {each["Name"]: each["Value"] for each in wanted.get("Dimensions") or ()}
    asked = (wanted["Namespace"], wanted["MetricName"], dimensions)
    return (metric.namespace, metric.name, metric.dimensions) == asked


def _computed(shown: str, expressions: Mapping[str, str], window: Window) -> Values:
    """What the expression `shown` comes to; those that it names are computed first."""
    known = dict(window.series)
    inner = Window(known, window.metrics, window.times, window.period)
    for name in _named(shown, tuple(expressions.items())):
        known[name] = value_of(expressions[name], inner)
    found = known[shown]
    values: Values = found[0] if isinstance(found, tuple) else found
    return values


@cache
def _named(shown: str, expressions: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The expressions that `shown` names, and those that these name, and itself last."""
    known = dict(expressions)
    inner = [each for each in re.findall(r"\b[a-z]\w*", known[shown]) if each in known]
    return tuple(dict.fromkeys([name for each in inner for name in _named(each, expressions)] + [shown]))


def statistic(name: str, samples: Sequence[float]) -> float | None:  # noqa: PLR0911 - one case a statistic
    """A statistic of samples: a basic one, a percentile, or a trimmed one with one bound.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    """
    if not samples:
        return None
    if name in _BASIC:
        return _BASIC[name](samples)
    ordered = sorted(samples)
    kind, percent = re.fullmatch(r"(p|tm|tc|ts|wm)([\d.]+)", name).groups()  # type: ignore[union-attr] # no others
    kept = ordered[: math.ceil(round(len(ordered) * float(percent) / 100, 9))]
    match kind:
        case "p":
            return kept[-1] if kept else ordered[0]
        case "tc":
            return float(len(kept))
        case "ts":
            return sum(kept)
        case "tm":
            return sum(kept) / len(kept) if kept else None
    edge = kept[-1] if kept else ordered[0]
    return (sum(kept) + edge * (len(ordered) - len(kept))) / len(ordered)


_BASIC: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": sum,
    "Average": lambda samples: sum(samples) / len(samples),
    "Minimum": min,
    "Maximum": max,
    "SampleCount": lambda samples: float(len(samples)),
}


def _least_samples(alarm: Mapping[str, Any], name: str) -> float:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html."""
    if alarm.get("EvaluateLowSampleCountPercentile") != "ignore" or not re.fullmatch(r"p[\d.]+", name):
        return 0.0
    share = float(name[1:]) / 100
    tail = round(1 - share if share >= 0.5 else share, 12)  # noqa: PLR2004 - the documented formula
    return 10 / tail if tail else math.inf


def _treatment(alarm: Mapping[str, Any], stats: Mapping[str, Any]) -> str:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html on DynamoDB."""
    if any(each["Metric"]["Namespace"] == "AWS/DynamoDB" for each in stats.values()):
        return "ignore"
    return str(alarm.get("TreatMissingData") or "missing")


@cache
def _rule(text: str) -> ast.expr:
    for word, python in (("AND", "and"), ("OR", "or"), ("NOT", "not"), ("TRUE", "True"), ("FALSE", "False")):
        text = re.sub(rf"\b{word}\b", python, text)
    return ast.parse(text.strip(), mode="eval").body


def _holds(node: ast.expr, states: Mapping[str, State]) -> bool:
    match node:
        case ast.Constant(value=bool() as constant):
            return constant
        case ast.BoolOp(op=op, values=parts):
            combine = all if isinstance(op, ast.And) else any
            return combine(_holds(part, states) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _holds(operand, states)
        case ast.Call(func=ast.Name(id=state), args=[ast.Constant(value=str() as name)]):
            return states.get(name, _BEFORE) == state
    raise ValueError(f"{ast.unparse(node)!r} is not understood here")
