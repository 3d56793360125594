"""Which composites notify, for every way to route severities."""

import json
from itertools import product

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmSettings,
    FunctionAlarms,
    FunctionAlarmSettings,
    Severity,
    SeverityRoute,
)
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.sets.grouping import Group, groups
from tests.alarms.subjects import COMPOSITE, FULL
from tests.delivery import lost_alarms
from tests.graph import references
from tests.synthesis import fresh_stack, synthesize

CRITICAL, WARNING, INFO = Severity
ALARMS = {"Errors": CRITICAL, "Throttles": CRITICAL, "Duration": WARNING, "Cold": INFO}


def ways(stack: cdk.Stack) -> dict[str, AlarmRoute]:
    return {name: AlarmRoute.to_topic(sns.Topic(stack, name)) for name in ("Pager", "Chat", "Log")} | {
        "": AlarmRoute.silent()
    }


def grouped(alarms: dict[str, Severity], route: Route) -> dict[str, Group]:
    return {group.construct_id: group for group in groups(alarms, route, "this function")}


def told(group: Group) -> str:
    topics = [action.node.id for action in group.actions.alarm if isinstance(action, sns.Topic)]
    return "".join(topics)


@pytest.mark.parametrize(
    ("critical", "warning", "info", "notifying"),
    [
        ("Pager", "Pager", "", {"Health": "Pager"}),
        ("Pager", "Chat", "", {"Critical": "Pager", "Warning": "Chat", "Health": ""}),
        ("Pager", "", "", {"Critical": "Pager", "Health": ""}),
        ("", "Chat", "", {"Warning": "Chat", "Health": ""}),
        ("", "", "", {"Health": ""}),
        ("", "", "Log", {"Info": "Log", "Health": ""}),
        ("Pager", "Pager", "Pager", {"Info": "Pager", "Health": "Pager"}),
        ("Pager", "Pager", "Log", {"Info": "Log", "Health": "Pager"}),
        ("Pager", "Chat", "Log", {"Critical": "Pager", "Warning": "Chat", "Info": "Log", "Health": ""}),
    ],
)
def test_severities_on_one_way_share_health_and_others_have_their_own(
    critical: str, warning: str, info: str, notifying: dict[str, str]
) -> None:
    way = ways(fresh_stack())

    found = grouped(ALARMS, SeverityRoute(critical=way[critical], warning=way[warning], info=way[info]))

    assert {name: told(group) for name, group in found.items()} == notifying


def test_a_route_that_leaves_severities_out_tells_nobody_of_them() -> None:
    pager = ways(fresh_stack())["Pager"]

    found = grouped(ALARMS, SeverityRoute(critical=pager))

    assert {name: told(group) for name, group in found.items()} == {"Critical": "Pager", "Health": ""}


def test_one_route_is_for_critical_and_warning_and_not_for_information() -> None:
    found = grouped(ALARMS, ways(fresh_stack())["Pager"])

    assert list(found) == ["Health"]
    assert list(found["Health"].children) == ["Errors", "Throttles", "Duration"]


@pytest.mark.parametrize(("severity", "way"), [(CRITICAL, "Pager"), (WARNING, "Chat")])
def test_where_there_is_one_severity_only_health_tells_its_people(severity: Severity, way: str) -> None:
    given = ways(fresh_stack())

    found = grouped({"Errors": severity}, SeverityRoute(critical=given["Pager"], warning=given["Chat"]))

    assert {name: told(group) for name, group in found.items()} == {"Health": way}


@pytest.mark.parametrize(("info", "composites"), [("", []), ("Log", ["Info"])])
def test_where_all_is_information_there_is_no_health(info: str, composites: list[str]) -> None:
    given = ways(fresh_stack())

    found = grouped({"Cold": INFO}, SeverityRoute(critical=given["Pager"], info=given[info]))

    assert list(found) == composites


def test_nothing_to_watch_needs_no_composite() -> None:
    assert groups({}, ways(fresh_stack())["Pager"], "this function") == []


def test_who_is_paged_is_told_the_runbook_that_all_alarms_share() -> None:
    link = "https://wiki.example.com/orders"
    stack = fresh_stack()
    topics = ways(stack)
    FunctionAlarms(
        stack,
        "Alarms",
        subject=FULL,
        route=SeverityRoute(critical=topics["Pager"], warning=topics["Chat"]),
        settings=FunctionAlarmSettings(runbook=link),
    )

    found = synthesize(stack).of_type(COMPOSITE)

    assert len(found) == 3
    assert all(
        each["Properties"]["AlarmDescription"].endswith(f" Runbook: {link}") for each in found.values()
    )


def test_a_runbook_of_one_alarm_is_not_that_of_the_others() -> None:
    stack = fresh_stack()
    settings = FunctionAlarmSettings(errors=AlarmSettings(runbook="https://wiki.example.com/errors"))
    FunctionAlarms(stack, "Alarms", subject=FULL, settings=settings)

    assert "Runbook" not in synthesize(stack).only(COMPOSITE)["AlarmDescription"]


def test_ways_differ_also_by_what_they_do_on_the_way_back() -> None:
    topic = sns.Topic(fresh_stack(), "Pager")
    route = SeverityRoute(critical=AlarmRoute.to_topic(topic), warning=AlarmRoute.to_topic(topic, ok=True))

    assert list(grouped(ALARMS, route)) == ["Critical", "Warning", "Health"]


def test_the_same_way_said_twice_is_one() -> None:
    topic = sns.Topic(fresh_stack(), "Pager")
    route = SeverityRoute(critical=AlarmRoute.to_topic(topic), warning=AlarmRoute(alarm=(topic,)))

    assert list(grouped(ALARMS, route)) == ["Health"]


@pytest.mark.parametrize("chosen", list(product(("", "Pager", "Chat"), repeat=3)))
def test_every_alarm_with_people_to_tell_tells_them_by_exactly_one_composite(
    chosen: tuple[str, str, str],
) -> None:
    way = ways(fresh_stack())
    wanted = dict(zip(Severity, chosen, strict=True))
    route = SeverityRoute(critical=way[chosen[0]], warning=way[chosen[1]], info=way[chosen[2]])

    found = grouped(ALARMS, route)

    for alarm, severity in ALARMS.items():
        telling = [told(group) for group in found.values() if alarm in group.children and told(group)]
        assert telling == ([wanted[severity]] if wanted[severity] else [])
    below = {name for name, severity in ALARMS.items() if severity is not INFO}
    assert leaves(found, "Health") == below


def leaves(found: dict[str, Group], name: str) -> set[str]:
    """The alarms that make a composite ring, through others too."""
    if name not in found:
        return {name}
    return {leaf for child in found[name].children for leaf in leaves(found, child)}


def test_a_group_comes_before_those_that_cover_it() -> None:
    way = ways(fresh_stack())
    found = grouped(ALARMS, SeverityRoute(critical=way["Pager"], warning=way["Chat"], info=way["Log"]))

    assert list(found)[-1] == "Health"
    assert found["Health"].description.startswith("At least one alarm of this function rings")
    assert found["Critical"].description.startswith("[critical] At least one alarm of this function rings")


def test_a_set_of_alarms_is_deployed_with_the_composites_of_its_route() -> None:
    stack = fresh_stack()
    pager, chat, log = (sns.Topic(stack, name) for name in ("Pager", "Chat", "Log"))
    alarms = FunctionAlarms(
        stack,
        "Alarms",
        subject=FULL,
        settings=FunctionAlarmSettings(
            throttles=AlarmSettings(severity=WARNING), duration=AlarmSettings(severity=INFO)
        ),
        route=SeverityRoute(
            critical=AlarmRoute.to_topic(pager, ok=True),
            warning=AlarmRoute.to_topic(chat),
            info=AlarmRoute.to_topic(log, insufficient_data=True),
        ),
    )

    found = synthesize(stack)

    def of(name: str) -> dict[str, list[str]]:
        given = found.only(COMPOSITE, under=f"Alarms{name}")
        kinds = ("AlarmActions", "OKActions", "InsufficientDataActions")
        return {kind: list(references(given[kind])) for kind in kinds if kind in given}

    topics = {name: found.only_id("AWS::SNS::Topic", under=name) for name in ("Pager", "Chat", "Log")}
    assert of("Critical") == {"AlarmActions": [topics["Pager"]], "OKActions": [topics["Pager"]]}
    assert of("Warning") == {"AlarmActions": [topics["Chat"]]}
    assert of("Info") == {"AlarmActions": [topics["Log"]], "InsufficientDataActions": [topics["Log"]]}
    assert of("Health") == {}
    rule = json.dumps(found.only(COMPOSITE, under="AlarmsWarning")["AlarmRule"])
    assert "AlarmsThrottles" in rule
    assert "AlarmsErrors" not in rule
    assert lost_alarms(found.resources, subscribed=False) == []
    assert [each.node.id.removesuffix(each.node.id[-8:]) for each in alarms.composites] == [
        "CriticalAlarm",
        "WarningAlarm",
        "InfoAlarm",
        "HealthAlarm",
    ]


def test_by_default_a_set_has_one_composite() -> None:
    stack = fresh_stack()
    FunctionAlarms(stack, "Alarms", subject=FULL)

    assert synthesize(stack).only_id(COMPOSITE).startswith("AlarmsHealth")
