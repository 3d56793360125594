"""Can I watch what no service's table knows? Figures of the shop itself, its log, its nightly and its monthly work."""

from functools import partial
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_observabilityadmin as observability

from constructs_lib.alarms import (
    AlarmRoute,
    AnomalyAlarm,
    CombinedAlarm,
    FleetAlarm,
    HeartbeatAlarm,
    LogAlarm,
    MaintenanceWindow,
    RateAlarm,
    Severity,
    Suppressor,
    ThresholdAlarm,
)
from constructs_lib.bundling import PythonCode
from constructs_lib.heartbeat import AgeHeartbeat
from constructs_lib.resilient_function import ResilientFunction

HANDLERS = Path(__file__).parent / "handlers"

shop_metric = partial(cloudwatch.Metric, namespace="Shop", statistic="Sum", period=cdk.Duration.minutes(1))


def build(app: cdk.App) -> None:
    """A shop that tells its team once when it is unwell, and never while it is being repaired."""
    stack = cdk.Stack(app, "OwnAlarms")
    quiet = AlarmRoute.silent()
    orders = ResilientFunction(
        stack,
        "Orders",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        alarm_route=quiet,
    )
    stock = ThresholdAlarm(
        stack,
        "OutOfStock",
        metric=shop_metric(metric_name="OutOfStock"),
        threshold=10,
        means="Customers are sent away, since goods are missing.",
        cause="a delivery that did not come.",
        route=quiet,
    )
    payments = RateAlarm(
        stack,
        "PaymentsRefused",
        failures=shop_metric(metric_name="PaymentsRefused"),
        total=shop_metric(metric_name="Payments"),
        threshold=10,
        minimum_traffic=50,
        means="Far more payments are refused than usual.",
        cause="the payment provider, or a card that somebody tries out.",
        route=quiet,
    )
    sales = AnomalyAlarm(
        stack,
        "FewOrders",
        metric=shop_metric(metric_name="OrdersPlaced"),
        side="below",
        std_devs=3,
        means="Fewer orders come in than at this time of other weeks.",
        route=quiet,
    )
    fraud = LogAlarm(
        stack,
        "Fraud",
        log_group=orders.log_group,
        pattern=logs.FilterPattern.string_value("$.message", "=", "*fraud*"),
        means="An order was stopped as fraud.",
        route=quiet,
    )
    repairs = ThresholdAlarm(
        stack,
        "Repairs",
        metric=shop_metric(metric_name="RepairsGoingOn"),
        threshold=1,
        means="Somebody is at work already.",
        severity=Severity.INFO,
    )
    unwell = CombinedAlarm(
        stack,
        "Shop",
        children=[orders.alarms, stock, payments, sales, fraud],
        severity=Severity.CRITICAL,
        means="The shop loses money.",
        suppressor=Suppressor(alarm=repairs),
        runbook="https://example.com/runbooks/shop",
    )
    MaintenanceWindow(
        stack,
        "Inventory",
        alarms=[unwell],
        schedule=cloudwatch.ScheduleExpression.cron(
            minute="0", hour="22", week_day="SUN", time_zone=cdk.TimeZone.EUROPE_ZURICH
        ),
        duration=cdk.Duration.hours(3),
        description="The goods are counted",
    )
    HeartbeatAlarm(
        stack,
        "NightlyExport",
        metric=shop_metric(metric_name="ExportsDone"),
        every=cdk.Duration.days(1),
        means="Last night's orders were not exported.",
    )
    AgeHeartbeat(
        stack,
        "MonthlyInvoices",
        metric=shop_metric(metric_name="InvoiceRunsDone"),
        every=cdk.Duration.days(31),
        means="This month's invoices were not sent.",
    )
    observability.CfnTelemetryEnrichment(stack, "TagsOnTelemetry", scope="ACCOUNT")
    FleetAlarm(
        stack,
        "TeamThrottled",
        metric_name="Throttles",
        tag=("team", "shop"),
        threshold=5,
        evaluation_periods=3,
        means="A function of the team is throttled; the notification names it.",
    )


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
