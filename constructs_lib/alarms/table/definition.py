"""What an alarm of the tables is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

__all__ = ["AlarmDefinition", "LogFilter", "Operand", "Profile", "Severity"]


class Severity(StrEnum):
    """Who has to know, and how soon."""

    CRITICAL = "critical"
    """Data is lost or users are failed: somebody acts now."""
    WARNING = "warning"
    """It will become critical, or already costs: somebody looks today."""
    INFO = "info"
    """It explains the others; nobody is told unless a route says so."""


class Profile(IntEnum):
    """How much is watched; each profile includes those before it."""

    ESSENTIAL = 1
    """What must never be missed."""
    STANDARD = 2
    """Also what tells of trouble before it hurts."""
    COMPLETE = 3
    """Everything that may tell something, log-derived figures included."""


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """A metric that CloudWatch Logs makes of the lines of a log group.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html

    Attributes:
        pattern: the filter pattern.
        value: what a matching line adds: a number, or ``$.path`` of one in the line.
    """

    pattern: str
    value: str = "1"


@dataclass(frozen=True, kw_only=True)
class Operand:
    """One metric of metric math. What is left out is that of the row.

    Attributes:
        metric: the metric's name.
        statistic: as CloudWatch writes it.
        namespace: the metric's namespace.
        dimensions: dimension to attribute of the subject.
        fixed: dimensions with the same value for every subject, such as an operation.
        log_filter: makes the metric of log lines.
    """

    metric: str
    statistic: str | None = None
    namespace: str | None = None
    dimensions: Mapping[str, str] | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    log_filter: LogFilter | None = None


@dataclass(frozen=True, kw_only=True)
class AlarmDefinition:
    """One row of a table of alarms.

    Attributes:
        name: the attribute and the setting by which the alarm is known.
        metric: the metric's name; for `expression`, the id that stands for its result.
        namespace: the metric's namespace.
        dimensions: the dimensions that the service publishes it with, each to the attribute of the subject that has
            its value; one whose value is None is left out.
        statistic: as CloudWatch writes it.
        threshold: the default; a share when `share_of` is set.
        unit: what the threshold counts, for people.
        evaluation_periods: the default.
        datapoints_to_alarm: the default.
        severity: the default.
        profile: the smallest profile that includes it.
        means: what it means when it rings, one sentence.
        cause: the likely cause, one sentence.
        query: the first query to run, one sentence.
        source: where the metric and the default come from.
        period: seconds.
        published_every: seconds from one datapoint of the service to the next; a shorter period would see gaps.
        comparison_operator: how the threshold is compared.
        highest: the largest value that the metric can take; None where there is no such.
        share_of: the subject's attribute with the limit that the threshold is a share of; the alarm is left out where
            there is none.
        share_unit: what that limit counts, for people.
        stamped_at_start: whether a datapoint carries the time at which the invocation began, so that it may
            come as late as the subject's ``timeout_ms``; the default number of periods then grows by it.
        smallest_limit: the smallest limit of which a share makes sense.
        treat_missing_data: how CloudWatch treats missing data.
        needs: the subject's attributes without which the alarm is left out.
        expression: metric math over `operands`, with ``{minimum_traffic}`` and ``{period}`` to fill in.
        operands: id in the expression to the metric, or to its name alone.
        minimum_traffic: the default of `RateAlarmSettings.minimum_traffic`.
        log_filter: makes the metric of log lines.
        runbook: a link for whoever is told.
    """

    name: str
    metric: str
    namespace: str
    dimensions: Mapping[str, str]
    statistic: str
    threshold: float
    unit: str
    evaluation_periods: int
    datapoints_to_alarm: int
    severity: Severity
    profile: Profile
    means: str
    cause: str
    query: str
    source: str
    period: int = 60
    published_every: int = 60
    comparison_operator: Literal[
        "GreaterThanOrEqualToThreshold",
        "GreaterThanThreshold",
        "LessThanOrEqualToThreshold",
        "LessThanThreshold",
    ] = "GreaterThanOrEqualToThreshold"
    highest: float | None = None
    share_of: str | None = None
    share_unit: str = ""
    stamped_at_start: bool = False
    smallest_limit: float = 0
    treat_missing_data: Literal["notBreaching", "breaching", "ignore"] = "notBreaching"
    needs: tuple[str, ...] = ()
    expression: str | None = None
    operands: Mapping[str, Operand | str] = field(default_factory=dict)
    minimum_traffic: int | None = None
    log_filter: LogFilter | None = None
    runbook: str | None = None

    @property
    def construct_id(self) -> str:
        """The alarm's id in the construct tree."""
        return "".join(word.capitalize() for word in self.name.split("_"))
