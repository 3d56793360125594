"""A health check by which the standby Region takes over from the primary."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.checks import Check, acknowledge, is_token
from constructs_lib.failover.metric_health_check import MetricHealthCheck
from constructs_lib.failover.published import NAMESPACE, published_metric
from constructs_lib.naming import deployed_name

__all__ = ["TAKE_OVER_METRIC", "TakeOverHealthCheck"]

TAKE_OVER_METRIC = "TakeOver"


class TakeOverHealthCheck(MetricHealthCheck):
    """The health check of a primary that its standby decides on: "standby takes over primary".

    It stands in the standby Region and is turned round: it is healthy until the standby says that it has taken over, by
    the value 1 of a metric there. So neither the failed Region nor Route 53's API, which is in us-east-1, is needed to
    fail over, and a standby that is gone changes nothing: what it said last stands.
    https://aws.amazon.com/blogs/networking-and-content-delivery/creating-disaster-recovery-mechanisms-using-amazon-route-53/

    Count it together with the endpoint's own health check, so that either can take the primary out:
    ``CalculatedHealthCheck(children=[endpoint, take_over], at_least=2)``.

    Where an alarm in the standby Region should decide, use `AlarmHealthCheck` there; where a page of the standby that
    answers should, `EndpointHealthCheck` with `inverted`.

    Attributes:
        metric: 1 once the standby has taken over, 0 before. Published once a minute or more often.
        metric_dimensions: the dimensions of `metric`, for whoever publishes it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        primary_region: str,
    ) -> None:
        """Let the standby decide.

        Args:
            scope: the parent, in a stack of the standby Region.
            construct_id: the id in `scope`.
            primary_region: the Region that is taken over from.

        Raises:
            ConfigurationError: the stack is in that Region.
        """
        check = Check(scope, construct_id)
        check.instance("primary_region", primary_region, str)
        region = cdk.Stack.of(scope).region
        check.require(
            is_token(region) or is_token(primary_region) or region != primary_region,
            f"primary_region is {primary_region!r}, the Region of this stack.",
            remedy="The decision must not need the Region that has failed: make it in a stack of the standby Region.",
        )
        name = deployed_name(scope, construct_id)
        super().__init__(
            scope,
            construct_id,
            metric=published_metric(TAKE_OVER_METRIC, name, statistic="Maximum"),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        )
        self.metric_dimensions = {"HealthCheck": name}

    def grant_take_over(self, role: iam.IRole) -> iam.Policy:
        """Let `role` publish `metric`, by a policy of its own."""
        statement = iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        )
        policy = iam.Policy(self, f"TakeOver{role.node.addr[-8:]}", statements=[statement])
        policy.attach_to_role(role)
        reason = "CloudWatch's metrics have no ARNs; publishing is limited to one namespace."
        findings = (
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            "Serverless::Serverless-LambdaStarPermissions",
        )
        acknowledge(policy, dict.fromkeys(findings, reason))
        return policy
