"""A schedule's target of which no event is lost."""

import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs

__all__ = ["KeptTarget"]

_MOST_ATTEMPTS = 185
"""https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html"""


@jsii.implements(scheduler.IScheduleTarget)
class KeptTarget:
    """Invokes something by its ARN; what it does not take is tried again, and then kept in a queue."""

    def __init__(
        self,
        arn: str,
        role: iam.IRole,
        *,
        event: scheduler.ScheduleTargetInput,
        queue: sqs.IQueue,
        event_age: int,
    ) -> None:
        """Invoke what has this ARN.

        Args:
            arn: of a function, an alias or a state machine.
            role: what the schedule may do.
            event: what is sent.
            queue: keeps what was not taken.
            event_age: for how many seconds Scheduler tries.
        """
        self._bound = scheduler.ScheduleTargetConfig(
            arn=arn,
            role=role,
            input=event,
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=queue.queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=event_age, maximum_retry_attempts=_MOST_ATTEMPTS
            ),
        )

    def bind(self, schedule: scheduler.ISchedule) -> scheduler.ScheduleTargetConfig:  # noqa: ARG002 - CDK's
        """Give the parts of the schedule that are about its target."""
        return self._bound
