from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Match

from constructs_lib.function import FunctionLogs
from tests.functions import hardened, some_vpc
from tests.synthesis import Synthesized, fresh_stack, synthesize

FUNCTION = "AWS::Lambda::Function"
LOG_GROUP = "AWS::Logs::LogGroup"
ROLE = "AWS::IAM::Role"


@pytest.fixture(scope="module")
def default() -> Synthesized:
    stack = fresh_stack()
    hardened(stack)
    return synthesize(stack)


class TestDefaults:
    def test_the_function_is_set_up_for_production(self, default: Synthesized) -> None:
        default.template.has_resource_properties(
            FUNCTION,
            {
                "Architectures": ["arm64"],
                "Runtime": "python3.14",
                "MemorySize": 512,
                "Timeout": 30,
                "TracingConfig": {"Mode": "Active"},
                "RecursiveLoop": "Terminate",
                "Environment": {
                    "Variables": {"POWERTOOLS_SERVICE_NAME": "Orders", "POWERTOOLS_LOG_LEVEL": "INFO"}
                },
                "ReservedConcurrentExecutions": Match.absent(),
                "DeadLetterConfig": Match.absent(),
                "FunctionName": Match.absent(),
            },
        )

    def test_json_logs_go_to_a_log_group_of_its_own_that_is_retained(self, default: Synthesized) -> None:
        assert default.only(FUNCTION)["LoggingConfig"] == {
            "LogFormat": "JSON",
            "LogGroup": {"Ref": default.only_id(LOG_GROUP)},
        }
        default.template.has_resource(
            LOG_GROUP, {"Properties": {"RetentionInDays": 90}, "DeletionPolicy": "Retain"}
        )

    def test_the_role_may_write_these_logs_and_send_traces_and_nothing_else(
        self, default: Synthesized
    ) -> None:
        role = default.only(ROLE)

        assert "ManagedPolicyArns" not in role
        assert not default.of_type("AWS::IAM::Policy")
        (policy,) = role["Policies"]
        assert policy["PolicyDocument"]["Statement"] == [
            {
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Effect": "Allow",
                "Resource": {"Fn::GetAtt": [default.only_id(LOG_GROUP), "Arn"]},
            },
            {
                "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                "Effect": "Allow",
                "Resource": "*",
            },
        ]

    def test_only_lambda_may_assume_the_role(self, default: Synthesized) -> None:
        (statement,) = default.only(ROLE)["AssumeRolePolicyDocument"]["Statement"]

        assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}

    def test_a_version_is_published_and_live_points_to_it(self, default: Synthesized) -> None:
        default.template.has_resource_properties(
            "AWS::Lambda::Alias",
            {
                "Name": "live",
                "FunctionName": {"Ref": default.only_id(FUNCTION)},
                "FunctionVersion": {"Fn::GetAtt": [default.only_id("AWS::Lambda::Version"), "Version"]},
                "ProvisionedConcurrencyConfig": Match.absent(),
            },
        )

    def test_nothing_else_is_made(self, default: Synthesized) -> None:
        assert len(default.resources) == 5


def test_every_part_is_an_attribute() -> None:
    stack = fresh_stack()
    made = hardened(stack, timeout=cdk.Duration.minutes(2), reserved_concurrency=3)

    assert isinstance(made.function, lambda_.Function)
    assert isinstance(made.version, lambda_.Version)
    assert isinstance(made.alias, lambda_.Alias)
    assert isinstance(made.log_group, logs.LogGroup)
    assert isinstance(made.role, iam.Role)
    assert made.timeout_seconds == 120


def test_environment_variables_stand_beside_those_of_powertools() -> None:
    stack = fresh_stack()
    hardened(stack, environment={"TABLE": "orders", "POWERTOOLS_LOG_LEVEL": "DEBUG"})

    assert synthesize(stack).only(FUNCTION)["Environment"]["Variables"] == {
        "TABLE": "orders",
        "POWERTOOLS_LOG_LEVEL": "DEBUG",
        "POWERTOOLS_SERVICE_NAME": "Orders",
    }


def test_logs_may_be_encrypted_kept_otherwise_and_removed_with_the_stack() -> None:
    stack = fresh_stack()
    key = kms.Key(stack, "Key")
    logged = FunctionLogs(retention=logs.RetentionDays.ONE_WEEK, encryption_key=key)
    hardened(stack, log_settings=logged, removal_policy=cdk.RemovalPolicy.DESTROY)

    found = synthesize(stack)

    found.template.has_resource(
        LOG_GROUP,
        {
            "Properties": {
                "RetentionInDays": 7,
                "KmsKeyId": {"Fn::GetAtt": [found.only_id("AWS::KMS::Key"), "Arn"]},
            },
            "DeletionPolicy": "Delete",
        },
    )
    principals = [
        statement["Principal"] for statement in found.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    ]
    assert any("logs." in str(principal) for principal in principals)


def test_an_existing_log_group_is_used_in_place_of_a_new_one() -> None:
    stack = fresh_stack()
    log_group = logs.LogGroup.from_log_group_name(stack, "Shared", "/shared")
    made = hardened(stack, log_settings=FunctionLogs(log_group=log_group))

    found = synthesize(stack)

    assert not found.of_type(LOG_GROUP)
    assert found.only(FUNCTION)["LoggingConfig"]["LogGroup"] == "/shared"
    assert made.log_group.log_group_name == "/shared"


def test_without_tracing_neither_the_function_nor_its_role_knows_x_ray() -> None:
    stack = fresh_stack()
    hardened(stack, tracing=False)

    found = synthesize(stack)

    assert "TracingConfig" not in found.only(FUNCTION)
    assert "xray" not in str(found.only(ROLE))


class TestRole:
    def test_a_given_role_gets_what_the_function_needs(self) -> None:
        stack = fresh_stack()
        role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        made = hardened(stack, role=role)

        found = synthesize(stack)

        assert made.role is role
        assert found.only_id(ROLE).startswith("Given")
        (first, second) = found.only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
        assert first["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
        assert second["Action"] == ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]

    def test_an_imported_role_that_cdk_may_not_change_is_left_alone(self) -> None:
        stack = fresh_stack()
        arn = "arn:aws:iam::111122223333:role/team"
        hardened(stack, role=iam.Role.from_role_arn(stack, "Given", arn, mutable=False))

        found = synthesize(stack)

        assert found.only(FUNCTION)["Role"] == arn
        assert not found.of_type("AWS::IAM::Policy")

    def test_what_an_application_grants_stands_apart_from_the_base_permissions(self) -> None:
        stack = fresh_stack()
        made = hardened(stack)
        made.role.add_to_principal_policy(
            iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"])
        )

        (statement,) = synthesize(stack).only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]

        assert statement["Action"] == "s3:ListAllMyBuckets"

    def test_in_a_vpc_it_may_manage_network_interfaces(self) -> None:
        stack = fresh_stack()
        hardened(stack, vpc=some_vpc(stack))

        found = synthesize(stack)

        (policy,) = found.only(ROLE)["Policies"]
        assert "ec2:CreateNetworkInterface" in policy["PolicyDocument"]["Statement"][1]["Action"]
        assert len(found.only(FUNCTION)["VpcConfig"]["SubnetIds"]) == 2


def _arn(service: str, rest: str) -> dict[str, Any]:
    parts = [
        "arn:",
        {"Ref": "AWS::Partition"},
        service,
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "AWS::AccountId"},
    ]
    return {"Fn::Join": ["", [*parts, rest]]}
