"""A report as JSON, as ``report.schema.json`` beside this module says it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from constructs_lib.replay.alarms import MetricAlarm
from constructs_lib.replay.happenings import Notification, Transition
from constructs_lib.replay.output.histories import FoundIncident, History, histories_of, incidents_of
from constructs_lib.replay.output.words import iso
from constructs_lib.replay.report import Report, StackReport

__all__ = ["SCHEMA", "VERSION", "document_of", "json_of"]

SCHEMA: Final = Path(__file__).with_name("report.schema.json")
"""The JSON Schema of the form."""
VERSION: Final = 1
"""Goes up when a reader of the form would have to change; new keys leave it as it is."""


def json_of(report: Report) -> str:
    """`report` as JSON text."""
    return json.dumps(document_of(report), indent=1) + "\n"


def document_of(report: Report) -> dict[str, Any]:
    """`report` as plain data."""
    return {
        "version": VERSION,
        "start": iso(report.start.timestamp()),
        "end": iso(report.end.timestamp()),
        "approximate": report.approximate,
        "incidents": [_incident(each) for each in incidents_of(report)],
        "stacks": [_stack(report, each) for each in report.stacks],
        "unread_metrics": [str(each) for each in report.unread],
        "assumptions": [
            {"name": each.name, "text": each.text, "reason": each.reason, "source": each.source}
            for each in report.assumptions
        ],
    }


def _incident(found: FoundIncident) -> dict[str, Any]:
    detection = found.detection
    return {
        "name": detection.mark.name,
        "start": iso(detection.mark.start.timestamp()),
        "end": iso(detection.mark.end.timestamp()),
        "detected_after": found.detected,
        "told_after": detection.told,
        "told": list(found.targets),
        "rang": [
            {"stack": alarm.stack, "id": alarm.id, "path": alarm.path, "after": after}
            for alarm, after in detection.rang
        ],
    }


def _stack(report: Report, stack: StackReport) -> dict[str, Any]:
    return {
        "name": stack.name,
        "alarms": [_alarm(each) for each in histories_of(report, stack)],
        "notifications": list(_notifications(stack.notifications)),
        "not_evaluated": [
            {"id": each.id, "path": each.path, "problem": each.problem} for each in stack.unreadable
        ],
        "unknown_alarms": list(stack.strangers),
    }


def _alarm(history: History) -> dict[str, Any]:
    alarm = history.alarm
    return {
        "id": alarm.id,
        "path": alarm.path,
        "name": alarm.name,
        "type": "metric" if isinstance(alarm, MetricAlarm) else "composite",
        "group": history.group,
        "approximate": history.approximate,
        "metrics": [str(each) for each in alarm.metrics] if isinstance(alarm, MetricAlarm) else [],
        "absent_metrics": list(history.absent),
        "rings": len(history.rings),
        "first_alarm": None if history.first is None else iso(history.first),
        "seconds_in_alarm": history.ringing,
        "states": [
            {"start": iso(each.start), "end": iso(each.end), "state": each.state}
            for each in history.intervals
        ],
        "transitions": [_transition(each) for each in history.transitions],
    }


def _transition(transition: Transition) -> dict[str, Any]:
    return {
        "at": iso(transition.at),
        "before": transition.before,
        "after": transition.after,
        "reason": transition.reason,
    }


def _notifications(notifications: Iterable[Notification]) -> Iterable[dict[str, Any]]:
    for each in notifications:
        yield {
            "at": iso(each.at),
            "changed": iso(each.changed),
            "id": each.alarm.id,
            "path": each.alarm.path,
            "state": each.state,
            "status": each.status,
            "targets": list(each.targets),
            "reason": each.reason,
        }
