"""Files as people and programs write them, and those that are no templates."""

import json
from pathlib import Path

import pytest

from constructs_lib.template import TemplateError, read_assembly
from constructs_lib.template.yaml_forms import parse_yaml, read_yaml

JSON = '{\r\n\t"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}\r\n'
YAML = "Resources:\r\n  Q: {Type: AWS::SQS::Queue}\r\n"


@pytest.mark.parametrize("name", ["t.json", "t.template.json", "t.template", "t", "t.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_of_any_name_and_encoding_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(JSON.encode(encoding))
    (template,) = read_assembly(tmp_path / name).templates

    assert (template.name, list(template.resources)) == ("t", ["Q"])


@pytest.mark.parametrize("name", ["t.yaml", "t.yml", "t", "t.template", "t.template.yaml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_yaml_of_any_name_and_encoding_is_read(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(YAML.encode(encoding))
    (template,) = read_assembly(tmp_path / name).templates

    assert (template.name, list(template.resources)) == ("t", ["Q"])


def test_keys_are_texts_and_values_are_as_yaml_has_them() -> None:
    text = "on: yes\n012345678901: 1\n~: null\n1.10: 1.10\na: 2010-09-09\nb: '5'\nc: !!str 5\nd: ! 5\ne: 0x1f"

    assert parse_yaml(text, "x") == {
        "on": True,
        "012345678901": 1,
        "~": None,
        "1.10": 1.1,
        "a": "2010-09-09",
        "b": "5",
        "c": "5",
        "d": "5",
        "e": 31,
    }


def test_aliases_and_merges_are_what_they_stand_for() -> None:
    text = """
a: &a {x: 1, y: 2}
b: {<<: *a, y: 3}
c: {<<: [{x: 5}, *a], z: 6}
d: [*a, &t text, *t]
e: &s !Sub "${X}"
f: *s
"""
    found = parse_yaml(text, "x")

    assert found["b"] == {"x": 1, "y": 3}
    assert found["c"] == {"x": 5, "y": 2, "z": 6}
    assert found["d"] == [{"x": 1, "y": 2}, "text", "text"]
    assert found["e"] == found["f"] == {"Fn::Sub": "${X}"}


def test_the_parser_that_is_written_in_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml  # noqa: PLC0415 - its slow parser is for this test alone

    from constructs_lib.template import yaml_forms  # noqa: PLC0415 - likewise

    text = (
        "a: !If [A, !Ref B, !GetAtt C.D]\nb: |\n  x\n  y\nc: [1, '1', 1.5, yes, ~]\nd: {e: &f [1], g: *f}\n"
    )
    quick = parse_yaml(text, "x")
    monkeypatch.setattr(yaml_forms, "_PARSER", yaml.SafeLoader)

    assert parse_yaml(text, "x") == quick


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1]: a", "a key is no text"),
        ("{a: 1}: b", "a key is no text"),
        ("a: *b", "the alias *b stands for nothing, or for what it is in"),
        ("a: &b [*b]", "the alias *b stands for nothing, or for what it is in"),
        ("<<: 5", "<< takes an object, or a list of them"),
        ("a: !!set {b}", "it has the tag tag:yaml.org,2002:set, which no template has"),
        ("a: 1\n---\nb: 2", "it holds more than one document"),
        ("\ta: 1", "cannot start any token"),
    ],
)
def test_yaml_that_no_template_has_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(TemplateError) as raised:
        parse_yaml(text, "t.yaml")

    assert str(raised.value).startswith("t.yaml is no YAML: ")
    assert problem in str(raised.value)
    assert "line" in str(raised.value)


def test_a_key_that_is_there_twice_is_told_of_and_the_last_one_counts(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"Resources": {"Q": {"Type": "A", "Type": "B"}}}')
    (tmp_path / "t.yaml").write_text("Resources:\n  Q:\n    Type: A\n    Type: B\n")
    for name in ("t.json", "t.yaml"):
        (template,) = read_assembly(tmp_path / name).templates
        assert template.resources["Q"].type == "B"
        assert template.problems[0].startswith("the key 'Type' is there twice in one object")
    assert read_yaml("a: 1\na: 2", "x")[1] == (
        "the key 'a' is there twice in one object, by line 2; the last one counts",
    )


PACKAGE = "run serverless package, and give .serverless/cloudformation-template-update-stack.json"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("serverless.yml", "service: a\nprovider: {name: aws}\nfunctions: {f: {handler: a.b}}", PACKAGE),
        ("serverless.yml", "service: a\nprovider: {name: aws}\nresources: 5", PACKAGE),
        ("docker-compose.yml", "services: {db: {image: x}}", "looks like a file of docker compose"),
        ("package.json", '{"name": "a", "scripts": {}}', "looks like a package.json"),
        ("k8s.yaml", "apiVersion: v1\nkind: Pod", "looks like a manifest of Kubernetes"),
        ("openapi.yaml", "openapi: 3.0.0", "looks like a description of an API"),
        ("flow.json", '{"StartAt": "A", "States": {}}', "looks like the definition of a state machine"),
        ("cdk.json", '{"app": "python3 app.py"}', "looks like a cdk.json: run cdk synth, and give cdk.out"),
        ("manifest.json", '{"version": "1", "artifacts": {}}', "give the folder that it lies in"),
        ("empty.yaml", "", "is no template: it is empty"),
        ("comment.yaml", "# nothing", "is no template: it is empty"),
        ("list.yaml", "- a", "is no template: it holds list"),
        ("text.txt", "hello", "is no template: it holds str"),
        ("resources.json", '{"Resources": [1]}', "is no template: it has no Resources"),
    ],
)
def test_a_file_that_is_no_template_is_called_what_it_is(
    tmp_path: Path, name: str, text: str, problem: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TemplateError) as raised:
        read_assembly(tmp_path / name)

    assert problem in str(raised.value)
    assert name in str(raised.value)


@pytest.mark.parametrize("shape", ["an object", "a list"])
def test_the_resources_of_a_serverless_file_are_read_and_what_is_not_is_told(
    tmp_path: Path, shape: str
) -> None:
    resources: object = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"O": {"Value": 1}}}
    more = {"Resources": {"P": {"Type": "AWS::SQS::Queue"}}}
    given = [resources, more, "${file(x.yml)}"] if shape == "a list" else resources
    text = json.dumps({"service": "a", "provider": {"name": "aws"}, "functions": {}, "resources": given})
    (tmp_path / "serverless.yml").write_text(text)
    (template,) = read_assembly(tmp_path / "serverless.yml").templates

    assert list(template.resources) == (["Q", "P"] if shape == "a list" else ["Q"])
    assert list(template.section("Outputs")) == ["O"]
    assert PACKAGE in template.problems[0]


def test_one_broken_resource_leaves_the_others_readable(tmp_path: Path) -> None:
    resources = {
        "Whole": {"Type": "A", "Condition": ["x"], "Metadata": 5, "DeletionPolicy": "Retain"},
        "Untyped": {"Properties": {}},
        "Number": {"Type": 5},
        "Text": "x",
        "Odd": {"Type": "A", "Properties": "x"},
        "Fn::ForEach::Loop": ["A", ["b"], {}],
    }
    (tmp_path / "t.json").write_text(
        json.dumps({"Resources": resources, "Transform": ["Macro", {"Name": "Other"}]})
    )
    (template,) = read_assembly(tmp_path / "t.json").templates

    assert list(template.resources) == ["Whole"]
    assert template.resources["Whole"].condition is None
    assert template.resources["Whole"].declared["DeletionPolicy"] == "Retain"
    assert template.problems == (
        "the transform Macro may make more of the template than what is read here",
        "the transform Other may make more of the template than what is read here",
        "the resource Untyped has no Type",
        "the resource Number has no Type",
        "the resource Text has no Type",
        "the Properties of Odd are no object",
        "what Fn::ForEach::Loop makes is not read",
    )


def test_a_template_without_resources_is_read_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.template.json"
    path.write_text('{"Parameters": {"BootstrapVersion": {"Type": "String"}}}')

    (template,) = read_assembly(path).templates

    assert not template.resources
    assert template.problems == (
        "it has no Resources: CDK leaves such a stack out, and CloudFormation refuses it",
    )
