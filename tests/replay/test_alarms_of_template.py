"""Which alarms a template has, as far as it tells before it is deployed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.replay import replay
from constructs_lib.replay.alarms import AlarmLike, MetricAlarm, Unreadable, alarms_of
from constructs_lib.template import Values, template_of
from tests.replay.small_app import alarm, app, mute, timeline

PARAMETERS = {
    "Count": {"Type": "Number"},
    "Three": {"Type": "Number", "Default": "3"},
    "Topics": {"Type": "List<String>", "Default": "one,two"},
    "Unknown": {"Type": "List<String>"},
    "Stage": {"Type": "String", "Default": "dev"},
}
CONDITIONS = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
NOTHING = {"Ref": "AWS::NoValue"}


def found(**resources: Any) -> list[AlarmLike]:
    body = app(**resources) | {"Parameters": PARAMETERS, "Conditions": CONDITIONS}
    template = template_of(body, name="Shop")
    return list(alarms_of(template, Values(template)))


def problems(**resources: Any) -> list[tuple[str, str]]:
    return [(each.id, each.problem) for each in found(**resources) if isinstance(each, Unreadable)]


def one(**properties: Any) -> MetricAlarm:
    (only,) = found(A=alarm("errors", **properties))
    assert isinstance(only, MetricAlarm)
    return only


@pytest.mark.parametrize("periods", ["3", {"Ref": "Three"}, {"Fn::If": ["IsProd", 5, 3]}])
def test_numbers_may_be_texts_parameters_and_choices(periods: Any) -> None:
    assert one(EvaluationPeriods=periods).periods == 3


def test_a_property_that_a_choice_leaves_out_is_left_out() -> None:
    chosen = one(
        EvaluationPeriods=3,
        DatapointsToAlarm={"Fn::If": ["IsProd", 1, NOTHING]},
        AlarmActions=[{"Fn::If": ["IsProd", "pager", NOTHING]}, "mail"],
    )

    assert chosen.needed == 3
    assert chosen.actions.by_state["ALARM"] == ("mail",)


@pytest.mark.parametrize(
    ("actions", "targets"),
    [
        ({"Ref": "Topics"}, ("one", "two")),
        ({"Ref": "Unknown"}, ("${Unknown}",)),
        (["one", {"Ref": "Stage"}], ("one", "dev")),
        (None, ()),
    ],
)
def test_actions_may_be_a_list_of_a_parameter(actions: Any, targets: tuple[str, ...]) -> None:
    assert one(AlarmActions=actions).actions.by_state["ALARM"] == targets


@pytest.mark.parametrize(
    "property_", ["EvaluationPeriods", "DatapointsToAlarm", "Period", "Threshold", "ComparisonOperator"]
)
def test_what_is_known_only_at_deployment_is_asked_for(property_: str) -> None:
    ((name, problem),) = problems(A=alarm("errors", **{property_: {"Ref": "Count"}}))

    assert name == "A"
    assert problem == "it needs ${Count}, which is known only at deployment: give its value as a parameter"


def test_of_a_mute_rule_it_is_asked_for_too() -> None:
    rule = mute(["errors"], at="2026-03-02T09:03", lasts="PT4M")
    rule["Properties"]["Rule"]["Schedule"]["Duration"] = {"Ref": "Count"}

    assert problems(M=rule)[0][1].startswith("it needs ${Count}")


def test_alarms_that_are_not_read_are_told_of() -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x/y.json"}}
    loop = {"Fn::ForEach::Queues": ["Name", ["A", "B"], {"${Name}Alarm": alarm("depth")}]}

    assert problems(A=alarm("errors"), Nested=nested, **loop) == [
        (
            "Fn::ForEach::Queues",
            "alarms that it makes are not read: replay the template that CloudFormation makes of it",
        ),
        ("Nested", "its template is not here, so that its alarms are not read: replay it alone"),
    ]


def test_a_nested_stack_that_is_never_made_is_not_told_of() -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Condition": "IsProd"}

    assert problems(A=alarm("errors"), Nested=nested) == []


def test_a_nested_stack_whose_template_was_read_is_not_told_of() -> None:
    body = app(A=alarm("errors"), Nested={"Type": "AWS::CloudFormation::Stack"})
    template = replace(template_of(body, name="Shop"), nested={"Nested": "Shop/Nested"})

    assert [each.id for each in alarms_of(template, Values(template))] == ["A"]


def test_alarms_of_a_nested_stack_are_replayed_with_those_of_its_parent(tmp_path: Path) -> None:
    parent = app(
        A=alarm("A"), N={"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "n.json"}}
    )
    (tmp_path / "Shop.json").write_text(json.dumps(parent))
    (tmp_path / "n.json").write_text(json.dumps(app(B=alarm("B"))))
    report = replay(tmp_path / "Shop.json", timeline(A="01", B="10"))

    assert [each.name for each in report.stacks] == ["Shop", "Shop-N"]
    assert [each.unreadable for each in report.stacks] == [(), ()]
    assert report.rang("A")
    assert report.rang("N/B")


def test_a_metric_of_another_account_is_read_as_one() -> None:
    metric = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Period": 60, "Stat": "Sum"}
    none = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
    read = one(**none, Metrics=[{"Id": "m", "MetricStat": metric, "AccountId": "444455556666"}])

    assert read.queries["m"].account == "444455556666"
