"""A CDK app with an alarm of every kind that is in no service's table, all of them heard in one queue."""

from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmTopic,
    AnomalyAlarm,
    CombinedAlarm,
    FleetAlarm,
    HeartbeatAlarm,
    LogAlarm,
    MaintenanceWindow,
    RateAlarm,
    Suppressor,
    ThresholdAlarm,
)
from constructs_lib.heartbeat import AgeHeartbeat

CODE = """
def handler(event, context):
    if event.get("fail"):
        raise ValueError("as asked")
"""
QUICK = cdk.Duration.seconds(10)
MEANS = "The test is under way."

own_metric = partial(cloudwatch.Metric, namespace="Kinds", statistic="Maximum", period=QUICK)


class AlarmKinds(cdk.Stack):
    """Each output is the name of an alarm, a function or a log group, or the queue's address."""

    def __init__(self, scope: cdk.App) -> None:
        super().__init__(scope, "AlarmKinds")
        topic = AlarmTopic.of(self)
        self.inbox = sqs.Queue(self, "Inbox", encryption=sqs.QueueEncryption.SQS_MANAGED)
        topic.add_queue(self.inbox)
        self.told = AlarmRoute(alarm=[topic.topic], ok=[topic.topic], insufficient_data=[topic.topic])
        self.quiet = AlarmRoute.silent()
        self.output("InboxUrl", self.inbox.queue_url)
        self.of_metrics()
        self.of_logs()
        self.of_functions()
        self.of_alarms()
        self.of_ages()

    def output(self, name: str, value: str) -> None:
        cdk.CfnOutput(self, f"{name}Output", value=value).override_logical_id(name)

    def threshold(self, name: str, route: AlarmRoute) -> ThresholdAlarm:
        return ThresholdAlarm(
            self, f"{name}Alarm", metric=own_metric(metric_name=name), threshold=5, means=MEANS, route=route
        )

    def of_metrics(self) -> None:
        rate = RateAlarm(
            self,
            "RateAlarm",
            failures=own_metric(metric_name="Failed", statistic="Sum"),
            total=own_metric(metric_name="All", statistic="Sum"),
            threshold=50,
            evaluation_periods=1,
            period=QUICK,
            means=MEANS,
            route=self.told,
        )
        anomaly = AnomalyAlarm(
            self,
            "AnomalyAlarm",
            metric=own_metric(metric_name="Sales"),
            side="below",
            std_devs=3,
            evaluation_periods=1,
            means=MEANS,
            route=self.told,
        )
        heartbeat = HeartbeatAlarm(
            self,
            "HeartbeatAlarm",
            metric=own_metric(metric_name="Beats"),
            every=cdk.Duration.minutes(1),
            allowance=cdk.Duration.seconds(0),
            means=MEANS,
            route=self.told,
        )
        unknown = ThresholdAlarm(
            self,
            "UnknownAlarm",
            metric=own_metric(metric_name="Unknown"),
            threshold=5,
            treat_missing_data=cloudwatch.TreatMissingData.MISSING,
            means=MEANS,
            route=self.told,
        )
        heartbeat.node.add_dependency(self.inbox)  # it rings at once, and shall be heard
        self.output("Threshold", self.threshold("Plain", self.told).alarm_name)
        self.output("Rate", rate.alarm_name)
        self.output("Anomaly", anomaly.alarm_name)
        self.output("Heartbeat", heartbeat.alarm_name)
        self.output("Unknown", unknown.alarm_name)

    def of_logs(self) -> None:
        group = logs.LogGroup(self, "Log", removal_policy=cdk.RemovalPolicy.DESTROY)
        alarm = LogAlarm(
            self,
            "LogAlarm",
            log_group=group,
            pattern=logs.FilterPattern.number_value("$.waiting", ">=", 0),
            value="$.waiting",
            statistic="Maximum",
            threshold=5,
            period=QUICK,
            means=MEANS,
            route=self.told,
        )
        self.output("Log", alarm.alarm_name)
        self.output("LogGroup", group.log_group_name)

    def of_functions(self) -> None:
        names = ("Watched", "WatchedToo", "Unwatched")
        functions = {name: self.function(name) for name in names}
        alarm = FleetAlarm(
            self,
            "FleetAlarm",
            statistic="Average",
            threshold=1,
            functions=[functions["Watched"], functions["WatchedToo"]],
            means=MEANS,
            route=self.told,
        )
        cdk.Annotations.of(alarm).acknowledge_warning(
            "constructs-lib:fleet-tags-on-telemetry", "The local cloud always sees tags."
        )
        self.output("Fleet", alarm.alarm_name)
        for name, function in functions.items():
            self.output(name, function.function_name)

    def function(self, name: str) -> lambda_.Function:
        return lambda_.Function(
            self,
            f"{name}Function",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_inline(CODE),
        )

    def of_alarms(self) -> None:
        one, two, three = (self.threshold(name, self.quiet) for name in ("One", "Two", "Three"))
        repairs = self.threshold("Repairs", self.quiet)
        second = cdk.Duration.seconds(1)
        most = CombinedAlarm(
            self, "MostAlarm", children=[one, two, three], rings_when=2, means=MEANS, route=self.quiet
        )
        combined = CombinedAlarm(
            self,
            "CombinedAlarm",
            children=[most, self.threshold("Four", self.quiet)],
            suppressor=Suppressor(alarm=repairs, wait=second, extension=second),
            means=MEANS,
            route=self.told,
        )
        muted = self.threshold("Muted", self.told)
        MaintenanceWindow(
            self,
            "Window",
            alarms=[muted],
            schedule=cloudwatch.ScheduleExpression.cron(minute="*"),
            duration=cdk.Duration.minutes(5),
        )
        self.output("Combined", combined.alarm_name)
        self.output("One", one.alarm_name)
        self.output("Muted", muted.alarm_name)

    def of_ages(self) -> None:
        age = AgeHeartbeat(
            self,
            "AgeHeartbeat",
            metric=own_metric(metric_name="Backups"),
            every=cdk.Duration.hours(1),
            allowance=cdk.Duration.hours(1),
            means=MEANS,
            route=self.told,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        age.alarm.node.add_dependency(self.inbox)  # likewise
        self.output("Age", age.alarm.alarm_name)
        self.output("AgePublisher", age.publisher.alias.function_arn)


if __name__ == "__main__":
    app = cdk.App()
    AlarmKinds(app)
    app.synth()
