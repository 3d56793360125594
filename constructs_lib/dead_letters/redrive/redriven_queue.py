"""One dead-letter queue that is re-driven."""

from typing import Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.dead_letters.redrive.route import chosen, route_document
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy, alarm_arn
from constructs_lib.dead_letters.redrive.target import RedriveTarget
from constructs_lib.dead_letters.redrive.watch import lost_runs_alarm
from constructs_lib.dead_letters.redrive.written_down import write_down

__all__ = ["RedrivenQueue"]

_RULES: Final = {"on_alarm": ("OnAlarm", "ALARM"), "on_ok": ("OnOk", "OK")}
"""The rule for each argument, and the state that it waits for."""


class RedrivenQueue(Construct):
    """When one dead-letter queue is re-driven, and where that is written down.

    Attributes:
        queue: the dead-letter queue.
        written_by: who writes its messages.
        settings: when, how fast, which, and how often at most.
        functions: what is invoked again; several where functions share the queue.
        schedule: when the handler is called by the clock; None without one.
        rules: what calls it as alarms change.
        parameter: tells ``python -m constructs_lib.dead_letters`` how the queue is re-driven.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue: sqs.IQueue,
        written_by: WrittenBy,
        settings: RedriveSettings,
        handler: lambda_.IFunction,
        role: iam.IRole,
        undelivered: sqs.IQueue,
        alarm_route: Route | None,
        written_down: dict[str, str],
    ) -> None:
        """Let `handler` re-drive `queue`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            queue: the dead-letter queue.
            written_by: who writes its messages.
            settings: when, how fast, which, and how often at most.
            handler: the function that re-drives.
            role: what schedules may do.
            undelivered: keeps the events that could not be handed to `handler`.
            alarm_route: what alarms do.
            written_down: what the command has to know beside the route.
        """
        super().__init__(scope, construct_id)
        self.queue = queue
        self.written_by = written_by
        self.settings = settings
        self.functions: list[lambda_.IFunction] = []
        self.schedule = self._scheduled(handler, role, undelivered)
        self.rules = self._on_alarms(handler, undelivered, alarm_route)
        self.parameter = write_down(self, queue, {**written_down, "route": self._route("hand")})

    def is_like(self, written_by: WrittenBy, settings: RedriveSettings) -> bool:
        """Whether the queue is re-driven in just this way."""
        return self.written_by is written_by and _comparable(self.settings) == _comparable(settings)

    def _route(self, started_by: str) -> dict[str, Any]:
        function = None if self.written_by is WrittenBy.QUEUE else cdk.Lazy.any(_Only(self.functions))
        return route_document(self.queue, self.written_by, function, self.settings, started_by=started_by)

    def _scheduled(
        self, handler: lambda_.IFunction, role: iam.IRole, undelivered: sqs.IQueue
    ) -> scheduler.Schedule | None:
        if self.settings.schedule is None:
            return None
        return scheduler.Schedule(
            self,
            "Schedule",
            schedule=self.settings.schedule,
            target=RedriveTarget(handler, role, route=self._route("schedule"), undelivered=undelivered),
            description="Re-drives a dead-letter queue",
        )

    def _on_alarms(
        self, handler: lambda_.IFunction, undelivered: sqs.IQueue, alarm_route: Route | None
    ) -> list[events.Rule]:
        rules = []
        for argument, (construct_id, state) in _RULES.items():
            alarms = getattr(self.settings, argument)
            if not alarms:
                continue
            rule = events.Rule(
                self,
                construct_id,
                description="Re-drives a dead-letter queue",
                # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
                event_pattern=events.EventPattern(
                    source=["aws.cloudwatch"],
                    detail_type=["CloudWatch Alarm State Change"],
                    resources=[alarm_arn(alarm) for alarm in alarms],
                    detail={"state": {"value": [state]}},
                ),
                targets=[
                    targets.LambdaFunction(
                        handler,
                        event=events.RuleTargetInput.from_object(self._route("alarm")),
                        dead_letter_queue=undelivered,
                    )
                ],
            )
            lost_runs_alarm(rule, alarm_route)
            rules.append(rule)
        return rules


@jsii.implements(cdk.IStableAnyProducer)
class _Only:
    """The ARN of the one function; nothing where several share the queue, whose letters then say which."""

    def __init__(self, functions: list[lambda_.IFunction]) -> None:
        self._functions = functions

    def produce(self) -> str | None:
        return self._functions[0].function_arn if len(self._functions) == 1 else None


def _comparable(settings: RedriveSettings) -> tuple[object, ...]:
    schedule = settings.schedule
    zone = None if schedule is None or schedule.time_zone is None else schedule.time_zone.timezone_name
    times = None if schedule is None else schedule.expression_string
    alarms = [[alarm_arn(each) for each in getattr(settings, name)] for name in _RULES]
    return (times, zone, alarms, chosen(settings))
