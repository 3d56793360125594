"""Composite alarms with an actions suppressor: when their actions are withheld, and until when.

While the suppressor is in ALARM, nothing is done. A change of the composite's state starts a wait period, in which the
suppressor may still ring; when the suppressor recovers, an extension period follows, in which the composite may
recover, too. A new change discards the period that runs and starts a wait period.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_cloud.hooks import internal, replace
from local_cloud.patches import scope
from local_cloud.settings import Settings

SETTINGS = ("ActionsSuppressor", "ActionsSuppressorExtensionPeriod", "ActionsSuppressorWaitPeriod")
_REASONS = {
    "Alarm": "Actions suppressed by alarm: {} is in ALARM",
    "WaitPeriod": "Actions suppressed by the wait period of {}",
    "ExtensionPeriod": "Actions suppressed by the extension period of {}",
}


@dataclass
class _Watch:
    """What a composite knows of its suppressor."""

    suppressor: str
    wait: float
    extension: float
    ringing: bool = False
    waits_until: float = 0.0
    extended_until: float = 0.0

    def look(self) -> None:
        ringing = _state(self.suppressor) == "ALARM"
        if ringing:
            self.waits_until = 0.0
        elif self.ringing:
            self.extended_until = time.time() + self.extension
        self.ringing = ringing

    def changed(self) -> None:
        self.look()
        if not self.ringing:
            self.extended_until = 0.0
            self.waits_until = time.time() + self.wait

    def by(self) -> str | None:
        now = time.time()
        if self.ringing:
            return "Alarm"
        if now < self.waits_until:
            return "WaitPeriod"
        return "ExtensionPeriod" if now < self.extended_until else None


_watches: dict[tuple[str, str, str], _Watch] = {}


def install() -> None:
    replace("services.cloudwatch._put_composite_alarm", _with_suppressor)


def changed(alarm: dict[str, Any]) -> None:
    """The state of an alarm has changed; of interest where it has a suppressor."""
    if watch := _watches.get(scope.key(alarm["AlarmName"])):
        watch.changed()


def suppressed_by(alarm: dict[str, Any]) -> str | None:
    """`Alarm`, `WaitPeriod` or `ExtensionPeriod`; None when the actions of the alarm are free."""
    watch = _watches.get(scope.key(alarm["AlarmName"]))
    if watch is None:
        return None
    watch.look()
    return watch.by()


def reason(alarm: dict[str, Any]) -> str | None:
    """Why the actions of an alarm are suppressed, in words; None when they are not."""
    by = suppressed_by(alarm)
    return _REASONS[by].format(_watches[scope.key(alarm["AlarmName"])].suppressor) if by else None


def look() -> None:
    """Look at every suppressor, and let DescribeAlarms tell what it suppresses."""
    for (account, region, name), watch in list(_watches.items()):
        with scope.scoped(account, region):
            alarm = internal("services.cloudwatch._composite_alarms").get(name)
            if alarm is None:
                del _watches[account, region, name]
                continue
            watch.look()
            if by := watch.by():
                text = _REASONS[by].format(watch.suppressor)
                alarm |= {"ActionsSuppressedBy": by, "ActionsSuppressedReason": text}
            else:
                alarm.pop("ActionsSuppressedBy", None)
                alarm.pop("ActionsSuppressedReason", None)


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
        _watches.pop(key, None)
        return
    speed = Settings.from_environment().suppression_speed
    wait = float(kept.get("ActionsSuppressorWaitPeriod") or 0) / speed
    extension = float(kept.get("ActionsSuppressorExtensionPeriod") or 0) / speed
    watch = _watches.get(key)
    if watch is not None and watch.suppressor == suppressor:
        watch.wait, watch.extension = wait, extension
    else:  # another suppressor discards the period that runs
        _watches[key] = _Watch(suppressor, wait, extension)


def _state(name: str) -> str | None:
    stores = (internal("services.cloudwatch._alarms"), internal("services.cloudwatch._composite_alarms"))
    return next((store[name]["StateValue"] for store in stores if name in store), None)
