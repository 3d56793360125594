"""What is watched of the functions that are steps of the workflow."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, FunctionAlarmSettings, Profile, Severity, ThresholdAlarm
from constructs_lib.alarms.table.settings import AlarmSettings, RateAlarmSettings
from constructs_lib.resilient_function import ResilientFunction
from stacks.order_functions import METRICS_NAMESPACE

__all__ = ["STEP_ALARMS", "StepAlarms"]

STEP_ALARMS = FunctionAlarmSettings(
    profile=Profile.STANDARD,
    errors=None,
    # Over five minutes, since a few declined cards among few orders soon are a quarter of a minute's.
    error_rate=RateAlarmSettings(threshold=25, minimum_traffic=40, period=cdk.Duration.minutes(5)),
    timeouts=AlarmSettings(),
    out_of_memory=AlarmSettings(),
)
"""Lambda's own count of errors has declined cards and empty shelves in it: one is nothing, and a quarter of all that a
step does is more than customers cause. It also tells of what a step cannot count itself, such as code that is not
found."""

_MANY = 20


class StepAlarms(Construct):
    """Tells a step that is broken from one that says no (lambda_src/order_book/order_book/attempts.py).

    Attributes:
        failed: rings when a step failed for a reason that nobody expects.
        delayed: rings when steps had to be tried again many times.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, steps: Mapping[str, ResilientFunction]
    ) -> None:
        """Watch them.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            steps: the functions, by the ids that they count under.
        """
        super().__init__(scope, construct_id)
        groups = [function.log_group.log_group_name for function in steps.values()]
        query = (
            f"Logs Insights on {', '.join(groups)}: filter level = 'ERROR' | sort @timestamp desc | limit 20."
        )
        self.failed = ThresholdAlarm(
            self,
            "Failed",
            metric=_sum("StepsFailed", steps),
            threshold=1,
            lowest=0,
            means="A step of an order failed for a reason that nobody expects; the order was cancelled.",
            cause="a bug, a missing permission, or a new version.",
            query=query,
            severity=Severity.CRITICAL,
            route=AlarmRoute.silent(),
        )
        self.delayed = ThresholdAlarm(
            self,
            "Delayed",
            metric=_sum("StepsDelayed", steps),
            threshold=_MANY,
            lowest=0,
            means="Steps of orders have to be tried again and again; orders wait.",
            cause="the payment provider or a table does not answer, or throttles.",
            query=query,
            severity=Severity.CRITICAL,
            route=AlarmRoute.silent(),
        )


def _sum(name: str, steps: Mapping[str, ResilientFunction]) -> cloudwatch.MathExpression:
    """What all steps count under `name`, with 0 where one counts nothing."""
    metrics = {
        f"m{number}": cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name=name,
            dimensions_map={"service": service},
            statistic="Sum",
            period=cdk.Duration.minutes(5),
        )
        for number, service in enumerate(steps)
    }
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({each}, 0)" for each in metrics),
        using_metrics=metrics,
        label=name,
        period=cdk.Duration.minutes(5),
    )
