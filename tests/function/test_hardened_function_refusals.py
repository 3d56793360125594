"""What a hardened function refuses before anything is built."""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

from constructs_lib.bundling import PythonCode
from constructs_lib.checks import ConfigurationError
from constructs_lib.function import FunctionLogs
from tests.functions import hardened, image_code
from tests.synthesis import fresh_app, fresh_stack

SNAPSHOTS = lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"memory_size": 127}, "memory_size is 127. Give a whole number from 128 to 10,240 MB."),
        ({"memory_size": 10_241}, "memory_size is 10241."),
        ({"memory_size": 512.5}, "memory_size is 512.5."),
        ({"timeout": cdk.Duration.seconds(0)}, "timeout is 0. Give a whole number from 1 to 900 seconds."),
        ({"timeout": cdk.Duration.minutes(16)}, "timeout is 960."),
        ({"timeout": cdk.Duration.millis(1500)}, "timeout is 1.5."),
        ({"reserved_concurrency": -1}, "reserved_concurrency is -1. Give a whole number from 0 to"),
        ({"handler": "handler"}, "handler is 'handler', which names no module and function. Give both"),
        ({"handler": "handler."}, "handler is 'handler.'"),
        (
            {"handler": "", "runtime": lambda_.Runtime.JAVA_21},
            "handler is ''. Give a name of 1 to 128 characters",
        ),
        ({"handler": "orders.han dler"}, "handler is 'orders.han dler'. Give a name of"),
        ({"handler": f"orders.{'x' * 128}"}, "handler is 'orders.xxx"),
        ({"handler": ".handler"}, "handler is '.handler'"),
        ({"handler": "index", "runtime": lambda_.Runtime.NODEJS_22_X}, "handler is 'index'"),
        ({"code": "src"}, "code is 'src'. Give an aws_cdk.aws_lambda.Code"),
        ({"code": None}, "code is None."),
        (
            {"code": lambda_.Code.from_asset("nowhere/code")},
            "code is at 'nowhere/code', where there is nothing.",
        ),
        (
            {"snap_start": SNAPSHOTS, "runtime": lambda_.Runtime.NODEJS_22_X},
            "snap_start is given together with the runtime nodejs22.x. Lambda takes no snapshots",
        ),
        (
            {"snap_start": SNAPSHOTS, "ephemeral_storage_size": cdk.Size.gibibytes(1)},
            "snap_start is given together with an ephemeral_storage_size above 512 MiB.",
        ),
        (
            {"handler": lambda_.Handler.FROM_IMAGE},
            "handler or runtime is FROM_IMAGE, and code is no container",
        ),
        ({"runtime": lambda_.Runtime.FROM_IMAGE}, "handler or runtime is FROM_IMAGE"),
    ],
)
def test_fails_before_anything_is_built(options: dict[str, Any], message: str) -> None:
    stack = fresh_stack()

    with pytest.raises(ConfigurationError, match=f"^Stack/Orders: {re.escape(message)}"):
        hardened(stack, **options)

    assert stack.node.try_find_child("Orders") is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"snap_start": SNAPSHOTS}, "snap_start is given together with a container image."),
        ({"handler": "orders.handler"}, "handler is 'orders.handler' for a container image."),
        (
            {"runtime": lambda_.Runtime.PYTHON_3_14},
            "runtime is python3.14 for a container image. Leave it out",
        ),
    ],
)
def test_fails_where_a_container_image_is_told_what_it_knows_itself(
    options: dict[str, Any], message: str
) -> None:
    stack = fresh_stack()
    given: dict[str, Any] = {"code": image_code(stack), "handler": lambda_.Handler.FROM_IMAGE} | options

    with pytest.raises(ConfigurationError, match=f"^Stack/Orders: {re.escape(message)}"):
        hardened(stack, **given)

    assert stack.node.try_find_child("Orders") is None


def test_fails_on_keywords_that_nobody_knows() -> None:
    stack = fresh_stack()

    with pytest.raises(TypeError, match="memory, on_failure"):
        hardened(stack, memory=128, on_failure=None)

    assert stack.node.try_find_child("Orders") is None


def test_fails_where_an_existing_log_group_is_told_how_to_keep_its_logs() -> None:
    stack = fresh_stack()
    existing = logs.LogGroup.from_log_group_name(stack, "Given", "/given")
    settings = FunctionLogs(log_group=existing, retention=logs.RetentionDays.ONE_DAY)

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Orders: log_settings has a log_group together with"
    ):
        hardened(stack, log_settings=settings)

    assert stack.node.try_find_child("Orders") is None


@pytest.mark.parametrize(
    ("handler", "requirements", "refused"),
    [("ordrs.handler", "", True), ("orders.handler", "", False), ("mangum.handler", "mangum==0.19.0", False)],
    ids=["misspelt", "there", "in a package"],
)
def test_fails_where_bundled_code_has_no_such_module(
    tmp_path: Path,
    handler: str,
    requirements: str,
    refused: bool,  # noqa: FBT001 - a parameter
) -> None:
    (tmp_path / "orders.py").write_text("def handler(event, context): ...")
    if requirements:
        (tmp_path / "requirements.txt").write_text(requirements)
    stack = cdk.Stack(fresh_app({"aws:cdk:bundling-stacks": []}), "Stack")
    expected = (
        pytest.raises(ConfigurationError, match="there is no such module") if refused else nullcontext()
    )

    with expected:
        hardened(
            stack, code=PythonCode.from_folder(tmp_path, cache_folder=tmp_path / "cache"), handler=handler
        )
