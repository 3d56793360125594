"""A schedule that keeps one execution environment of a function warm, by a ping it can recognise."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from constructs_lib.checks import Check, acknowledge
from constructs_lib.function.schedule_target import FunctionTarget, invoker_of

__all__ = ["WARM_UP_EVENT", "WarmUp", "WarmUpSchedule", "check_warm_up"]

WARM_UP_EVENT = {"source": "constructs-lib.warm-up"}
"""What the schedule sends; `lambda_src/warm_up` recognises it by its source."""

_EVERY_MINUTES = (1, 15)
_ONLY_COLD = "A ping that does not come makes a start cold, and loses nothing."


@dataclass(frozen=True, kw_only=True)
class WarmUp:
    """How often the function is pinged.

    Attributes:
        every: 1 to 15 whole minutes. Left out: five minutes, since Lambda keeps an idle environment at least that
            long in practice; AWS promises no figure.
    """

    every: cdk.Duration | None = None


class WarmUpSchedule(Construct):
    """Pings a function so that one environment of it stays initialised.

    One ping keeps one environment: it helps functions with little traffic. Where several requests at a time
    must not wait for a cold start, use provisioned concurrency. Scheduler invokes asynchronously: a handler that
    fails on a ping is retried, and the ping ends as a dead letter, so short-cut it (`lambda_src/warm_up`).

    Attributes:
        schedule: the EventBridge Scheduler schedule.
        role: what the schedule may do, which is to invoke the function.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        settings: WarmUp | None = None,
    ) -> None:
        """Ping `function`, usually its live alias.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias.
            settings: how often. Left out: `WarmUp()`.

        Raises:
            ConfigurationError: the interval cannot work.
        """
        every = (settings or WarmUp()).every
        check_warm_up(Check(scope, construct_id), every)
        super().__init__(scope, construct_id)
        self.role = invoker_of(self, function)
        self.schedule = scheduler.Schedule(
            self,
            "Schedule",
            schedule=scheduler.ScheduleExpression.rate(every or cdk.Duration.minutes(5)),
            target=FunctionTarget(
                function,
                self.role,
                event=scheduler.ScheduleTargetInput.from_object(WARM_UP_EVENT),
                retry=False,
            ),
            description="Keeps one execution environment warm",
        )
        acknowledge(self.schedule, {"constructs_lib::failure-not-covered": _ONLY_COLD})


def check_warm_up(check: Check, every: cdk.Duration | None) -> None:
    """Fail unless `every` is an interval at which warming up makes sense."""
    check.duration("warm_up.every", every, *_EVERY_MINUTES, unit="minutes")
