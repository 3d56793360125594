"""What is known only at deployment is unknown rather than wrong."""

from typing import Any

import pytest

from constructs_lib.template import TemplateError, Values, template_of

OPEN = {"Fn::Equals": [{"Ref": "Open"}, "x"]}
NOTHING = {"Ref": "AWS::NoValue"}
BODY: dict[str, Any] = {
    "Parameters": {
        "Open": {"Type": "String"},
        "Stage": {"Type": "String", "Default": "dev"},
        "Flag": {"Type": "String", "Default": True},
        "Zones": {"Type": "List<String>", "Default": "a, b"},
        "Unset": {"Type": "List<String>"},
        "Long": {"Type": "String", "Default": "x" * 4_097},
    },
    "Mappings": {"M": {"dev": {"a": ["1", "2"], "b": "three"}}},
    "Conditions": {"IsOpen": OPEN, "Never": {"Fn::Equals": ["a", "b"]}, "Round": {"Fn::Not": [{"Condition": "Round"}]}},
    "Resources": {
        "Q": {"Type": "AWS::SQS::Queue"},
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Fn::Sub": "${Open}-f"}}},
        "A": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Ref": "B"}}},
        "B": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Ref": "A"}}},
        "G": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {"TableName": "orders"}},
    },
}  # fmt: skip


def values(**options: Any) -> Values:
    return Values(template_of(BODY), **options)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"Fn::If": ["IsOpen", 1, 2]}, "${Fn::If}"),
        ({"Fn::If": ["IsOpen", {"a": 1}, {"a": 1}]}, {"a": 1}),
        ({"Fn::If": ["IsOpen", 1, NOTHING]}, "${Fn::If}"),
        ({"Fn::If": ["Never", 1, 2]}, 2),
        ({"Fn::If": ["Nobody", 1, 2]}, "${Fn::If}"),
        ({"Fn::If": ["Round", 1, 2]}, "${Fn::If}"),
        ({"Fn::If": ["IsOpen", 1]}, "${Fn::If}"),
        ({"Fn::Select": [0, [{"Fn::If": ["IsOpen", 1, NOTHING]}, 2]]}, "${Fn::Select}"),
        ({"Fn::Select": [0, [2, {"Fn::If": ["IsOpen", 1, NOTHING]}]]}, 2),
        ({"Fn::Length": [[1, {"Fn::If": ["IsOpen", 1, NOTHING]}]]}, 1),
        ({"Fn::Join": 5}, "${Fn::Join}"),
        ({"Ref": ["a"]}, "${Ref}"),
        ({"Ref": "F"}, "${F}"),
        ({"Fn::GetAtt": ["F", "Arn"]}, "${F.Arn}"),
    ],
)
def test_an_open_choice_and_what_is_written_wrongly_are_placeholders(value: Any, found: Any) -> None:
    assert values(undecided="unknown").plain(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"Fn::Split": [",", {"Fn::Sub": "a,${Open}"}]}, "${Fn::Split}"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::Select": [-1, ["a"]]}, "${Fn::Select}"),
        ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
        ({"Fn::Select": [{"Ref": "Open"}, ["a"]]}, "${Fn::Select}"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "${Fn::Select}"),
        ({"Fn::Cidr": ["10.0.0.0/16", 6, 8]}, "${Fn::Cidr}"),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, "${Fn::Transform}"),
        ({"Fn::ForEach::Loop": []}, "${Fn::ForEach}"),
        ({"Fn::Base64": "abc"}, "YWJj"),
        ({"Fn::Base64": {"Ref": "Open"}}, "${Fn::Base64}"),
        ({"Fn::Length": {"Ref": "Zones"}}, 2),
        ({"Fn::Length": {"Ref": "Unset"}}, "${Fn::Length}"),
        ({"Fn::Length": [1, {"Ref": "Open"}]}, 2),
        ({"Fn::ToJsonString": {"a": [1, {"Ref": "Stage"}]}}, '{"a":[1,"dev"]}'),
        ({"Fn::ToJsonString": {"a": {"Ref": "Open"}}}, "${Fn::ToJsonString}"),
        ({"Fn::FindInMap": ["M", {"Ref": "Stage"}, "a"]}, ["1", "2"]),
        ({"Fn::FindInMap": ["M", {"Ref": "Open"}, "a", {"DefaultValue": "d"}]}, "${Fn::FindInMap}"),
        ({"Fn::FindInMap": ["M", "prod", "a", {"DefaultValue": "d"}]}, "d"),
        ({"Fn::GetStackOutput": {"StackName": "s", "OutputName": "o"}}, "${Fn::GetStackOutput}"),
        ({"Fn::ImportValue": {"Fn::Sub": "${Open}-x"}}, "${Import:Open-x}"),
        ({"Ref": "Flag"}, "true"),
        ({"Ref": "Long"}, "${Long}"),
        ({"Ref": "Zones"}, ["a", "b"]),
        ({"Ref": "G"}, "orders"),
        ({"Ref": "A"}, "${A}"),
        ("{{resolve:ssm:/a/b:1}}", "${resolve:ssm:/a/b:1}"),
        ({"Fn::Sub": "x-{{resolve:ssm:${Open}:1}}"}, "x-${resolve:ssm:Open:1}"),
    ],
)  # fmt: skip
def test_functions_give_what_is_known_or_a_placeholder(value: Any, found: Any) -> None:
    assert values().plain(value) == found


@pytest.mark.parametrize(
    ("region", "text"),
    [
        (None, "aws/amazonaws.com/${AWS::Region}"),
        ("cn-north-1", "aws-cn/amazonaws.com.cn/cn-north-1"),
        ("us-gov-west-1", "aws-us-gov/amazonaws.com/us-gov-west-1"),
    ],
)
def test_pseudo_parameters_are_those_of_the_region(region: str | None, text: str) -> None:
    found = Values(template_of(BODY, environment=(None, region)))

    assert found.text({"Fn::Sub": "${AWS::Partition}/${AWS::URLSuffix}/${AWS::Region}"}) == text
    assert found.text({"Ref": "AWS::StackId"}) == "${AWS::StackId}"


def test_a_value_is_known_where_nothing_in_it_is_unknown() -> None:
    found = values(undecided="unknown")

    assert found.is_known({"a": [1, {"Ref": "Stage"}]})
    assert not found.is_known({"a": [1, {"Ref": "Open"}]})
    assert not found.is_known("{{resolve:ssm:/x}}")
    assert not found.is_known({"Fn::If": ["IsOpen", 1, 2]})


def test_whether_a_resource_is_made_is_known_open_or_circular() -> None:
    body = {**BODY, "Resources": {name: {"Type": "T", "Condition": name} for name in BODY["Conditions"]}}
    body["Resources"]["Always"] = {"Type": "T"}
    template = template_of(body)
    lenient = Values(template, undecided="unknown")

    assert {name: lenient.made(each) for name, each in template.resources.items()} == {
        "IsOpen": None,
        "Never": False,
        "Round": None,
        "Always": True,
    }
    with pytest.raises(TemplateError, match="the condition Round leads back to itself"):
        Values(template).made(template.resources["Round"])


def test_a_text_that_grows_without_end_is_unknown() -> None:
    text: Any = {"Fn::Join": ["", ["x" * 1_000]]}
    found = values()
    for _ in range(10):
        text = {"Fn::Join": ["", [text, text]]}
        found.plain(text)

    assert found.plain({"Fn::Join": ["", [text, ""]]}) == "${Fn::Join}"
