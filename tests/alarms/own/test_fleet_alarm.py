from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_observabilityadmin as observability
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.alarms import FleetAlarm
from constructs_lib.alarms.own.fleet_query import LONGEST_QUERY, fleet_query
from constructs_lib.checks import ConfigurationError
from local_cloud.metrics_insights import parse
from tests.alarms.own_alarms import ALARM, MEANS, TOPIC, properties
from tests.functions import plain_function
from tests.synthesis import fresh_stack, synthesize, warnings_of

FUNCTION = "AWS::Lambda::Function"
PATH = r"^Stack/Alarm: "
UNSEEN = "resource tags on telemetry"
TEAM = ("team", "orders")


def fleet_alarm(stack: cdk.Stack, name: str = "Alarm", **more: Any) -> FleetAlarm:
    given: dict[str, Any] = {"threshold": 1, "means": MEANS} | more
    return FleetAlarm(stack, name, **given)


def query_of(stack: cdk.Stack) -> Any:
    (query,) = properties(synthesize(stack))["Metrics"]
    return query["Expression"]


def test_it_is_one_query_over_all_functions_each_with_a_state_of_its_own() -> None:
    stack = fresh_stack()
    fleet_alarm(stack)

    found = synthesize(stack)

    rendered = properties(found)
    assert rendered["Metrics"] == [
        {
            "Id": "expr_1",
            "Expression": 'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) '
            "GROUP BY FunctionName ORDER BY SUM() DESC",
            "Label": "Errors Sum of a function",
            "Period": 60,
            "ReturnData": True,
        }
    ]
    assert not rendered.keys() & {"Namespace", "MetricName", "Period", "Statistic", "Dimensions"}
    assert rendered["AlarmActions"] == [{"Ref": found.only_id(TOPIC)}]
    assert rendered["AlarmDescription"].startswith("[warning] Errors Sum of a function reached 1 in 1 of 1")


def test_the_fleet_may_be_watched_as_one() -> None:
    stack = fresh_stack()
    fleet_alarm(stack, metric_name="Duration", statistic="Maximum", per="fleet", threshold=10_000, tag=TEAM)

    assert query_of(stack) == (
        "SELECT MAX(Duration) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE tag.team = 'orders'"
    )


def test_a_list_of_functions_gets_a_tag_of_its_own() -> None:
    stack = fresh_stack()
    one, two, _ = (plain_function(stack, name) for name in ("One", "Two", "Three"))
    alarm = fleet_alarm(stack, functions=[one, two.add_alias("live")])

    found = synthesize(stack)

    tagged = {name: resource["Properties"].get("Tags") for name, resource in found.of_type(FUNCTION).items()}
    mark = [{"Key": "fleet_Stack_Alarm", "Value": "Stack"}]
    assert alarm.tag == ("fleet_Stack_Alarm", "Stack")
    assert [tags for name, tags in tagged.items() if name.startswith(("One", "Two"))] == [mark, mark]
    assert [tags for name, tags in tagged.items() if name.startswith("Three")] == [None]
    assert "WHERE tag.fleet_Stack_Alarm = 'Stack' GROUP BY" in query_of(stack)
    others = [each for each in found.resources.values() if each["Type"] != FUNCTION]
    assert not any("fleet_" in str(each.get("Properties", {}).get("Tags", "")) for each in others)


def test_two_lists_have_two_tags() -> None:
    stack = fresh_stack()
    function = plain_function(stack)
    tags = {fleet_alarm(stack, name, functions=[function]).tag for name in ("A", "B")}

    assert len(tags) == 2


def test_functions_may_be_left_out() -> None:
    stack = fresh_stack()
    own = plain_function(stack)
    foreign = lambda_.Function.from_function_name(stack, "Foreign", "it-is-noisy")
    fleet_alarm(stack, exclude=[own, foreign])

    _, parts = query_of(stack)["Fn::Join"]

    assert parts[0].endswith("WHERE FunctionName != '")
    assert parts[1] == {"Ref": synthesize(stack).only_id(FUNCTION)}
    assert parts[2].startswith("' AND FunctionName != '")


class TestTagsOnTelemetry:
    def test_a_tag_that_cloudwatch_may_not_see_is_warned_about(self) -> None:
        stack = fresh_stack()
        fleet_alarm(stack, tag=TEAM)

        assert len([text for text in warnings_of(stack) if UNSEEN in text]) == 1

    def test_an_app_that_switches_them_on_is_not_warned(self) -> None:
        stack = fresh_stack()
        fleet_alarm(stack, tag=TEAM)
        observability.CfnTelemetryEnrichment(stack, "Tags", scope="ACCOUNT")

        assert not [text for text in warnings_of(stack) if UNSEEN in text]

    def test_a_query_without_a_tag_needs_none(self) -> None:
        stack = fresh_stack()
        fleet_alarm(stack)

        assert not [text for text in warnings_of(stack) if UNSEEN in text]

    def test_cdk_has_nothing_to_warn_about_in_the_query(self) -> None:
        stack = fresh_stack()
        fleet_alarm(stack, tag=TEAM)

        assert not [text for text in warnings_of(stack) if "expression" in text.lower()]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"functions": [], "tag": None}, r"functions is empty"),
        ({"functions": "orders"}, r"functions is 'orders'"),
        ({"functions": ["orders"]}, r"functions holds 'orders'\. Give functions of CDK"),
        ({"exclude": ["orders"]}, r"exclude holds 'orders'"),
        ({"tag": "team"}, r"tag is 'team'\. Give its key and its value"),
        ({"tag": ("team", 1)}, r"tag is \('team', 1\)"),
        ({"metric_name": 5}, r"metric_name is 5"),
        ({"metric_name": ""}, r"metric_name is ''\. Give the name of a metric of AWS/Lambda"),
        ({"per": "tag"}, r"per is 'tag'"),
        ({"statistic": "p99"}, r"statistic is 'p99'\. Metrics Insights knows Sum,"),
        ({"evaluation_periods": 181}, r".*more than the 10800 s"),
        ({"period": cdk.Duration.seconds(30)}, r".*a query mostly has no data"),
        ({"threshold": 0}, r".*always rings"),
        ({"statistic": "Average", "threshold": 2}, r".*never rings"),
        ({"means": ""}, r"means is ''"),
    ],
)
def test_fails_with_the_value_and_builds_nothing(given: dict[str, Any], problem: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + problem):
        fleet_alarm(stack, **given)

    assert stack.node.try_find_child("Alarm") is None


def test_fails_on_a_function_that_cannot_be_tagged() -> None:
    stack = fresh_stack()
    foreign = lambda_.Function.from_function_name(stack, "Foreign", "orders")

    with pytest.raises(ConfigurationError, match=PATH + r"functions holds Stack/Foreign, which is imported"):
        fleet_alarm(stack, functions=[foreign])


def test_fails_on_a_list_and_a_tag_together() -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=PATH + "functions and tag are both given"):
        fleet_alarm(stack, functions=[plain_function(stack)], tag=TEAM)


def test_fails_when_the_names_left_out_can_get_longer_than_a_query() -> None:
    stack = fresh_stack()
    functions: list[lambda_.IFunction] = [
        lambda_.Function.from_function_name(stack, f"F{n}", cdk.Fn.import_value(f"Function{n}"))
        for n in range(23)
    ]
    fleet_alarm(stack, "Fits", exclude=functions[:22])

    with pytest.raises(ConfigurationError, match=PATH + r"its query takes up to [\d,]+ characters"):
        fleet_alarm(stack, exclude=functions)

    (alarm,) = synthesize(stack).of_type(ALARM).values()
    (query,) = alarm["Properties"]["Metrics"]
    text = "".join(part if isinstance(part, str) else "x" * 64 for part in query["Expression"]["Fn::Join"][1])
    assert len(text) <= LONGEST_QUERY


words = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=12)


@given(key=words, value=words, name=words)
def test_whatever_a_tag_and_a_function_are_called_the_query_means_them(
    key: str, value: str, name: str
) -> None:
    text = fleet_query("Errors", "Sum", tag=(key, value), exclude=[name], each=True)

    query = parse(text)

    tag, function = query.conditions
    assert (tag.label, tag.equal, tag.value) == (f"tag.{key}", True, value)
    assert (function.label, function.equal, function.value) == ("FunctionName", False, name)
    assert (query.schema, query.group_by) == (frozenset({"FunctionName"}), ("FunctionName",))
    assert (query.statistic, query.order_by, query.descending) == ("Sum", "Sum", True)
