"""Templates and assemblies as they lie in files."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.template import TemplateError, read_assembly, template_of
from constructs_lib.template.yaml_forms import parse_yaml

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_json_template_has_its_resources(tmp_path: Path) -> None:
    path = written(tmp_path, "orders.template.json", json.dumps({"Resources": {"Q": QUEUE}}))
    (template,) = read_assembly(path).templates

    assert (template.name, template.source, template.account, template.region) == ("orders", path, None, None)
    assert template.resources["Q"].type == "AWS::SQS::Queue"
    assert template.resources["Q"].path == "Q"
    assert [each.logical_id for each in template.of_type("AWS::SQS::Queue")] == ["Q"]


@pytest.mark.parametrize("name", ["orders.yaml", "orders.yml", "orders.txt"])
def test_yaml_has_the_long_forms_of_its_short_ones(tmp_path: Path, name: str) -> None:
    text = """
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Condition: Wanted
    Properties:
      A: !Ref Q
      B: !GetAtt Q.Arn
      C: !GetAtt [Q, Arn]
      D: !Sub "${Q}-x"
      E: !If [Wanted, !Ref Q, !Ref AWS::NoValue]
      F: !Join ["-", [a, !Select [0, !Split [",", "b,c"]]]]
      G: !Condition Wanted
"""
    (template,) = read_assembly(written(tmp_path, name, text)).templates
    alarm = template.resources["Alarm"]

    assert template.body["AWSTemplateFormatVersion"] == "2010-09-09"
    assert alarm.condition == "Wanted"
    assert alarm.properties == {
        "A": {"Ref": "Q"},
        "B": {"Fn::GetAtt": ["Q", "Arn"]},
        "C": {"Fn::GetAtt": ["Q", "Arn"]},
        "D": {"Fn::Sub": "${Q}-x"},
        "E": {"Fn::If": ["Wanted", {"Ref": "Q"}, {"Ref": "AWS::NoValue"}]},
        "F": {"Fn::Join": ["-", ["a", {"Fn::Select": [0, {"Fn::Split": [",", "b,c"]}]}]]},
        "G": {"Condition": "Wanted"},
    }


def test_an_assembly_tells_stacks_environments_and_construct_paths(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stage = cdk.Stage(app, "Prod", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    for scope, name in ((app, "Plain"), (stage, "Staged")):
        stack = cdk.Stack(scope, name)
        queue = sqs.Queue(stack, "Queue")
        cloudwatch.Alarm(
            stack,
            "Depth",
            metric=queue.metric_approximate_number_of_messages_visible(),
            threshold=1,
            evaluation_periods=1,
        )
    app.synth()
    found = {each.name: each for each in read_assembly(tmp_path).templates}

    assert list(found) == ["Plain", "Prod-Staged"]
    assert (found["Plain"].account, found["Plain"].region) == (None, None)
    assert (found["Prod-Staged"].account, found["Prod-Staged"].region) == ("111122223333", "eu-west-1")
    for template in found.values():
        assert {each.path for each in template.of_type("AWS::SQS::Queue", "AWS::CloudWatch::Alarm")} == {
            "Queue",
            "Depth",
        }


def test_paths_in_the_metadata_of_resources_are_read() -> None:
    body = {"Resources": {"Q": {**QUEUE, "Metadata": {"aws:cdk:path": "Stack/Orders/Queue/Resource"}}}}

    assert template_of(body).resources["Q"].path == "Orders/Queue"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("missing.json", None, "is not there: run cdk synth first"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[]", "is no template: it holds list"),
        ("a.json", "{}", "is no template: it has no Resources"),
        ("a.json", '{"Resources": {"Q": {}}}', "the resource Q has no Type"),
        (
            "a.json",
            '{"Resources": {"Q": {"Type": 5}, "P": {"Type": "T", "Properties": [1]}}}',
            "the Properties of P are no object",
        ),
        ("a.yaml", "a: [", "is no YAML"),
        ("a.yaml", "a: !Ref", "is no template"),
        ("a.yaml", "!!python/object:os.system x", "is no YAML"),
        ("manifest.json", "{}", "is no template"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(
    tmp_path: Path, name: str, text: str | None, problem: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(TemplateError, match=problem) as raised:
        read_assembly(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_folders_without_a_stack_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="run cdk synth first"):
        read_assembly(tmp_path)
    (tmp_path / "manifest.json").write_text('{"artifacts": {"Tree": {"type": "cdk:tree"}, "x": 1}}')
    with pytest.raises(TemplateError, match="has no stack"):
        read_assembly(tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(TemplateError, match="is no manifest"):
        read_assembly(tmp_path)


@given(PLAIN)
def test_no_data_ends_in_anything_but_a_template_or_its_error(body: Any) -> None:
    try:
        template_of(body)
    except TemplateError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@given(st.text(alphabet="ab:!{}[]-\n '\"&*|>?%@Ref,", max_size=40))
def test_no_text_ends_in_anything_but_yaml_or_its_error(text: str) -> None:
    try:
        parse_yaml(text, "x.yaml")
    except TemplateError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right
