"""EventBridge Scheduler looks at its schedules more often than every ten seconds, and fills in context attributes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_cloud.hooks import replace
from local_cloud.settings import Settings


def install() -> None:
    replace(
        "services.scheduler._SCHEDULE_TICK_INTERVAL", lambda _: Settings.from_environment().scheduler_tick
    )
    replace("services.eventbridge._invoke_target", _with_context)


def _with_context(invoke_target: Callable[..., None]) -> Callable[..., None]:
    def invoke(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            target = {**target, "Input": _filled(str(target["Input"]), event)}
        invoke_target(target, event, rule, view)

    return invoke


def _filled(text: str, event: dict[str, Any]) -> str:
    """`text` with what Scheduler knows in the place of its keywords.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    known = {
        "scheduled-time": datetime.fromtimestamp(float(event["Time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "schedule-arn": event["Resources"][0],
        "execution-id": event["EventId"],
        "attempt-number": "1",
    }
    for name, value in known.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text
