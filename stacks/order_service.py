"""The order service: an HTTP API that takes orders, and an asynchronous confirmation that may fail."""

from pathlib import Path

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
from constructs_lib.bundling import PythonCode, Target
from constructs_lib.checks import acknowledge, is_token
from constructs_lib.failover import ReplicationAlarms
from constructs_lib.function import SafeDeployment
from constructs_lib.resilient_function import ResilientFunction
from stacks.config import Config
from stacks.http_api import AccessLogs, api_domain
from stacks.order_alarms import OrderAlarms
from stacks.order_tables import OrderTables

__all__ = ["OrderService"]

_HANDLERS = Path(__file__).parent.parent / "lambda_src"
_METRICS_NAMESPACE = "OrderService"
_ALARMS = FunctionAlarmSettings(profile=Profile.COMPLETE)


class OrderService(cdk.Stack):
    """HTTP API -> create_order -> DynamoDB, and asynchronously -> send_confirmation -> SNS.

    Attributes:
        tables: the tables of orders and of requests in progress.
        orders: the table of orders.
        create_order: takes orders, once for each idempotency key.
        send_confirmation: tells the customer; an event that it fails on ends in its dead-letter queue.
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

        self.send_confirmation = ResilientFunction(
            self,
            "SendConfirmation",
            code=_code("send_confirmation", config),
            handler="send_confirmation.handler.handler",
            description="Publishes the confirmation of an order",
            timeout=cdk.Duration.seconds(20),
            alarms=_ALARMS,
            alarm_route=AlarmRoute.silent(),  # the service's alarm covers them
            environment={
                "CONFIRMATIONS_TOPIC_ARN": self.confirmations.topic_arn,
                "IDEMPOTENCY_TABLE_NAME": idempotency.table_name,
                "POWERTOOLS_METRICS_NAMESPACE": _METRICS_NAMESPACE,
            },
            removal_policy=keep,
        )
        self.confirmations.grant_publish(self.send_confirmation)
        reason = (
            "CDK grants use of the AWS managed key of SNS by its alias; the condition on it names that alias."
        )
        acknowledge(self.send_confirmation.role, dict.fromkeys(self._sns_key_findings(), reason))

        self.create_order = ResilientFunction(
            self,
            "CreateOrder",
            code=_code("create_order", config),
            handler="create_order.handler.handler",
            description="Takes orders over HTTP",
            timeout=cdk.Duration.seconds(25),
            alarms=_ALARMS,
            alarm_route=AlarmRoute.silent(),
            environment={
                "ORDERS_TABLE_NAME": self.orders.table_name,
                "IDEMPOTENCY_TABLE_NAME": idempotency.table_name,
                "SEND_CONFIRMATION_ARN": self.send_confirmation.alias.function_arn,
                "POWERTOOLS_METRICS_NAMESPACE": _METRICS_NAMESPACE,
            },
            deployment=SafeDeployment(),
            removal_policy=keep,
        )
        self.orders.grant(self.create_order, "dynamodb:GetItem", "dynamodb:PutItem")
        self.send_confirmation.grant_invoke(self.create_order)
        for function in (self.create_order, self.send_confirmation):
            idempotency.grant(
                function,
                "dynamodb:DeleteItem",
                "dynamodb:GetItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
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
            create_order=self.create_order,
            send_confirmation=self.send_confirmation,
            orders=self.orders,
            idempotency=idempotency,
            confirmations=self.confirmations,
            api=self.api,
            stage=self.stage,
            access_logs=access_logs,
            orders_created=self.orders_created(cdk.Duration.minutes(5)),
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
            namespace=_METRICS_NAMESPACE,
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
        topic = AlarmTopic.of(self).topic
        queue = self.send_confirmation.dead_letter_queue
        outputs = {
            "ApiUrl": self.api.api_endpoint,
            "OrdersTable": self.orders.table_name,
            "ConfirmationsTopicArn": self.confirmations.topic_arn,
            "AlarmTopicArn": topic.topic_arn,
            "SendConfirmationAlias": self.send_confirmation.alias.function_arn,
            "DeadLetterQueueUrl": queue.queue_url if queue else "",
            "DeadLetterAlarm": self.send_confirmation.alarms.dead_letter_depth.ref,
            "ServiceAlarm": self.alarms.service.alarm_name,
            "Dashboard": self.alarms.dashboard.resource.ref,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)


def _code(handler: str, config: Config) -> PythonCode:
    # The local cloud runs handlers on this machine; Lambda's own runtime decides otherwise.
    return PythonCode.from_folder(_HANDLERS / handler, target=Target.host() if config.local else None)
