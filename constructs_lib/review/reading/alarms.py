"""Alarms as rules see them: what they watch, when they ring, and what they do then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.reading.data import at, flag_of, items_of, number_of, surely_has, text_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["STATES", "Alarm", "Metric", "alarms_of", "find_alarm"]

ALARM: Final = "AWS::CloudWatch::Alarm"
COMPOSITE: Final = "AWS::CloudWatch::CompositeAlarm"
STATES: Final = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One of the metrics or expressions that an alarm reads.

    Attributes:
        id: by which expressions name it; empty for the only one of an alarm, and where it is unknown.
        namespace: such as ``AWS/Lambda``; None for an expression, or where it is unknown.
        name: likewise the metric's name.
        dimensions: name to value, with placeholders; None where which there are is unknown.
        statistic: such as ``Sum`` or ``p99``; None where it is unknown or none.
        period: seconds; None where it is unknown, and for an expression that says nothing of it.
        unit: None where there is none.
        expression: metric math; None for a metric.
        returns: whether the alarm looks at it.
        account: of another account; None for the alarm's own.
    """

    id: str
    namespace: str | None
    name: str | None
    dimensions: Mapping[str, str] | None
    statistic: str | None
    period: float | None
    unit: str | None
    expression: str | None
    returns: bool
    account: str | None


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm, on metrics or on others.

    Figures are None where they are unknown or not written.

    Attributes:
        node: the resource.
        composite: whether it is on the states of others.
        metrics: what it reads, expressions among them.
        threshold: beyond which it rings.
        threshold_metric_id: of the band of an anomaly alarm.
        operator: such as ``GreaterThanThreshold``.
        periods: how many are looked at.
        datapoints: how many of them have to be beyond; as many, where it is not written.
        missing: how missing data counts; ``missing`` where it is not written.
        rule: of a composite, with placeholders.
    """

    node: Node
    composite: bool
    metrics: Sequence[Metric]
    threshold: float | None
    threshold_metric_id: str | None
    operator: str | None
    periods: float | None
    datapoints: float | None
    missing: str | None
    rule: str | None

    @property
    def read(self) -> list[Metric]:
        """Its metrics without the expressions."""
        return [each for each in self.metrics if each.expression is None]

    @property
    def actions_enabled(self) -> bool | None:
        """Whether it does anything; None where that is unknown."""
        return self.node.flag("ActionsEnabled", default=True)

    def actions(self, state: str = "ALARM") -> list[str]:
        """What it does when its state becomes `state`: ARNs, with placeholders."""
        return [str(each) for each in self.node.items(STATES[state])]

    def watches(self) -> list[Node]:
        """The resources that its dimensions name by reference."""
        texts = [value for each in self.read for value in (each.dimensions or {}).values()]
        return list(dict.fromkeys(found for text in texts if (found := self.node.stack.find(text))))

    def children(self) -> list[Node]:
        """Of a composite: the alarms at hand that its rule mentions by reference or by name."""
        rule = self.rule or ""
        stack = self.node.stack
        found = dict.fromkeys(each for each in stack.mentioned(rule) if each.type in (ALARM, COMPOSITE))
        for name in _quoted(rule):
            if each := find_alarm(stack, name):
                found[each] = None
        return list(found)


def find_alarm(stack: StackReading, value: Any) -> Node | None:
    """The alarm that a reference, an ARN or a name is of."""
    if not isinstance(value, str):
        return None
    name = value.partition(":alarm:")[2] or value
    return stack.find(value, ALARM, COMPOSITE) or stack.find(name, ALARM, COMPOSITE)


def alarms_of(where: StackReading | Reading) -> list[Alarm]:
    """The alarms of a stack, or of all."""
    return [_alarm(each) for each in where.of_type(ALARM, COMPOSITE)]


def _alarm(node: Node) -> Alarm:
    """An alarm, read once: most rules ask for it."""
    known: dict[Node, Alarm] = node.stack.whole.once("alarms", lambda _: {})
    if node not in known:
        known[node] = _read(node)
    return known[node]


def _read(node: Node) -> Alarm:
    periods = node.number("EvaluationPeriods")
    return Alarm(
        node=node,
        composite=node.type == COMPOSITE,
        metrics=tuple(_metrics(node)) if node.type == ALARM else (),
        threshold=node.number("Threshold"),
        threshold_metric_id=node.text("ThresholdMetricId"),
        operator=node.text("ComparisonOperator"),
        periods=periods,
        datapoints=node.number("DatapointsToAlarm", default=periods),
        missing=node.text("TreatMissingData", default="missing"),
        rule=rule if isinstance(rule := node.value("AlarmRule"), str) else None,
    )


def _metrics(node: Node) -> list[Metric]:
    if not node.has("Metrics") or surely_has(node.properties, "MetricName"):
        return [_metric(None, node.properties, node.properties, node.properties)]
    found = []
    for written in node.items("Metrics"):
        stat = at(written, "MetricStat")
        found.append(_metric(text_of(at(written, "Id")) or "", written, stat, at(stat, "Metric")))
    return found


def _metric(id_: str | None, written: Any, stat: Any, metric: Any) -> Metric:
    """A metric of an alarm; of its only one, which has no id, the parts stand in one place."""
    listed = id_ is not None
    expression = at(written, "Expression") if listed and isinstance(written, Mapping) else None
    return Metric(
        id=id_ or "",
        namespace=text_of(at(metric, "Namespace")),
        name=text_of(at(metric, "MetricName")),
        dimensions=_dimensions(at(metric, "Dimensions")),
        statistic=text_of(at(stat, "Stat" if listed else "Statistic"))
        or text_of(at(stat, "ExtendedStatistic")),
        period=number_of(at(stat, "Period")) if stat else number_of(at(written, "Period")),
        unit=text_of(at(stat, "Unit")),
        expression=expression if isinstance(expression, str) else None,
        returns=flag_of(at(written, "ReturnData")) is not False,
        account=text_of(at(written, "AccountId")) if listed else None,
    )


def _dimensions(written: Any) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for each in items_of(written):
        name, value = text_of(at(each, "Name")), at(each, "Value")
        if name is None or value is None:
            return None
        found[name] = value if isinstance(value, str) else str(value)
    return found


def _quoted(rule: str) -> list[str]:
    """What stands in the brackets of ALARM(...), OK(...) and INSUFFICIENT_DATA(...)."""
    parts = rule.replace("'", '"').split("(")[1:]
    return [part.partition(")")[0].strip().strip('"') for part in parts]
