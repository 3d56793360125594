"""How an alarm rings otherwise than before: at another threshold, later, on other data, for fewer alarms.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.review.difference.matching import Comparison, Pair
from constructs_lib.review.difference.words import Told, duration, listed, number, readable
from constructs_lib.review.knowledge.comparisons import in_words
from constructs_lib.review.reading.alarms import ALARM, COMPOSITE, Alarm, Metric, alarms_of
from constructs_lib.review.reading.data import number_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading

__all__ = ["alarm_changes"]

_SIDES: Final[Mapping[str, tuple[int, int]]] = {
    # Which way is looser, and whether the threshold itself does not ring.
    "GreaterThanThreshold": (1, 1),
    "GreaterThanOrEqualToThreshold": (1, 0),
    "LessThanThreshold": (-1, 1),
    "LessThanOrEqualToThreshold": (-1, 0),
}
_BOTH: Final = "LessThanLowerOrGreaterThanUpperThreshold"
_MISSING: Final[Mapping[str, int]] = {"notBreaching": 0, "ignore": 1, "missing": 1, "breaching": 2}
_BAND: Final = re.compile(r"ANOMALY_DETECTION_BAND\(\s*\w+\s*,\s*([\d.]+)\s*\)", re.IGNORECASE)
_SETS_MISSING: Final = "AWS/DynamoDB"
"""Whose missing data is always ignored.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html"""


def alarm_changes(comparison: Comparison) -> Iterator[Told]:
    """What changed of alarms that are on both sides."""
    old, new = _alarms(comparison.old), _alarms(comparison.new)
    for pair in comparison.of_type(ALARM):
        before, after = old[pair.old], new[pair.new]
        watched = _watched(comparison, before), _watched(comparison, after)
        if watched[0] != watched[1]:
            yield _told(
                "alarm-watches-other",
                after,
                f"watches {_metrics(after)} now, {_sign(after)}; before, {_metrics(before)}, {_sign(before)}",
            )
        else:
            yield from _threshold(before, after)
        yield from _speed(before, after)
        yield from _missing(before, after)
    for pair in comparison.of_type(COMPOSITE):
        yield from _composite(comparison, pair, old[pair.old], new[pair.new])


def _alarms(reading: Reading) -> Mapping[Node, Alarm]:
    return reading.once("alarms-by-node", lambda whole: {each.node: each for each in alarms_of(whole)})


def _told(kind: str, alarm: Alarm, what: str) -> Told:
    return Told(kind=kind, node=alarm.node, message=f"{alarm.node.path} {what}.")


def _watched(comparison: Comparison, alarm: Alarm) -> str:
    """What an alarm looks at, without how often and in how wide a band."""
    written = [
        (
            each.id,
            each.namespace,
            each.name,
            dict(each.dimensions or {}),
            each.statistic,
            each.unit,
            _BAND.sub("ANOMALY_DETECTION_BAND", each.expression or ""),
            each.returns,
            each.account,
        )
        for each in alarm.metrics
    ]
    side = _SIDES.get(alarm.operator or "", (0, 0))[0]
    return comparison.frozen(
        alarm.node.stack, [side, alarm.threshold_metric_id, *sorted(map(list, written), key=str)]
    )


def _metrics(alarm: Alarm) -> str:
    return listed([_metric(alarm, each) for each in alarm.metrics]) or "nothing"


def _metric(alarm: Alarm, metric: Metric) -> str:
    if metric.expression is not None:
        return f"{metric.id} = {readable(alarm.node.stack, metric.expression)}"
    of = ", ".join(readable(alarm.node.stack, each) for each in (metric.dimensions or {}).values())
    unit = f" in {metric.unit}" if metric.unit else ""
    return (
        f"the {metric.statistic or 'value'} of {metric.name or 'a metric'}{f' of {of}' if of else ''}{unit}"
    )


def _sign(alarm: Alarm) -> str:
    return in_words(alarm.operator, alarm.threshold)


def _threshold(old: Alarm, new: Alarm) -> Iterator[Told]:
    looser = _looseness(new), _looseness(old)
    if looser[0] is None or looser[1] is None or looser[0] == looser[1]:
        return
    loosened = looser[0] > looser[1]
    what = f"rings {_level(new)} now; before, {_level(old)}"
    yield _told("threshold-loosened" if loosened else "threshold-tightened", new, what)


def _level(alarm: Alarm) -> str:
    width = _width(alarm)
    return _sign(alarm) if width is None else f"{_sign(alarm)} of {number(width)} standard deviations"


def _looseness(alarm: Alarm) -> tuple[float, float] | None:
    """The larger, the later it rings; None where nobody knows."""
    if alarm.threshold_metric_id is not None:
        width = _width(alarm)
        return None if width is None or alarm.operator is None else (width, float(alarm.operator != _BOTH))
    side, strict = _SIDES.get(alarm.operator or "", (0, 0))
    return None if alarm.threshold is None or not side else (side * alarm.threshold, float(strict))


def _width(alarm: Alarm) -> float | None:
    found = [match[1] for each in alarm.metrics if (match := _BAND.search(each.expression or ""))]
    return number_of(found[0]) if found else None


def _speed(old: Alarm, new: Alarm) -> Iterator[Told]:
    before, after = _window(old), _window(new)
    if before is None or after is None or before == after:
        return
    # The first that rings takes so many datapoints; of as many, those in a wider window are found sooner.
    slower = _slowness(after) > _slowness(before)
    yield _told(
        "alarm-slower" if slower else "alarm-faster",
        new,
        f"rings {_rings(after)} now; before, {_rings(before)}",
    )


def _window(alarm: Alarm) -> tuple[float, float, float] | None:
    """Datapoints, periods and seconds of a period; None where any is unknown."""
    periods = {each.period for each in alarm.metrics if each.period is not None}
    if len(periods) != 1 or alarm.datapoints is None or alarm.periods is None:
        return None
    return alarm.datapoints, alarm.periods, periods.pop()


def _slowness(window: tuple[float, float, float]) -> tuple[float, float, float]:
    datapoints, periods, seconds = window
    return datapoints * seconds, -periods * seconds, seconds


def _rings(window: tuple[float, float, float]) -> str:
    datapoints, periods, seconds = window
    return f"on {number(datapoints)} of {number(periods)} datapoints of {duration(seconds)}"


def _missing(old: Alarm, new: Alarm) -> Iterator[Told]:
    before, after = old.missing, new.missing
    if before == after or before is None or after is None or not {before, after} <= _MISSING.keys():
        return
    if any(each.namespace == _SETS_MISSING for each in new.metrics):
        return
    change = _MISSING[after] - _MISSING[before]
    kind = (
        "missing-data-weakened"
        if change < 0
        else "missing-data-strengthened"
        if change > 0
        else "missing-data-changed"
    )
    yield _told(kind, new, f"counts missing data as {after} now; before, as {before}")


def _composite(comparison: Comparison, pair: Pair, old: Alarm, new: Alarm) -> Iterator[Told]:
    before, after = _children(comparison, old), _children(comparison, new)
    gone = [node.path for key, node in before.items() if key not in after]
    added = [node.path for key, node in after.items() if key not in before]
    if gone:
        yield _told("composite-fewer", new, f"no longer contains {listed(gone)}")
    if added:
        yield _told("composite-more", new, f"contains {listed(added)} now")
    if not gone and not added and not _same_rule(comparison, pair, old, new):
        yield _told(
            "composite-rule-changed",
            new,
            f"rings when {_rule(new)} now; before, when {_rule(old)}",
        )


def _children(comparison: Comparison, alarm: Alarm) -> dict[str, Node]:
    return {comparison.frozen(each.stack, f"${{{each.id}}}"): each for each in alarm.children()}


def _same_rule(comparison: Comparison, pair: Pair, old: Alarm, new: Alarm) -> bool:
    if old.rule is None or new.rule is None or comparison.same(pair, "AlarmRule"):
        return True
    rules: list[Any] = [
        re.sub(r"\s+", " ", str(comparison.canonical(each.node.stack, each.rule)).replace("'", '"')).strip()
        for each in (old, new)
    ]
    return bool(rules[0] == rules[1])


def _rule(alarm: Alarm) -> str:
    return readable(alarm.node.stack, alarm.rule)
