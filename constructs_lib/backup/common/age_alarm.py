"""The alarm on how old the newest of something is."""

from typing import ClassVar

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route

__all__ = ["AgeAlarm"]


class AgeAlarm(ThresholdAlarm):
    """Rings when a table's newest is older than promised in some looks in a row, or nobody looks.

    Attributes:
        MEANS: what it means when a kind of it rings.
        CAUSE: the likely cause.
    """

    MEANS: ClassVar[str]
    CAUSE: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.Metric,
        promised: int,
        looks: int,
        log: str,
        route: Route | None,
    ) -> None:
        """Ring when `metric` is `promised` seconds or more, or missing, in so many `looks`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            metric: the age in seconds, one datapoint a look.
            promised: how old the newest may be.
            looks: so many that what is just under way can still make it.
            log: the log group of the function that looks.
            route: what the alarm does. None: it publishes to the stack's `AlarmTopic`, made on first use.
        """
        super().__init__(
            scope,
            construct_id,
            metric=metric,
            threshold=promised,
            lowest=0,
            evaluation_periods=looks,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            severity=Severity.CRITICAL,
            means=self.MEANS,
            cause=self.CAUSE,
            query=f"the metric by TableName, and the log group {log}",
            route=route,
        )
