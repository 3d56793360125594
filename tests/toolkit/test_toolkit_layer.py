"""The layer holds the toolkit where Python looks, for one runtime, and is kept."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from constructs_lib.checks import ConfigurationError
from constructs_lib.function import HardenedFunction
from constructs_lib.handlers import handler_folder
from constructs_lib.toolkit import ToolkitLayer
from tests.gates import findings, lint
from tests.synthesis import fresh_app, some_code, synthesize

KIND = "AWS::Lambda::LayerVersion"


def test_layer_is_for_the_librarys_runtime_and_kept() -> None:
    app = fresh_app()
    stack = cdk.Stack(app, "Stack")
    toolkit = ToolkitLayer(stack, "Toolkit")
    assert isinstance(toolkit.layer, lambda_.LayerVersion)
    (layer,) = synthesize(stack).template.find_resources(KIND).values()
    assert layer["Properties"]["CompatibleRuntimes"] == ["python3.14"]
    assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]
    assert layer["DeletionPolicy"] == layer["UpdateReplacePolicy"] == "Retain"
    assert findings(app) == []


def test_layer_holds_the_toolkit_and_what_it_requires_for_its_target() -> None:
    app = fresh_app()
    ToolkitLayer(
        cdk.Stack(app, "Stack"),
        "Toolkit",
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.X86_64,
    )
    app.synth()
    (asset,) = Path(app.outdir).glob("asset.*")
    assert [path.name for path in asset.iterdir()] == ["python"]
    for package in ("handler_toolkit", "tenacity", "pybreaker", "aws_lambda_powertools", "botocore"):
        assert (asset / "python" / package / "__init__.py").is_file()
    (compiled,) = (asset / "python/pydantic_core").glob("*.so")
    assert compiled.name == "_pydantic_core.cpython-313-x86_64-linux-gnu.so"


def test_every_option_is_used() -> None:
    app = fresh_app()
    stack = cdk.Stack(app, "Stack")
    ToolkitLayer(
        stack,
        "Toolkit",
        runtime=lambda_.Runtime.PYTHON_3_12,
        architecture=lambda_.Architecture.X86_64,
        exclude_packages=["boto3", "botocore", "s3transfer"],
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    (layer,) = synthesize(stack).template.find_resources(KIND).values()
    assert layer["Properties"]["CompatibleRuntimes"] == ["python3.12"]
    assert layer["DeletionPolicy"] == "Delete"
    (asset,) = Path(app.outdir).glob("asset.*")
    assert not (asset / "python/botocore").exists()
    assert (asset / "python/tenacity").is_dir()


def test_same_content_is_the_same_version() -> None:
    keys = set()
    for _ in range(2):
        stack = cdk.Stack(fresh_app(), "Stack")
        ToolkitLayer(stack, "Toolkit")
        (layer,) = synthesize(stack).template.find_resources(KIND).values()
        keys.add(layer["Properties"]["Content"]["S3Key"])
    assert len(keys) == 1


def test_a_function_uses_it() -> None:
    app = fresh_app()
    stack = cdk.Stack(app, "Stack")
    toolkit = ToolkitLayer(stack, "Toolkit")
    HardenedFunction(stack, "Orders", code=some_code(), handler="index.handler", layers=[toolkit.layer])
    found = synthesize(stack)
    (function,) = found.template.find_resources("AWS::Lambda::Function").values()
    (layer,) = found.template.find_resources(KIND)
    assert function["Properties"]["Layers"] == [{"Ref": layer}]
    assert lint(found.body) == []


def test_nothing_is_built_for_a_stack_that_is_not_deployed(tmp_path: Path) -> None:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []}, outdir=str(tmp_path / "out"))
    stack = cdk.Stack(app, "Stack")
    ToolkitLayer(stack, "Toolkit", cache_folder=tmp_path / "cache")
    app.synth()
    assert not (tmp_path / "cache/bundles").exists()


def test_fails_for_a_runtime_that_is_not_python() -> None:
    stack = cdk.Stack(fresh_app(), "Stack")
    with pytest.raises(ConfigurationError, match=r"Stack/Toolkit: runtime is 'nodejs22\.x'"):
        ToolkitLayer(stack, "Toolkit", runtime=lambda_.Runtime.NODEJS_22_X)
    assert stack.node.try_find_child("Toolkit") is None


def test_the_toolkit_travels_with_the_library() -> None:
    assert (handler_folder("handler_toolkit") / "handler_toolkit/py.typed").is_file()
