"""What Region switch may do for a plan, and who may approve its steps."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.function import HardenedFunction

__all__ = ["execution_role", "let_approve", "let_read"]

_SERVICE = "arc-region-switch.amazonaws.com"


def execution_role(
    scope: Construct,
    functions: Sequence[HardenedFunction],
    *,
    approvers: Sequence[iam.IRole],
    alarms: Sequence[str],
) -> tuple[iam.Role, iam.Policy]:
    """The role of a plan, and its policy: to call `functions`, and to evaluate itself before.

    Manual approvals need nothing but that plan evaluation can see what `approvers` may do.
    https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_trust_policy.html
    """
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal(_SERVICE),
        description="What Region switch does the steps of a plan as",
    )
    evaluated = [role.role_arn, *(each.role_arn for each in approvers)]
    statements = [
        # https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_lambda.html
        iam.PolicyStatement(
            actions=["lambda:GetFunction", "lambda:InvokeFunction"],
            resources=[each.function.function_arn for each in functions],
        ),
        # https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_complete_policy.html
        iam.PolicyStatement(actions=["iam:SimulatePrincipalPolicy"], resources=evaluated),
    ]
    if alarms:
        # https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_cloudwatch.html
        actions = ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"]
        statements.append(iam.PolicyStatement(actions=actions, resources=list(alarms)))
    policy = iam.Policy(role, "Steps", statements=statements)
    policy.attach_to_role(role)
    return role, policy


def let_read(role: iam.Role, plan_arn: str) -> None:
    """Let `role` see the plan of which it is the role, by a policy that is made after the plan."""
    # AWS's policy allows it for every plan (the complete policy above); a plan needs no other.
    actions = ("GetPlan", "GetPlanExecution", "ListPlanExecutions")
    statement = iam.PolicyStatement(
        actions=[f"arc-region-switch:{action}" for action in actions], resources=[plan_arn]
    )
    iam.Policy(role, "Plan", statements=[statement]).attach_to_role(role)


def let_approve(scope: Construct, roles: Sequence[iam.IRole], plan_arn: str) -> None:
    """Let `roles` approve steps of the plan, and nothing else."""
    if roles:
        # https://docs.aws.amazon.com/r53recovery/latest/dg/security_iam_region_switch_manual_approval.html
        statement = iam.PolicyStatement(
            actions=["arc-region-switch:ApprovePlanExecutionStep"], resources=[plan_arn]
        )
        iam.Policy(scope, "Approve", statements=[statement], roles=list(roles))
