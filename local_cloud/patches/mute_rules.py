"""Alarm mute rules: declared by AWS::CloudWatch::AlarmMuteRule, they withhold actions while a window is open.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarmmuterule.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from constructs_lib.replay.mute_windows import Cron, MuteSchedule, Window
from local_cloud.hooks import internal
from local_cloud.patches import scope
from local_cloud.patches.resource_types import Created, Properties, generated_name, register

_MOST_TARGETS = 100


@dataclass(frozen=True, kw_only=True)
class MuteRule:
    """One rule as it was declared last."""

    name: str
    arn: str
    declared: Properties
    description: str
    schedule: MuteSchedule
    targets: tuple[str, ...]
    start: datetime | None
    expire: datetime | None
    updated: datetime

    def window(self, now: datetime) -> Window | None:
        """The window that is open now."""
        if (self.start and now < self.start) or (self.expire and now >= self.expire):
            return None
        return self.schedule.window(now)

    def status(self, now: datetime) -> str:
        if (self.expire and now >= self.expire) or self.schedule.is_over(now):
            return "EXPIRED"
        return "ACTIVE" if self.window(now) else "SCHEDULED"

    def described(self) -> dict[str, Any]:
        """What GetAlarmMuteRule says of it."""
        dates = {"StartDate": self.start, "ExpireDate": self.expire, "LastUpdatedTimestamp": self.updated}
        return {
            "Name": self.name,
            "AlarmMuteRuleArn": self.arn,
            "Description": self.description,
            "Rule": {"Schedule": self.declared},
            "MuteTargets": {"AlarmNames": list(self.targets)},
            "Status": self.status(datetime.now(UTC)),
            "MuteType": "RECURRING" if isinstance(self.schedule.expression, Cron) else "ONE_TIME",
            **{name: int(date.timestamp()) for name, date in dates.items() if date},
        }


@dataclass(frozen=True)
class Muting:
    """A rule with the window in which it mutes now."""

    rule: MuteRule
    window: Window

    def detail(self) -> dict[str, str]:
        """What an event says of it."""
        return {
            "mutedByArn": self.rule.arn,
            "muteWindowStart": scope.moment(self.window.start.timestamp()),
            "muteWindowEnd": scope.moment(self.window.end.timestamp()),
        }


_rules: dict[tuple[str, str, str], MuteRule] = {}


def install() -> None:
    register("AWS::CloudWatch::AlarmMuteRule", _AlarmMuteRule())


def muting(alarm: str) -> Muting | None:
    """The rule that mutes an alarm of the current account and Region now."""
    now = datetime.now(UTC)
    for rule in every():
        if alarm in rule.targets and (window := rule.window(now)):
            return Muting(rule, window)
    return None


def put(name: str, properties: Properties) -> MuteRule:
    """Create a rule, or change it; `properties` are those of the CloudFormation type and of PutAlarmMuteRule.

    Raises:
        ScheduleError: the schedule is not valid.
        ValueError: it has too many targets, or targets that are not there.
    """
    declared = properties["Rule"]["Schedule"]
    schedule = MuteSchedule.parse(declared["Expression"], declared["Duration"], declared.get("Timezone"))
    targets = tuple((properties.get("MuteTargets") or {}).get("AlarmNames") or ())
    if len(targets) > _MOST_TARGETS:
        raise ValueError(f"a mute rule targets at most {_MOST_TARGETS} alarms, not {len(targets)}")
    stores = (internal("services.cloudwatch._alarms"), internal("services.cloudwatch._composite_alarms"))
    missing = [target for target in targets if not any(target in store for store in stores)]
    if missing:
        raise ValueError(f"the mute rule {name} targets alarms that do not exist: {', '.join(missing)}")
    rule = MuteRule(
        name=name,
        arn=scope.arn("cloudwatch", f"alarm-mute-rule:{name}"),
        declared=dict(declared),
        description=properties.get("Description") or "",
        schedule=schedule,
        targets=targets,
        start=_time(properties.get("StartDate"), schedule),
        expire=_time(properties.get("ExpireDate"), schedule),
        updated=datetime.now(UTC),
    )
    _rules[scope.key(name)] = rule
    return rule


def find(name: str) -> MuteRule | None:
    """The rule of this name in the current account and Region."""
    return _rules.get(scope.key(name))


def every() -> list[MuteRule]:
    """The rules of the current account and Region."""
    here = scope.key("")[:2]
    return [rule for key, rule in list(_rules.items()) if key[:2] == here]


def delete(name: str) -> None:
    """Remove a rule; what it mutes is free again."""
    _rules.pop(scope.key(name), None)


class _AlarmMuteRule:
    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:
        return self._put(properties.get("Name") or generated_name(stack, logical_id, 255), properties)

    def update(self, ref: str, _old: Properties, new: Properties, stack: str) -> Created:
        if (name := new.get("Name")) and name != ref:
            return self.create("", new, stack)
        return self._put(ref, new)

    def delete(self, ref: str, _properties: Properties) -> None:
        delete(ref)

    def _put(self, name: str, properties: Properties) -> Created:
        rule = put(name, properties)
        described = rule.described()
        attributes = {key: described[key] for key in ("MuteType", "Status")}
        updated = scope.moment(rule.updated.timestamp())
        return name, {"Arn": rule.arn, "LastUpdatedTimestamp": updated, **attributes}


def _time(declared: str | float | None, schedule: MuteSchedule) -> datetime | None:
    """A template says it in ISO 8601, the API in seconds since 1970."""
    if not declared:
        return None
    if isinstance(declared, int | float):
        return datetime.fromtimestamp(declared, UTC)
    moment = datetime.fromisoformat(declared)
    return moment if moment.tzinfo else moment.replace(tzinfo=schedule.zone)
