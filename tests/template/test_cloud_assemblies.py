"""Cloud assemblies of any age and language, and those that are not as CDK writes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.template import Template, TemplateError, read_assembly

STACK = "aws:cloudformation:stack"
QUEUE = {"Type": "AWS::SQS::Queue"}
NESTED = "AWS::CloudFormation::Stack"


def body(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources or {"Q": QUEUE}}


def put(folder: Path, **files: Any) -> Path:
    """Write JSON files; ``__`` in a name stands for a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_text(data if isinstance(data, str) else json.dumps(data))
    return folder


def artifact(file: str = "S.json", **more: Any) -> dict[str, Any]:
    return {
        "type": STACK,
        "environment": "aws://111122223333/eu-west-1",
        "properties": {"templateFile": file},
        **more,
    }


def assembly(folder: Path, artifacts: dict[str, Any], **files: Any) -> tuple[Template, ...]:
    put(folder, manifest__json={"version": "1.0.0", "artifacts": artifacts}, **files)
    return read_assembly(folder).templates


def logical_id(name: str) -> list[dict[str, str]]:
    return [{"type": "aws:cdk:warning", "data": "x"}, {"type": "aws:cdk:logicalId", "data": name}]


def test_metadata_in_the_manifest_tell_paths(tmp_path: Path) -> None:
    stack = artifact(metadata={"/S/Orders/Queue/Resource": logical_id("Q")})
    (template,) = assembly(tmp_path, {"S": stack}, S__json=body())

    assert (template.name, template.key, template.resources["Q"].path) == ("S", "S", "Orders/Queue")


def test_metadata_in_a_file_of_their_own_tell_paths(tmp_path: Path) -> None:
    stack = artifact(additionalMetadataFile="S.metadata.json", displayName="Prod/S (prod-s)")
    metadata = {"/Prod/S/Orders/Queue/Resource": logical_id("Q")}
    (template,) = assembly(tmp_path, {"ProdS": stack}, S__json=body(), S__metadata__json=metadata)

    assert (template.name, template.key, template.resources["Q"].path) == ("ProdS", "Prod/S", "Orders/Queue")


def test_the_tree_tells_paths_where_metadata_do_not(tmp_path: Path) -> None:
    node = {"path": "S/Orders/Resource", "attributes": {"aws:cdk:cloudformation:logicalId": "Q"}}
    other = {"path": "S2/Else/Resource", "attributes": {"aws:cdk:cloudformation:logicalId": "Q"}}
    tree = {"tree": {"path": "", "children": {"a": {"children": {"b": node}}, "c": other, "d": 5}}}
    artifacts = {"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}, "S": artifact()}
    (template,) = assembly(tmp_path, artifacts, S__json=body(), tree__json=tree)

    assert template.resources["Q"].path == "Orders"


def test_metadata_that_cannot_be_read_leave_the_template_readable(tmp_path: Path) -> None:
    stack = artifact(additionalMetadataFile="S.metadata.json")
    (template,) = assembly(tmp_path, {"S": stack}, S__json=body(), S__metadata__json="{")

    assert template.resources["Q"].path == "Q"
    assert template.problems[0].startswith("the paths of its constructs are not known: ")


@pytest.mark.parametrize(
    ("environment", "account", "region"),
    [
        ("aws://unknown-account/unknown-region", None, None),
        ("aws://111122223333/unknown-region", "111122223333", None),
        ("aws://unknown-account/eu-west-1", None, "eu-west-1"),
        ("aws://111122223333/" + "x" * 300, None, None),
        (5, None, None),
        (None, None, None),
    ],
)
def test_environments_are_known_or_not(
    tmp_path: Path, environment: Any, account: str | None, region: str | None
) -> None:
    (template,) = assembly(tmp_path, {"S": artifact(environment=environment)}, S__json=body())

    assert (template.account, template.region) == (account, region)


def nested_in(parent: Any, **more: Any) -> dict[str, Any]:
    return body(N={"Type": NESTED, "Properties": {"TemplateURL": parent}, **more})


def test_a_nested_stack_is_found_by_the_asset_that_its_address_names(tmp_path: Path) -> None:
    url = {"Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/bucket-${AWS::Region}/prefix/abc.json"}
    assets = {
        "files": {
            "abc": {"source": {"path": "n.json"}, "destinations": {"x": {"objectKey": "prefix/abc.json"}}}
        }
    }
    artifacts = {"A": {"type": "cdk:asset-manifest", "properties": {"file": "A.json"}}, "S": artifact()}
    parent, child = assembly(tmp_path, artifacts, S__json=nested_in(url), n__json=body(), A__json=assets)

    assert (child.key, child.name, child.parent) == ("S/N", "S-N", ("S", "N"))
    assert (child.region, child.resources["Q"].path) == ("eu-west-1", "N/Q")
    assert parent.nested == {"N": "S/N"}


def test_a_nested_stack_is_found_by_the_metadata_of_its_asset(tmp_path: Path) -> None:
    stack = nested_in({"Ref": "Somewhere"}, Metadata={"aws:asset:path": "n.json"})
    _, child = assembly(tmp_path, {"S": artifact()}, S__json=stack, n__json=body())

    assert child.key == "S/N"


def test_a_nested_stack_is_found_by_the_parameter_of_an_old_asset(tmp_path: Path) -> None:
    url = {"Fn::Join": ["", ["https://s3/", {"Ref": "Bucket"}, "/", {"Fn::Select": [0, {"Ref": "Key"}]}]]}
    asset = {"type": "aws:cdk:asset", "data": {"path": "n.json", "s3KeyParameter": "Key"}}
    stack = artifact(metadata={"/S": [asset]})
    _, child = assembly(tmp_path, {"S": stack}, S__json=nested_in(url), n__json=body())

    assert child.key == "S/N"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://s3.amazonaws.com/b/k.json", "its template is not here"),
        ("missing.json", "is not there"),
        ("../secret.json", "lies outside of"),
        ("/etc/passwd", "lies outside of"),
        ("link.json", "lies outside of"),
        ("a\0b", "is no path"),
        (5, "its template is not here"),
    ],
)
def test_a_nested_stack_that_is_not_here_or_lies_elsewhere_is_told(
    tmp_path: Path, url: Any, problem: str
) -> None:
    put(tmp_path, secret__json=body())
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (template,) = assembly(folder, {"S": artifact()}, S__json=nested_in(url))

    assert template.problems[0].startswith("the nested stack N is not read: ")
    assert problem in template.problems[0]


@pytest.mark.parametrize("name", ["../S.json", "/etc/hostname", "sub/../../S.json"])
def test_paths_that_lead_out_of_an_assembly_are_refused(tmp_path: Path, name: str) -> None:
    put(tmp_path, S__json=body())
    with pytest.raises(TemplateError, match="lies outside of"):
        assembly(tmp_path / "cdk.out", {"S": artifact(name)})
    inner = {"type": "cdk:cloud-assembly", "properties": {"directoryName": name}}
    with pytest.raises(TemplateError, match="lies outside of"):
        assembly(tmp_path / "cdk.out", {"A": inner})


def test_an_assembly_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    inner = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    (template,) = assembly(tmp_path, {"A": inner, "S": artifact()}, S__json=body())

    assert template.key == "S"


def test_keys_differ_even_where_an_assembly_says_the_same_twice(tmp_path: Path) -> None:
    one, two = (artifact(displayName="Sa${me}me") for _ in range(2))
    first, second = assembly(tmp_path, {"A": one, "B": two}, S__json=body())

    assert (first.key, second.key) == ("Sa__me_me", "Sa__me_me'")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "..", "S.json", "x", "\0", "a" * 300]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "data", "source", "path", "files", "destinations"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings().max_examples * 2
)
@given(data=st.data())
def test_entries_of_any_type_end_in_templates_or_one_line(tmp_path: Path, data: st.DataObject) -> None:
    stack: dict[str, Any] = artifact(
        metadata={"/S/Q/Resource": logical_id("Q")}, additionalMetadataFile="S.metadata.json", displayName="S"
    )
    assets = {"type": "cdk:asset-manifest", "properties": {"file": "A.json"}}
    manifest: dict[str, Any] = {"version": "1.0.0", "artifacts": {"S": stack, "A": assets}}
    files: dict[str, Any] = {
        "S__metadata__json": {"/S/Q": logical_id("Q")},
        "A__json": {
            "files": {"a": {"source": {"path": "n.json"}, "destinations": {"d": {"objectKey": "k"}}}}
        },
    }
    where = data.draw(
        st.sampled_from([stack, stack["properties"], assets, manifest, manifest["artifacts"], files])
    )
    where[data.draw(st.sampled_from(sorted(where)))] = data.draw(ODD)
    put(tmp_path, S__json=nested_in("https://x/k"), n__json=body(), manifest__json=manifest, **files)
    try:
        found = read_assembly(tmp_path)
    except TemplateError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
    else:
        assert found.templates


def test_an_assembly_whose_list_of_assets_is_gone_is_read(tmp_path: Path) -> None:
    artifacts = {
        "Orders.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Orders.assets.json"}},
        "Orders": {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": "Orders.template.json"},
        },
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    (tmp_path / "Orders.template.json").write_text('{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}')

    (template,) = read_assembly(tmp_path).templates

    assert list(template.resources) == ["Queue"]


def test_what_cdk_was_told_to_acknowledge_is_known_by_the_paths_of_constructs(tmp_path: Path) -> None:
    def acknowledged(rule: str) -> list[dict[str, object]]:
        return [{"type": "aws:cdk:acknowledged-rules", "data": {rule: "because"}}]

    artifacts = {
        "Orders": {
            "type": "aws:cloudformation:stack",
            "displayName": "Prod/Orders (Prod-Orders)",
            "properties": {"templateFile": "Orders.template.json"},
            "metadata": {
                "/Prod/Orders": acknowledged("all"),
                "/Prod/Orders/Queue": acknowledged("one"),
                "/Prod/Orders/Queue/Resource": [{"type": "aws:cdk:logicalId", "data": "Queue1"}],
            },
        }
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    (tmp_path / "Orders.template.json").write_text('{"Resources": {"Queue1": {"Type": "AWS::SQS::Queue"}}}')

    (template,) = read_assembly(tmp_path).templates

    assert template.construct_path == "Prod/Orders"
    assert template.acknowledged == {"": {"all": "because"}, "Queue": {"one": "because"}}
