"""The controller that wakes the standby, from within the standby's Region."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, AlarmTopic, SeverityRoute
from constructs_lib.checks import Check, acknowledge
from constructs_lib.failover.alarm_health_check import check_place
from constructs_lib.failover.controller_permissions import let_control
from constructs_lib.failover.controller_settings import TIMES, ControllerSettings
from constructs_lib.failover.controller_watch import failure_alarms, keep_failed_looks
from constructs_lib.failover.published import NAMESPACE, published_metric
from constructs_lib.failover.publisher import AnyAlarm, arn_of, name_of
from constructs_lib.failover.silence import silence_alarm
from constructs_lib.failover.sleeper import Sleeper
from constructs_lib.failover.sleepers import sleepers_of
from constructs_lib.failover.standby import Standby
from constructs_lib.failover.take_over_health_check import TAKE_OVER_METRIC, TakeOverHealthCheck
from constructs_lib.function import FunctionLogs, HardenedFunction
from constructs_lib.function.schedule_target import FunctionTarget, invoker_of
from constructs_lib.handlers import handler_folder
from constructs_lib.naming import deployed_name

__all__ = ["CONTROLLER_MODES", "FailoverController"]

CONTROLLER_MODES = ("auto", "frozen", "primary", "standby")
"""What the parameter can say."""

_SPACING, _GAP = 20, 240
"""Seconds. Scheduler calls once in every minute, at any time of it: two calls in a row may come close together or two
minutes apart; with one that came too close, three minutes.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""
_NOT_COVERED = "constructs_lib::failure-not-covered"
_RESERVE = 30
"""Seconds that an invocation has beside waking up."""
_CLOCKS = 15
_LARGEST_DESCRIPTION = 3_000
"""Characters of the 4,096 that environment variables may have together.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_LONGEST_NAME = 100
_TOKEN = re.compile(r"\$\{Token\[[^]]*\]\}")


class FailoverController(Construct):
    """Wakes the standby when an alarm says that the primary is down, and leads names to it once it is awake.

    Everything stands in the standby's Region: it needs neither Route 53's API nor anything in us-east-1 or in the
    primary. It looks whenever the alarm changes and once a minute; keeps its state in a table, by conditional writes;
    tells people; and goes on where an invocation was ended midway. It never fails back by itself: that is a command,
    which it refuses until the primary has been well for long enough. People overrule or freeze it by a parameter. See
    the page on the controller for its states.

    The standby is deployed asleep. Whatever else sets the capacity of one of its functions, such as a deployment while
    the standby has taken over, is undone at the controller's next look.

    Attributes:
        decided_by: the alarm that decides.
        settings: how it decides.
        take_over: the health check by which names are led to the standby; None where others do that.
        sleepers: the settings that it changes.
        function: the controller.
        table: keeps its state, and a record of everything that it did.
        parameter: says ``auto``, ``frozen``, ``standby`` or ``primary``.
        topic: where it tells people.
        metric: 1 once the standby has taken over, 0 before; published once a minute or more often.
        rule: calls it when the alarm changes.
        schedule: calls it once a minute.
        role: what the schedule may do, which is to call it.
        dead_letter_queue: keeps the events of invocations that failed.
        alarms: the alarms on the function.
        silence: rings when nothing was published for some minutes: nobody decides then.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """It has alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        decided_by: AnyAlarm,
        standby: Sequence[Standby],
        take_over: TakeOverHealthCheck | None = None,
        settings: ControllerSettings | None = None,
        topic: sns.ITopic | None = None,
        route: AlarmRoute | SeverityRoute | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Control `standby`.

        Args:
            scope: the parent, in a stack of the standby's Region.
            construct_id: the id in `scope`.
            decided_by: the alarm that rings while the primary is down, of this account and Region. Let it treat missing
                data as breaching where it watches what the primary sends.
            standby: what the standby is made of. Functions are woken before what calls them, and put to sleep after.
            take_over: the health check by which names are led to the standby. Left out: other health checks do that,
                and the controller only wakes the standby.
            settings: how it decides. Left out: `ControllerSettings()`.
            topic: where it tells people, in this Region. Left out: the stack's `AlarmTopic`, made on first use.
            route: what the controller's own alarms do. Left out: they publish to the stack's `AlarmTopic`.
            log_settings: retention and encryption of its log. Left out: `FunctionLogs()`.
            removal_policy: what becomes of table, queue and log with the stack. Left out, they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check.require(
            isinstance(decided_by, cloudwatch.CfnCompositeAlarm) or hasattr(decided_by, "alarm_ref"),
            f"decided_by is {decided_by!r}.",
            remedy="Give an alarm of CDK, made or imported.",
        )
        check_place(check, scope, decided_by)
        check.instance("take_over", take_over, TakeOverHealthCheck, None)
        check.instance("settings", settings, ControllerSettings, None)
        check.offers("topic", topic, "topic_arn", remedy="Give a topic of SNS, made or imported.")
        self.settings = settings or ControllerSettings()
        self.settings.check(check)
        self.take_over = take_over
        self.sleepers: tuple[Sleeper, ...] = tuple(sleepers_of(check, standby))
        described = [each.described() for each in self.sleepers]
        _check_size(check, described)
        super().__init__(scope, construct_id)
        kept = removal_policy or cdk.RemovalPolicy.RETAIN
        with check.all_or_nothing():
            self.decided_by = decided_by
            self.topic = AlarmTopic.of(self).topic if topic is None else topic
            name = deployed_name(scope, construct_id)
            dimensions = take_over.metric_dimensions if take_over else {"HealthCheck": name}
            self.metric = (
                take_over.metric
                if take_over
                else published_metric(TAKE_OVER_METRIC, name, statistic="Maximum")
            )
            self.table = self._table(kept)
            self.parameter = self._parameter()
            self.function = self._function(
                {
                    "settings": {**self._settings(name), "sleepers": described},
                    "places": {
                        "table": self.table.table_name,
                        "parameter": self.parameter.parameter_name,
                        "topic": self.topic.topic_arn,
                        "metric": {
                            "namespace": NAMESPACE,
                            "name": TAKE_OVER_METRIC,
                            "health_check": dimensions["HealthCheck"],
                        },
                    },
                },
                log_settings,
                removal_policy,
            )
            self._grant()
            self.dead_letter_queue = keep_failed_looks(self, self.function, kept)
            self.rule = self._rule()
            self.role = invoker_of(self, self.function.alias)
            self.schedule = scheduler.Schedule(
                self,
                "Schedule",
                schedule=scheduler.ScheduleExpression.rate(cdk.Duration.minutes(1)),
                target=FunctionTarget(self.function.alias, self.role, retry=False),
                description="Lets the failover controller look",
            )
            self.alarms = failure_alarms(self, self.function, self.dead_letter_queue, route)
            self.silence = silence_alarm(
                self,
                self.metric,
                self.function,
                route,
                means="Nobody decides whether the standby takes over: what was said last stands, whatever happens.",
                cause="the controller fails, or cannot reach its table.",
            )
            for each in self.sleepers:
                each.put_to_sleep()

    def _settings(self, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "alarm": name_of(self.decided_by),
            "observations": self.settings.observations,
            "spacing": _SPACING,
            "gap": _GAP,
            "lease": self._timeout() + _CLOCKS,
            **{time: self.settings.seconds(time) for time in TIMES},
        }

    def _timeout(self) -> int:
        return self.settings.seconds("wake_up_limit") + _RESERVE

    def _table(self, removal_policy: cdk.RemovalPolicy) -> dynamodb.TableV2:
        table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="controller", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="record", type=dynamodb.AttributeType.STRING),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal_policy,
        )
        acknowledge(table, {_NOT_COVERED: "What it throttles fails the controller, whose alarms ring."})
        return table

    def _parameter(self) -> ssm.StringParameter:
        return ssm.StringParameter(
            self,
            "Mode",
            # A deployment leaves a value that people have set alone, as long as this one stays as it is.
            string_value=CONTROLLER_MODES[0],
            allowed_pattern=f"^({'|'.join(CONTROLLER_MODES)})$",
            description="What the failover controller does: auto, frozen, standby or primary",
        )

    def _function(
        self,
        given: Mapping[str, Any],
        log_settings: FunctionLogs | None,
        removal_policy: cdk.RemovalPolicy | None,
    ) -> HardenedFunction:
        return HardenedFunction(
            self,
            "Function",
            code=lambda_.Code.from_asset(
                str(handler_folder("failover_controller")), exclude=["**/__pycache__"]
            ),
            handler="failover_controller.handler.handler",
            description="Wakes the standby and leads names to it",
            timeout=cdk.Duration.seconds(self._timeout()),
            environment={"CONTROLLER": cdk.Stack.of(self).to_json_string(given)},
            log_settings=log_settings,
            removal_policy=removal_policy,
        )

    def _grant(self) -> None:
        role = cast("iam.Role", self.function.role)
        self.table.grant(role, "dynamodb:GetItem", "dynamodb:PutItem")
        let_control(
            role,
            alarm=self.decided_by,
            parameter_arn=self.parameter.parameter_arn,
            topic=self.topic,
            sleepers=self.sleepers,
        )

    def _rule(self) -> events.Rule:
        rule = events.Rule(
            self,
            "Rule",
            description="The alarm that decides on the standby has changed its state",
            event_pattern=events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                resources=[arn_of(self.decided_by)],
            ),
            targets=[
                targets.LambdaFunction(
                    self.function.alias,
                    dead_letter_queue=self.dead_letter_queue,
                    max_event_age=cdk.Duration.minutes(1),
                )
            ],
        )
        acknowledge(rule, {_NOT_COVERED: "The schedule looks at the alarm every minute as well."})
        return rule


def _check_size(check: Check, described: Sequence[Mapping[str, Any]]) -> None:
    text = _TOKEN.sub("x" * _LONGEST_NAME, json.dumps(described))
    check.require(
        len(text) <= _LARGEST_DESCRIPTION,
        f"standby has {len(described)} settings to change, more than fit into the environment of a function.",
        remedy="Leave out what may stay awake (HotStandby), or let a second controller decide on the rest by the same "
        "alarm.",
    )
