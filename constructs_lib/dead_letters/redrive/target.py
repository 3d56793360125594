"""What a schedule calls to re-drive a queue."""

from typing import Any

import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

__all__ = ["RedriveTarget"]

_EVENT_AGE_SECONDS = 3_600
"""For how long Scheduler offers a run to Lambda; most schedules have the next one by then."""


@jsii.implements(scheduler.IScheduleTarget)
class RedriveTarget:
    """The handler with a route; what Lambda does not take is kept in a queue."""

    def __init__(
        self, handler: lambda_.IFunction, role: iam.IRole, *, route: dict[str, Any], undelivered: sqs.IQueue
    ) -> None:
        """Invoke `handler` as `role` with `route`."""
        self._bound = scheduler.ScheduleTargetConfig(
            arn=handler.function_arn,
            role=role,
            input=scheduler.ScheduleTargetInput.from_object(route),
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=undelivered.queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=_EVENT_AGE_SECONDS
            ),
        )

    def bind(self, schedule: scheduler.ISchedule) -> scheduler.ScheduleTargetConfig:  # noqa: ARG002 - CDK's
        """Give the parts of the schedule that are about its target."""
        return self._bound
