"""The order service: an HTTP API that takes orders, and what fulfils them, step by step, or gives back all it took."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, AlarmTopic, FunctionAlarmSettings, Profile
from constructs_lib.checks import acknowledge, is_token
from constructs_lib.dead_letters import Redrive, WrittenBy
from constructs_lib.failover import ReplicationAlarms
from constructs_lib.function import SafeDeployment
from stacks.config import Config
from stacks.http_api import AccessLogs, api_domain
from stacks.order_alarms import OrderAlarms
from stacks.order_fulfilment import OrderFulfilment
from stacks.order_functions import METRICS_NAMESPACE, allow, order_function
from stacks.order_tables import OrderTables

__all__ = ["OrderService"]

_COMPLETE = FunctionAlarmSettings(profile=Profile.COMPLETE)


class OrderService(cdk.Stack):
    """HTTP API -> create_order -> queue -> workflow of payment and stock -> send_notification -> SNS.

    Attributes:
        tables: the tables.
        orders: the table of orders.
        create_order: takes orders, once for each idempotency key.
        fulfilment: what becomes of them.
        redrive: gives dead letters again to what could not process them.
        send_notification: tells the customer; an event that it fails on ends in its dead-letter queue.
        confirmations: the topic that confirmations are published to.
        api: the HTTP API; requests are signed (IAM), for the Region that they reach.
        stage: its stage.
        alarms: what watches the service, and its dashboard.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        env: cdk.Environment,
        stack_name: str | None = None,
        primary: "OrderService | None" = None,
        cross_region_references: bool | None = None,
    ) -> None:
        """Make the service of one Region.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            config: the settings.
            env: account and Region.
            stack_name: left out: `construct_id`.
            primary: the service whose tables this one has replicas of. Left out: it makes them.
            cross_region_references: whether stacks of other Regions refer to each other's values.
        """
        super().__init__(
            scope,
            construct_id,
            env=env,
            stack_name=stack_name,
            description="Orders that are never lost",
            cross_region_references=cross_region_references,
        )
        keep = config.removal_policy
        self.tables: OrderTables = (
            OrderTables.make(self, config) if primary is None else primary.tables.replica(str(env.region))
        )
        self.orders, idempotency = self.tables.orders, self.tables.idempotency
        self.confirmations = self._confirmations_topic()

        # Before anything uses it, so that it is this one.
        self.redrive = Redrive(self, "Redrive", route=AlarmRoute.silent(), removal_policy=keep)
        self.send_notification = order_function(
            self,
            "SendNotification",
            handler="send_notification",
            description="Publishes the confirmation of an order",
            config=config,
            timeout=cdk.Duration.seconds(20),
            environment={
                "CONFIRMATIONS_TOPIC_ARN": self.confirmations.topic_arn,
                "IDEMPOTENCY_TABLE_NAME": idempotency.table_name,
                "ORDERS_TABLE_NAME": self.orders.table_name,
            },
            asynchronous=True,
            alarms=_COMPLETE,
        )
        allow(self.send_notification, self.orders.table_arn, "dynamodb:UpdateItem")
        self.confirmations.grant_publish(self.send_notification)
        reason = (
            "CDK grants use of the AWS managed key of SNS by its alias; the condition on it names that alias."
        )
        acknowledge(self.send_notification.role, dict.fromkeys(self._sns_key_findings(), reason))
        self.fulfilment = OrderFulfilment(
            self,
            "Fulfilment",
            tables=self.tables,
            send_notification=self.send_notification,
            config=config,
            region=str(env.region),
        )
        self.create_order = order_function(
            self,
            "CreateOrder",
            handler="create_order",
            description="Takes orders over HTTP",
            config=config,
            timeout=cdk.Duration.seconds(25),
            environment={
                "ORDERS_TABLE_NAME": self.orders.table_name,
                "IDEMPOTENCY_TABLE_NAME": idempotency.table_name,
                "ORDER_QUEUE_URL": self.fulfilment.queue.queue.queue_url,
            },
            asynchronous=True,
            deployment=SafeDeployment(),
            alarms=_COMPLETE,
        )
        allow(self.create_order, self.orders.table_arn, "dynamodb:GetItem", "dynamodb:PutItem")
        self.fulfilment.queue.grant_send_messages(self.create_order)
        for function in (self.create_order, self.send_notification):
            idempotency.grant(
                function,
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
            )
            if function.dead_letter_queue is not None:
                self.redrive.add_queue(
                    function.dead_letter_queue, written_by=WrittenBy.ASYNCHRONOUS, function=function.alias
                )

        access_logs = logs.LogGroup(
            self, "AccessLogs", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=keep
        )
        one_region = len(config.environments) == 1  # the name of two is the global stack's
        domain = (
            api_domain(self, config.domain, config.hosted_zone_id) if config.domain and one_region else None
        )
        self.api, self.stage = self._http_api(domain, access_logs)
        self.alarms = OrderAlarms(
            self,
            "Alarms",
            functions={
                "Create order": self.create_order,
                "Send notification": self.send_notification,
                **self.fulfilment.functions,
            },
            tables=self.tables.by_name
            | {"Breakers": self.fulfilment.payments.breakers, "RedriveLedger": self.redrive.ledger},
            fulfilment=self.fulfilment,
            redrive=self.redrive,
            confirmations=self.confirmations,
            api=self.api,
            stage=self.stage,
            access_logs=access_logs,
            orders_created=self.orders_created(cdk.Duration.minutes(5)),
            # A local cloud is new each time, and its clock has not struck yet.
            expects_runs=not config.local,
            # The standby gets none while all is well.
            expects_orders=keep is cdk.RemovalPolicy.RETAIN and primary is None,
        )
        if primary is not None and not self.tables.strong:
            # What was written here has to be back before the primary is.
            ReplicationAlarms(self, "FailBack", table=self.orders, to=[primary.region])
        if config.alarm_email is not None:
            AlarmTopic.of(self).add_email(config.alarm_email)
        self._outputs()

    def orders_created(self, period: cdk.Duration) -> cloudwatch.Metric:
        """What create_order counts with Powertools, which adds the name of the service."""
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name="OrdersCreated",
            dimensions_map={"service": self.create_order.node.id},
            statistic="Sum",
            period=period,
        )

    def _confirmations_topic(self) -> sns.Topic:
        # Only this account's functions publish here, which the AWS managed key allows and charges nothing for.
        # CloudWatch could not: an alarm's topic needs a key of its own (AlarmTopic).
        key = kms.Alias.from_alias_name(self, "SnsKey", "alias/aws/sns")
        return sns.Topic(self, "Confirmations", master_key=key, enforce_ssl=True)

    def _sns_key_findings(self) -> tuple[str, ...]:
        # cdk-nag writes an ARN as the template has it: what is known only at deployment by its name.
        place = {"Partition": self.partition, "Region": self.region, "AccountId": self.account}
        partition, region, account = (
            f"<AWS::{name}>" if is_token(value) else value for name, value in place.items()
        )
        rule = "AwsSolutions::AwsSolutions-IAM5"
        keys = f"arn:{partition}:kms:{region}:{account}:key/*"
        return f"{rule}[Action::kms:GenerateDataKey*]", f"{rule}[Resource::{keys}]"

    def _http_api(
        self, domain: apigateway.DomainMappingOptions | None, access_logs: logs.ILogGroup
    ) -> tuple[apigateway.HttpApi, apigateway.HttpStage]:
        api = apigateway.HttpApi(
            self,
            "Api",
            description="Orders",
            create_default_stage=False,
            default_authorizer=authorizers.HttpIamAuthorizer(),
        )
        integration = integrations.HttpLambdaIntegration("CreateOrder", self.create_order.alias)
        methods = apigateway.HttpMethod
        for path, method in (("/orders", methods.POST), ("/orders/{order_id}", methods.GET)):
            api.add_routes(path=path, methods=[method], integration=integration)
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=api,
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=apigateway.ThrottleSettings(rate_limit=100, burst_limit=200),
            access_log_settings=AccessLogs(access_logs),
            domain_mapping=domain,
        )
        return api, stage

    def _outputs(self) -> None:
        queue, flow = self.send_notification.dead_letter_queue, self.fulfilment
        outputs = {
            "ApiUrl": self.api.api_endpoint,
            "OrdersTable": self.orders.table_name,
            "ChargesTable": self.tables.charges.table_name,
            "StockTable": self.tables.stock.table_name,
            "ReservationsTable": self.tables.reservations.table_name,
            "ConfirmationsTopicArn": self.confirmations.topic_arn,
            "AlarmTopicArn": AlarmTopic.of(self).topic.topic_arn,
            "SendNotificationAlias": self.send_notification.alias.function_arn,
            "CheckOrdersAlias": flow.functions["Check orders"].alias.function_arn,
            "PaymentSandboxAlias": flow.payments.sandbox.alias.function_arn,
            "RedriveAlias": self.redrive.function.alias.function_arn,
            "WorkflowArn": flow.workflow.state_machine.state_machine_arn,
            "OrderQueueUrl": flow.queue.queue.queue_url,
            "OrderDeadLetterQueueUrl": flow.queue.dead_letter_queue.queue_url,
            "ParkedOrdersQueueUrl": flow.parking_queue.queue_url,
            "WorkflowParkingQueueUrl": flow.workflow.parking_queue.queue_url,
            "RedriveParkingQueueUrl": self.redrive.parking_queue.queue_url,
            "DeadLetterQueueUrl": queue.queue_url if queue else "",
            "DeadLetterAlarm": self.send_notification.alarms.dead_letter_depth.ref,
            "ServiceAlarm": self.alarms.service.alarm_name,
            "Dashboard": self.alarms.dashboard.resource.ref,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)
