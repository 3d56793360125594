"""The handler toolkit as a Lambda layer."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.bundling import PythonCode, Target
from constructs_lib.checks import Check
from constructs_lib.handlers import handler_folder

__all__ = ["ToolkitLayer"]

# Python finds what lies here in a layer.
# https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html
_FOLDER: Final = "python"


class ToolkitLayer(Construct):
    """A layer version with the package ``handler_toolkit`` and all that it requires.

    It fits functions of one runtime and one architecture, because some of what it requires is compiled. Give
    them ``layers=[toolkit.layer]``; their own code then needs none of the toolkit's requirements.

    Attributes:
        layer: the `aws_cdk.aws_lambda.LayerVersion`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runtime: lambda_.Runtime | None = None,
        architecture: lambda_.Architecture | None = None,
        exclude_packages: Iterable[str] = (),
        target: Target | None = None,
        cache_folder: str | Path | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        """Build the layer.

        Args:
            scope: the parent construct.
            construct_id: this construct's id.
            runtime: of the functions that use it. Left out, the one that this library's functions have.
            architecture: of the functions that use it. Left out, arm64.
            exclude_packages: distributions not to install, as `PythonCode` takes them. Mind that the toolkit
                limits single calls by what the botocore that it comes with can do.
            target: what to bundle for, as `PythonCode` takes it: ``Target.host()`` for a local cloud. Left out, the
                runtime and the architecture decide.
            cache_folder: as `PythonCode` takes it.
            removal_policy: what becomes of this version when another takes its place or the stack is deleted.
                Left out, it stays, so that functions can be rolled back to it.

        Raises:
            ConfigurationError: it cannot be bundled; the message says why and what to do.
        """
        check = Check(scope, construct_id)
        runtime = runtime or lambda_.Runtime.PYTHON_3_14
        architecture = architecture or lambda_.Architecture.ARM_64
        bundle = PythonCode.from_folder(
            handler_folder("handler_toolkit"),
            exclude_packages=exclude_packages,
            target=target,
            cache_folder=cache_folder,
        ).bind(scope, construct_id, runtime=runtime, architecture=architecture)
        with check.all_or_nothing():
            super().__init__(scope, construct_id)
            self.layer = lambda_.LayerVersion(
                self,
                "Layer",
                code=_in_python_folder(bundle),
                compatible_runtimes=[runtime],
                compatible_architectures=[architecture],
                description="The handler toolkit of constructs-lib and what it requires.",
                license="Apache-2.0",
                removal_policy=removal_policy,
            )


def _in_python_folder(bundle: lambda_.Code) -> lambda_.Code:
    """The same files, in the folder of a layer that Python looks in."""
    if not isinstance(bundle, lambda_.AssetCode):
        raise TypeError(f"PythonCode made a {type(bundle).__name__}, which is no folder.")
    path = Path(bundle.path)
    if not path.is_dir():
        return bundle  # the placeholder of a stack that is not deployed now
    return lambda_.Code.from_asset(
        str(path),
        asset_hash=hashlib.sha256(f"{_FOLDER}/{path.name}".encode()).hexdigest(),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        bundling=cdk.BundlingOptions(
            image=cdk.DockerImage.from_registry("never-started"), local=_Copying(path)
        ),
    )


@jsii.implements(cdk.ILocalBundling)
class _Copying:
    def __init__(self, bundle: Path) -> None:
        self._bundle = bundle

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        """Copy the bundle; with that, CDK does not look for Docker."""
        shutil.copytree(self._bundle, Path(output_dir, _FOLDER))
        return True
