"""An alarm for work that should have happened, on how long ago it was."""

from typing import ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.own.heartbeat_window import window_of
from constructs_lib.alarms.routing.route import Route
from constructs_lib.checks import Check, acknowledge
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.schedule_target import FunctionTarget, invoker_of
from constructs_lib.handlers import handler_folder
from constructs_lib.heartbeat.queries import PERIOD, queries_of

__all__ = ["AGE_METRIC", "HEARTBEAT_NAMESPACE", "AgeHeartbeat"]

HEARTBEAT_NAMESPACE = "constructs_lib/Heartbeat"
AGE_METRIC = "Age"
_DAY = 86_400
_LONGEST_DAYS = 455
_RETENTION = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"
_HOURS_OF_SILENCE = 3
_NOTHING_LOST = (
    "Nothing is lost with an event of the schedule: the next one publishes the age just as well, and the alarm rings "
    "when none does."
)


class _AgeAlarm(ThresholdAlarm):
    """An alarm on an age."""

    WATCHED = "The seconds since it was last done"


class AgeHeartbeat(Construct):
    """An alarm for work that is done once a week, a month, a year: on how long ago a metric last counted it.

    An alarm looks back seven days. So a small function reads, once an hour, when the metric last counted something, up
    to 455 days ago, and publishes how many seconds that is; the alarm watches this figure. It rings too when nothing is
    published for some hours: the heartbeat watches its own publisher. What was never done counts from the deployment.
    Until the figure is first published, in the first hour, it rings.

    For work that is done more often, `constructs_lib.alarms.HeartbeatAlarm` needs no function.

    Attributes:
        alarm: the alarm.
        metric: the age in seconds, one datapoint an hour.
        publisher: the function that publishes it.
        schedule: what invokes that every hour.
        role: what the schedule may do, which is to invoke it.
        window: at which age it rings, in seconds.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """Its function needs no alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        every: cdk.Duration,
        means: str,
        allowance: cdk.Duration | None = None,
        severity: Severity = Severity.WARNING,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Ring when `metric` has counted nothing for longer than `every` and `allowance`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            metric: what counts the work, or metric math over such, like ``invocations - errors``. Sums are taken; the
                period is an hour.
            every: how often the work is done.
            means: what it means when it rings, a sentence for whoever is told.
            allowance: how late it may be. Left out: a tenth of `every`, at least three hours.
            severity: who has to know.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does. Left out: it publishes to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the publisher's log. Left out: `FunctionLogs()`.
            removal_policy: what happens to that log with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: CloudWatch does not keep data for that long, or an argument cannot work.
        """
        check = Check(scope, construct_id)
        self.window = window_of(
            check,
            every,
            allowance,
            finest=PERIOD,
            smallest_allowance=PERIOD,
            default_allowance=3 * PERIOD,
            longest=_LONGEST_DAYS * _DAY,
            remedy=f"CloudWatch keeps data for {_LONGEST_DAYS} days. See {_RETENTION}",
        )
        queries = queries_of(check, metric)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            # Two deployments of an app must not share an age.
            name = f"{cdk.Aws.STACK_NAME}/{_path_in_stack(self)}"
            self.metric = cloudwatch.Metric(
                namespace=HEARTBEAT_NAMESPACE,
                metric_name=AGE_METRIC,
                dimensions_map={"Heartbeat": name},
                # Within its hour an age only falls, when the work is done.
                statistic="Minimum",
                period=cdk.Duration.seconds(PERIOD),
            )
            self.alarm: ThresholdAlarm = _AgeAlarm(
                self,
                "Alarm",
                metric=self.metric,
                threshold=self.window,
                lowest=0,
                highest=_LONGEST_DAYS * _DAY,
                evaluation_periods=_HOURS_OF_SILENCE,
                treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
                means=means,
                severity=severity,
                cause=cause,
                query=query,
                runbook=runbook,
                route=route,
            )
            self.publisher = HardenedFunction(
                self,
                "Publisher",
                code=lambda_.Code.from_asset(str(handler_folder("heartbeat_age")), exclude=["__pycache__"]),
                handler="heartbeat_age.handler",
                memory_size=256,
                timeout=cdk.Duration.minutes(1),
                environment={
                    "HEARTBEAT_QUERIES": cdk.Stack.of(self).to_json_string(queries),
                    "HEARTBEAT_NAMESPACE": HEARTBEAT_NAMESPACE,
                    "HEARTBEAT_METRIC": AGE_METRIC,
                    "HEARTBEAT_NAME": name,
                },
                log_settings=log_settings,
                removal_policy=removal_policy,
            )
            _may_read_and_publish(self.publisher)
            self.role = invoker_of(self, self.publisher.alias)
            self.schedule = scheduler.Schedule(
                self,
                "Schedule",
                schedule=scheduler.ScheduleExpression.rate(cdk.Duration.seconds(PERIOD)),
                target=FunctionTarget(self.publisher.alias, self.role),
                description="Publishes the age of a heartbeat",
            )
            acknowledge(self.schedule, {"constructs_lib::target-without-dead-letters": _NOTHING_LOST})


def _path_in_stack(construct: Construct) -> str:
    depth = len(cdk.Stack.of(construct).node.path.split("/"))
    return "/".join(construct.node.path.split("/")[depth:])


def _may_read_and_publish(publisher: HardenedFunction) -> None:
    role = cast("iam.Role", publisher.role)
    statements = [
        iam.PolicyStatement(actions=["cloudwatch:GetMetricData"], resources=["*"]),
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": HEARTBEAT_NAMESPACE}},
        ),
    ]
    policy = iam.Policy(role, "Metrics", statements=statements)
    policy.attach_to_role(role)
    reason = "CloudWatch's metrics have no ARNs; publishing is limited to one namespace."
    acknowledge(
        policy,
        {
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]": reason,
            "Serverless::Serverless-LambdaStarPermissions": reason,
        },
    )
    findings = ("Serverless::Serverless-LambdaDLQ", "constructs_lib::async-failures-lost")
    acknowledge(publisher.function, dict.fromkeys(findings, _NOTHING_LOST))
