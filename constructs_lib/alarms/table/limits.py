"""What CloudWatch takes of any alarm."""

from constructs_lib.checks import Check, is_token

__all__ = ["INSIGHTS_WINDOW", "LIMITS", "MOST_ACTIONS", "check_counts", "longest_window"]

LIMITS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
"""Where CloudWatch says so."""

MOST_ACTIONS = 5
"""The actions of an alarm for one state."""

INSIGHTS_WINDOW = 10_800
"""The seconds that an alarm on a query of Metrics Insights can look back.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-limits.html
"""

_HOUR, _DAY, _WEEK = 3_600, 86_400, 604_800


def longest_window(period: float) -> int:
    """How many seconds an alarm with this period can look back."""
    return _DAY if period < _HOUR else _WEEK


def check_counts(
    check: Check, evaluation_periods: int, datapoints_to_alarm: int | None, *, owner: str = ""
) -> None:
    """Fail unless that many datapoints can breach in that many periods; `owner` says in the message whose they are."""
    check.within(f"{owner}evaluation_periods", evaluation_periods, 1, _WEEK)
    most = _WEEK if is_token(evaluation_periods) else evaluation_periods
    unit = "" if is_token(evaluation_periods) else "of its evaluation_periods"
    check.within(f"{owner}datapoints_to_alarm", datapoints_to_alarm, 1, most, unit=unit)
