"""Composite alarms with an actions suppressor: `constructs_lib.replay.suppression` says when actions are withheld."""

import time
from collections.abc import Callable
from typing import Any

from constructs_lib.replay.evaluation import State
from constructs_lib.replay.suppression import SuppressedBy, Suppression
from local_cloud.hooks import internal, replace
from local_cloud.patches import scope
from local_cloud.settings import Settings

SETTINGS = ("ActionsSuppressor", "ActionsSuppressorExtensionPeriod", "ActionsSuppressorWaitPeriod")
_REASONS: dict[SuppressedBy, str] = {
    "Alarm": "Actions suppressed by alarm: {} is in ALARM",
    "WaitPeriod": "Actions suppressed by the wait period of {}",
    "ExtensionPeriod": "Actions suppressed by the extension period of {}",
}


_suppressions: dict[tuple[str, str, str], Suppression] = {}


def install() -> None:
    replace("services.cloudwatch._put_composite_alarm", _with_suppressor)


def changed(alarm: dict[str, Any]) -> None:
    """The state of an alarm has changed; of interest where it has a suppressor."""
    if suppression := _suppressions.get(scope.key(alarm["AlarmName"])):
        _see(suppression)
        suppression.changed(time.time())


def suppressed_by(alarm: dict[str, Any]) -> SuppressedBy | None:
    """What withholds the actions of an alarm; None when they are free."""
    suppression = _suppressions.get(scope.key(alarm["AlarmName"]))
    return None if suppression is None else _see(suppression)


def reason(alarm: dict[str, Any]) -> str | None:
    """Why the actions of an alarm are suppressed, in words; None when they are not."""
    by = suppressed_by(alarm)
    return _REASONS[by].format(_suppressions[scope.key(alarm["AlarmName"])].suppressor) if by else None


def look() -> None:
    """Look at every suppressor, and let DescribeAlarms tell what it suppresses."""
    for (account, region, name), suppression in list(_suppressions.items()):
        with scope.scoped(account, region):
            alarm = internal("services.cloudwatch._composite_alarms").get(name)
            if alarm is None:
                del _suppressions[account, region, name]
                continue
            if by := _see(suppression):
                text = _REASONS[by].format(suppression.suppressor)
                alarm |= {"ActionsSuppressedBy": by, "ActionsSuppressedReason": text}
            else:
                alarm.pop("ActionsSuppressedBy", None)
                alarm.pop("ActionsSuppressedReason", None)


def state_of(name: str) -> State:
    """The state of an alarm in the current account and Region; of one that is not there nothing is known."""
    stores = (internal("services.cloudwatch._alarms"), internal("services.cloudwatch._composite_alarms"))
    return next((store[name]["StateValue"] for store in stores if name in store), "INSUFFICIENT_DATA")


def _see(suppression: Suppression) -> SuppressedBy | None:
    now = time.time()
    suppression.look(now, state_of(suppression.suppressor))
    return suppression.by(now)


def _with_suppressor(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what MiniStack drops of a composite alarm; known before the alarm is evaluated for the first time."""

    def put(params: Any, data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:  # noqa: FBT001, FBT002 - MiniStack's signature
        name = data.get("AlarmName", "")
        kept = {key: data[key] for key in SETTINGS if data.get(key) is not None}
        _watch(name, kept)
        answer = original(params, data, is_cbor, is_json)
        alarm = internal("services.cloudwatch._composite_alarms").get(name)
        if alarm is not None:
            alarm |= kept
        return answer

    return put


def _watch(name: str, kept: dict[str, Any]) -> None:
    key = scope.key(name)
    suppressor = str(kept.get("ActionsSuppressor") or "").rpartition(":")[2]
    if not suppressor:
        _suppressions.pop(key, None)
        return
    speed = Settings.from_environment().suppression_speed
    wait = float(kept.get("ActionsSuppressorWaitPeriod") or 0) / speed
    extension = float(kept.get("ActionsSuppressorExtensionPeriod") or 0) / speed
    known = _suppressions.get(key)
    if known is not None and known.suppressor == suppressor:
        known.wait, known.extension = wait, extension
    else:  # another suppressor discards the period that runs
        _suppressions[key] = Suppression(suppressor, wait, extension)
