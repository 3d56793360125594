"""The alarms of an EventBridge rule."""

from dataclasses import dataclass
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.arguments import check_place
from constructs_lib.alarms.services.event_rule_rows import RULE_ALARMS
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.settings import (
    BY_PROFILE,
    AlarmSetSettings,
    AlarmSettings,
    ByProfile,
    RateAlarmSettings,
)
from constructs_lib.checks import Check, is_token

__all__ = [
    "RULE_ALARMS",
    "RuleAlarmSettings",
    "RuleAlarms",
    "RuleSubject",
    "bus_name",
    "name_on_bus",
    "rule_subject",
]

_DEFAULT_BUS = "default"


@dataclass(frozen=True, kw_only=True)
class RuleSubject:
    """What alarms need to know about the rule that they watch.

    Attributes:
        rule_name: the name, usually a token.
        event_bus_name: the name of its event bus; None for the default one.
        has_dead_letters: whether a target of it has a dead-letter queue.
    """

    rule_name: str
    event_bus_name: str | None = None
    has_dead_letters: bool = False


def rule_subject(rule: events.IRule, *, has_dead_letters: bool | None = None) -> RuleSubject:
    """The subject for any rule, imported ones included.

    Args:
        rule: the rule.
        has_dead_letters: whether a target of it has a dead-letter queue. Left out, the targets that a rule in the app
            has by now are asked; an imported one is taken to have none.
    """
    resource = rule.node.default_child
    if not isinstance(resource, events.CfnRule):
        bus, _, name = rule.rule_name.rpartition("/")
        return RuleSubject(
            rule_name=name, event_bus_name=bus_name(bus or None), has_dead_letters=bool(has_dead_letters)
        )
    known = bus_name(resource.event_bus_name)
    return RuleSubject(
        # What CDK calls its name is ``bus|name`` in CloudFormation, once the rule says which bus it is on.
        rule_name=rule.rule_name if resource.event_bus_name is None else name_on_bus(known, rule.rule_arn),
        event_bus_name=known,
        has_dead_letters=_asks_for_dead_letters(resource) if has_dead_letters is None else has_dead_letters,
    )


def bus_name(given: str | None) -> str | None:
    """The name of a bus that may be given by its ARN; None for the default one."""
    if given is None or is_token(given):
        return given
    name = given.partition("event-bus/")[2] if given.startswith("arn:") else given
    return None if name == _DEFAULT_BUS else name


def name_on_bus(bus: str | None, rule_arn: str) -> str:
    """The name of a rule, from its ARN.

    It ends with ``rule/name`` on the default bus, else with ``rule/bus/name``, and the name of a partner's bus may
    have slashes.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    """
    before = 0 if bus is None else 1 if is_token(bus) else bus.count("/") + 1
    return cdk.Fn.select(before + 1, cdk.Fn.split("/", rule_arn))


def _asks_for_dead_letters(resource: events.CfnRule) -> bool:
    targets = cdk.Stack.of(resource).resolve(resource.targets) or []
    return any("deadLetterConfig" in target for target in cast("list[dict[str, object]]", targets))


@dataclass(frozen=True, kw_only=True)
class RuleAlarmSettings(AlarmSetSettings):
    """The alarms of one rule. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `RULE_ALARMS`.
    """

    failed_invocations: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letters: AlarmSettings | ByProfile | None = BY_PROFILE
    dead_letter_failures: AlarmSettings | ByProfile | None = BY_PROFILE
    throttles: AlarmSettings | ByProfile | None = BY_PROFILE
    retry_rate: RateAlarmSettings | ByProfile | None = BY_PROFILE


class RuleAlarms(AlarmSet):
    """Alarms on one rule; only composites notify, so that one fault pages once."""

    TABLE = RULE_ALARMS
    SUBJECT = "rule"

    failed_invocations = AlarmAttribute()
    dead_letters = AlarmAttribute()
    dead_letter_failures = AlarmAttribute()
    throttles = AlarmAttribute()
    retry_rate = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule: events.IRule,
        has_dead_letters: bool | None = None,
        settings: RuleAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms that the rule has something to watch for.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            rule: the rule, made or imported.
            has_dead_letters: whether a target of it has a dead-letter queue. Left out, the targets that a rule in the
                app has by now are asked; an imported one is taken to have none.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, RuleAlarmSettings, None)
        check.require(
            hasattr(rule, "rule_arn"),
            f"rule is {rule!r}.",
            remedy="Give an aws_cdk.aws_events.Rule, made or imported.",
        )
        check_place(check, scope, "rule", rule)
        check.instance("has_dead_letters", has_dead_letters, bool, None)
        check.require(
            rule.node.default_child is not None or not is_token(rule.rule_name),
            "rule is imported by an ARN that is known only at deployment, which does not tell its event bus.",
            remedy="EventBridge publishes the metrics of a rule with the name of its bus: import it by a fixed ARN.",
        )
        subject = rule_subject(rule, has_dead_letters=has_dead_letters)
        rows = chosen_rows(check, RULE_ALARMS, subject, settings or RuleAlarmSettings(), route)
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)
