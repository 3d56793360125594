"""A rule of EventBridge that calls a function, and what becomes of the events that it cannot hand over."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.alarms import ThresholdAlarm
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.alarms.services import RuleAlarms, RuleAlarmSettings
from constructs_lib.checks import Check
from constructs_lib.dead_letter_queue import DeadLetterQueue
from constructs_lib.dead_letters.redrive.settings import RedriveSettings, WrittenBy
from constructs_lib.dead_letters.sources.common import check_common, keep_redriving
from constructs_lib.dead_letters.sources.deliveries import (
    check_retries,
    delivery_dead_letters,
    depth_alarm,
    longest_age,
    warn_unless_failures_are_kept,
)

__all__ = ["RULE_SOURCE_ALARMS", "RuleSource"]

RULE_SOURCE_ALARMS = RuleAlarmSettings(dead_letters=None)
"""Without the alarm on events as they become dead letters: that on the depth of the queue tells, and goes on."""

_DAY = 86_400
_LONGEST_ARCHIVE_DAYS = 36_500


class RuleSource(Construct):
    """What `BusSource` and `S3Source` have in common.

    Attributes:
        rule: the rule.
        bus: the event bus that it is on.
        dead_letter_queue: what could not be handed to the function.
        archive: what can be replayed; None without `archive_retention`.
        alarms: those on the rule; None where they are switched off.
        dead_letter_depth: rings while something lies in the queue; likewise.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        event_pattern: events.EventPattern,
        bus: events.IEventBus | None,
        event: events.RuleTargetInput | None,
        retry_attempts: int,
        max_event_age: cdk.Duration | None,
        archive_retention: cdk.Duration | None,
        redrive: RedriveSettings | None,
        alarms: RuleAlarmSettings | None,
        alarm_route: Route | None,
        encryption_key: kms.IKey | None,
        removal_policy: cdk.RemovalPolicy | None,
    ) -> None:
        """Make the rule; the arguments are those of its subclasses."""
        check = Check(scope, construct_id)
        check_common(
            check,
            function=function,
            written_by=WrittenBy.RULE,
            redrive=redrive,
            alarms=alarms,
            alarms_kind=RuleAlarmSettings,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        check_retries(check, retry_attempts, max_event_age)
        check_route(check, alarm_route)
        check.offers(
            "event", event, "bind", remedy="Give an aws_cdk.aws_events.RuleTargetInput, or leave it out."
        )
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
        check.require(
            event is None or redrive is None,
            "event and redrive are given: dead letters have the event as the bus had it, and the function would get "
            "another shape from the redrive than from the rule.",
            remedy="Give redrive=None, and replay from an archive, whose events go through the rule again; or leave "
            "event out.",
        )
        _check_archive(check, archive_retention)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            self.bus = bus or events.EventBus.from_event_bus_name(self, "DefaultBus", "default")
            self.dead_letter_queue: DeadLetterQueue = delivery_dead_letters(
                self,
                service="events.amazonaws.com",
                encryption_key=encryption_key,
                removal_policy=removal_policy,
            )
            self.rule = events.Rule(
                self,
                "Rule",
                event_bus=bus,
                event_pattern=event_pattern,
                targets=[
                    targets.LambdaFunction(
                        function,
                        event=event,
                        dead_letter_queue=self.dead_letter_queue,
                        retry_attempts=retry_attempts,
                        max_event_age=max_event_age or longest_age(),
                    )
                ],
            )
            self.archive: events.Archive | None = None
            if archive_retention is not None:
                self.archive = events.Archive(
                    self,
                    "Archive",
                    source_event_bus=self.bus,
                    event_pattern=event_pattern,
                    retention=archive_retention,
                )
                self.archive.apply_removal_policy(removal_policy or cdk.RemovalPolicy.RETAIN)
            warn_unless_failures_are_kept(self, function)
            self.alarms: RuleAlarms | None = None
            self.dead_letter_depth: ThresholdAlarm | None = None
            if alarms is not None:
                self.alarms = RuleAlarms(
                    self, "Alarms", rule=self.rule, has_dead_letters=True, settings=alarms, route=alarm_route
                )
                self.dead_letter_depth = depth_alarm(
                    self, self.dead_letter_queue, sender="EventBridge", route=alarm_route
                )
            keep_redriving(
                self,
                self.dead_letter_queue,
                written_by=WrittenBy.RULE,
                function=function,
                redrive=redrive,
            )

    def grant_start_replay(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` replay what the archive has.

        Whoever does should name this rule as the only one (`FilterArns`): otherwise every rule of the bus gets the
        events again.
        https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html

        Raises:
            ConfigurationError: there is no archive.
        """
        if self.archive is None:
            Check(self, "").fail(
                "there is no archive to replay.", remedy="Make the source with archive_retention=."
            )
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["events:StartReplay"], resource_arns=[self.archive.archive_arn]
        )


def _check_archive(check: Check, retention: cdk.Duration | None) -> None:
    """Fail unless `retention` is whole days: 0 would keep events for ever.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html
    """
    check.duration("archive_retention", retention, _DAY, _LONGEST_ARCHIVE_DAYS * _DAY)
    if retention is None or retention.is_unresolved():
        return
    check.require(
        retention.to_seconds() % _DAY == 0,
        f"archive_retention is {retention.to_seconds():g} s.",
        remedy="EventBridge counts it in days: give aws_cdk.Duration.days(...).",
    )
