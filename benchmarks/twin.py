"""The same functions, hand-written with the L2 constructs of aws-cdk-lib by somebody who knows them well.

What a stack's functions can share is made once. The texts and thresholds of the alarms are read from the
library's table, so that the two sides differ in nothing but the constructs that they are written with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from benchmarks import workload
from constructs_lib.alarms import LAMBDA_ALARMS, FunctionSubject
from constructs_lib.alarms.table.description import describe
from constructs_lib.alarms.table.resolution import widen

__all__ = ["Parts", "Shared", "TwinFunction", "acknowledge", "alarm_topic", "build"]

_TIMEOUT_SECONDS = 30
_SUBJECT = FunctionSubject(function_name="", timeout_ms=_TIMEOUT_SECONDS * 1000)
_TABLE = {row.name: widen(row, None, _SUBJECT) for row in LAMBDA_ALARMS}
_ALIAS = "live"


class Shared(Construct):
    """What all functions of a stack use."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.timeout = cdk.Duration.seconds(_TIMEOUT_SECONDS)
        self.minute = cdk.Duration.minutes(1)
        self.event_age = cdk.Duration.hours(6)
        self.retention = cdk.Duration.days(14)
        self.schedule = workload.business_hours()
        self.time_zone = cdk.TimeZone.EUROPE_BERLIN
        self.notify = actions.SnsAction(alarm_topic(self))
        self.application = codedeploy.LambdaApplication(self, "Application")
        self.deployer = self._deployer()

    def _deployer(self) -> iam.IRole:
        policy = "service-role/AWSCodeDeployRoleForLambdaLimited"
        role = iam.Role(
            self,
            "Deployer",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        finding = f"AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]"
        acknowledge(role, "AWS maintains this policy for CodeDeploy on Lambda.", finding)
        return role.without_policy_updates()


def alarm_topic(scope: Construct) -> sns.Topic:
    """A topic that alarms can publish to, and its key."""
    account = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
    cloudwatch_principal = iam.ServicePrincipal("cloudwatch.amazonaws.com")
    key = kms.Key(
        scope,
        "Key",
        description="Alarm notifications",
        enable_key_rotation=True,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsEncrypt",
            principals=[cloudwatch_principal],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],
            conditions=account,
        )
    )
    topic = sns.Topic(scope, "Topic", master_key=key, enforce_ssl=True)
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsPublish",
            principals=[cloudwatch_principal],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions=account,
        )
    )
    topic.add_subscription(subscriptions.EmailSubscription("on-call@example.com"))
    return topic


def acknowledge(construct: Construct, reason: str, *findings: str) -> None:
    """Tell CDK's validation why findings are right."""
    cdk.Validations.of(construct).acknowledge(
        *(cdk.Acknowledgment(id=finding, reason=reason) for finding in findings)
    )


@dataclass(frozen=True)
class Parts:
    """What the alarms of one function watch."""

    function: lambda_.Function
    alias: lambda_.Alias
    queue: sqs.Queue
    log_group: logs.LogGroup


class TwinFunction(Construct):
    """One function with everything that `ResilientFunction` puts around it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        shared: Shared,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        function = self._function(construct_id, shared, environment or {})
        self.function = function
        self.alias = alias = lambda_.Alias(self, "Live", alias_name=_ALIAS, version=function.current_version)
        queue = self._dead_letters(alias, shared)
        self._concurrency(alias, shared)
        alarms = self._alarms(Parts(function, alias, queue, self.log_group), shared)
        health = cloudwatch.CompositeAlarm(
            self,
            "Health",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(
                    cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
                    for alarm in alarms.values()
                )
            ),
            alarm_description="At least one alarm of this function rings; the rule says which ones it covers.",
        )
        health.add_alarm_action(shared.notify)
        codedeploy.LambdaDeploymentGroup(
            self,
            "Deployment",
            alias=alias,
            alarms=[alarms["errors"], alarms["error_rate"], alarms["duration"]],
            application=shared.application,
            deployment_config=codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
            role=shared.deployer,
        )

    def _function(self, name: str, shared: Shared, environment: Mapping[str, str]) -> lambda_.Function:
        self.log_group = log_group = logs.LogGroup(
            self,
            "Logs",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={
                "Function": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                            resources=[log_group.log_group_arn],
                        )
                    ]
                )
            },
        )
        acknowledge(
            role,
            "X-Ray has no resource to name: AWS requires '*'.",
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            "Serverless::Serverless-LambdaStarPermissions",
        )
        function = lambda_.Function(
            self,
            "Function",
            code=workload.code(),
            handler=workload.HANDLER,
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=512,
            timeout=shared.timeout,
            environment={"POWERTOOLS_SERVICE_NAME": name, "POWERTOOLS_LOG_LEVEL": "INFO", **environment},
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            recursive_loop=lambda_.RecursiveLoop.TERMINATE,
            reserved_concurrent_executions=workload.RESERVED_CONCURRENCY,
            role=role,
            tracing=lambda_.Tracing.ACTIVE,
        )
        acknowledge(function, "The alias has a destination.", "Serverless::Serverless-LambdaDLQ")
        return function

    def _dead_letters(self, alias: lambda_.Alias, shared: Shared) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=shared.retention,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        acknowledge(
            queue,
            "This is the dead-letter queue.",
            "AwsSolutions::AwsSolutions-SQS3",
            "Serverless::Serverless-SQSRedrivePolicy",
        )
        alias.configure_async_invoke(
            on_failure=destinations.SqsDestination(queue), retry_attempts=2, max_event_age=shared.event_age
        )
        return queue

    def _concurrency(self, alias: lambda_.Alias, shared: Shared) -> None:
        scaling = alias.add_auto_scaling(
            min_capacity=workload.MINIMUM_ENVIRONMENTS, max_capacity=workload.MAXIMUM_ENVIRONMENTS
        )
        scaling.scale_on_utilization(utilization_target=0.70)
        scaling.scale_on_schedule(
            "Schedule0",
            schedule=shared.schedule,
            min_capacity=workload.BUSY_ENVIRONMENTS,
            time_zone=shared.time_zone,
        )

    def _alarms(self, parts: Parts, shared: Shared) -> dict[str, cloudwatch.Alarm]:
        minute = shared.minute
        alias, function = parts.alias, parts.function
        rate = _TABLE["error_rate"]
        metrics: dict[str, cloudwatch.IMetric] = {
            "errors": alias.metric_errors(period=minute, statistic="Sum"),
            "error_rate": cloudwatch.MathExpression(
                expression=(rate.expression or "").format(minimum_traffic=rate.minimum_traffic),
                label=f"{rate.metric} ({rate.unit})",
                period=minute,
                using_metrics={
                    "invocations": alias.metric_invocations(period=minute, statistic="Sum"),
                    "errors": alias.metric_errors(period=minute, statistic="Sum"),
                },
            ),
            "throttles": alias.metric_throttles(period=minute, statistic="Sum"),
            "duration": alias.metric_duration(period=minute, statistic="p99"),
            "concurrency": function.metric("ConcurrentExecutions", period=minute, statistic="Maximum"),
            "spillover": alias.metric(
                "ProvisionedConcurrencySpilloverInvocations", period=minute, statistic="Sum"
            ),
            "dead_letter_depth": parts.queue.metric_approximate_number_of_messages_visible(
                period=minute, statistic="Maximum"
            ),
            "destination_delivery_failures": function.metric(
                "DestinationDeliveryFailures", period=minute, statistic="Sum"
            ),
            "async_events_dropped": function.metric("AsyncEventsDropped", period=minute, statistic="Sum"),
        }
        return {name: self._alarm(name, metric) for name, metric in metrics.items()}

    def _alarm(self, name: str, metric: cloudwatch.IMetric) -> cloudwatch.Alarm:
        row = _TABLE[name]
        limit = {
            "timeout_ms": _TIMEOUT_SECONDS * 1000,
            "reserved_concurrency": workload.RESERVED_CONCURRENCY,
            None: 1,
        }[row.share_of]
        threshold = row.threshold * limit
        return cloudwatch.Alarm(
            self,
            row.construct_id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=row.evaluation_periods,
            datapoints_to_alarm=row.datapoints_to_alarm,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE
            if row.treat_missing_data == "ignore"
            else cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=describe(row, threshold),
        )


def build(stack: cdk.Stack) -> workload.Build:
    """Functions with every protection on."""
    return partial(_functions, stack)


def _functions(stack: cdk.Stack, count: int) -> None:
    shared = Shared(stack, "Shared")
    for number in range(count):
        TwinFunction(stack, f"Function{number}", shared)
