"""Events of an event bus as what a function is called with."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services import RuleAlarmSettings
from constructs_lib.checks import Check
from constructs_lib.dead_letters.redrive.settings import RedriveSettings
from constructs_lib.dead_letters.sources.deliveries import MOST_ATTEMPTS
from constructs_lib.dead_letters.sources.rule_source import RULE_SOURCE_ALARMS, RuleSource

__all__ = ["BusSource"]

_FIELDS = ("account", "detail", "detail_type", "id", "region", "resources", "source", "time", "version")


class BusSource(RuleSource):
    """A rule that calls a function with the events of a bus, tries again, keeps what cannot be handed over, and tells.

    EventBridge hands an event to Lambda and does not wait: what the function then fails on goes to the function's own
    dead letters (`add_dead_letters`, which a `ResilientFunction` has). Where it has none, a warning says so.

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
        bus: events.IEventBus | None = None,
        event: events.RuleTargetInput | None = None,
        retry_attempts: int = MOST_ATTEMPTS,
        max_event_age: cdk.Duration | None = None,
        archive_retention: cdk.Duration | None = None,
        redrive: RedriveSettings | None = RedriveSettings(),  # noqa: B008 - a frozen value
        alarms: RuleAlarmSettings | None = RULE_SOURCE_ALARMS,
        alarm_route: Route | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Call `function` with the events of `bus` that match `event_pattern`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias; of a `ResilientFunction`, its alias.
            event_pattern: which events. One that says nothing is refused: it would match every event of the bus, those
                that the function's own work makes included.
            bus: the event bus, made or imported. Left out: the account's default one, which has the events of AWS.
            event: what the function gets; only with `redrive=None`, since dead letters have the whole event. Left
                out: that.
            retry_attempts: how often EventBridge tries again, 0 to 185.
            max_event_age: for how long it does, 1 minute to 24 hours. Left out: 24 hours.
            archive_retention: for how many days the events that match are kept to be replayed. Left out: there is no
                archive.
            redrive: how dead letters are given to the function again. None: nobody does.
            alarms: profile, thresholds, and what is switched off of the alarms on the rule. None: there are none, and
                none on the depth of the dead-letter queue.
            alarm_route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            encryption_key: the key of the dead-letter queue. Left out: the keys of SQS, which cost nothing.
            removal_policy: what becomes of the queue and the archive with the stack. Left out, they are retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check.instance("event_pattern", event_pattern, events.EventPattern)
        check.offers("bus", bus, "event_bus_arn", remedy="Give an aws_cdk.aws_events.EventBus.")
        check.require(
            any(getattr(event_pattern, field) for field in _FIELDS),
            "event_pattern says nothing.",
            remedy="It would match every event of the bus: name at least the source.",
        )
        super().__init__(
            scope,
            construct_id,
            function=function,
            event_pattern=event_pattern,
            bus=bus,
            event=event,
            retry_attempts=retry_attempts,
            max_event_age=max_event_age,
            archive_retention=archive_retention,
            redrive=redrive,
            alarms=alarms,
            alarm_route=alarm_route,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )

    def grant_put_events(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` put events on the bus."""
        return self.bus.grant_put_events_to(grantee)
