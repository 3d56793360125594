"""A function that an app already has, with the protections put around it."""

from dataclasses import replace
from typing import cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmSubject,
    FunctionAlarms,
    FunctionAlarmSettings,
    function_subject,
    underlying_function,
)
from constructs_lib.checks import Check, acknowledge
from constructs_lib.dead_letters import (
    DeadLetters,
    acknowledge_destination,
    check_dead_letters,
    destination_of,
    warn_without_role,
)
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    ProvisionedConcurrency,
    SafeDeployment,
    WarmUp,
    WarmUpSchedule,
    add_provisioned_concurrency,
    check_undeployed,
    deployment_group,
)
from constructs_lib.resilient_function.protections import Protections

__all__ = ["Protected", "ProtectedFunction"]

_NO_DESTINATION = "Serverless::Serverless-LambdaEventSourceMappingDestination"
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
_QUEUE_KEEPS = (
    "Destinations of a mapping exist for streams: a message of a queue that fails stays with its queue, whose "
    "redrive policy the rules for queues check."
)


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
        subject: AlarmSubject,
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
        """Let `source` invoke `handle`."""
        self.handle.add_event_source(source)
        if isinstance(source, sources.SqsEventSource):
            mappings = [
                child
                for child in self.handle.node.children
                if isinstance(child, lambda_.EventSourceMapping)
                and child.event_source_mapping_id == source.event_source_mapping_id
            ]
            for mapping in mappings:
                acknowledge(mapping, {_NO_DESTINATION: _QUEUE_KEEPS})

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


@jsii.implements(iam.IGrantable)
class ProtectedFunction(Protected):
    """The protections of `ResilientFunction` around a function or alias that exists already.

    Nothing about the function itself is changed: not its logical id, not its properties. What is protected is
    exactly what is given, so give what traffic uses: asynchronous settings and metrics belong to one qualifier.

    Attributes:
        function: the function behind what was given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        timeout: cdk.Duration | None = None,
        dead_letters: DeadLetters | None = DeadLetters(),
        provisioned_concurrency: ProvisionedConcurrency | FixedProvisionedConcurrency | None = None,
        deployment: SafeDeployment | None = None,
        warm_up: WarmUp | None = None,
        alarms: FunctionAlarmSettings = FunctionAlarmSettings(),
        alarm_route: AlarmRoute | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Protect `function`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias, imported ones included.
            timeout: its timeout, for the duration alarm. Left out, it is read from a function that is in
                the app; an imported one then has no such alarm.
            dead_letters: what becomes of failed asynchronous events; None where `function` has such settings.
            provisioned_concurrency: environments kept initialised; needs an alias that is in the app.
            deployment: how traffic moves to a new version; needs an alias that is in the app.
            warm_up: a ping by the clock.
            alarms: thresholds, and what is switched off.
            alarm_route: what the health alarm does. Left out: the stack's `AlarmTopic`.
            removal_policy: what becomes of the dead-letter queue with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        protections = Protections(
            dead_letters=dead_letters,
            provisioned_concurrency=provisioned_concurrency,
            deployment=deployment,
            warm_up=warm_up,
            alarms=alarms,
            alarm_route=alarm_route,
        )
        subject = function_subject(function, timeout=timeout)
        self.function = underlying_function(function)
        resource = self.function.node.default_child
        snap_start = isinstance(resource, lambda_.CfnFunction) and resource.snap_start is not None
        protections.check(check, reserved_concurrency=subject.reserved_concurrency, snap_start=snap_start)
        for name, wanted in (
            ("provisioned_concurrency", provisioned_concurrency),
            ("deployment", deployment),
        ):
            check.require(
                wanted is None or isinstance(function, lambda_.Alias),
                f"{name} is given for {function.node.path}, which is no alias of this app.",
                remedy="It works on an alias that traffic uses: pass function=existing.add_alias('live') and "
                "let callers use that alias.",
            )
        if dead_letters is not None:
            check_dead_letters(check, dead_letters, function)
        if deployment is not None:
            check_undeployed(check, cast("lambda_.Alias", function))
        super().__init__(scope, construct_id)
        if dead_letters is not None:
            warn_without_role(self, function)
        self._protect(function, self.function, subject, protections, removal_policy)
