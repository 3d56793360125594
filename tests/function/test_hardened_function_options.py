"""Runtimes, container images and the options that pass through to CDK."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_signer as signer
from aws_cdk.assertions import Match

from tests.functions import hardened, image_code, some_vpc
from tests.synthesis import fresh_stack, number_token, synthesize, warnings_of

FUNCTION = "AWS::Lambda::Function"
LOG_GROUP = "AWS::Logs::LogGroup"
ROLE = "AWS::IAM::Role"


class TestRuntimes:
    @pytest.mark.parametrize(
        ("runtime", "handler", "name"),
        [
            (lambda_.Runtime.PYTHON_3_11, "orders.main.handler", "python3.11"),
            (lambda_.Runtime.NODEJS_22_X, "index.handler", "nodejs22.x"),
            (lambda_.Runtime.JAVA_21, "com.example.Orders::handle", "java21"),
            (lambda_.Runtime.JAVA_21, "Orders", "java21"),
            (lambda_.Runtime.PROVIDED_AL2023, "bootstrap", "provided.al2023"),
        ],
    )
    def test_any_runtime_is_accepted(self, runtime: lambda_.Runtime, handler: str, name: str) -> None:
        stack = fresh_stack()
        hardened(stack, runtime=runtime, handler=handler, code=_bucket_code(stack))

        found = synthesize(stack).only(FUNCTION)

        assert (found["Runtime"], found["Handler"]) == (name, handler)

    def test_a_container_image_names_its_own_handler_and_runtime(self) -> None:
        stack = fresh_stack()
        hardened(stack, code=image_code(stack), handler=lambda_.Handler.FROM_IMAGE)

        found = synthesize(stack).only(FUNCTION)

        assert found["PackageType"] == "Image"
        assert found["Architectures"] == ["arm64"]
        assert not {"Runtime", "Handler"} & found.keys()

    @pytest.mark.parametrize("architecture", [None, lambda_.Architecture.ARM_64])
    def test_an_image_built_here_is_warned_about_unless_its_architecture_is_given(
        self, architecture: lambda_.Architecture | None, tmp_path: Path
    ) -> None:
        (tmp_path / "Dockerfile").write_text("FROM scratch\n")
        stack = fresh_stack()
        code = lambda_.Code.from_asset_image(str(tmp_path))
        hardened(stack, code=code, handler=lambda_.Handler.FROM_IMAGE, architecture=architecture)

        warned = [text for text in warnings_of(stack) if "architecture is left out" in text]

        assert bool(warned) is (architecture is None)

    def test_another_architecture_is_accepted(self) -> None:
        stack = fresh_stack()
        hardened(stack, architecture=lambda_.Architecture.X86_64)

        assert synthesize(stack).only(FUNCTION)["Architectures"] == ["x86_64"]


def test_further_options_of_cdk_pass_through() -> None:
    stack = fresh_stack()
    vpc = some_vpc(stack)
    access_point = efs.AccessPoint.from_access_point_attributes(
        stack,
        "AccessPoint",
        access_point_id="fsap-0123456789abcdef0",
        file_system=efs.FileSystem.from_file_system_attributes(
            stack,
            "Files",
            file_system_id="fs-0123456789abcdef0",
            security_group=ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0"),
        ),
    )
    profile = signer.SigningProfile(stack, "Profile", platform=signer.Platform.AWS_LAMBDA_SHA384_ECDSA)
    hardened(
        stack,
        vpc=vpc,
        filesystem=lambda_.FileSystem.from_efs_access_point(access_point, "/mnt/files"),
        code_signing_config=lambda_.CodeSigningConfig(stack, "Signing", signing_profiles=[profile]),
        layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", _layer("tools"))],
        code=_bucket_code(stack),
        description="Takes orders",
        function_name="orders",
        application_log_level_v2=lambda_.ApplicationLogLevel.WARN,
        system_log_level_v2=lambda_.SystemLogLevel.WARN,
    )

    synthesize(stack).template.has_resource_properties(
        FUNCTION,
        {
            "FileSystemConfigs": [{"LocalMountPath": "/mnt/files"}],
            "CodeSigningConfigArn": Match.any_value(),
            "Layers": [_layer("tools")],
            "Description": "Takes orders",
            "FunctionName": "orders",
            "LoggingConfig": {"ApplicationLogLevel": "WARN", "SystemLogLevel": "WARN", "LogFormat": "JSON"},
        },
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"snap_start": lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS},
            {"SnapStart": {"ApplyOn": "PublishedVersions"}},
        ),
        ({"ephemeral_storage_size": cdk.Size.mebibytes(2048)}, {"EphemeralStorage": {"Size": 2048}}),
        ({"vpc": None}, {"VpcConfig": Match.absent()}),
    ],
)
def test_options_that_stand_alone_pass_through(options: dict[str, Any], expected: dict[str, Any]) -> None:
    stack = fresh_stack()
    hardened(stack, **options)

    synthesize(stack).template.has_resource_properties(FUNCTION, expected)


def test_what_is_known_only_at_deployment_is_not_checked() -> None:
    stack = fresh_stack()
    made = hardened(
        stack,
        memory_size=number_token(stack, "Memory"),
        timeout=cdk.Duration.seconds(number_token(stack, "Timeout")),
        reserved_concurrency=number_token(stack, "Reserved"),
        handler=cdk.CfnParameter(stack, "Handler").value_as_string,
    )

    assert made.timeout_seconds is None
    synthesize(stack).template.has_resource_properties(
        FUNCTION,
        {
            "MemorySize": {"Ref": "Memory"},
            "Timeout": {"Ref": "Timeout"},
            "ReservedConcurrentExecutions": {"Ref": "Reserved"},
            "Handler": {"Ref": "Handler"},
        },
    )


def _bucket_code(stack: cdk.Stack) -> lambda_.Code:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "artifacts")
    return lambda_.Code.from_bucket(bucket, "orders.zip")


def _layer(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:111122223333:layer:{name}:1"
