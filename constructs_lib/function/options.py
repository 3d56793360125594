"""The properties of a Lambda function that pass through to CDK, as typed keywords."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import aws_cdk as cdk
from aws_cdk import aws_codeguruprofiler as codeguruprofiler
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

__all__ = ["FunctionOptions"]


class FunctionOptions(TypedDict, total=False):
    """What `aws_cdk.aws_lambda.Function` takes and this library leaves alone.

    Each keyword means what it means in CDK, and what is left out has CDK's default. A type checker sees every
    name and type; at run time an unknown name is a `TypeError`, as it is for any Python call. Asynchronous
    settings, dead letters, log group, tracing and role are not here: the library sets these itself.

    See https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_lambda/Function.html
    """

    adot_instrumentation: lambda_.AdotInstrumentationConfig
    allow_all_ipv6_outbound: bool
    allow_all_outbound: bool
    allow_public_subnet: bool
    application_log_level_v2: lambda_.ApplicationLogLevel
    code_signing_config: lambda_.ICodeSigningConfig
    current_version_options: lambda_.VersionOptions
    description: str
    durable_config: lambda_.DurableConfig
    environment_encryption: kms.IKey
    ephemeral_storage_size: cdk.Size
    filesystem: lambda_.FileSystem
    function_name: str
    initial_policy: Sequence[iam.PolicyStatement]
    insights_version: lambda_.LambdaInsightsVersion
    ipv6_allowed_for_dual_stack: bool
    layers: Sequence[lambda_.ILayerVersion]
    params_and_secrets: lambda_.ParamsAndSecretsLayerVersion
    profiling: bool
    profiling_group: codeguruprofiler.IProfilingGroup
    runtime_management_mode: lambda_.RuntimeManagementMode
    security_groups: Sequence[ec2.ISecurityGroup]
    snap_start: lambda_.SnapStartConf
    system_log_level_v2: lambda_.SystemLogLevel
    tenancy_config: lambda_.TenancyConfig
    vpc: ec2.IVpc
    vpc_subnets: ec2.SubnetSelection


# What CDK calls it, and what says it here.
_INSTEAD = {
    "dead_letter_queue": "dead_letters=DeadLetters(queue=...)",
    "dead_letter_queue_enabled": "dead_letters",
    "events": "add_event_source",
    "log_format": "log_settings; logs are JSON",
    "log_group": "log_settings=FunctionLogs(log_group=...)",
    "log_removal_policy": "removal_policy",
    "log_retention": "log_settings=FunctionLogs(retention=...)",
    "logging_format": "log_settings; logs are JSON",
    "max_event_age": "dead_letters=DeadLetters(max_event_age=...)",
    "on_failure": "dead_letters=DeadLetters(destination=...)",
    "on_success": "dead_letters=DeadLetters(on_success=...)",
    "reserved_concurrent_executions": "reserved_concurrency",
    "retry_attempts": "dead_letters=DeadLetters(retry_attempts=...)",
}


def refuse_unknown(options: Mapping[str, object]) -> None:
    """Raise `TypeError` for a keyword that is not one of `FunctionOptions`."""
    if unknown := sorted(set(options) - set(FunctionOptions.__annotations__)):
        said = [f"{name} (here: {_INSTEAD[name]})" if name in _INSTEAD else name for name in unknown]
        raise TypeError(f"unexpected keyword argument(s): {', '.join(said)}")
