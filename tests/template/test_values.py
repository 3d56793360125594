"""What references stand for before anything is deployed, and which names in an account they fit."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.template import NamePatterns, Template, TemplateError, Values, template_of

FUNCTION = "OrdersFunction2890526C"
BODY: dict[str, Any] = {
    "Parameters": {
        "Stage": {"Type": "String", "Default": "dev"},
        "Open": {"Type": "String"},
        "Topics": {"Type": "CommaDelimitedList", "Default": "one, two"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"},
    },
    "Mappings": {"Limits": {"dev": {"Threshold": 5}}},
    "Conditions": {
        "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
        "IsOpen": {"Fn::Equals": [{"Ref": "Open"}, "x"]},
        "Neither": {"Fn::And": [{"Fn::Not": [{"Condition": "IsDev"}]}, {"Condition": "IsOpen"}]},
        "Either": {"Fn::Or": [{"Condition": "IsDev"}, {"Condition": "IsOpen"}]},
        "Round": {"Condition": "Round"},
    },
    "Resources": {
        FUNCTION: {
            "Type": "AWS::Lambda::Function",
            "Metadata": {"aws:cdk:path": "Shop/Orders/Function/Resource"},
        },
        "Named": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"FunctionName": {"Fn::Sub": "${Stage}-mail"}},
        },
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "orders"}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": "depth"}},
    },
}


def shop(**environment: Any) -> Template:
    return template_of(BODY, name="Shop", **environment)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        (5, "5"),
        (True, "true"),
        ({"Ref": "Stage"}, "dev"),
        ({"Ref": "Open"}, "${Open}"),
        ({"Ref": "Image"}, "${Image}"),
        ({"Ref": "AWS::Region"}, "${AWS::Region}"),
        ({"Ref": "AWS::StackName"}, "Shop"),
        ({"Ref": FUNCTION}, f"${{{FUNCTION}}}"),
        ({"Ref": "Named"}, "dev-mail"),
        ({"Ref": "Queue"}, "${Queue.QueueUrl}"),
        ({"Ref": "Alarm"}, "depth"),
        ({"Ref": "Api"}, "${Api}"),
        ({"Fn::GetAtt": ["Queue", "QueueName"]}, "${Queue}"),
        ({"Fn::GetAtt": "Queue.Arn"}, "${Queue.Arn}"),
        ({"Fn::Join": ["", [{"Ref": FUNCTION}, ":live"]]}, f"${{{FUNCTION}}}:live"),
        ({"Fn::Join": ["-", {"Fn::Split": [",", "a,b"]}]}, "a-b"),
        (
            {"Fn::Sub": "${Stage}/${Queue.Arn}/${!x}/${AWS::AccountId}"},
            "dev/${Queue.Arn}/${x}/${AWS::AccountId}",
        ),
        ({"Fn::Sub": ["${Own}-${Stage}", {"Own": {"Ref": "Named"}}]}, "dev-mail-dev"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": [7, ["a", "b"]]}, "${Fn::Select}"),
        ({"Fn::Select": [1, {"Ref": "Topics"}]}, "two"),
        ({"Fn::Join": ["-", {"Ref": "Topics"}]}, "one-two"),
        ({"Fn::If": ["IsDev", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Neither", "yes", "no"]}, "no"),
        ({"Fn::If": ["IsOpen", "yes", "no"]}, "yes"),
        ({"Fn::FindInMap": ["Limits", {"Ref": "Stage"}, "Threshold"]}, "5"),
        ({"Fn::FindInMap": ["Limits", "prod", "Threshold"]}, "${Fn::FindInMap}"),
        ({"Fn::ImportValue": "Other:Topic"}, "${Import:Other:Topic}"),
        ({"Fn::GetAZs": ""}, "${Fn::GetAZs}"),
    ],
)
def test_references_come_to_what_is_known(value: Any, text: str) -> None:
    assert Values(shop()).text(value) == text


def test_parameters_environment_and_physical_names_are_used_where_they_are_given() -> None:
    values = Values(
        shop(environment=("111122223333", "eu-west-1")),
        parameters={"Stage": "prod", "Open": "x"},
        names={FUNCTION: "Shop-Orders-ABC"},
    )

    assert (
        values.text({"Fn::Sub": "${Named}/${AWS::Region}/${AWS::AccountId}"})
        == "prod-mail/eu-west-1/111122223333"
    )
    assert values.text({"Ref": FUNCTION}) == "Shop-Orders-ABC"
    assert values.holds("IsDev") is False
    assert values.holds("IsOpen") is True
    assert values.holds("Neither") is True


def test_conditions_are_known_open_or_no_conditions_at_all() -> None:
    values = Values(shop())

    assert [values.holds(name) for name in ("IsDev", "Neither", "Either", "IsOpen", "Nobody")] == [
        True,
        False,
        True,
        None,
        None,
    ]


def test_numbers_are_numbers_or_open() -> None:
    values = Values(shop())

    assert values.number("5.5") == 5.5
    assert values.number({"Ref": "Open"}) is None
    with pytest.raises(TemplateError, match="is not a number"):
        values.number({"Ref": "Stage"})


@pytest.mark.parametrize(
    ("kind", "property_"),
    [
        ("AWS::ApiGateway::Stage", "StageName"),
        ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName"),
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::ECS::Cluster", "ClusterName"),
        ("AWS::Events::EventBus", "Name"),
    ],
)
def test_a_reference_to_what_has_a_name_is_its_name(kind: str, property_: str) -> None:
    body = {"Resources": {"R": {"Type": kind, "Properties": {property_: "orders"}}}}

    assert Values(template_of(body)).text({"Ref": "R"}) == "orders"


def test_what_has_no_value_is_left_out() -> None:
    nothing = {"Ref": "AWS::NoValue"}

    assert Values(shop()).plain({"A": nothing, "B": [nothing, 1]}) == {"B": [1]}


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (["IsDev", {"Ref": "AWS::NoValue"}, 1], {"B": []}),
        (["Neither", 1, {"Ref": "AWS::NoValue"}], {"B": []}),
        (["IsOpen", {"Ref": "AWS::NoValue"}, 1], {"A": 1, "B": [1]}),
        (["IsDev", {"Fn::If": ["Neither", 1, {"Ref": "AWS::NoValue"}]}, 1], {"B": []}),
    ],
)
def test_what_a_choice_leaves_out_is_left_out(choice: list[Any], found: dict[str, Any]) -> None:
    assert Values(shop()).plain({"A": {"Fn::If": choice}, "B": [{"Fn::If": choice}]}) == found


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Join": 5},
        {"Fn::Select": ["x", []]},
        {"Fn::If": ["a"]},
        {"Fn::Split": [1]},
        {"Fn::GetAtt": []},
        {"Fn::If": ["Round", 1, 2]},
        ["a"],
    ],
)
def test_what_is_written_wrongly_is_one_clear_error(value: Any) -> None:
    with pytest.raises(TemplateError, match="Shop: "):
        Values(shop()).text(value)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.sampled_from(["a", "Stage", FUNCTION, "${Stage}", "IsDev"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Ref",
                        "Fn::Join",
                        "Fn::Sub",
                        "Fn::If",
                        "Fn::Select",
                        "Fn::GetAtt",
                        "Fn::Split",
                        "Fn::FindInMap",
                        "x",
                    ]
                ),
                inner,
                max_size=2,
            )
        ),
        max_leaves=10,
    )
)
def test_no_value_ends_in_anything_but_a_value_or_its_error(value: Any) -> None:
    try:
        Values(shop()).plain(value)
    except TemplateError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("text", "fits", "fits_not"),
    [
        (
            f"${{{FUNCTION}}}:live",
            (
                f"${{{FUNCTION}}}:live",
                f"{FUNCTION}:live",
                "Orders/Function:live",
                f"Shop-{FUNCTION}-AB12CD34EF56:live",
                "Shop-OrdersFun-AB12CD34EF56:live",
            ),
            (
                "Orders:live",
                "live",
                "Mail:live",
                f"Shop-{FUNCTION}-AB12CD34EF56",
                "Other-OrdersFunction2890526C-AB12CD34EF56:live",
            ),
        ),
        (
            "${Queue.Arn}",
            ("Queue", "arn:aws:sqs:eu-west-1:111122223333:Shop-Queue-AB12CD34EF56"),
            ("Queue2", "Shop-Queues-AB12CD34EF56"),
        ),
        ("${AWS::Region}-x", ("eu-west-1-x", "${AWS::Region}-x"), ("-y",)),
        ("a.b", ("a.b",), ("axb",)),
    ],
)
def test_names_fit_what_people_and_cloudformation_call_a_resource(
    text: str, fits: tuple[str, ...], fits_not: tuple[str, ...]
) -> None:
    body = {**BODY, "Resources": {**BODY["Resources"]}}
    # Another function in the same construct: the construct's path alone would mean either.
    body["Resources"]["Other"] = {
        "Type": "AWS::Lambda::Function",
        "Metadata": {"aws:cdk:path": "Shop/Orders/Other/Resource"},
    }
    pattern = NamePatterns(template_of(body, name="Shop")).of(text)

    assert [name for name in fits if not pattern.fullmatch(name)] == []
    assert [name for name in fits_not if pattern.fullmatch(name)] == []


@pytest.mark.parametrize("stack", ["Shop", "ProductionShop"])
def test_a_name_is_not_that_of_a_resource_whose_logical_id_goes_on_after_it(stack: str) -> None:
    ids = ("Orders", "OrdersDlq", "OrdersDlqOld", "OrdersTopic")
    body = {"Resources": {each: {"Type": "AWS::SQS::Queue"} for each in ids[:3]}}
    body["Resources"][ids[3]] = {"Type": "AWS::SNS::Topic"}
    patterns = {
        each: NamePatterns(template_of(body, name=stack)).of(f"${{{each}.QueueName}}") for each in ids
    }

    def named(name: str) -> list[str]:
        return [each for each, pattern in patterns.items() if pattern.fullmatch(name)]

    assert named(f"{stack}-Orders-AB12CD34EF56") == ["Orders", "OrdersTopic"]
    assert named(f"{stack}-OrdersDlq-AB12CD34EF56") == ["OrdersDlq"]
    assert named(f"{stack}-OrdersDlqOld-AB12CD34EF56") == ["OrdersDlqOld"]


def test_names_in_a_nested_stack_have_its_random_part_as_well() -> None:
    body = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    template = template_of(body, name="Shop-Orders", key="Shop/Orders", parent=("Shop", "Orders"))
    pattern = NamePatterns(template).of("${Queue}")

    assert pattern.fullmatch("Shop-Orders-1AB2CD3EF4GH-Queue-AB12CD34EF56")
    assert not pattern.fullmatch("Shop-Mail-1AB2CD3EF4GH-Queue-AB12CD34EF56")


def test_a_construct_is_called_by_its_path_where_it_has_one_resource_of_the_type() -> None:
    assert NamePatterns(shop()).of(f"${{{FUNCTION}}}").fullmatch("Orders")


def test_the_longest_logical_ids_have_patterns() -> None:
    body = {"Resources": {"Q" * 255: {"Type": "AWS::SQS::Queue"}}}
    pattern = NamePatterns(template_of(body, name="S" * 128)).of(f"${{{'Q' * 255}}}")

    assert pattern.fullmatch(f"{'S' * 20}-{'Q' * 30}-AB12CD34EF56")
