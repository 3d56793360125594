"""Protections that are resources of their own: those that are gone, and those that are new."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from constructs_lib.review.difference.matching import Comparison
from constructs_lib.review.difference.rows import SETTINGS
from constructs_lib.review.difference.words import Told, listed, readable
from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node
from constructs_lib.review.reading.alarms import ALARM, COMPOSITE, Alarm, alarms_of

__all__ = ["TITLES", "existence_changes"]

_ASYNC: Final = "AWS::Lambda::EventInvokeConfig"
_CALLED: Final = ("AWS::Lambda::Function",)
_MUTE: Final = "AWS::CloudWatch::AlarmMuteRule"


@dataclass(frozen=True, kw_only=True)
class _Protection:
    """What is said where one is gone or new.

    Attributes:
        title: what it is.
        gone: the kind where it is gone.
        added: the kind where it is new.
        why: what it means that it is gone; of what weakens others, that it is new.
        shows: the properties that tell which it is.
    """

    title: str
    gone: str
    added: str
    why: str = ""
    shows: tuple[str, ...] = ()


_PROTECTIONS: Final[Mapping[str, _Protection]] = {
    ALARM: _Protection(title="alarm", gone="alarm-gone", added="alarm-added"),
    COMPOSITE: _Protection(title="composite alarm", gone="alarm-gone", added="alarm-added"),
    _MUTE: _Protection(
        title="mute rule", gone="mute-gone", added="mute-added", why="while it holds, its alarms tell nobody"
    ),
    "AWS::SNS::Subscription": _Protection(
        title="subscription",
        gone="subscription-gone",
        added="subscription-added",
        why="who was told by it no longer is",
        shows=("Protocol", "Endpoint", "TopicArn"),
    ),
    "AWS::Logs::MetricFilter": _Protection(
        title="metric filter",
        gone="log-metric-gone",
        added="log-metric-added",
        why="alarms on its metric get no data",
    ),
    "AWS::Logs::SubscriptionFilter": _Protection(
        title="subscription filter",
        gone="log-metric-gone",
        added="log-metric-added",
        why="logs are not passed on",
    ),
    "AWS::Lambda::EventSourceMapping": _Protection(
        title="event source",
        gone="event-source-gone",
        added="event-source-added",
        why="its function no longer reads it",
        shows=("EventSourceArn",),
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": _Protection(
        title="scaling", gone="scaling-gone", added="scaling-added"
    ),
    "AWS::ApplicationAutoScaling::ScalingPolicy": _Protection(
        title="scaling policy", gone="scaling-gone", added="scaling-added"
    ),
    "AWS::Route53::HealthCheck": _Protection(
        title="health check", gone="health-check-gone", added="health-check-added"
    ),
    "AWS::Scheduler::Schedule": _Protection(
        title="schedule", gone="schedule-gone", added="schedule-added", shows=("ScheduleExpression",)
    ),
    "AWS::Events::Rule": _Protection(
        title="rule",
        gone="schedule-gone",
        added="schedule-added",
        shows=("ScheduleExpression", "EventPattern"),
    ),
    "AWS::Backup::BackupPlan": _Protection(title="backup plan", gone="backup-gone", added="backup-added"),
    "AWS::Backup::BackupSelection": _Protection(
        title="choice of what is backed up", gone="backup-gone", added="backup-added"
    ),
    "AWS::Backup::RestoreTestingPlan": _Protection(
        title="restore test", gone="backup-gone", added="backup-added"
    ),
    "AWS::Backup::RestoreTestingSelection": _Protection(
        title="choice of what is restored in tests", gone="backup-gone", added="backup-added"
    ),
    "Custom::DynamoDBReplica": _Protection(
        title="replica", gone="replica-gone", added="replica-added", shows=("TableName", "Region")
    ),
}
TITLES: Final[Mapping[str, str]] = {type_: each.title for type_, each in _PROTECTIONS.items()}
"""Types of protections to what they are called."""


def existence_changes(comparison: Comparison) -> Iterator[Told]:
    """Protections that are gone or new."""
    old_alarms = {each.node: each for each in alarms_of(comparison.old)}
    new_alarms = {each.node: each for each in alarms_of(comparison.new)}
    for node in comparison.gone:
        if protection := _PROTECTIONS.get(node.type):
            without = _without_watched(comparison, old_alarms.get(node))
            why = (
                f" {without}"
                if without
                else f": {protection.why}"
                if protection.why and node.type != _MUTE
                else ""
            )
            yield Told(
                kind=protection.gone,
                node=node,
                message=f"The {protection.title} {_which(node, protection)} is gone{why}.",
                severity=Severity.NOTE if without else None,
            )
        if node.type == _ASYNC and comparison.pair_of_target(node, "FunctionName", types=_CALLED):
            yield from (told for each in SETTINGS if _ASYNC in each.types for told in each.ended(node))
    for node in comparison.added:
        if protection := _PROTECTIONS.get(node.type):
            with_it = _without_watched(comparison, new_alarms.get(node))
            why = f" {with_it}" if with_it else f": {protection.why}" if node.type == _MUTE else ""
            message = f"The {protection.title} {_which(node, protection)} is new{why}."
            yield Told(kind=protection.added, node=node, message=message)
        if node.type == _ASYNC and comparison.pair_of_target(node, "FunctionName", types=_CALLED):
            yield from (told for each in SETTINGS if _ASYNC in each.types for told in each.begun(node))


def _which(node: Node, protection: _Protection) -> str:
    shown = [readable(node.stack, node.value(key)) for key in protection.shows if node.has(key)]
    return f"{node.path} ({', '.join(shown)})" if shown else node.path


def _without_watched(comparison: Comparison, alarm: Alarm | None) -> str:
    """The end of the sentence where what an alarm watched is gone or new as well."""
    watched = [] if alarm is None else alarm.watches()
    if not watched or any(comparison.pair_of(each) for each in watched):
        return ""
    return f"together with what it watches, {listed([each.path for each in watched])}"
