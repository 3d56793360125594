"""Whether code, handler and runtime can go together."""

import re
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.bundling import PythonCode
from constructs_lib.checks import Check, is_token
from constructs_lib.function.options import FunctionOptions

__all__ = ["check_code", "check_snap_start", "is_image", "warn_of_architecture"]

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
_HANDLER = re.compile(r"\S{1,128}")
_SNAP_START_STORAGE_MIB = 512
# What CDK calls both the handler and the runtime of a container image.
_FROM_IMAGE = "FROM_IMAGE"


def is_image(code: lambda_.Code | PythonCode) -> bool:
    """Whether `code` is a container image."""
    return isinstance(code, lambda_.AssetImageCode | lambda_.EcrImageCode)


def warn_of_architecture(scope: Construct) -> None:
    """Warn that an image may be built for another architecture than its function has."""
    cdk.Annotations.of(scope).add_warning_v2(
        "constructs-lib:image-architecture",
        "architecture is left out, so this function runs on arm64; its container image is built for the machine "
        "that builds it unless it says otherwise. Give Code.from_asset_image(..., "
        "platform=aws_ecr_assets.Platform.LINUX_ARM64), or give architecture.",
    )


def check_code(
    check: Check,
    code: lambda_.Code | PythonCode,
    handler: str,
    runtime: lambda_.Runtime | None,
) -> None:
    """Fail where Lambda would find no handler, or no code."""
    name = None if runtime is None else runtime.name
    if is_image(code):
        check.require(
            handler == _FROM_IMAGE,
            f"handler is {handler!r} for a container image.",
            remedy="Give aws_cdk.aws_lambda.Handler.FROM_IMAGE; the image's own command names the handler.",
        )
        check.require(
            name in (None, _FROM_IMAGE),
            f"runtime is {name} for a container image.",
            remedy="Leave it out: the image brings its own.",
        )
        return
    check.require(
        isinstance(code, lambda_.Code | PythonCode),
        f"code is {code!r}.",
        remedy="Give an aws_cdk.aws_lambda.Code (for a container image Code.from_asset_image or from_ecr_image), or "
        "PythonCode.from_folder(...).",
    )
    check.require(
        _FROM_IMAGE not in (handler, name),
        "handler or runtime is FROM_IMAGE, and code is no container image.",
        remedy="Give the handler's name and Lambda's own runtime, or a container image as the code.",
    )
    if isinstance(code, lambda_.AssetCode):
        path = code.path
        check.require(
            Path(path).exists(),
            f"code is at {path!r}, where there is nothing.",
            remedy=f"Give a path that exists; a relative one starts in {Path.cwd()}.",
        )
    if is_token(handler):
        return
    check.require(
        _HANDLER.fullmatch(handler) is not None,
        f"handler is {handler!r}.",
        remedy="Give a name of 1 to 128 characters without spaces, such as 'orders.handler'.",
    )
    if isinstance(code, PythonCode):
        check.require(
            code.may_hold(handler.partition(".")[0].partition("/")[0]),
            f"handler is {handler!r}, and there is no such module in {', '.join(map(str, code.folders))}.",
            remedy="Name a module that lies there, and a function in it.",
        )
    dotted = all(handler.rpartition("."))
    check.require(
        dotted or not (name or "python").startswith(("python", "nodejs")),
        f"handler is {handler!r}, which names no module and function.",
        remedy="Give both, joined by a dot, such as 'orders.handler'.",
    )


def check_snap_start(
    check: Check,
    code: lambda_.Code | PythonCode,
    runtime: lambda_.Runtime | None,
    options: FunctionOptions,
) -> None:
    """Fail where Lambda takes no snapshots, though they are asked for.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-runtimes
    """
    storage = options.get("ephemeral_storage_size")
    large = (
        storage is not None
        and not is_token(storage)
        and storage.to_mebibytes(rounding=cdk.SizeRoundingBehavior.NONE) > _SNAP_START_STORAGE_MIB
    )
    for conflict, name in (
        (is_image(code), "a container image"),
        (runtime is not None and not runtime.supports_snap_start, f"the runtime {runtime and runtime.name}"),
        (options.get("filesystem") is not None, "a filesystem"),
        (large, f"an ephemeral_storage_size above {_SNAP_START_STORAGE_MIB} MiB"),
    ):
        check.require(
            not conflict,
            f"snap_start is given together with {name}.",
            remedy="Lambda takes no snapshots of such a function: leave one out.",
        )
