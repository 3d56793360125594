"""What a failover controller may do."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from constructs_lib.checks import acknowledge
from constructs_lib.failover.published import NAMESPACE
from constructs_lib.failover.publisher import AnyAlarm, arn_of
from constructs_lib.failover.sleeper import Sleeper

__all__ = ["let_control"]

_FINDINGS = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
    "Serverless::Serverless-LambdaStarPermissions",
)
_REASON = (
    "CloudWatch's metrics have no ARNs, and publishing is limited to one namespace. Composite alarms can be read "
    "only by whoever may read all alarms."
)


def let_control(
    role: iam.Role, *, alarm: AnyAlarm, parameter_arn: str, topic: sns.ITopic, sleepers: Sequence[Sleeper]
) -> None:
    """Let `role` see `alarm` and the parameter, publish, tell `topic`, and change `sleepers`; nothing else."""
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    plain = isinstance(alarm, cloudwatch.Alarm | cloudwatch.CfnAlarm)
    signals = [
        iam.PolicyStatement(
            actions=["cloudwatch:DescribeAlarms"], resources=[arn_of(alarm)] if plain else ["*"]
        ),
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        ),
        iam.PolicyStatement(actions=["ssm:GetParameter"], resources=[parameter_arn]),
        iam.PolicyStatement(actions=["sns:Publish"], resources=[topic.topic_arn]),
    ]
    policy = iam.Policy(role, "Signals", statements=signals)
    policy.attach_to_role(role)
    acknowledge(policy, dict.fromkeys(_FINDINGS, _REASON))
    key: kms.IKey | None = getattr(topic, "master_key", None)
    if key is not None:
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#send-to-encrypted-topic
        key.grant(role, "kms:Decrypt", "kms:GenerateDataKey")
    if statements := list(_changing(sleepers)):
        iam.Policy(role, "Standby", statements=statements).attach_to_role(role)


def _changing(sleepers: Sequence[Sleeper]) -> Sequence[iam.PolicyStatement]:
    resources: dict[tuple[str, ...], list[str]] = {}
    for each in sleepers:
        resources.setdefault(each.actions, []).append(each.arn)
    statements = [
        iam.PolicyStatement(actions=list(actions), resources=arns) for actions, arns in resources.items()
    ]
    if passed := sorted({each.passes for each in sleepers if each.passes}):
        statements.append(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=passed,
                conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
            )
        )
    return statements
