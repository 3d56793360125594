"""What keeps orders, money and stock from being lost with their tables: backups, exports, restores that prove them."""

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms import AlarmTopic
from constructs_lib.backup import PointInTimeRecovery, RestoreTest, ScheduledBackup, TableExport
from stacks.config import Config
from stacks.order_service import OrderService

__all__ = ["OrderBackups"]

_RECOVERY_TIME_HOURS = 4


class OrderBackups(cdk.Stack):
    """Backs up the tables of a service, in the service's Region.

    Attributes:
        recovery: goes back to any second of the last 35 days.
        backup: a backup every night.
        export: what changed, every six hours, in S3.
        restore_test: restores the newest backup every Sunday, and compares it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: OrderService,
        config: Config,
        env: cdk.Environment,
    ) -> None:
        """Make the backups.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            service: whose orders, charges, stock and reservations are backed up.
            config: the settings.
            env: its account and Region.
        """
        super().__init__(
            scope, construct_id, env=env, description="Backups of orders, and restores that prove them"
        )
        tables = service.tables.kept
        self.recovery = PointInTimeRecovery(self, "Recovery", tables=tables)
        self.backup = ScheduledBackup(
            self,
            "Backup",
            tables=tables,
            schedule=_daily(hour="1"),
            recovery_point_objective=cdk.Duration.hours(26),
        )
        self.export = TableExport(
            self,
            "Export",
            tables=tables,
            full_schedule=_daily(hour="2", week_day="SUN"),
            incremental_schedule=scheduler.ScheduleExpression.rate(cdk.Duration.hours(6)),
        )
        self.restore_test = RestoreTest(
            self,
            "RestoreTest",
            tables=tables,
            schedule=_daily(hour="3", week_day="SUN"),
            recovery_time_objective=cdk.Duration.hours(_RECOVERY_TIME_HOURS),
        )
        if config.alarm_email is not None:
            AlarmTopic.of(self).add_email(config.alarm_email)


def _daily(*, hour: str, week_day: str = "*") -> scheduler.ScheduleExpression:
    """Once on each such day, in UTC."""
    return scheduler.ScheduleExpression.cron(
        minute="0", hour=hour, week_day=week_day, time_zone=cdk.TimeZone.ETC_UTC
    )
