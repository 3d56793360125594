"""The alarms of one function, and the composite over them that notifies."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms.functions.function_rows import LAMBDA_ALARMS
from constructs_lib.alarms.functions.function_settings import FunctionAlarmSettings
from constructs_lib.alarms.functions.function_subject import FunctionSubject
from constructs_lib.alarms.routing.route import Route, actions_of, check_route
from constructs_lib.alarms.routing.topic import route_or_topic
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.alarm_template import AlarmTemplate, IncludedAlarms
from constructs_lib.alarms.table.definition import AlarmDefinition
from constructs_lib.alarms.table.resolution import check_settings
from constructs_lib.checks import Check

__all__ = ["FunctionAlarms", "check_function_alarms"]

_DEPTH = "dead_letter_depth"


def check_function_alarms(
    check: Check, settings: FunctionAlarmSettings, route: Route | None
) -> list[AlarmDefinition]:
    """The rows that are switched on by a bundle's arguments ``alarms`` and ``alarm_route``, once checked."""
    check_route(check, route, name="alarm_route")
    return check_settings(check, LAMBDA_ALARMS, settings, name="alarms")


class FunctionAlarms(AlarmSet):
    """Alarms on one function; only composites notify, so that one fault pages once.

    Every alarm that is switched on and has something to watch is an attribute of this construct, by the name
    it has in `FunctionAlarmSettings`: `errors`, `error_rate`, ... See `AlarmSet` for what they can be used for.
    """

    TABLE = LAMBDA_ALARMS
    SUBJECT = "function"

    errors = AlarmAttribute()
    error_rate = AlarmAttribute()
    throttles = AlarmAttribute()
    duration = AlarmAttribute()
    concurrency = AlarmAttribute()
    spillover = AlarmAttribute()
    dead_letter_depth = AlarmAttribute()
    destination_delivery_failures = AlarmAttribute()
    async_events_dropped = AlarmAttribute()
    dead_letter_errors = AlarmAttribute()
    async_event_age = AlarmAttribute()
    recursive_invocations_dropped = AlarmAttribute()
    provisioned_utilization = AlarmAttribute()
    timeouts = AlarmAttribute()
    out_of_memory = AlarmAttribute()
    memory_used = AlarmAttribute()
    cold_start_rate = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        subject: FunctionSubject,
        settings: FunctionAlarmSettings | None = None,
        route: Route | None = None,
        shared_queue: sqs.IQueue | None = None,
    ) -> None:
        """Make the alarms that `subject` has something to watch for.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            subject: what to watch; `function_subject` derives it from any function or alias.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            shared_queue: a dead-letter queue that several functions use. The alarm on its depth is made
                once, beside the queue, and belongs to the health of the first function on each route.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("subject", subject, FunctionSubject)
        check.instance("settings", settings, FunctionAlarmSettings, None)
        rows = chosen_rows(check, LAMBDA_ALARMS, subject, settings or FunctionAlarmSettings(), route)
        depth = next((row for row in rows if row.name == _DEPTH), None)
        if depth is None or shared_queue is None or not _same_stack(shared_queue, scope):
            super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)
            return
        shared = _queue_alarms(shared_queue, depth, subject)
        shared.check(check, depth)
        new = shared.told(route_or_topic(scope, route))
        super().__init__(
            scope,
            construct_id,
            rows=rows,
            subject=subject,
            route=route,
            elsewhere={_DEPTH: shared.alarm(depth.construct_id)},
            uncovered=() if new else (_DEPTH,),
        )


def _same_stack(queue: sqs.IQueue, scope: Construct) -> bool:
    return cdk.Stack.of(queue).node.path == cdk.Stack.of(scope).node.path


class _QueueAlarms(IncludedAlarms):
    """The alarm on the depth of a queue that functions share."""

    ID = "DeadLetterAlarms"

    def __init__(self, queue: sqs.IQueue, row: AlarmDefinition, subject: FunctionSubject) -> None:
        template = AlarmTemplate()
        template.add(row, subject)
        super().__init__(cast("Construct", queue), self.ID, template)
        self._row = row
        self._ways: list[object] = []

    def check(self, check: Check, row: AlarmDefinition) -> None:
        check.require(
            row == self._row,
            f"{_DEPTH} has other settings than another function gave it that shares this dead-letter queue.",
            remedy="The queue has one alarm on its depth: give all of them the same settings.",
        )

    def told(self, route: Route) -> bool:
        """Whether `route` is one that this alarm did not reach yet."""
        way = actions_of(route, self._row.severity).way
        if way in self._ways:
            return False
        self._ways.append(way)
        return True


def _queue_alarms(queue: sqs.IQueue, row: AlarmDefinition, subject: FunctionSubject) -> _QueueAlarms:
    found = queue.node.try_find_child(_QueueAlarms.ID)
    return found if isinstance(found, _QueueAlarms) else _QueueAlarms(queue, row, subject)
