"""What every protected function offers, and how the protections are put around it."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import FunctionAlarms, FunctionSubject
from constructs_lib.checks import Check
from constructs_lib.dead_letters.asynchronous import acknowledge_destination, destination_of
from constructs_lib.dead_letters.sources.queue_mapping import acknowledge_mapping_of, check_visibility
from constructs_lib.function import WarmUpSchedule, add_provisioned_concurrency
from constructs_lib.function.safe_deployment import deployment_group
from constructs_lib.resilient_function.protections import Protections

__all__ = ["Protected"]


class Protected(Construct):
    """What every protected function offers, by whatever way it came to be one.

    Attributes:
        handle: what traffic uses, and what all of the below refer to: an alias, version or function.
        alarms: the alarms, one attribute each, and the composite `health`.
        dead_letter_queue: where failed asynchronous events end; None where they go elsewhere or nowhere.
        scaling: bounds of provisioned concurrency, for more schedules; None without.
        deployment_group: CodeDeploy's group; None without safe deployment.
        warm_up: the schedule that pings; None without.
    """

    handle: lambda_.IFunction
    alarms: FunctionAlarms
    dead_letter_queue: sqs.IQueue | None = None
    scaling: lambda_.IScalableFunctionAttribute | None = None
    deployment_group: codedeploy.LambdaDeploymentGroup | None = None
    warm_up: WarmUpSchedule | None = None

    def _protect(
        self,
        handle: lambda_.IFunction,
        function: lambda_.IFunction,
        subject: FunctionSubject,
        protections: Protections,
        removal_policy: cdk.RemovalPolicy | None,
    ) -> None:
        """Build `protections` in the order that keeps a function and its alarms from needing each other."""
        self.handle = handle
        if protections.dead_letters is not None:
            self.dead_letter_queue = destination_of(
                self, "DeadLetters", handle, protections.dead_letters, removal_policy
            )
            acknowledge_destination(function)
        if isinstance(handle, lambda_.Alias) and protections.provisioned_concurrency is not None:
            self.scaling = add_provisioned_concurrency(
                handle,
                protections.provisioned_concurrency,
                reserved_concurrency=subject.reserved_concurrency,
            )
        if protections.warm_up is not None:
            self.warm_up = WarmUpSchedule(self, "WarmUp", function=handle, settings=protections.warm_up)
        self.alarms = FunctionAlarms(
            self,
            "Alarms",
            subject=replace(
                subject,
                queue_name=self.dead_letter_queue.queue_name if self.dead_letter_queue else None,
                asynchronous=protections.dead_letters is not None,
                max_event_age=protections.dead_letters.max_event_age if protections.dead_letters else None,
                provisioned=protections.provisioned_concurrency is not None,
            ),
            settings=protections.alarms,
            route=protections.alarm_route,
            shared_queue=protections.dead_letters.queue if protections.dead_letters else None,
        )
        if isinstance(handle, lambda_.Alias) and protections.deployment is not None:
            self.deployment_group = deployment_group(
                self, "Deployment", handle, protections.rollback_alarms(self.alarms), protections.deployment
            )

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The execution role, so that ``table.grant_read_write_data(this)`` works."""
        return self.handle.grant_principal

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` invoke `handle`."""
        return self.handle.grant_invoke(grantee)

    def add_event_source(self, source: lambda_.IEventSource) -> None:
        """Let `source` invoke `handle`.

        Raises:
            ConfigurationError: an SQS queue that Lambda refuses, since a message would be seen again while the
                function still works on it.
        """
        if isinstance(source, sources.SqsEventSource):
            check_visibility(Check(self, ""), self.handle, source.queue)
        self.handle.add_event_source(source)
        if isinstance(source, sources.SqsEventSource):
            acknowledge_mapping_of(self.handle, source)

    def add_function_url(
        self,
        *,
        auth_type: lambda_.FunctionUrlAuthType = lambda_.FunctionUrlAuthType.AWS_IAM,
        cors: lambda_.FunctionUrlCorsOptions | None = None,
        invoke_mode: lambda_.InvokeMode | None = None,
    ) -> lambda_.FunctionUrl:
        """An HTTPS address of `handle`; only signed requests are let in unless `auth_type` says otherwise."""
        return self.handle.add_function_url(auth_type=auth_type, cors=cors, invoke_mode=invoke_mode)

    def metric(
        self, metric_name: str, *, statistic: str | None = None, period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """The metric `metric_name` of `handle`. Left out: average over five minutes, as in CDK."""
        return self.handle.metric(metric_name, statistic=statistic, period=period)

    def metric_invocations(
        self, *, statistic: str | None = None, period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How often `handle` ran; throttled requests are not in it."""
        return self.handle.metric_invocations(statistic=statistic, period=period)

    def metric_errors(
        self, *, statistic: str | None = None, period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How many of these runs failed."""
        return self.handle.metric_errors(statistic=statistic, period=period)

    def metric_throttles(
        self, *, statistic: str | None = None, period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How many requests found no environment free."""
        return self.handle.metric_throttles(statistic=statistic, period=period)

    def metric_duration(
        self, *, statistic: str | None = None, period: cdk.Duration | None = None
    ) -> cloudwatch.Metric:
        """How long runs took, in milliseconds."""
        return self.handle.metric_duration(statistic=statistic, period=period)
