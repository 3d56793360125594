"""What one template passes to another is followed to where it comes from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib.template import Assembly, Template, Values, linked_values, read_assembly, template_of
from tests.template.deployed_together import synthesized

TOPIC = {"Type": "AWS::SNS::Topic"}
ORDERS = "OrdersNestedStackOrdersNestedStackResource8B6E3CDE"


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    return read_assembly(synthesized(tmp_path_factory.mktemp("together")))


def at(assembly: Assembly, path: str, **linking: Any) -> dict[str, Any]:
    """The resolved properties of the alarm at a path."""
    values = linked_values(assembly, **linking)
    (found,) = (
        values[template.key].plain(each.properties)
        for template in assembly.templates
        for each in template.of_type("AWS::CloudWatch::Alarm")
        if each.path == path
    )
    assert isinstance(found, dict)
    return found


def test_templates_have_keys_parents_and_paths(together: Assembly) -> None:
    inner = f"Prod/Shop/{ORDERS}/InnerNestedStackInnerNestedStackResource745E041B"
    by_key = {each.key: each for each in together.templates}

    assert list(by_key) == ["Prod/Data", "Prod/Global", "Prod/Shop", f"Prod/Shop/{ORDERS}", inner]
    assert by_key["Prod/Shop"].parent is None
    assert by_key["Prod/Shop"].nested == {ORDERS: f"Prod/Shop/{ORDERS}"}
    assert by_key[f"Prod/Shop/{ORDERS}"].parent == ("Prod/Shop", ORDERS)
    assert by_key[f"Prod/Shop/{ORDERS}"].region == "eu-west-1"
    assert by_key["Prod/Shop"].resources[ORDERS].path == "Orders"
    assert {each.path for each in by_key[inner].resources.values()} == {"Orders/Inner/Deep"}
    assert [each.problems for each in together.templates] == [()] * 5


def test_the_same_logical_id_in_a_stack_and_in_one_nested_in_it_has_two_paths(together: Assembly) -> None:
    paths = [
        each.path for template in together.templates for each in template.resources.values()
        if each.logical_id == "Depth897E9B15"
    ]  # fmt: skip

    assert paths == ["Depth", "Orders/Depth"]


def test_an_import_leads_to_what_is_exported_also_from_a_nested_stack(together: Assembly) -> None:
    mail = "${Prod/Data//Mail6A3D1F64.TopicArn}"

    assert at(together, "Depth")["AlarmActions"][0] == mail
    assert at(together, "Orders/Depth")["AlarmActions"] == [mail]
    assert at(together, "Orders/Inner/Deep")["AlarmActions"] == [mail]


def test_a_reference_across_regions_leads_to_where_it_comes_from(together: Assembly) -> None:
    assert at(together, "Depth")["AlarmActions"][1] == "${Prod/Global//Pager3330101C.TopicArn}"


def test_outputs_and_parameters_of_nested_stacks_are_followed(together: Assembly) -> None:
    queue = f"${{Prod/Shop/{ORDERS}//Queue4A7E3555}}"

    assert at(together, "Depth")["Dimensions"][0]["Value"] == queue
    assert at(together, "Orders/Depth")["Dimensions"][0]["Value"] == "${Queue4A7E3555}"
    assert at(together, "Orders/Inner/Deep")["Dimensions"][0]["Value"] == queue


@pytest.mark.parametrize("strength", ["weak", "both", "strong"])
def test_references_of_any_strength_that_cdk_writes_are_followed(tmp_path: Path, strength: str) -> None:
    app = cdk.App(outdir=str(tmp_path), context={"@aws-cdk/core:defaultCrossStackReferences": strength})
    stacks = [
        cdk.Stack(
            app, region, cross_region_references=True, env=cdk.Environment(account="111122223333", region=region)
        )
        for region in ("us-east-1", "eu-west-1")
    ]  # fmt: skip
    topic = sns.Topic(stacks[0], "Topic")
    cdk.CfnOutput(stacks[1], "Used", value=topic.topic_arn)
    sns.Topic(stacks[1], "Own")
    app.synth()
    assembly = read_assembly(tmp_path)
    near, far = assembly.templates
    (topic_id,) = (each.logical_id for each in far.of_type("AWS::SNS::Topic"))
    used = linked_values(assembly)[near.key].plain(near.body["Outputs"]["Used"]["Value"])

    assert (near.key, far.key) == ("eu-west-1", "us-east-1")
    assert used == f"${{us-east-1//{topic_id}.TopicArn}}"


def test_one_stack_name_in_two_regions_is_two_templates(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    for region in ("eu-west-1", "eu-central-1"):
        environment = cdk.Environment(account="111122223333", region=region)
        sns.Topic(cdk.Stack(app, f"Orders-{region}", stack_name="orders", env=environment), "Topic")
    app.synth()
    templates = read_assembly(tmp_path).templates

    assert [each.name for each in templates] == ["orders", "orders"]
    assert {each.key for each in templates} == {"Orders-eu-west-1", "Orders-eu-central-1"}


def both(first: dict[str, Any], second: dict[str, Any], *regions: str | None) -> Mapping[str, Values]:
    templates = [
        template_of(body, name=name, environment=(None, region))
        for name, body, region in zip(
            ("first", "second"), (first, second), regions or (None, None), strict=True
        )
    ]
    return linked_values(Assembly(templates=tuple(templates)))


def exporting(value: Any, name: Any = "E", **more: Any) -> dict[str, Any]:
    return {"Resources": {"T": TOPIC}, "Outputs": {"O": {"Value": value, "Export": {"Name": name}}}, **more}


IMPORT = {"Fn::ImportValue": "E"}


def test_an_imported_text_keeps_what_both_know_and_names_what_one_knows() -> None:
    text = {"Fn::Sub": "${T}/${P}/${AWS::Region}/${AWS::StackName}"}
    values = both(exporting(text), {"Resources": {"U": TOPIC}}, "eu-west-1", None)

    assert values["second"].plain(IMPORT) == "${first//T.TopicArn}/${first//P}/eu-west-1/first"


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("eu-west-1", "us-east-1", "${Import:E}"),
        (None, "us-east-1", "1"),
        ("us-east-1", "us-east-1", "1"),
    ],
)
def test_exports_are_those_of_a_region(first: str | None, second: str, found: str) -> None:
    values = both(exporting("1"), {"Resources": {"U": TOPIC}}, first, second)

    assert values["second"].plain(IMPORT) == found


def test_of_two_exports_of_one_name_none_is_taken() -> None:
    assert both(exporting("1"), exporting("2"))["second"].plain(IMPORT) == "${Import:E}"


def test_a_name_of_an_export_may_be_made_of_others() -> None:
    stage = {"Parameters": {"Stage": {"Type": "String", "Default": "E"}}}
    values = both(exporting("1", {"Ref": "Stage"}, **stage), {"Resources": {"U": TOPIC}})

    assert values["second"].plain(IMPORT) == "1"


def test_imports_that_lead_back_to_themselves_are_unknown() -> None:
    first = exporting(IMPORT, "E")

    assert both(first, {"Resources": {"U": TOPIC}})["second"].plain(IMPORT) == "${Import:E}"


def family(parameters: dict[str, Any], declared: dict[str, Any], **child: Any) -> tuple[Template, Template]:
    stack = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "x", "Parameters": parameters},
    }
    parent = Template(
        **{**vars(template_of({"Resources": {"N": stack, "T": TOPIC}}, name="P")), "nested": {"N": "P/N"}}
    )
    body = {"Resources": {"U": TOPIC}, "Parameters": declared, **child}
    return parent, template_of(body, name="P-N", key="P/N", parent=("P", "N"))


@pytest.mark.parametrize(
    ("passed", "kind", "found"),
    [
        ({"Ref": "T"}, "String", "${P//T.TopicArn}"),
        ({"Fn::Join": [",", [{"Ref": "T"}, "x"]]}, "CommaDelimitedList", ["${P//T.TopicArn}", "x"]),
        (5, "Number", "5"),
        ({"Fn::GetAtt": ["N", "Outputs.O"]}, "String", "${A}"),
        ({"Fn::Nothing": 1}, "String", "${Fn::Nothing}"),
    ],
)
def test_a_parameter_of_a_nested_stack_is_what_its_parent_passes(passed: Any, kind: str, found: Any) -> None:
    templates = family(
        {"A": passed}, {"A": {"Type": kind, "Default": "never"}}, Outputs={"O": {"Value": {"Ref": "A"}}}
    )
    values = linked_values(Assembly(templates=templates), parameters={"A": "of the parent's own"})

    assert values["P/N"].plain({"Ref": "A"}) == found


def test_a_parameter_that_its_parent_leaves_out_has_its_default() -> None:
    values = linked_values(Assembly(templates=family({}, {"A": {"Type": "String", "Default": "d"}})))

    assert values["P/N"].plain({"Ref": "A"}) == "d"
    assert values["P/N"].plain({"Ref": "AWS::StackName"}) == "${AWS::StackName}"


def test_parameters_are_those_of_the_stacks() -> None:
    values = both(exporting({"Ref": "S"}, Parameters={"S": {"Type": "String"}}), {"Resources": {"U": TOPIC}})
    given = linked_values(
        Assembly(templates=(template_of(exporting({"Ref": "S"}, Parameters={"S": {"Type": "String"}})),)),
        parameters={"S": "x"},
    )

    assert values["second"].plain(IMPORT) == "${first//S}"
    assert given["Template"].plain(IMPORT) == "x"
