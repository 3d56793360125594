"""The function that publishes the state of an alarm, and what calls it."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_scheduler as scheduler
from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.failover.published import NAMESPACE
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.schedule_target import FunctionTarget, invoker_of
from constructs_lib.handlers import handler_folder

__all__ = ["AnyAlarm", "Publisher", "arn_of", "name_of"]

AnyAlarm = IAlarmRef | cloudwatch.CfnCompositeAlarm
"""Any alarm of CDK, L1 or L2, made or imported."""

_REPEATED = "Nothing is lost with an event: a minute later the state is published again, whatever it is then."


class Publisher(Construct):
    """Publishes whether an alarm is silent, at each change of its state and once a minute.

    Attributes:
        function: what publishes.
        rule: calls it when the alarm changes its state.
        schedule: calls it once a minute.
        role: what the schedule may do, which is to call it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alarm: AnyAlarm,
        insufficient_data: route53.InsufficientDataHealthStatusEnum,
        metric: cloudwatch.Metric,
        name: str,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Publish `alarm` as `metric`, which has `name` as its one dimension.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            alarm: the alarm.
            insufficient_data: what is published while it has too little data; nothing for the last known status.
            metric: in the namespace of this room.
            name: the value of its dimension.
            log_settings: retention and encryption of the function's log. Left out: `FunctionLogs()`.
            removal_policy: what happens to that log with the stack. Left out, it is retained.
        """
        super().__init__(scope, construct_id)
        self.function = HardenedFunction(
            self,
            "Function",
            code=lambda_.Code.from_asset(str(handler_folder("alarm_health")), exclude=["__pycache__"]),
            handler="alarm_health.handler",
            description="Publishes the state of an alarm for a health check",
            memory_size=256,
            environment={
                "HEALTH_ALARM": name_of(alarm),
                "HEALTH_NAMESPACE": NAMESPACE,
                "HEALTH_METRIC": metric.metric_name,
                "HEALTH_NAME": name,
                "HEALTH_INSUFFICIENT_DATA": insufficient_data.name,
            },
            log_settings=log_settings,
            removal_policy=removal_policy,
        )
        _may_read_and_publish(self.function, alarm)
        self.rule = events.Rule(
            self,
            "Rule",
            description="An alarm that decides on a health check has changed its state",
            event_pattern=events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                resources=[arn_of(alarm)],
            ),
            targets=[targets.LambdaFunction(self.function.alias, max_event_age=cdk.Duration.minutes(1))],
        )
        self.role = invoker_of(self, self.function.alias)
        self.schedule = scheduler.Schedule(
            self,
            "Schedule",
            schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)),
            target=FunctionTarget(self.function.alias, self.role, retry=False),
            description="Publishes the state of an alarm for a health check",
        )
        findings = ("Serverless::Serverless-LambdaDLQ", "constructs_lib::async-failures-lost")
        acknowledge(self.function.function, dict.fromkeys(findings, _REPEATED))
        findings = ("Serverless::Serverless-EventBusDLQ", "constructs_lib::target-without-dead-letters")
        acknowledge(self.rule, dict.fromkeys(findings, _REPEATED))


def arn_of(alarm: AnyAlarm) -> str:
    """The ARN of `alarm`."""
    if isinstance(alarm, cloudwatch.CfnCompositeAlarm):
        return alarm.attr_arn
    return alarm.alarm_ref.alarm_arn


def name_of(alarm: AnyAlarm) -> str:
    """The name of `alarm`."""
    if isinstance(alarm, cloudwatch.CfnCompositeAlarm):
        return alarm.ref
    return alarm.alarm_ref.alarm_name


def _may_read_and_publish(publisher: HardenedFunction, alarm: AnyAlarm) -> None:
    # Composite alarms are described to whoever may describe all alarms, and to nobody else.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    plain = isinstance(alarm, cloudwatch.Alarm | cloudwatch.CfnAlarm)
    role = cast("iam.Role", publisher.role)
    statements = [
        iam.PolicyStatement(
            actions=["cloudwatch:DescribeAlarms"], resources=[arn_of(alarm)] if plain else ["*"]
        ),
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        ),
    ]
    policy = iam.Policy(role, "Health", statements=statements)
    policy.attach_to_role(role)
    reason = (
        "CloudWatch's metrics have no ARNs, and publishing is limited to one namespace. Composite alarms can be read "
        "only by whoever may read all alarms."
    )
    findings = (
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "Serverless::Serverless-LambdaStarPermissions",
    )
    acknowledge(policy, dict.fromkeys(findings, reason))
