"""Functions of the local cloud import what their layers bring.

https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
"""

import io
import json
import zipfile
from typing import Any

import pytest

from local_cloud import LocalCloud
from tests.cloud import deploy
from tests.local_cloud.resources import att, function, ref, resource

CODE = """
import shared, shadowed

def handler(event, context):
    return [shared.SAYS, shadowed.SAYS, context.function_version]
"""


def _layer(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"python/{name}.py", text)
    return packed.getvalue()


@pytest.fixture(scope="module")
def stack(cloud: LocalCloud) -> dict[str, str]:
    """A function with two layers, of which the second one wins."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="layers-of-tests")
    layers = {
        "First": _layer(shared="SAYS = 'first'", shadowed="SAYS = 'first'"),
        "Second": _layer(shadowed="SAYS = 'second'"),
    }
    resources = function(CODE, Layers=[ref("First"), ref("Second")])
    for name, packed in layers.items():
        s3.put_object(Bucket="layers-of-tests", Key=name, Body=packed)
        content = {"S3Bucket": "layers-of-tests", "S3Key": name}
        resources[name] = resource("Lambda::LayerVersion", Content=content, LayerName=f"tests-{name}")
    return deploy(
        cloud,
        "layers",
        resources,
        Function=ref("Function"),
        First=ref("First"),
        Second=ref("Second"),
        Version=att("Version", "Version"),
    )


def _ask(cloud: LocalCloud, stack: dict[str, str], **qualifier: str) -> Any:
    return json.load(cloud.client("lambda").invoke(FunctionName=stack["Function"], **qualifier)["Payload"])


def test_function_imports_from_its_layers_and_a_later_one_comes_first(
    cloud: LocalCloud, stack: dict[str, str]
) -> None:
    assert _ask(cloud, stack) == ["first", "second", "$LATEST"]


def test_version_behind_the_alias_keeps_its_layers(cloud: LocalCloud, stack: dict[str, str]) -> None:
    client, name = cloud.client("lambda"), stack["Function"]
    client.update_function_configuration(FunctionName=name, Layers=[stack["First"]])

    assert _ask(cloud, stack, Qualifier="live") == ["first", "second", stack["Version"]]
    assert _ask(cloud, stack) == ["first", "first", "$LATEST"]
    configured = client.get_function_configuration(FunctionName=name, Qualifier="live")
    assert [layer["Arn"] for layer in configured["Layers"]] == [stack["First"], stack["Second"]]
