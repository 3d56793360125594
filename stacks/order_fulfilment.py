"""What becomes of an order once it is placed: a queue, a workflow that is done or undone, and a clock over both."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, FunctionAlarmSettings, Profile
from constructs_lib.alarms.services import QueueAlarms, StateMachineAlarmSettings
from constructs_lib.alarms.table.settings import AlarmSettings
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters import QueueSource, Redrive, ScheduleHeartbeat, ScheduleSource, WrittenBy
from constructs_lib.known_patterns import acknowledge_patterns
from constructs_lib.resilient_function import ResilientFunction
from constructs_lib.workflow import Retries, Saga, Step
from stacks.config import Config
from stacks.order_functions import allow, order_function
from stacks.order_payments import OrderPayments
from stacks.order_steps import STEP_ALARMS, StepAlarms
from stacks.order_tables import OPEN_INDEX, OrderTables

__all__ = ["OrderFulfilment"]

# What the handlers raise over failures that pass (lambda_src/order_book/order_book/attempts.py), and what Step
# Functions says of functions that ran out of time, were killed, or answered too late.
# https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
_PASSING = (
    "StepUnavailableError",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
)
_STEP_SECONDS = 20
_WATCHED = FunctionAlarmSettings(profile=Profile.STANDARD)


_CHECK_MINUTES = 5
_SEND_AGAIN_SECONDS = 10 * 60
_MOST_SENDINGS = 3
# Longer than an order can take in a Region that is well: until then it is that Region's. After a failover people can
# have it taken over at once (docs/order_service.md).
_TAKE_OVER_SECONDS = 4 * 60 * 60


class OrderFulfilment(Construct):
    """Queue -> fulfil_order -> workflow: start, charge, reserve, complete, notify; undone in reverse when one fails.

    Attributes:
        queue: the orders that wait, with what reads them.
        workflow: the saga that fulfils an order.
        check: the clock that looks for orders that nobody has finished.
        parking_queue: the orders that need a person.
        parking_alarms: ring while there are any.
        payments: what takes the money.
        step_alarms: ring when steps fail, or are tried again and again.
        functions: all functions, by what they are called on the dashboard.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        tables: OrderTables,
        send_notification: ResilientFunction,
        config: Config,
        region: str,
    ) -> None:
        """Make it in one Region.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            tables: this Region's tables.
            send_notification: tells the customer, once the order is complete.
            config: the settings of the app.
            region: where this is, as the app knows it.
        """
        super().__init__(scope, construct_id)
        self._tables, self._config = tables, config
        book = {"ORDERS_TABLE_NAME": tables.orders.table_name}
        self.payments = OrderPayments(self, "Payments", tables=tables, config=config)
        track_order = self._function("TrackOrder", "track_order", "Starts, completes or cancels orders", book)
        allow(track_order, tables.orders.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
        update_inventory = self._function(
            "UpdateInventory",
            "update_inventory",
            "Reserves the articles of an order, or releases them",
            book
            | {
                "STOCK_TABLE_NAME": tables.stock.table_name,
                "RESERVATIONS_TABLE_NAME": tables.reservations.table_name,
            },
        )
        allow(update_inventory, tables.orders.table_arn, "dynamodb:UpdateItem")
        tables.stock.grant(update_inventory, "dynamodb:UpdateItem")
        tables.reservations.grant(
            update_inventory, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"
        )
        pay = self.payments.process_payment.alias
        self.workflow = Saga(
            self,
            "Workflow",
            steps=[
                _step("StartOrder", track_order.alias),
                _step("ChargePayment", pay),
                _step("ReserveStock", update_inventory.alias),
                _step("CompleteOrder", track_order.alias),
                Step(name="NotifyCustomer", function=send_notification.alias, asynchronous=True),
            ],
            # An order waits out a dependency that is down: only then is it given up.
            retries=Retries(max_attempts=10, interval_seconds=1),
            compensation_retries=Retries(),
            # A payment that is declined is no fault of the service.
            compensated_succeeds=True,
            # Orders that wait for transitions fail no step; whoever stops executions is told what became of them.
            alarms=StateMachineAlarmSettings(
                executions_throttled=AlarmSettings(), executions_aborted=AlarmSettings()
            ),
            alarm_route=AlarmRoute.silent(),
            removal_policy=config.removal_policy,
        )
        fulfil_order = self._function(
            "FulfilOrder",
            "fulfil_order",
            "Begins the workflow of an order",
            {"STATE_MACHINE_ARN": self.workflow.state_machine.state_machine_arn},
            alarms=_WATCHED,
        )
        self.workflow.grant_start_execution(fulfil_order)
        self.queue = QueueSource(
            self,
            "Queue",
            function=fulfil_order.alias,
            alarm_route=AlarmRoute.silent(),
            removal_policy=config.removal_policy,
        )
        self.parking_queue = DeadLetterQueue(self, "Parked", removal_policy=config.removal_policy)
        self.parking_alarms = QueueAlarms(
            self, "ParkedAlarms", dead_letter_queue=self.parking_queue, route=AlarmRoute.silent()
        )
        check_orders = self._check_orders(region)
        self.check = ScheduleSource(
            self,
            "Check",
            function=check_orders.alias,
            schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(_CHECK_MINUTES)),
            # A local cloud is new each time, and its clock has not struck yet.
            heartbeat=None if config.local else ScheduleHeartbeat(),
            alarm_route=AlarmRoute.silent(),
            removal_policy=config.removal_policy,
        )
        self.step_alarms = StepAlarms(
            self,
            "StepAlarms",
            steps={
                "TrackOrder": track_order,
                "ProcessPayment": self.payments.process_payment,
                "UpdateInventory": update_inventory,
            },
        )
        self.functions = {
            "Fulfil order": fulfil_order,
            "Track order": track_order,
            "Process payment": self.payments.process_payment,
            "Payment sandbox": self.payments.sandbox,
            "Update inventory": update_inventory,
            "Check orders": check_orders,
        }

    def _function(
        self,
        construct_id: str,
        handler: str,
        description: str,
        environment: Mapping[str, str],
        *,
        alarms: FunctionAlarmSettings = STEP_ALARMS,
        asynchronous: bool = False,
        timeout: int = _STEP_SECONDS,
    ) -> ResilientFunction:
        return order_function(
            self,
            construct_id,
            handler=handler,
            description=description,
            config=self._config,
            timeout=cdk.Duration.seconds(timeout),
            environment=environment,
            asynchronous=asynchronous,
            alarms=alarms,
        )

    def _check_orders(self, region: str) -> ResilientFunction:
        machine, orders = self.workflow.state_machine, self._tables.orders
        others = [str(each.region) for each in self._config.environments if str(each.region) != region]
        function = self._function(
            "CheckOrders",
            "check_orders",
            "Finds orders that nobody has finished; sends them again, or parks them",
            {
                "ORDERS_TABLE_NAME": orders.table_name,
                "STATE_MACHINE_ARN": machine.state_machine_arn,
                "ORDER_QUEUE_URL": self.queue.queue.queue_url,
                "PARKING_QUEUE_URL": self.parking_queue.queue_url,
                "SEND_AGAIN_AFTER_SECONDS": str(_SEND_AGAIN_SECONDS),
                "TAKE_OVER_AFTER_SECONDS": str(_TAKE_OVER_SECONDS),
                "MOST_SENDINGS": str(_MOST_SENDINGS),
                **({"OTHER_REGIONS": ",".join(others)} if others else {}),
            },
            alarms=_WATCHED,
            asynchronous=True,
            timeout=60,
        )
        allow(function, orders.table_arn, "dynamodb:GetItem", "dynamodb:UpdateItem")
        allow(function, f"{orders.table_arn}/index/{OPEN_INDEX}", "dynamodb:Query")
        self._let_look_at_executions(function)
        self.queue.grant_send_messages(function)
        self.parking_queue.grant_send_messages(function)
        if function.dead_letter_queue is not None:
            Redrive.of(self).add_queue(
                function.dead_letter_queue, written_by=WrittenBy.ASYNCHRONOUS, function=function.alias
            )
        return function

    def _let_look_at_executions(self, function: ResilientFunction) -> None:
        executions = cdk.Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.workflow.state_machine.state_machine_name}:*",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        policy = iam.Policy(
            self,
            "Looking",
            statements=[iam.PolicyStatement(actions=["states:DescribeExecution"], resources=[executions])],
        )
        policy.attach_to_role(function.role)
        acknowledge_patterns(
            policy, [executions], "Each execution has an ARN of its own, named after its order."
        )


def _step(name: str, function: lambda_.IFunction) -> Step:
    return Step(name=name, function=function, compensation=function, transient_errors=_PASSING)
