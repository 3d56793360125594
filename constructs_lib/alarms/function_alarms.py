"""The alarms of one function, and the composite over them that notifies."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct

from constructs_lib.alarms.alarm_template import HEALTH, AlarmTemplate
from constructs_lib.alarms.definition import AlarmDefinition, AlarmSettings
from constructs_lib.alarms.lambda_table import LAMBDA_ALARMS
from constructs_lib.alarms.resolution import applies, resolve, widen
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
    for row in LAMBDA_ALARMS:
        check.instance(f"alarms.{row.name}", settings.of(row.name), AlarmSettings, None)
    return [
        resolve(check, row, chosen) for row in LAMBDA_ALARMS if (chosen := settings.of(row.name)) is not None
    ]


class _IncludedAlarms(CfnInclude):
    """The resources of an `AlarmTemplate`, as constructs below this one."""

    def __init__(self, scope: Construct, construct_id: str, template: AlarmTemplate) -> None:
        with TemporaryDirectory(prefix="constructs-lib-") as folder:  # read once, in this call
            super().__init__(
                scope,
                construct_id,
                template_file=str(template.write(Path(folder) / "alarms.json")),
                parameters=template.values,
                preserve_logical_ids=False,
            )

    def alarm(self, construct_id: str) -> cloudwatch.CfnAlarm:
        return cast("cloudwatch.CfnAlarm", self.get_resource(construct_id))


class FunctionAlarms(_IncludedAlarms):
    """Alarms on one function; only the composite `health` notifies, so that one fault pages once.

    Every alarm that is switched on and has something to watch is an attribute of this construct, by the name
    it has in `FunctionAlarmSettings`: `errors`, `error_rate`, ... Asking for another one is a
    `ConfigurationError`. They are `CfnAlarm`, which CDK takes wherever it takes an alarm: in dashboards, rules,
    deployment groups.

    Attributes:
        names: the names of the alarms that exist.
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
                once, beside the queue, and belongs to the health of the first function on each route.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        chosen_settings = settings or FunctionAlarmSettings()
        rows = [
            widen(row, chosen_settings.of(row.name), subject)
            for row in check_function_alarms(Check(scope, construct_id), chosen_settings, route)
            if applies(row, subject)
        ]
        chosen = route or (AlarmTopic.of(scope).route if rows else None)
        template = AlarmTemplate()
        others: dict[str, str] = {}
        self._shared: cloudwatch.CfnAlarm | None = None
        for row in rows:
            if row.name == _DEPTH and shared_queue is not None and _same_stack(shared_queue, scope):
                shared = _queue_alarms(shared_queue, row, subject)
                shared.check(Check(scope, construct_id), row)
                self._shared = shared.alarm(row.construct_id)
                if chosen is not None and shared.told(chosen):
                    others = {row.construct_id: self._shared.ref}
            else:
                template.add(row, subject)
        self._has_health = bool(template.children or others)
        if self._has_health and chosen is not None:
            template.compose(chosen.topic_arns("alarm"), chosen.topic_arns("ok"), others)
        super().__init__(scope, construct_id, template)
        self.names = tuple(row.name for row in rows)
        self._ids = {row.name: row.construct_id for row in rows}
        self._health: cloudwatch.IAlarm | None = None
        if self._has_health and chosen is not None and chosen.has_other_actions:
            chosen.bind(self, self.health_resource, cast("cloudwatch.IAlarm", self.health))

    @property
    def by_name(self) -> Mapping[str, cloudwatch.CfnAlarm]:
        """The alarms that exist, by name."""
        return MappingProxyType({name: self._alarm(name) for name in self.names})

    @property
    def health(self) -> cloudwatch.IAlarm | None:
        """The composite alarm over all others, for dashboards and rules; None when there are none.

        What it notifies is said by the route; `health_resource` is the resource itself.
        """
        if self._health is None and self._has_health:
            arn = self.health_resource.attr_arn
            # Unique in the app: CDK's LambdaAction names its permission after this id.
            construct_id = f"{HEALTH}Alarm{self.node.addr[-8:]}"
            self._health = cloudwatch.CompositeAlarm.from_composite_alarm_arn(self, construct_id, arn)
        return self._health

    @property
    def health_resource(self) -> cloudwatch.CfnCompositeAlarm:
        """The composite alarm as a CloudFormation resource, to change any property of."""
        if not self._has_health:
            raise ConfigurationError(
                f"{self.node.path}: there is no health alarm, since there are no alarms."
            )
        return cast("cloudwatch.CfnCompositeAlarm", self.get_resource(HEALTH))

    def _alarm(self, name: str) -> cloudwatch.CfnAlarm:
        if name == _DEPTH and self._shared is not None:
            return self._shared
        if (construct_id := self._ids.get(name)) is not None:
            return self.alarm(construct_id)
        raise ConfigurationError(
            f"{self.node.path}: there is no alarm {name}. It is switched off, or this function has nothing "
            f"for it to watch. There are: {', '.join(self.names) or 'none'}."
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


def _same_stack(queue: sqs.IQueue, scope: Construct) -> bool:
    return cdk.Stack.of(queue).node.path == cdk.Stack.of(scope).node.path


class _QueueAlarms(_IncludedAlarms):
    """The alarm on the depth of a queue that functions share."""

    ID = "DeadLetterAlarms"

    def __init__(self, queue: sqs.IQueue, row: AlarmDefinition, subject: AlarmSubject) -> None:
        template = AlarmTemplate()
        template.add(row, subject)
        super().__init__(cast("Construct", queue), self.ID, template)
        self._row = row
        self._routes: list[tuple[object, ...]] = []

    def check(self, check: Check, row: AlarmDefinition) -> None:
        check.require(
            row == self._row,
            f"{_DEPTH} has other settings than another function gave it that shares this dead-letter queue.",
            remedy="The queue has one alarm on its depth: give all of them the same settings.",
        )

    def told(self, route: AlarmRoute) -> bool:
        """Whether `route` is one that this alarm did not reach yet."""
        way = (tuple(route.alarm), tuple(route.ok))
        if way in self._routes:
            return False
        self._routes.append(way)
        return True


def _queue_alarms(queue: sqs.IQueue, row: AlarmDefinition, subject: AlarmSubject) -> _QueueAlarms:
    found = queue.node.try_find_child(_QueueAlarms.ID)
    return found if isinstance(found, _QueueAlarms) else _QueueAlarms(queue, row, subject)
