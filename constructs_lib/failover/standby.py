"""What a standby is while the primary serves: as large as the primary, smaller, or not there at all."""

from dataclasses import dataclass

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

__all__ = ["Capacity", "ColdStandby", "HotStandby", "Standby", "StandbySchedule", "WarmStandby"]


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """How much of a function there is.

    Attributes:
        reserved: executions reserved for, and allowed to, the function. Left out: none are reserved, and it shares the
            account's.
        provisioned: environments of its alias that are kept initialised; 0 for none.
    """

    reserved: int | None = None
    provisioned: int = 0


@dataclass(frozen=True, kw_only=True)
class HotStandby:
    """A function that has the same capacity as in the primary at all times: there is nothing to wake.

    Attributes:
        function: the function, or its alias.
    """

    function: lambda_.IFunction


@dataclass(frozen=True, kw_only=True)
class WarmStandby:
    """A function that serves at once, with less capacity until the standby has taken over.

    What is more is there as soon as Lambda has it: reserved concurrency within seconds, provisioned concurrency within
    minutes, for which nobody waits; until then requests wait for their environment to start.
    https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html

    Attributes:
        function: the function, or its alias where there is provisioned concurrency.
        reduced: its capacity while the primary serves.
        full: its capacity once the standby has taken over. Left out: what the function has in this app.
    """

    function: lambda_.IFunction
    reduced: Capacity
    full: Capacity | None = None


@dataclass(frozen=True, kw_only=True)
class ColdStandby:
    """A function that cannot be invoked until the standby takes over.

    Nothing of it can be probed before: its health check, if there is one, has to become healthy after it was woken.
    Asynchronous events that reach it while it sleeps go straight to its dead letters, without a retry.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

    Attributes:
        function: the function, or its alias where there is provisioned concurrency.
        full: its capacity once the standby has taken over. Left out: what the function has in this app.
    """

    function: lambda_.IFunction
    full: Capacity | None = None


@dataclass(frozen=True, kw_only=True)
class StandbySchedule:
    """A schedule that runs only once the standby has taken over.

    Attributes:
        schedule: the schedule.
        role: what it runs its target with, which the controller has to hand on when it switches the schedule on.
    """

    schedule: scheduler.ISchedule
    role: iam.IRole


Standby = (
    HotStandby | WarmStandby | ColdStandby | StandbySchedule | lambda_.IEventSourceMapping | events.IRule
)
"""What can be woken: functions, and what calls them."""
