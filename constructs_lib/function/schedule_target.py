"""A function as what EventBridge Scheduler invokes: this alias or function, and nothing else of it."""

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

__all__ = ["FunctionTarget", "invoker_of"]


@jsii.implements(scheduler.IScheduleTarget)
class FunctionTarget:
    """The function as a target that grants nothing.

    CDK's own lets the schedule invoke every version and alias, and fails for an imported function.
    """

    def __init__(
        self,
        function: lambda_.IFunction,
        role: iam.IRole,
        *,
        event: scheduler.ScheduleTargetInput | None = None,
        retry: bool = True,
    ) -> None:
        """Invoke `function` as `role`.

        Args:
            function: what is invoked.
            role: what the schedule may do.
            event: what it is invoked with. Left out: what Scheduler sends by itself.
            retry: whether Scheduler tries again what Lambda did not take.
        """
        self._function = function
        self._role = role
        self._event = event
        self._retry = None if retry else scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0)

    def bind(self, schedule: scheduler.ISchedule) -> scheduler.ScheduleTargetConfig:  # noqa: ARG002 - CDK's
        """Give the parts of the schedule that are about its target."""
        return scheduler.ScheduleTargetConfig(
            arn=self._function.function_arn, role=self._role, input=self._event, retry_policy=self._retry
        )


def invoker_of(scope: Construct, function: lambda_.IFunction) -> iam.Role:
    """The role, below `scope`, of a schedule that invokes `function`."""
    invoke = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
    return iam.Role(
        scope,
        "Role",
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        ),
        inline_policies={"Invoke": iam.PolicyDocument(statements=[invoke])},
    )
