"""What an alarm of the tables is, and what a user may change about one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import aws_cdk as cdk

__all__ = ["AlarmDefinition", "AlarmSettings", "RateAlarmSettings", "Watches"]


class Watches(Enum):
    """The dimensions that the service publishes a metric with."""

    QUALIFIER = "FunctionName and Resource (name:alias): what came in through this alias"
    FUNCTION = "FunctionName: all versions and aliases together"
    QUEUE = "QueueName"


@dataclass(frozen=True, kw_only=True)
class AlarmSettings:
    """What replaces the default of one alarm; whatever is left out keeps its default.

    Attributes:
        threshold: in the unit of the table: a count, a percentage, or a share from 0 to 1 of a limit.
        period: the length of one datapoint, a multiple of one minute.
        evaluation_periods: how many of the latest datapoints are looked at.
        datapoints_to_alarm: how many of these must breach.
    """

    threshold: float | None = None
    period: cdk.Duration | None = None
    evaluation_periods: int | None = None
    datapoints_to_alarm: int | None = None


@dataclass(frozen=True, kw_only=True)
class RateAlarmSettings(AlarmSettings):
    """`AlarmSettings` for a rate.

    Attributes:
        minimum_traffic: below this many invocations in a period the rate counts as 0, since one failure among
            three calls says little.
    """

    minimum_traffic: int | None = None


@dataclass(frozen=True, kw_only=True)
class AlarmDefinition:
    """One row of a table of alarms.

    Attributes:
        name: the attribute and the setting by which the alarm is known.
        metric: the metric's name; for `expression`, the id that stands for the rate.
        watches: which dimensions identify it.
        statistic: as CloudWatch writes it.
        threshold: the default; a share when `share_of` is set.
        unit: what the threshold counts, for people.
        evaluation_periods: the default.
        datapoints_to_alarm: the default.
        why: what it means when it rings, and where to look first.
        source: where the metric and the default come from.
        namespace: the metric's namespace.
        period: seconds.
        share_of: the limit that the threshold is a share of; the alarm is left out where there is none.
        stamped_at_start: whether a datapoint carries the time at which the invocation began, so that it may
            come as late as the timeout; the default number of periods then grows by the timeout.
        smallest_limit: the smallest limit of which a share makes sense.
        missing: how CloudWatch treats missing data.
        needs: the fact about a function without which the alarm is left out.
        expression: metric math over `operands`, with ``{minimum_traffic}`` to fill in.
        operands: id in the expression to metric name; all are summed.
        minimum_traffic: the default of `RateAlarmSettings.minimum_traffic`.
    """

    name: str
    metric: str
    watches: Watches
    statistic: str
    threshold: float
    unit: str
    evaluation_periods: int
    datapoints_to_alarm: int
    why: str
    source: str
    namespace: str = "AWS/Lambda"
    period: int = 60
    share_of: Literal["timeout_ms", "reserved_concurrency"] | None = None
    stamped_at_start: bool = False
    smallest_limit: float = 0
    missing: Literal["notBreaching", "ignore"] = "notBreaching"
    needs: Literal["queue_name", "asynchronous", "provisioned"] | None = None
    expression: str | None = None
    operands: Mapping[str, str] = field(default_factory=dict)
    minimum_traffic: int | None = None

    @property
    def construct_id(self) -> str:
        """The alarm's id in the construct tree."""
        return "".join(word.capitalize() for word in self.name.split("_"))
