"""The least that a Lambda function must be allowed to do: write its logs, send its traces, reach its VPC."""

from functools import cache
from typing import cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.checks import acknowledge

__all__ = ["execution_role"]

# https://docs.aws.amazon.com/xray/latest/devguide/security_iam_id-based-policy-examples.html
_XRAY_ACTIONS = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
_VPC_ACTIONS = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]
_FINDINGS = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
    "Serverless::Serverless-LambdaStarPermissions",
)


@cache
def _lambda_service() -> iam.IPrincipal:
    return iam.ServicePrincipal("lambda.amazonaws.com")


def execution_role(
    scope: Construct, *, log_group: logs.ILogGroup, role: iam.IRole | None, traced: bool, in_vpc: bool
) -> iam.IRole:
    """`role` with what the function needs added, or a new role that may do nothing else.

    The base permissions of a new role stand in its own inline policy, apart from the grants that come later,
    so that the acknowledgement of their ``*`` never covers anything that an application adds.
    """
    anywhere = [*(_XRAY_ACTIONS if traced else ()), *(_VPC_ACTIONS if in_vpc else ())]
    statements: list[dict[str, object]] = [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": log_group.log_group_arn,
        }
    ]
    if anywhere:
        statements.append({"Effect": "Allow", "Action": anywhere, "Resource": "*"})
    if role is not None:
        for statement in statements:
            role.add_to_principal_policy(iam.PolicyStatement.from_json(statement))
        return role
    policy = iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": statements})
    own = iam.Role(
        scope,
        "Role",
        assumed_by=_lambda_service(),
        inline_policies={"Function": policy},
    )
    if anywhere:
        reason = (
            "X-Ray and the network interfaces of a VPC function have no resource to name: AWS requires '*'."
        )
        # On the L1: an acknowledgement covers children too, and the policy of later grants is a child of the L2.
        acknowledge(cast("iam.CfnRole", own.node.default_child), dict.fromkeys(_FINDINGS, reason))
    return own
