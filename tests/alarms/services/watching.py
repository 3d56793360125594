"""What the tests of all services ask of a synthesized set of alarms."""

from typing import Any

from constructs_lib.alarms import AlarmDefinition, AlarmRoute
from tests.synthesis import Synthesized

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
SILENT = AlarmRoute.silent()


def alarm(found: Synthesized, row: str) -> dict[str, Any]:
    """The properties of the alarm of one row, in the set ``Alarms``."""
    construct_id = "".join(word.capitalize() for word in row.split("_"))
    return found.only(ALARM, under=f"Alarms{construct_id}")


def dimensions(found: dict[str, Any]) -> dict[str, Any]:
    """Name to value of the dimensions of an alarm or a metric."""
    return {each["Name"]: each["Value"] for each in found.get("Dimensions", [])}


def metrics(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Id to the metric of each operand of metric math, its period and statistic included."""
    return {
        each["Id"]: {**each["MetricStat"]["Metric"], **each["MetricStat"]}
        for each in found["Metrics"]
        if "MetricStat" in each
    }


def names(table: tuple[AlarmDefinition, ...], profile: int) -> set[str]:
    """The names of the rows that a profile includes."""
    return {row.name for row in table if row.profile <= profile}
