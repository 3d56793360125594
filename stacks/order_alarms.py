"""What watches the order service, and what one looks at when it rings."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms import (
    AlarmRoute,
    AnomalyAlarm,
    CombinedAlarm,
    HeartbeatAlarm,
    LogAlarm,
    Profile,
    Severity,
)
from constructs_lib.alarms.services import (
    AccountAlarms,
    HttpApiAlarms,
    HttpApiAlarmSettings,
    TableAlarms,
    TableAlarmSettings,
    TopicAlarms,
)
from constructs_lib.dashboards import (
    HttpApiSegment,
    LambdaSegment,
    SavedQueries,
    ServiceDashboard,
    TableSegment,
)
from constructs_lib.resilient_function import ResilientFunction

__all__ = ["OrderAlarms"]


class OrderAlarms(Construct):
    """One page for one fault of the service, however many of its parts ring; what is unusual is a note of its own.

    Attributes:
        service: rings while any part of the service is not well, and tells people.
        unusual_traffic: tells of more or fewer orders than usual at this hour.
        no_orders: tells of a day without any order; None where none are expected.
        dashboard: what one looks at when it rings.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        create_order: ResilientFunction,
        send_confirmation: ResilientFunction,
        orders: dynamodb.ITableV2,
        idempotency: dynamodb.ITableV2,
        confirmations: sns.ITopic,
        api: apigateway.IHttpApi,
        stage: apigateway.IHttpStage,
        access_logs: logs.ILogGroup,
        orders_created: cloudwatch.IMetric,
        expects_orders: bool,
    ) -> None:
        """Watch the service.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            create_order: takes orders; its alarms tell nobody by themselves.
            send_confirmation: tells customers; likewise.
            orders: the table of orders.
            idempotency: the table of requests in progress.
            confirmations: the topic that confirmations are published to.
            api: the HTTP API.
            stage: its stage.
            access_logs: its access log.
            orders_created: counts orders.
            expects_orders: whether a day without any order is a fault.
        """
        super().__init__(scope, construct_id)
        silent = AlarmRoute.silent()
        # Replicas have alarms of their own, which know a replication that stands still (ReplicatedTable).
        standard = TableAlarmSettings(profile=Profile.STANDARD, replication_latency=None)
        tables = {
            name: TableAlarms(self, name, table=table, settings=standard, route=silent)
            for name, table in (("Orders", orders), ("Idempotency", idempotency))
        }
        gateway = HttpApiAlarms(
            self,
            "Api",
            api=api,
            stage=stage,
            settings=HttpApiAlarmSettings(profile=Profile.STANDARD),
            route=silent,
        )
        topic = TopicAlarms(self, "Confirmations", topic=confirmations, route=silent)
        refused = LogAlarm(
            self,
            "Integration",
            log_group=access_logs,
            pattern=logs.FilterPattern.exists("$.integrationError"),
            means="API Gateway could not get an answer from the function.",
            cause="a missing permission, a function that is throttled or that takes longer than 30 s.",
            query="Logs Insights on the access log: filter ispresent(integrationError) | stats count(*) by "
            "integrationError.",
            route=silent,
        )
        self.service = CombinedAlarm(
            self,
            "Service",
            children=[
                create_order.alarms,
                send_confirmation.alarms,
                *tables.values(),
                gateway,
                topic,
                refused,
            ],
            means="The order service is not well; the alarms that ring say where.",
            query="open the service's dashboard: its first row shows which alarms ring.",
            severity=Severity.CRITICAL,
        )
        self.unusual_traffic = AnomalyAlarm(
            self,
            "UnusualTraffic",
            metric=orders_created,
            std_devs=4,
            means="More or fewer orders come in than usual at this hour.",
            cause="a campaign, a client that retries in a loop, or customers that cannot reach the shop.",
            query="the dashboard's traffic: which route rose or fell, and when?",
        )
        self.no_orders = (
            HeartbeatAlarm(
                self,
                "NoOrders",
                metric=orders_created,
                every=cdk.Duration.days(1),
                means="Nobody has ordered anything for a day.",
                cause="customers that cannot reach the shop.",
                query="place an order.",
                severity=Severity.CRITICAL,
            )
            if expects_orders
            else None
        )
        account = AccountAlarms.of(self)
        notes = [alarm for alarm in (self.unusual_traffic, self.no_orders) if alarm is not None]
        functions = {"Create order": create_order, "Send confirmation": send_confirmation}
        self.dashboard = ServiceDashboard(
            self,
            "Dashboard",
            title="Order service",
            alarms=[self.service, *notes, refused, account],
            segments=[
                HttpApiSegment(api, name="API", stage=stage, alarms=[gateway]),
                *(
                    LambdaSegment(
                        function.handle,
                        name=name,
                        dead_letter_queue=function.dead_letter_queue,
                        alarms=[function.alarms],
                    )
                    for name, function in functions.items()
                ),
                TableSegment(orders, name="Orders", alarms=[tables["Orders"]]),
                TableSegment(idempotency, name="Idempotency", alarms=[tables["Idempotency"]]),
            ],
            default_interval=cdk.Duration.hours(3),
        )
        SavedQueries(
            self,
            "Queries",
            log_groups=[function.log_group for function in functions.values()],
            folder=cdk.Stack.of(self).stack_name,
        )
