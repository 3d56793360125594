"""What is watched, and with which settings, is the user's to say."""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.alarms import (
    AlarmRoute,
    AlarmSettings,
    FunctionAlarmSettings,
    Profile,
    RateAlarmSettings,
)
from constructs_lib.alarms.services import AccountAlarmSettings, QueueAlarmSettings
from constructs_lib.alarms.table.settings import AlarmSetSettings
from constructs_lib.alarms.watch import Select, Watch
from constructs_lib.alarms.watch.selection import matches_path
from constructs_lib.checks import ConfigurationError
from tests.alarms.watch.watched_app import (
    ALARM,
    a_function,
    a_queue,
    new_stack,
    notes,
    summary,
    template,
    watch,
    watched,
)


def shop() -> cdk.Stack:
    stack = new_stack("Shop")
    for part in ("Checkout", "Legacy"):
        scope = Construct(stack, part)
        a_function(scope)
        a_queue(scope)
    return stack


def sets(stack: cdk.Stack, **arguments: Any) -> set[str]:
    composites = watched(stack, **arguments).of_type("AWS::CloudWatch::CompositeAlarm")
    return {key.removeprefix("Watch").split("Health")[0][:-8] for key in composites}


ALL = {"CheckoutFunction", "CheckoutQueue", "LegacyFunction", "LegacyQueue"}


@pytest.mark.parametrize(
    ("select", "meant"),
    [
        (["Shop"], ALL),
        (["Shop/Legacy"], {"LegacyFunction", "LegacyQueue"}),
        (["Shop/Legacy/Function"], {"LegacyFunction"}),
        (["Shop/*/Function"], {"CheckoutFunction", "LegacyFunction"}),
        (["**/Function/Resource"], {"CheckoutFunction", "LegacyFunction"}),
        (["Shop/Check*", "Shop/Leg*/Queue"], {"CheckoutFunction", "CheckoutQueue", "LegacyQueue"}),
        ([Select(type="AWS::SQS::Queue")], {"CheckoutQueue", "LegacyQueue"}),
        ([Select(type="AWS::SQS::Queue", path="Shop/Legacy")], {"LegacyQueue"}),
    ],
)
def test_what_is_selected_is_included_or_excluded(select: Sequence[str | Select], meant: set[str]) -> None:
    assert sets(shop(), include=select) == meant
    assert sets(shop(), exclude=select) == ALL - meant


def test_exclude_wins_over_include() -> None:
    assert sets(shop(), include=["Shop/Legacy"], exclude=["**/Queue"]) == {"LegacyFunction"}


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("Shop", "Shop", True),
        ("Shop", "Shopping/Function", False),
        ("Sh*", "Shopping/Function", True),
        ("*/Function", "Shop/Function/Resource", True),
        ("*/Function", "Shop/Checkout/Function", False),
        ("**/Function", "Shop/Checkout/Function", True),
        ("**/Function", "Function", True),
        ("Shop/**", "Shop/Checkout", True),
        ("Shop/**/Queue", "Shop/Queue", True),
        ("**", "Shop/Queue", True),
        ("Shop/Q.eue", "Shop/Queue", False),
        ("/Shop/", "Shop/Queue", True),
    ],
)
def test_a_pattern_means_a_construct_and_what_is_below_it(pattern: str, path: str, *, matches: bool) -> None:
    assert matches_path(pattern, path) is matches


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("team", ALL),
        (("team", "shop"), ALL - {"LegacyQueue"}),
        (("team", "other"), {"LegacyQueue"}),
        ("gone", {"CheckoutFunction", "CheckoutQueue"}),
        ("unknown", set()),
    ],
)
def test_tags_count_as_cdk_will_set_them(tag: str | tuple[str, str], meant: set[str]) -> None:
    def tagged() -> cdk.Stack:
        stack = shop()
        cdk.Tags.of(stack.node.root).add("team", "shop")
        cdk.Tags.of(stack.node.root).add("gone", "soon")
        cdk.Tags.of(stack.node.find_child("Legacy")).remove("gone")
        cdk.Tags.of(stack.node.find_child("Legacy").node.find_child("Queue")).add("team", "other")
        return stack

    before = template(tagged()).resources
    assert sets(tagged(), include=[Select(tag=tag)]) == meant
    after = watched(tagged(), include=[Select(tag=tag)]).resources
    assert {key: after[key] for key in before} == before


def test_settings_hold_for_what_their_pattern_means_and_the_last_that_fits_counts() -> None:
    found = watched(
        shop(),
        settings={
            "**": [FunctionAlarmSettings(duration=None), QueueAlarmSettings(stalled=None)],
            "Shop/Checkout": FunctionAlarmSettings(throttles=None, errors=AlarmSettings(threshold=7)),
        },
    ).of_type(ALARM)

    names = {key.removeprefix("Watch")[:-8] for key in found}
    assert any(name.startswith("CheckoutFunction") and name.endswith("Duration") for name in names)
    assert not any(name.startswith("LegacyFunction") and name.endswith("Duration") for name in names)
    assert not any(name.startswith("CheckoutFunction") and name.endswith("Throttles") for name in names)
    assert not any(name.endswith("Stalled") for name in names)
    (errors,) = [each for key, each in found.items() if key.startswith("WatchCheckoutF") and "Errors" in key]
    assert errors["Properties"]["Threshold"] == 7


def test_what_has_all_alarms_switched_off_is_left_out_and_said() -> None:
    stack = shop()

    assert sets(stack, settings={"**": QueueAlarmSettings.none()}) == {"CheckoutFunction", "LegacyFunction"}
    assert "has nothing to watch: Shop/Checkout/Queue, Shop/Legacy/Queue" in summary(stack)


@pytest.mark.parametrize(
    "arguments",
    [
        {"include": ["Shop", "Shopp"]},
        {"exclude": ["Shopp/Legacy"]},
        {"exclude": [Select(tag="unknown")]},
        {"settings": {"Shop/Legacyy": FunctionAlarmSettings(duration=None)}},
        {"settings": {"Shop/Legacy/Queue": FunctionAlarmSettings(duration=None)}},
    ],
)
def test_what_is_given_and_means_nothing_is_a_warning(arguments: dict[str, Any]) -> None:
    stack = shop()
    watch(stack, **arguments)

    (warning,) = [note for note in notes(stack, "warning") if "watch-unused" in note]
    assert "found nothing that these are about" in warning


def test_what_means_something_is_no_warning_in_a_second_synthesis_either() -> None:
    stack = shop()
    watch(stack, exclude=["Shop/Legacy"], settings={"Shop/Checkout": FunctionAlarmSettings(duration=None)})

    for _ in range(2):
        assert not [note for note in notes(stack, "warning") if "watch-unused" in note]


ALARM_SETTINGS: dict[str, AlarmSetSettings] = {"**": AccountAlarmSettings()}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"route": AlarmRoute.silent()}, r"route is AlarmRoute.*route=lambda stack"),
        ({"include": "Shop"}, r"include is 'Shop'"),
        ({"include": [7]}, r"an entry of include is 7"),
        ({"exclude": ["/"]}, r"exclude holds '/'"),
        ({"exclude": [Select()]}, r"exclude holds a Select without"),
        ({"exclude": [Select(type="AWS::S3::Bucket")]}, r"has the type 'AWS::S3::Bucket'.*AWS::SQS::Queue"),
        ({"include": [Select(tag=("a", "b", "c"))]}, r"include has the tag"),  # type: ignore[arg-type] # that is the point
        ({"settings": [FunctionAlarmSettings()]}, r"settings is \["),
        ({"settings": {"": FunctionAlarmSettings()}}, r"settings has the key ''"),
        ({"settings": {"**": 7}}, r"settings\['\*\*'\] is 7"),
        ({"settings": ALARM_SETTINGS}, r"settings\['\*\*'\] holds AccountAlarmSettings.*QueueAlarmSettings"),
        (
            {"settings": {"**": FunctionAlarmSettings(error_rate=RateAlarmSettings(threshold=101))}},
            r"error_rate has a threshold of 101",
        ),
        ({"settings": {"**": FunctionAlarmSettings(profile="all")}}, r".profile is 'all'"),  # type: ignore[arg-type] # that is the point
        ({"helpers": 1}, r"helpers is 1"),
        ({"nested_stacks": "yes"}, r"nested_stacks is 'yes'"),
        ({"construct_id": None}, r"construct_id is None"),
    ],
)
def test_an_argument_that_cannot_work_is_refused(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^Watch: .*{problem}"):
        Watch(**arguments)


@pytest.mark.parametrize(
    ("route", "problem"),
    [
        (lambda _: None, "route gave None for the stack Shop"),
        (lambda _: AlarmRoute(alarm=[]), "route.alarm is empty"),
        (lambda stack: sns.Topic(stack, "Ops"), "route is the Topic Shop/Ops"),
    ],
)
def test_a_route_that_cannot_work_stops_the_synthesis(route: Any, problem: str) -> None:
    stack = shop()
    watch(stack, route=route)

    with pytest.raises(RuntimeError, match=f"Watch: {problem}"):
        template(stack)


def test_an_id_that_is_taken_stops_the_synthesis_and_can_be_changed() -> None:
    stack = shop()
    Construct(stack, "Watch")
    watch(stack)
    with pytest.raises(RuntimeError, match="the id 'Watch' is taken by another construct in the stack Shop"):
        template(stack)

    again = shop()
    Construct(again, "Watch")
    assert watched(again, construct_id="Alarms").of_type(ALARM, under="Alarms")


def test_a_profile_is_a_setting_like_any_other() -> None:
    def count(profile: Profile) -> int:
        settings = {"**": FunctionAlarmSettings(profile=profile)}
        return len(watched(shop(), settings=settings).of_type(ALARM))

    assert count(Profile.ESSENTIAL) < count(Profile.STANDARD)
