"""What an alarm tells the person whom it wakes."""

from constructs_lib.alarms.table.definition import AlarmDefinition, Severity
from constructs_lib.checks import is_token

__all__ = ["LONGEST_DESCRIPTION", "REACHED", "describe", "in_words"]

LONGEST_DESCRIPTION = 1024
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""

REACHED = {
    "GreaterThanOrEqualToThreshold": "reached",
    "GreaterThanThreshold": "rose above",
    "LessThanOrEqualToThreshold": "fell to",
    "LessThanThreshold": "fell below",
}


def describe(row: AlarmDefinition, threshold: float) -> str:
    """What is measured, what it means, the likely cause, what to run first, and the runbook if there is one."""
    # CDK finds a token in a text only by all of its digits.
    figure = str(threshold) if is_token(threshold) else f"{threshold:.10g}"
    unit = row.unit if row.share_of is None else row.share_unit
    if figure == "1" and unit.endswith("s") and unit != "ms" and "%" not in unit:
        unit = unit.removesuffix("s")  # the units that can count one thing end in their plural
    watched = row.name.replace("_", " ") if row.expression else f"{row.metric} {row.statistic}"
    measured = f"{watched} {REACHED[row.comparison_operator]} {figure} {unit} in {_window(row)}."
    return in_words(
        row.severity, measured, means=row.means, cause=row.cause, query=row.query, runbook=row.runbook
    )


def _window(row: AlarmDefinition) -> str:
    if row.evaluation_periods == 1:  # a token is not
        return f"a period of {row.period} s"
    return f"{row.datapoints_to_alarm} of {row.evaluation_periods} periods of {row.period} s"


def in_words(
    severity: Severity,
    measured: str,
    *,
    means: str | None = None,
    cause: str | None = None,
    query: str | None = None,
    runbook: str | None = None,
) -> str:
    """One text of the parts that are given, the same way for every kind of alarm."""
    parts = [f"[{severity}] {measured}"]
    parts += [means] if means else []
    parts += [f"Likely cause: {cause}"] if cause else []
    parts += [f"First: {query}"] if query else []
    parts += [f"Runbook: {runbook}"] if runbook else []
    return " ".join(parts)
