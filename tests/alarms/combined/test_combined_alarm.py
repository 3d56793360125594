import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmTopic,
    CombinedAlarm,
    FunctionAlarms,
    FunctionAlarmSettings,
    FunctionSubject,
    Severity,
    SeverityRoute,
    Suppressor,
)
from constructs_lib.checks import ConfigurationError
from tests.alarms.own_alarms import ALARM, COMPOSITE, MEANS, SILENT, TOPIC, threshold_alarm
from tests.delivery import lost_alarms
from tests.graph import circle
from tests.synthesis import Synthesized, fresh_app, fresh_stack, synthesize

PATH = r"^Stack/Combined: "
SUBJECT = FunctionSubject(function_name="orders")


def combined(stack: cdk.Stack, children: Any, name: str = "Combined", **more: Any) -> CombinedAlarm:
    return CombinedAlarm(stack, name, children=children, means=MEANS, **more)


def silent(stack: cdk.Stack, *names: str) -> list[Any]:
    return [threshold_alarm(stack, name, route=SILENT) for name in names]


def bare(stack: cdk.Stack, count: int, prefix: str = "Child") -> list[cloudwatch.CfnAlarm]:
    return [
        cloudwatch.CfnAlarm(
            stack,
            f"{prefix}{n:03}",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            threshold=1,
            namespace="Shop",
            metric_name=f"Orders{n}",
            period=60,
            statistic="Sum",
        )
        for n in range(count)
    ]


def rule_of(found: Synthesized, under: str = "Combined") -> str:
    """The rule, with logical ids in place of names."""
    rule = found.only(COMPOSITE, under=under)["AlarmRule"]
    parts = [rule] if isinstance(rule, str) else rule["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else part["Ref"] for part in parts)


def ids(found: Synthesized, *names: str) -> list[str]:
    return [found.only_id(ALARM, under=name) for name in names]


class TestRule:
    @pytest.mark.parametrize(
        ("rings_when", "expected"),
        [
            ("any", 'ALARM("{0}") OR ALARM("{1}") OR ALARM("{2}")'),
            ("all", 'ALARM("{0}") AND ALARM("{1}") AND ALARM("{2}")'),
            (1, 'ALARM("{0}") OR ALARM("{1}") OR ALARM("{2}")'),
            (2, 'AT_LEAST(2, ALARM, ("{0}", "{1}", "{2}"))'),
            (3, 'ALARM("{0}") AND ALARM("{1}") AND ALARM("{2}")'),
        ],
    )
    def test_it_is_on_any_all_or_at_least_so_many(self, rings_when: Any, expected: str) -> None:
        stack = fresh_stack()
        combined(stack, silent(stack, "A", "B", "C"), rings_when=rings_when)

        found = synthesize(stack)

        assert rule_of(found) == expected.format(*ids(found, "A", "B", "C"))

    def test_it_takes_every_kind_of_alarm(self) -> None:
        stack = fresh_stack()
        foreign = cloudwatch.Alarm.from_alarm_arn(
            stack, "Foreign", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a (foreign) one"
        )
        raw = cloudwatch.CompositeAlarm(
            stack, "Raw", alarm_rule=cloudwatch.AlarmRule.from_boolean(value=False)
        )
        kinds = [
            *silent(stack, "Own"),
            *bare(stack, 1),
            foreign,
            raw,
            raw.node.default_child,
            FunctionAlarms(stack, "Set", subject=SUBJECT, route=SILENT),
            combined(stack, silent(stack, "Inner"), "Nested", route=SILENT),
        ]
        with pytest.raises(ConfigurationError, match=PATH + "children holds an alarm twice"):
            combined(stack, kinds)
        del kinds[4]
        combined(stack, kinds)

        found = synthesize(stack)

        rule = rule_of(found)
        assert 'ALARM("a (foreign) one")' in rule
        assert found.only_id(COMPOSITE, under="SetHealth") in rule
        assert found.only_id(COMPOSITE, under="Nested") in rule
        assert rule.count("ALARM(") == 6
        assert circle(found.resources) == []

    def test_no_alarm_gets_a_name_that_another_deployment_would_want_too(self) -> None:
        stack = fresh_stack()
        combined(stack, silent(stack, "A"))

        assert "AlarmName" not in synthesize(stack).only(COMPOSITE)

    def test_it_says_what_it_is_made_of_and_tells_the_stacks_topic(self) -> None:
        stack = fresh_stack()
        combined(stack, silent(stack, "A", "B"), cause="rain.", severity=Severity.CRITICAL)
        AlarmTopic.of(stack).add_subscription(subscriptions.EmailSubscription("team@example.com"))

        found = synthesize(stack)

        properties = found.only(COMPOSITE)
        assert properties["AlarmDescription"] == (
            "[critical] At least one of 2 alarms rings; the rule names them. Orders are lost. Likely cause: rain."
        )
        assert properties["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]
        assert lost_alarms(found.resources) == []

    def test_children_in_another_stack_of_the_region_are_fine(self) -> None:
        app = fresh_app()
        environment = cdk.Environment(account="111122223333", region="us-east-1")
        there, here = (cdk.Stack(app, name, env=environment) for name in ("There", "Stack"))
        combined(here, silent(there, "A"))

        rule = synthesize(here).only(COMPOSITE)["AlarmRule"]

        assert "Fn::ImportValue" in str(rule)


class TestManyChildren:
    @pytest.mark.parametrize(("rings_when", "word"), [("any", " OR "), ("all", " AND ")])
    def test_more_than_a_hundred_nest(self, rings_when: Any, word: str) -> None:
        stack = fresh_stack()
        alarm = combined(stack, bare(stack, 150), rings_when=rings_when)

        found = synthesize(stack)

        parts = found.of_type(COMPOSITE, under="CombinedPart")
        assert [len(alarm.parts), len(parts)] == [2, 2]
        covered = [re.findall(r'"([^"]+)"', rule_of(found, name)) for name in parts]
        assert [len(names) for names in covered] == [100, 50]
        assert sorted(name for names in covered for name in names) == sorted(found.of_type(ALARM))
        (own,) = (name for name in found.of_type(COMPOSITE) if name not in parts)
        assert rule_of(found, own) == word.join(f'ALARM("{name}")' for name in parts)
        for name in parts:
            assert word in rule_of(found, name)
            assert "AlarmActions" not in found.of_type(COMPOSITE)[name]["Properties"]
        assert circle(found.resources) == []

    def test_long_names_nest_before_a_hundred(self) -> None:
        stack = fresh_stack("S" * 100)
        alarm = combined(stack, bare(stack, 90, "A" * 100))

        found = synthesize(stack)

        assert len(alarm.parts) > 1
        for name in found.of_type(COMPOSITE):
            rule = rule_of(found, name)
            generated = re.sub(
                r'"[^"]+"', '"' + "x" * 215 + '"', rule
            )  # stack, id, dashes, random characters
            assert len(generated) <= 10_240

    def test_a_hundred_alarms_of_usual_names_do_not(self) -> None:
        stack = fresh_stack()
        assert combined(stack, bare(stack, 100)).parts == ()

    def test_fails_on_at_least_so_many_of_too_many(self) -> None:
        stack = fresh_stack()

        with pytest.raises(ConfigurationError, match=PATH + "a rule on at least 2 of 101 children"):
            combined(stack, bare(stack, 101), rings_when=2)

        assert stack.node.try_find_child("Combined") is None


class TestSuppressor:
    def test_it_keeps_the_alarm_quiet(self) -> None:
        stack = fresh_stack()
        maintenance, deploying = silent(stack, "Maintenance", "Deploying")
        minutes = {"wait": cdk.Duration.minutes(2), "extension": cdk.Duration.minutes(5)}
        combined(stack, silent(stack, "A"), suppressor=Suppressor(alarm=maintenance, **minutes))
        combined(stack, silent(stack, "B"), "Other", suppressor=Suppressor(alarm=deploying))

        found = synthesize(stack)

        suppressed = found.only(COMPOSITE, under="Combined")
        (arn,) = ids(found, "Maintenance")
        assert suppressed["ActionsSuppressor"] == {"Fn::GetAtt": [arn, "Arn"]}
        assert suppressed["ActionsSuppressorWaitPeriod"] == 120
        assert suppressed["ActionsSuppressorExtensionPeriod"] == 300
        assert found.only(COMPOSITE, under="Other")["ActionsSuppressorWaitPeriod"] == 60


class TestToldTwice:
    def test_fails_where_a_child_tells_the_same_topic(self) -> None:
        stack = fresh_stack()
        combined(stack, [threshold_alarm(stack, "Loud"), *silent(stack, "Quiet")])

        with pytest.raises(
            RuntimeError, match=r"Stack/Loud does what Stack/Combined does.*the same people twice"
        ):
            synthesize(stack)

    @pytest.mark.parametrize("depth", ["combined", "raw", "set", "health", "long"])
    def test_fails_where_something_below_does(self, depth: str) -> None:
        stack = fresh_stack()
        loud = threshold_alarm(stack, "Loud")
        if depth == "combined":
            child: Any = combined(
                stack, [combined(stack, [loud], "Inner", route=SILENT)], "Outer", route=SILENT
            )
        elif depth == "raw":
            rule = cloudwatch.AlarmRule.any_of(loud, *silent(stack, "Quiet"))
            child = cloudwatch.CompositeAlarm(stack, "Raw", alarm_rule=rule)
        elif depth == "long":
            child = combined(stack, [*bare(stack, 120), loud], "Long", route=SILENT)
        else:
            alarms = FunctionAlarms(stack, "Set", subject=SUBJECT)
            child = alarms if depth == "set" else alarms.health
        combined(stack, [child])

        with pytest.raises(RuntimeError, match="does what Stack/Combined does"):
            synthesize(stack)

    def test_fails_where_a_set_tells_it_by_severity(self) -> None:
        stack = fresh_stack()
        pager, team = (sns.Topic(stack, name) for name in ("Pager", "Team"))
        by_severity = SeverityRoute(critical=AlarmRoute.to_topic(pager), warning=AlarmRoute.to_topic(team))
        settings = FunctionAlarmSettings()
        alarms = FunctionAlarms(
            stack,
            "Set",
            subject=FunctionSubject(function_name="orders", timeout_ms=3_000),
            settings=settings,
            route=by_severity,
        )
        combined(stack, [alarms], route=AlarmRoute.to_topic(team))

        with pytest.raises(RuntimeError, match=r"Stack/Set/Warning does what Stack/Combined does"):
            synthesize(stack)

    def test_an_action_that_is_added_later_is_seen(self) -> None:
        stack = fresh_stack()
        (quiet,) = silent(stack, "Quiet")
        combined(stack, [quiet])
        quiet.add_alarm_action(actions.SnsAction(AlarmTopic.of(stack).topic))

        with pytest.raises(RuntimeError, match="Stack/Quiet does what"):
            synthesize(stack)

    def test_an_imported_topic_is_known_across_stacks(self) -> None:
        app = fresh_app()
        there, here = (cdk.Stack(app, name) for name in ("There", "Stack"))
        arn = "arn:aws:sns:us-east-1:111122223333:team"
        loud = threshold_alarm(
            there, "Loud", route=AlarmRoute.to_topic(sns.Topic.from_topic_arn(there, "Team", arn))
        )
        combined(here, [loud], route=AlarmRoute.to_topic(sns.Topic.from_topic_arn(here, "Team", arn)))

        with pytest.raises(RuntimeError, match="There/Loud does what Stack/Combined does"):
            app.synth()

    def test_topics_of_two_stacks_are_two_topics(self) -> None:
        app = fresh_app()
        there, here = (cdk.Stack(app, name) for name in ("There", "Stack"))
        combined(here, [threshold_alarm(there, "Loud")])

        assert COMPOSITE in str(synthesize(here).body)

    def test_other_people_may_be_told_by_the_children(self) -> None:
        stack = fresh_stack()
        team = sns.Topic(stack, "Team")
        combined(stack, [threshold_alarm(stack, "Loud", route=AlarmRoute.to_topic(team))])

        assert len(synthesize(stack).of_type(COMPOSITE)) == 1

    def test_a_combined_alarm_that_tells_nobody_may_cover_any(self) -> None:
        stack = fresh_stack()
        combined(stack, [threshold_alarm(stack, "Loud")], route=SILENT)

        assert len(synthesize(stack).of_type(COMPOSITE)) == 1

    def test_another_state_of_a_child_may_tell_it(self) -> None:
        stack = fresh_stack()
        team = sns.Topic(stack, "Team")
        (quiet,) = silent(stack, "Quiet")
        quiet.add_insufficient_data_action(actions.SnsAction(team))
        combined(stack, [quiet], route=AlarmRoute.to_topic(team))

        assert len(synthesize(stack).of_type(COMPOSITE)) == 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no children": ({"children": []}, r"children is empty"),
    "one alarm": ({"children": "Alarm"}, r"children is 'Alarm'\. Give list or tuple"),
    "no alarm": ({"children": ["Alarm"]}, r"children holds 'Alarm'\. Give CloudWatch alarms"),
    "nobody": ({"rings_when": 0}, r"rings_when is 0\. Give a whole number from 1 to 1"),
    "more than all": ({"rings_when": 2}, r"rings_when is 2"),
    "most": ({"rings_when": "most"}, r"rings_when is 'most'\. Give any, all or a number"),
    "true": ({"rings_when": True}, r"rings_when is True"),
    "no meaning": ({"means": ""}, r"means is ''"),
    "an alarm as suppressor": ({"suppressor": "Alarm"}, r"suppressor is 'Alarm'\. Give Suppressor or None"),
    "a name as suppressor": ({"suppressor": Suppressor(alarm="A")}, r"suppressor\.alarm is 'A'"),  # type: ignore[arg-type] # that is the point
    "scaling": (
        {"route": AlarmRoute(alarm=[actions.Ec2Action(actions.Ec2InstanceAction.STOP)])},
        r"one of its actions is Ec2Action, which such an alarm cannot do",
    ),
    "a long story": ({"cause": "x" * 1_020}, r"its description has 1,?\d+ characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_fails_with_the_value_and_builds_nothing(name: str) -> None:
    stack = fresh_stack()
    given, problem = REFUSED[name]
    everything: dict[str, Any] = {"children": silent(stack, "A"), "means": MEANS} | given

    with pytest.raises(ConfigurationError, match=PATH + problem):
        CombinedAlarm(stack, "Combined", **everything)

    assert stack.node.try_find_child("Combined") is None


def test_fails_on_a_wait_that_is_no_duration() -> None:
    stack = fresh_stack()
    alarm, other = silent(stack, "A", "B")

    with pytest.raises(ConfigurationError, match=PATH + r"suppressor\.wait is 60\. Give Duration or None"):
        combined(stack, [alarm], suppressor=Suppressor(alarm=other, wait=60))  # type: ignore[arg-type] # that is the point


def test_fails_on_a_suppressor_that_is_a_child() -> None:
    stack = fresh_stack()
    alarm, other = silent(stack, "A", "B")

    with pytest.raises(ConfigurationError, match=PATH + r"suppressor\.alarm is Stack/A, one of the children"):
        combined(stack, [alarm, other], suppressor=Suppressor(alarm=alarm))


def test_fails_on_a_suppressor_that_is_the_health_of_a_child() -> None:
    stack = fresh_stack()
    orders = FunctionAlarms(stack, "Orders", subject=SUBJECT, route=SILENT)
    assert orders.health is not None

    with pytest.raises(
        ConfigurationError, match=PATH + r"suppressor\.alarm is Stack/Orders/.*, one of the children"
    ):
        combined(stack, [orders], suppressor=Suppressor(alarm=orders.health))


@pytest.mark.parametrize(
    ("region", "account", "problem"),
    [
        ("eu-west-1", "111122223333", "in the Region eu-west-1"),
        ("us-east-1", "444455556666", "in the account 4"),
    ],
)
def test_fails_on_an_alarm_of_another_environment(region: str, account: str, problem: str) -> None:
    app = fresh_app()
    here = cdk.Stack(app, "Stack", env=cdk.Environment(account="111122223333", region="us-east-1"))
    there = cdk.Stack(app, "There", env=cdk.Environment(account=account, region=region))
    foreign = cloudwatch.Alarm.from_alarm_arn(
        here, "Foreign", f"arn:aws:cloudwatch:{region}:{account}:alarm:a"
    )

    for child in (foreign, *silent(there, "A")):
        with pytest.raises(ConfigurationError, match=PATH + rf"\S+ is {problem}"):
            combined(here, [child])


def test_fails_on_an_alarm_in_more_than_150_combined_ones() -> None:
    stack = fresh_stack()
    (shared,) = bare(stack, 1)
    for n in range(150):
        combined(stack, [shared], f"C{n}", route=SILENT)

    with pytest.raises(ConfigurationError, match=PATH + r"Stack/Child000 is in 150 combined alarms already"):
        combined(stack, [shared])
