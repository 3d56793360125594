"""The alarms of one function, and the composite over them that notifies."""

from collections.abc import Mapping
from types import MappingProxyType

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.definition import AlarmDefinition
from constructs_lib.alarms.lambda_table import LAMBDA_ALARMS
from constructs_lib.alarms.metric_alarm import applies, metric_alarm, resolve
from constructs_lib.alarms.route import AlarmRoute, AlarmTopic
from constructs_lib.alarms.settings import FunctionAlarmSettings
from constructs_lib.alarms.subject import AlarmSubject
from constructs_lib.checks import Check, ConfigurationError

__all__ = ["FunctionAlarms", "check_function_alarms"]

_DEPTH = "dead_letter_depth"


def check_function_alarms(
    check: Check, settings: FunctionAlarmSettings, route: AlarmRoute | None
) -> list[AlarmDefinition]:
    """The rows of the table that are switched on, with `settings` in place of defaults, once checked."""
    if route is not None:
        route.check(check)
    return [
        resolve(check, row, chosen) for row in LAMBDA_ALARMS if (chosen := settings.of(row.name)) is not None
    ]


class FunctionAlarms(Construct):
    """Alarms on one function; only the composite `health` notifies, so that one fault pages once.

    Every alarm that is switched on and has something to watch is an attribute of this construct, by the name
    it has in `FunctionAlarmSettings`: `errors`, `error_rate`, ... Asking for another one is a
    `ConfigurationError`.

    Attributes:
        by_name: the alarms that exist, by name.
        health: the composite alarm over them; None when there are none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        subject: AlarmSubject,
        settings: FunctionAlarmSettings | None = None,
        route: AlarmRoute | None = None,
        shared_queue: sqs.IQueue | None = None,
    ) -> None:
        """Make the alarms that `subject` has something to watch for.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            subject: what to watch; `function_subject` derives it from any function or alias.
            settings: thresholds, and what is switched off. Left out: the table's defaults.
            route: what `health` does. Left out: it publishes to the stack's `AlarmTopic`, made on first use.
            shared_queue: a dead-letter queue that several functions use. The alarm on its depth is made
                once, beside the queue, and belongs to the health of the first function.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        rows = check_function_alarms(Check(scope, construct_id), settings or FunctionAlarmSettings(), route)
        super().__init__(scope, construct_id)
        alarms: dict[str, cloudwatch.CfnAlarm] = {}
        children: list[cloudwatch.CfnAlarm] = []
        for row in rows:
            if not applies(row, subject):
                continue
            place: Construct = self
            name = row.construct_id
            if row.name == _DEPTH and shared_queue is not None and self._beside(shared_queue):
                place, name = shared_queue, f"{row.construct_id}Alarm"  # type: ignore[assignment]  # IQueue is one
                found = shared_queue.node.try_find_child(name)
                if isinstance(found, cloudwatch.CfnAlarm):
                    alarms[row.name] = found
                    continue
            alarms[row.name] = metric_alarm(place, row, subject, name)
            children.append(alarms[row.name])
        self.by_name: Mapping[str, cloudwatch.CfnAlarm] = MappingProxyType(alarms)
        self.health = self._compose(children, route) if children else None

    def _beside(self, queue: sqs.IQueue) -> bool:
        return cdk.Stack.of(queue).node.path == cdk.Stack.of(self).node.path

    def _compose(
        self, children: list[cloudwatch.CfnAlarm], route: AlarmRoute | None
    ) -> cloudwatch.CompositeAlarm:
        # Names, not ARNs: a rule holds at most 10,240 characters once they are resolved.
        rule = " OR ".join(f'ALARM("{alarm.ref}")' for alarm in children)
        composite = cloudwatch.CompositeAlarm(
            self,
            "Health",
            alarm_rule=cloudwatch.AlarmRule.from_string(rule),
            alarm_description="At least one alarm of this function rings; the rule says which ones it covers.",
        )
        chosen = route or AlarmTopic.of(self).route
        if chosen.alarm:
            composite.add_alarm_action(*chosen.alarm)
        if chosen.ok:
            composite.add_ok_action(*chosen.ok)
        return composite

    def _alarm(self, name: str) -> cloudwatch.CfnAlarm:
        if (alarm := self.by_name.get(name)) is not None:
            return alarm
        raise ConfigurationError(
            f"{self.node.path}: there is no alarm {name}. It is switched off, or this function has nothing "
            f"for it to watch. There are: {', '.join(self.by_name) or 'none'}."
        )

    @property
    def errors(self) -> cloudwatch.CfnAlarm:
        """Invocations that raised, timed out or ran out of memory."""
        return self._alarm("errors")

    @property
    def error_rate(self) -> cloudwatch.CfnAlarm:
        """The share of invocations that failed, where there is enough traffic to speak of a rate."""
        return self._alarm("error_rate")

    @property
    def throttles(self) -> cloudwatch.CfnAlarm:
        """Requests that no environment was free for; neither errors nor invocations count them."""
        return self._alarm("throttles")

    @property
    def duration(self) -> cloudwatch.CfnAlarm:
        """The slowest invocations (p99) as a share of the timeout."""
        return self._alarm("duration")

    @property
    def concurrency(self) -> cloudwatch.CfnAlarm:
        """Executions as a share of the reserved concurrency."""
        return self._alarm("concurrency")

    @property
    def spillover(self) -> cloudwatch.CfnAlarm:
        """Invocations that found all provisioned environments busy."""
        return self._alarm("spillover")

    @property
    def dead_letter_depth(self) -> cloudwatch.CfnAlarm:
        """Messages that wait in the dead-letter queue."""
        return self._alarm(_DEPTH)

    @property
    def destination_delivery_failures(self) -> cloudwatch.CfnAlarm:
        """Failed events that could not be handed to their destination, and are lost."""
        return self._alarm("destination_delivery_failures")

    @property
    def async_events_dropped(self) -> cloudwatch.CfnAlarm:
        """Events given up without a successful run."""
        return self._alarm("async_events_dropped")
