"""What watches the order service, and what one looks at when it rings."""

from collections.abc import Mapping

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
from constructs_lib.alarms.combined.children import Combinable
from constructs_lib.alarms.services import (
    AccountAlarms,
    HttpApiAlarms,
    HttpApiAlarmSettings,
    TableAlarms,
    TableAlarmSettings,
    TopicAlarms,
)
from constructs_lib.alarms.sets.alarm_set import AlarmSet
from constructs_lib.dashboards import (
    HttpApiSegment,
    LambdaSegment,
    QueueSegment,
    SavedQueries,
    ServiceDashboard,
    TableSegment,
    WorkflowSegment,
)
from constructs_lib.dead_letters import Redrive
from constructs_lib.resilient_function import ResilientFunction
from stacks.order_fulfilment import OrderFulfilment
from stacks.order_way import OrderWay

__all__ = ["OrderAlarms"]


class OrderAlarms(Construct):
    """One page for one fault of the service, however many of its parts ring; what is unusual is a note of its own.

    Attributes:
        service: rings while any part of the service is not well, and tells people.
        unusual_traffic: tells of more or fewer orders than usual at this hour.
        way: tells of a day in which no order was taken, or none got through; None where none are expected.
        no_redrive: tells of dead letters that nobody looks after any more; None where the clock is not expected to run.
        dashboard: what one looks at when it rings.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Mapping[str, ResilientFunction],
        tables: Mapping[str, dynamodb.ITableV2],
        fulfilment: OrderFulfilment,
        redrive: Redrive,
        confirmations: sns.ITopic,
        api: apigateway.IHttpApi,
        stage: apigateway.IHttpStage,
        access_logs: logs.ILogGroup,
        orders_created: cloudwatch.IMetric,
        expects_orders: bool,
        expects_runs: bool,
    ) -> None:
        """Watch the service.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            functions: all functions, by what the dashboard calls them; their alarms tell nobody by themselves.
            tables: all tables, likewise.
            fulfilment: what becomes of orders; likewise.
            redrive: what gives dead letters again; likewise.
            confirmations: the topic that confirmations are published to.
            api: the HTTP API.
            stage: its stage.
            access_logs: its access log.
            orders_created: counts orders.
            expects_orders: whether a day without any order is a fault.
            expects_runs: whether what is scheduled has to happen from the first deployment on.
        """
        super().__init__(scope, construct_id)
        silent = AlarmRoute.silent()
        # Replicas have alarms of their own, which know a replication that stands still (ReplicatedTable).
        standard = TableAlarmSettings(profile=Profile.STANDARD, replication_latency=None)
        table_alarms = {
            name: TableAlarms(self, name, table=table, settings=standard, route=silent)
            for name, table in tables.items()
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
                *(function.alarms for function in functions.values()),
                *table_alarms.values(),
                *_of_fulfilment(fulfilment),
                *_of_redrive(redrive),
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
        self.way = OrderWay(self, "Way") if expects_orders else None
        self.no_redrive = _no_redrive(self, redrive) if expects_runs else None
        account, flow = AccountAlarms.of(self), fulfilment
        standstill = self.way.standstill if self.way else None
        given = (self.unusual_traffic, standstill, self.no_redrive)
        notes = [alarm for alarm in given if alarm is not None]
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
                QueueSegment(
                    flow.queue.queue,
                    name="Order queue",
                    dead_letter_queue=flow.queue.dead_letter_queue,
                    alarms=_sets(flow.queue.alarms),
                ),
                WorkflowSegment(
                    flow.workflow.state_machine, name="Order workflow", alarms=_sets(flow.workflow.alarms)
                ),
                *(
                    TableSegment(table, name=name, alarms=[table_alarms[name]])
                    for name, table in tables.items()
                ),
            ],
            default_interval=cdk.Duration.hours(3),
        )
        SavedQueries(
            self,
            "Queries",
            log_groups=[function.log_group for function in functions.values()],
            folder=cdk.Stack.of(self).stack_name,
        )


def _of_fulfilment(flow: OrderFulfilment) -> list[Combinable]:
    """What rings when orders wait, fail or are parked; one that is given back its money is no fault."""
    return [
        flow.parking_alarms,
        flow.step_alarms.failed,
        flow.step_alarms.delayed,
        *_given(
            flow.queue.alarms,
            flow.workflow.alarms,
            flow.workflow.parking_alarms,
            flow.workflow.unfinished_alarms,
            flow.check.alarms,
            flow.check.dead_letter_depth,
            flow.check.heartbeat,
        ),
    ]


def _of_redrive(redrive: Redrive) -> list[Combinable]:
    return [redrive.parked, redrive.expiring, redrive.alarms]


def _no_redrive(scope: Construct, redrive: Redrive) -> HeartbeatAlarm:
    """One for all queues, each of which goes on ringing by itself while something lies in it."""
    return HeartbeatAlarm(
        scope,
        "NoRedrive",
        metric=redrive.function.alias.metric_invocations(),
        every=cdk.Duration.hours(1),
        allowance=cdk.Duration.hours(1),
        means="Dead letters are not given again any more: nothing looks after them.",
        cause="the schedules are disabled or gone, or their role may not invoke the function.",
        query="aws scheduler list-schedules (State has to be ENABLED).",
    )


def _sets(alarms: AlarmSet | None) -> list[AlarmSet]:
    return [] if alarms is None else [alarms]


def _given(*alarms: Combinable | None) -> list[Combinable]:
    return [alarm for alarm in alarms if alarm is not None]
