"""Follows every alarm of a template from its actions to people, and tells every link at which it would be lost."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.endpoints import CLOUDWATCH, FUNCTIONS, Endpoints
from tests.graph import references
from tests.policies import Resources, flat, listed

__all__ = ["CLOUDWATCH", "lost_alarms"]

_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_SCALING = ("AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::AutoScaling::ScalingPolicy")
_READERS = {
    "AWS::CloudWatch::CompositeAlarm": ("ActionsSuppressor",),
    "AWS::CodeDeploy::DeploymentGroup": ("AlarmConfiguration",),
    "AWS::Route53::HealthCheck": ("HealthCheckConfig",),
}
_OPS_ITEM = re.compile(
    r"arn:(aws[\w-]*|\$\{AWS::Partition\}):ssm:[^:]+(::[^:]+)?:[^:]+(::[^:]+)?:opsitem:[1-4]"
    r"(#CATEGORY=(Availability|Cost|Performance|Recovery|Security))?"
)
_RULE_TERM = re.compile(
    r"(?P<not>\bNOT\s*\(?\s*)?\b(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?P<names>[^()]*)\)"
)
_AT_LEAST = re.compile(r"\bAT_LEAST\s*\(\s*[\d.]+%?\s*,\s*ALARM\s*,\s*\((?P<names>[^()]*)\)\s*\)")
_MAXIMUM_ACTIONS = 5


def lost_alarms(
    resources: Resources,
    *,
    subscribed: bool = True,
    silent: Sequence[str] = ("info",),
    trusted: Sequence[str] = (),
    account: str | None = None,
) -> list[str]:
    """What keeps the alarms of a template from reaching somebody; empty if they all do.

    Args:
        resources: the resources of the template.
        subscribed: whether a topic without a subscription counts as a lost link.
        silent: severities, as alarms' descriptions start with them, that may tell nobody.
        trusted: ARNs outside of the template that are known to deliver.
        account: the account that the stack is for, where its template names one.
    """
    return _Walk(resources, subscribed, tuple(trusted), account, tuple(silent)).lost()


@dataclass(frozen=True)
class _Walk(Endpoints):
    silent: tuple[str, ...]

    def lost(self) -> list[str]:
        return [f"{name}: {problem}" for name in self.alarms for problem in self._of_alarm(name)]

    @cached_property
    def alarms(self) -> list[str]:
        return [name for name, resource in self.resources.items() if resource["Type"] in _ALARMS]

    @cached_property
    def children(self) -> dict[str, set[str]]:
        """Composite to the alarms that make it ring."""
        rules = {name: self.text(name, "AlarmRule") for name in self.alarms}
        return {name: self._ringing(rule) for name, rule in rules.items() if rule}

    @cached_property
    def used(self) -> set[str]:
        """The alarms that suppress a composite, roll a deployment back or decide a health check."""
        return {
            name
            for resource in self.resources.values()
            for key in _READERS.get(resource["Type"], ())
            for name in references(resource.get("Properties", {}).get(key))
        }

    # Alarms

    def _of_alarm(self, alarm: str) -> Iterator[str]:
        properties = self.properties(alarm)
        actions = properties.get("AlarmActions") or []
        rules = self._rules(alarm)
        if self._speaks(alarm):
            if len(actions) > _MAXIMUM_ACTIONS:
                yield f"it has {len(actions)} actions"
            for action in actions:
                yield from self._of_action(alarm, action)
            for rule in rules:
                yield from self._of_rule(rule)
        elif not (self._is_silent(alarm) or alarm in self.used or self._is_covered(alarm)):
            if properties.get("ActionsEnabled") is False:
                yield "its actions are switched off"
            elif not any(self._is_heard(child) for child in self.children.get(alarm, ())):
                yield "it has no action, and no composite that covers it has one"

    def _speaks(self, alarm: str) -> bool:
        properties = self.properties(alarm)
        enabled = properties.get("ActionsEnabled", True) is not False
        return bool((enabled and properties.get("AlarmActions")) or self._rules(alarm))

    def _is_heard(self, alarm: str) -> bool:
        return self._speaks(alarm) or self._is_covered(alarm)

    def _is_covered(self, alarm: str) -> bool:
        return any(
            alarm in children and composite != alarm and self._is_heard(composite)
            for composite, children in self.children.items()
        )

    def _is_silent(self, alarm: str) -> bool:
        return self.text(alarm, "AlarmDescription").startswith(tuple(f"[{each}]" for each in self.silent))

    def _ringing(self, rule: str) -> set[str]:
        terms = [*_AT_LEAST.finditer(rule)]
        terms += [
            term for term in _RULE_TERM.finditer(rule) if term["state"] == "ALARM" and term["not"] is None
        ]
        named = {name.strip(' "') for term in terms for name in term["names"].split(",")}
        return {
            alarm
            for alarm in self.alarms
            if named
            & {f"${{{alarm}}}", f"${{{alarm}.Arn}}", self.text(alarm, "AlarmName") or f"${{{alarm}}}"}
        }

    # Actions

    def _of_action(self, alarm: str, action: object) -> Iterator[str]:
        text = flat(action)
        if text in self.trusted or _OPS_ITEM.fullmatch(text):
            return
        target = self.target(action)
        kind = self.kind(target)
        if kind == "AWS::SNS::Topic":
            yield from self.of_topic(target, self.caller(CLOUDWATCH, f"${{{alarm}.Arn}}", "cloudwatch"))
        elif kind in FUNCTIONS:
            caller = self.caller("lambda.alarms.cloudwatch.amazonaws.com", f"${{{alarm}.Arn}}", "cloudwatch")
            yield from self.of_function(target, caller)
        elif kind not in _SCALING:
            yield f"its action {text} is nothing that is known to tell somebody"

    # Rules

    def _rules(self, alarm: str) -> list[str]:
        return [name for name in self.resources if self._catches(name, alarm)]

    def _catches(self, rule: str, alarm: str) -> bool:
        properties = self.properties(rule)
        pattern = properties.get("EventPattern")
        if self.kind(rule) != "AWS::Events::Rule" or not isinstance(pattern, dict):
            return False
        if pattern.get("source") != ["aws.cloudwatch"]:  # in events of others, detail has another form
            return False
        detail = pattern.get("detail", {})
        named = {flat(each) for each in [*pattern.get("resources", []), *detail.get("alarmName", [])]}
        states = detail.get("state", {}).get("value", ["ALARM"])
        kinds = pattern.get("detail-type", ["CloudWatch Alarm State Change"])
        return (
            properties.get("State", "ENABLED") == "ENABLED"
            and "EventBusName" not in properties
            and "CloudWatch Alarm State Change" in kinds
            and bool(named & {f"${{{alarm}.Arn}}", f"${{{alarm}}}"})
            and "ALARM" in states
        )

    def _of_rule(self, rule: str) -> Iterator[str]:
        caller = self.caller("events.amazonaws.com", f"${{{rule}.Arn}}", "events")
        targets = listed(self.properties(rule).get("Targets"))
        if not targets:
            yield f"{rule} has no target"
        for given in targets:
            target = self.target(given["Arn"])
            kind = self.kind(target)
            if flat(given["Arn"]) in self.trusted:
                continue
            if kind == "AWS::SNS::Topic" and "RoleArn" not in given:
                yield from self.of_topic(target, caller)
            elif kind == "AWS::SQS::Queue":
                yield from self.of_queue(rule, given["Arn"], caller)
            elif kind in FUNCTIONS:
                yield from self.of_function(target, caller)
            elif self.kind(self.target(given.get("RoleArn"))) != "AWS::IAM::Role":
                yield f"the target {flat(given['Arn'])} of {rule} is nothing that is known to tell somebody"
            if dead_letters := given.get("DeadLetterConfig"):
                yield from self.of_queue(rule, dead_letters.get("Arn"), caller)
