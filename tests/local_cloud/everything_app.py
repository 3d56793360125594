"""A CDK app in two Regions with at least one resource of every type that this repository deploys."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_backup as backup
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_cloudwatch as cw
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_signer as signer
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

CODE = """
def handler(event, context):
    if "fail" in (event.get("queryStringParameters") or {}):
        raise ValueError("a secret")
    return {"statusCode": 200, "body": context.invoked_function_arn}
"""
MINUTE = cdk.Duration.minutes(1)


class Everything(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **settings: Any) -> None:
        super().__init__(scope, construct_id, **settings)
        self.make_function()
        self.make_alarms()
        self.make_api()
        self.make_sources()
        self.make_the_rest()

    def make_function(self) -> None:
        dead_letters = sqs.Queue(
            self, "DeadLetters", enforce_ssl=True, encryption=sqs.QueueEncryption.SQS_MANAGED
        )
        profile = signer.SigningProfile(self, "Profile", platform=signer.Platform.AWS_LAMBDA_SHA384_ECDSA)
        signing = lambda_.CodeSigningConfig(self, "Signing", signing_profiles=[profile])
        self.log = logs.LogGroup(self, "Log", retention=logs.RetentionDays.ONE_WEEK)
        self.log.add_metric_filter(
            "Slow",
            filter_pattern=logs.FilterPattern.string_value("$.level", "=", "ERROR"),
            metric_name="Slow",
            metric_namespace="App",
        )
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_inline(CODE),
            log_group=self.log,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            recursive_loop=lambda_.RecursiveLoop.TERMINATE,
            reserved_concurrent_executions=20,
            dead_letter_queue=dead_letters,
            code_signing_config=signing,
        )
        self.alias = lambda_.Alias(
            self,
            "Live",
            alias_name="live",
            version=self.function.current_version,
            provisioned_concurrent_executions=2,
            retry_attempts=1,
            max_event_age=cdk.Duration.hours(1),
            on_failure=destinations.SqsDestination(dead_letters),
        )
        target = self.alias.add_auto_scaling(min_capacity=1, max_capacity=5)
        target.scale_on_utilization(utilization_target=0.7)
        cron = scaling.Schedule.cron(hour="8", minute="0")
        target.scale_on_schedule("Morning", schedule=cron, min_capacity=3)
        self.alias.add_function_url()

    def make_alarms(self) -> None:
        key = kms.Key(self, "Key", enable_key_rotation=True, alias="alias/everything")
        topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription("somebody@example.com"))
        lost = sqs.Queue(self, "LostAlarms", enforce_ssl=True)
        inbox = sqs.Queue(self, "AlarmInbox", enforce_ssl=True)
        topic.add_subscription(subscriptions.SqsSubscription(inbox, dead_letter_queue=lost))
        failed = self.alias.metric_errors(statistic="Sum", period=MINUTE)
        calls = self.alias.metric_invocations(statistic="Sum", period=MINUTE)
        errors = cw.Alarm(self, "Errors", metric=failed, threshold=1, evaluation_periods=1)
        rate = cw.MathExpression(
            expression="IF(calls > 5, 100 * errors / calls, 0)",
            using_metrics={"errors": failed, "calls": calls},
        )
        rate_alarm = cw.Alarm(
            self, "Rate", metric=rate, threshold=5, evaluation_periods=3, datapoints_to_alarm=2
        )
        slow = cw.Alarm(
            self,
            "Slow",
            metric=self.alias.metric_duration(statistic="p99"),
            threshold=900,
            evaluation_periods=3,
        )
        odd = cw.AnomalyDetectionAlarm(self, "Odd", metric=calls, evaluation_periods=3, std_devs=3)
        cw.CfnAnomalyDetector(self, "Detector", namespace="App", metric_name="Slow", stat="Sum")
        rule = cw.AlarmRule.any_of(
            *(cw.AlarmRule.from_alarm(a, cw.AlarmState.ALARM) for a in (errors, rate_alarm))
        )
        health = cw.CompositeAlarm(
            self,
            "Health",
            alarm_rule=rule,
            actions_suppressor=slow,
            actions_suppressor_wait_period=MINUTE,
            actions_suppressor_extension_period=MINUTE,
        )
        health.add_alarm_action(actions.SnsAction(topic))
        most = cw.AlarmRule.at_least(
            cw.AlarmState.ALARM,
            operands=[errors, rate_alarm, slow],
            threshold=cw.AtLeastThreshold.count(2),
        )
        worse = cw.CompositeAlarm(
            self, "Worse", alarm_rule=cw.AlarmRule.all_of(most, cw.AlarmRule.not_(rule))
        )
        query = 'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY SUM() DESC'
        cw.CfnAlarm(
            self,
            "Fleet",
            metrics=[
                cw.CfnAlarm.MetricDataQueryProperty(id="q", expression=query, period=60, return_data=True)
            ],
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            threshold=0,
        )
        cw.AlarmMuteRule(
            self,
            "Maintenance",
            alarms=[errors, health, worse],
            schedule=cw.ScheduleExpression.cron(minute="0", hour="2", week_day="SUN"),
            duration=cdk.Duration.hours(4),
        )
        logs.QueryDefinition(
            self,
            "Slowest",
            query_definition_name=f"slowest-{self.region}",
            query_string=logs.QueryString(fields=["@timestamp"], sort="@duration desc"),
            log_groups=[self.log],
        )
        chatbot.SlackChannelConfiguration(
            self,
            "Chat",
            slack_channel_configuration_name=f"alarms-{self.region}",
            slack_workspace_id="T0000000",
            slack_channel_id="C0000000",
            notification_topics=[topic],
        )
        board = cw.Dashboard(self, "Board")
        board.add_widgets(cw.AlarmStatusWidget(alarms=[errors, slow, odd]))
        codedeploy.LambdaDeploymentGroup(
            self,
            "Deployment",
            alias=self.alias,
            deployment_config=codedeploy.LambdaDeploymentConfig(
                self,
                "Shift",
                traffic_routing=codedeploy.TimeBasedCanaryTrafficRouting(
                    interval=cdk.Duration.minutes(1), percentage=10
                ),
            ),
            alarms=[errors],
        )

    def make_api(self) -> None:
        api = apigw.HttpApi(self, "Api")
        backend = integrations.HttpLambdaIntegration("Backend", self.alias)
        api.add_routes(path="/open", integration=backend)
        iam = authorizers.HttpIamAuthorizer()
        api.add_routes(path="/signed", methods=[apigw.HttpMethod.GET], integration=backend, authorizer=iam)
        cdk.CfnOutput(self, "Url", value=api.api_endpoint)
        cdk.CfnOutput(self, "FunctionName", value=self.function.function_name)

    def make_sources(self) -> None:
        work = sqs.Queue(
            self,
            "Work",
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=5, queue=sqs.Queue(self, "Dead")),
        )
        self.alias.add_event_source(sources.SqsEventSource(work, report_batch_item_failures=True))
        group = scheduler.ScheduleGroup(self, "Group")
        scheduler.Schedule(
            self,
            "Ping",
            schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(5)),
            target=scheduler_targets.LambdaInvoke(self.alias),
            schedule_group=group,
        )
        pattern = events.EventPattern(source=["app"])
        events.Rule(self, "Rule", event_pattern=pattern, targets=[targets.LambdaFunction(self.alias)])

    def make_the_rest(self) -> None:
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="expires",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
        )
        s3.Bucket(self, "Bucket", enforce_ssl=True, versioned=True)
        plan = backup.BackupPlan.daily35_day_retention(self, "Plan")
        plan.add_selection("Selection", resources=[backup.BackupResource.from_dynamo_db_table(table)])
        zone = route53.HostedZone(self, "Zone", zone_name=f"{self.region}.example.com")
        check = route53.HealthCheck(
            self, "Check", type=route53.HealthCheckType.HTTPS, fqdn="api.example.com", resource_path="/health"
        )
        route53.ARecord(
            self,
            "Record",
            zone=zone,
            target=route53.RecordTarget.from_ip_addresses("192.0.2.1"),
            set_identifier="primary",
            weight=10,
            health_check=check,
        )
        layer = lambda_.CfnLayerVersion(
            self, "Layer", content=lambda_.CfnLayerVersion.ContentProperty(s3_bucket="none", s3_key="none")
        )
        layer.cfn_options.condition = cdk.CfnCondition(
            self, "Never", expression=cdk.Fn.condition_equals(1, 2)
        )


class Global(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **settings: Any) -> None:
        super().__init__(scope, construct_id, **settings)
        table = dynamodb.TableV2(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="expires",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            replicas=[dynamodb.ReplicaTableProps(region="us-west-2")],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        cdk.CfnOutput(self, "TableName", value=table.table_name)


def main() -> None:
    app = cdk.App(default_stack_synthesizer=cdk.DefaultStackSynthesizer())
    for region in ("us-east-1", "us-west-2"):
        Everything(app, f"Everything-{region}", env=cdk.Environment(account="000000000000", region=region))
    Global(app, "Global", env=cdk.Environment(account="000000000000", region="us-east-1"))
    app.synth()


if __name__ == "__main__":
    main()
