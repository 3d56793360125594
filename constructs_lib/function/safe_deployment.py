"""Traffic shifts to a new version step by step, and back by itself when an alarm rings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef
from constructs import Construct

from constructs_lib.checks import Check, acknowledge
from constructs_lib.sharing import SharedInStack

__all__ = [
    "SafeDeployment",
    "add_safe_deployment",
    "check_no_circle",
    "check_one_stack",
    "check_rollback_alarms",
    "check_undeployed",
    "deployment_group",
]

_SQS = "AWS/SQS"
MAXIMUM_ALARMS = 10
"""https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html"""


@dataclass(frozen=True, kw_only=True)
class SafeDeployment:
    """How traffic moves to a new version.

    Attributes:
        config: canary, linear or all at once. Left out: 10 % for five minutes, then the rest.
        alarms: what rolls back, at most 10. Left out: the function's errors, error rate and duration alarms.
            Never an alarm on a queue's depth: a queue that is not drained yet would stop every deployment,
            the fix included.
        pre_traffic_hook: a function that CodeDeploy runs before it shifts traffic; it may veto. It is granted
            to report its verdict to CodeDeploy. Where it invokes the new version to try it, grant it that
            version (``version.grant_invoke``), not the alias: the alias waits for the hook.
        post_traffic_hook: likewise, after all traffic was shifted.
    """

    config: codedeploy.ILambdaDeploymentConfig | None = None
    alarms: Sequence[IAlarmRef] | None = None
    pre_traffic_hook: lambda_.IFunction | None = None
    post_traffic_hook: lambda_.IFunction | None = None


def check_rollback_alarms(check: Check, alarms: Sequence[IAlarmRef]) -> None:
    """Fail unless `alarms` can decide on a deployment: some, not too many, none of them on a queue."""
    check.require(
        0 < len(alarms) <= MAXIMUM_ALARMS,
        f"deployment has {len(alarms)} rollback alarms.",
        remedy=f"Give 1 to {MAXIMUM_ALARMS}, CodeDeploy's limit, or keep the errors, error_rate or duration "
        "alarm switched on.",
    )
    for alarm in alarms:
        check.offers(
            "deployment.alarms", alarm, "node", remedy="Give CloudWatch alarms of CDK, made or imported."
        )
        if _watches_queue(alarm):
            check.fail(
                "deployment has a rollback alarm on a queue, or a composite that may cover one.",
                remedy="A queue that is not drained keeps ringing and would stop the fix from being "
                "deployed: give alarms on errors or duration.",
            )


def check_no_circle(check: Check, alias: lambda_.Alias, alarms: Sequence[IAlarmRef]) -> None:
    """Fail if an alarm needs `alias`, which waits for its deployment, which waits for the alarm.

    Synthesis accepts such a circle, CloudFormation does not. It comes of ``alias.function_name`` as a dimension, which
    is no function's name anyway.
    """
    stack = cdk.Stack.of(alias)
    resource = cast("lambda_.CfnAlias", alias.node.default_child)
    reference = stack.resolve(resource.ref)
    for alarm in alarms:
        watched = alarm.node.default_child if isinstance(alarm, cloudwatch.Alarm) else alarm
        if not isinstance(watched, cloudwatch.CfnAlarm) or cdk.Stack.of(watched) is not stack:
            continue
        check.require(
            reference not in _parts(stack.resolve([watched.dimensions, watched.metrics])),
            f"deployment has a rollback alarm on the alias itself, {alarm.node.path}: neither can be made first.",
            remedy="Use alias.metric_errors() and its like, or the dimensions FunctionName (the function's name) and "
            'Resource (f"{function.function_name}:live").',
        )


def _parts(value: object) -> Iterator[object]:
    """`value` and everything in it."""
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _parts(each)


def check_one_stack(
    check: Check, scope: Construct, settings: SafeDeployment, alias: lambda_.Alias | None = None
) -> None:
    """Fail unless `alias` and the hooks stand in the stack of `scope`."""
    for name in ("pre_traffic_hook", "post_traffic_hook"):
        hook = getattr(settings, name)
        check.require(
            hook is None or hasattr(hook, "function_arn"),
            f"deployment.{name} is {hook!r}.",
            remedy="Give a function of CDK, such as the .function or .alias of a construct of this library.",
        )
    parts = [
        part for part in (alias, settings.pre_traffic_hook, settings.post_traffic_hook) if part is not None
    ]
    if not parts:
        return
    home = cdk.Stack.of(scope).node.path
    for other in parts:
        check.require(
            cdk.Stack.of(other).node.path == home,
            f"deployment is in another stack than {other.node.path}.",
            remedy="CloudFormation cannot refer to another stack from an alias's update policy: keep the alias, its "
            "hooks and its deployment in one stack.",
        )


def check_undeployed(check: Check, alias: lambda_.Alias) -> None:
    """Fail if `alias` has a deployment group already."""
    resource = alias.node.default_child
    if isinstance(resource, lambda_.CfnAlias) and resource.cfn_options.update_policy is not None:
        check.fail(
            f"the alias {alias.node.path} has a deployment group already.",
            remedy="A second one would silently replace it: keep one.",
        )


def _watches_queue(alarm: IAlarmRef) -> bool:
    if isinstance(alarm, cloudwatch.CfnAlarm):
        return _SQS in {alarm.namespace, *_queried(alarm.metrics)}
    # A composite may cover a queue's depth; a function's `health` does, and is known by its parent.
    if isinstance(alarm, cloudwatch.CompositeAlarm | cloudwatch.CfnCompositeAlarm):
        return True
    if hasattr(type(alarm.node.scope), "health_resource"):
        return True
    return isinstance(alarm, cloudwatch.Alarm) and _SQS in _namespaces(alarm.metric)


def _namespaces(metric: cloudwatch.IMetric) -> set[str]:
    if isinstance(metric, cloudwatch.Metric):
        return {metric.namespace}
    if isinstance(metric, cloudwatch.MathExpression):
        return set().union(*(_namespaces(operand) for operand in metric.using_metrics.values()))
    return set()


def _queried(queries: object) -> set[str]:
    """The namespaces that metric math reads, as far as they are plain data."""
    found: set[str] = set()
    for query in queries if isinstance(queries, list) else ():
        stat = getattr(query, "metric_stat", None)
        namespace = getattr(getattr(stat, "metric", None), "namespace", None)
        if isinstance(namespace, str):
            found.add(namespace)
    return found


def add_safe_deployment(
    scope: Construct,
    construct_id: str,
    *,
    alias: lambda_.Alias,
    alarms: Sequence[IAlarmRef],
    settings: SafeDeployment | None = None,
) -> codedeploy.LambdaDeploymentGroup:
    """Let CodeDeploy move `alias` to each new version.

    The stack's functions share one CodeDeploy application and one service role, made on first use.

    Args:
        scope: the parent of the deployment group.
        construct_id: its id.
        alias: the alias that traffic uses.
        alarms: what rolls back.
        settings: how traffic moves, and the hooks; `settings.alarms` is not read here.

    Raises:
        ConfigurationError: the alarms cannot decide or need the alias, or it has a deployment group already.
    """
    check = Check(scope, construct_id)
    check_rollback_alarms(check, alarms)
    check_one_stack(check, scope, settings or SafeDeployment(), alias)
    check_undeployed(check, alias)
    check_no_circle(check, alias, alarms)
    return deployment_group(scope, construct_id, alias, alarms, settings or SafeDeployment())


def deployment_group(
    scope: Construct,
    construct_id: str,
    alias: lambda_.Alias,
    alarms: Sequence[IAlarmRef],
    settings: SafeDeployment,
) -> codedeploy.LambdaDeploymentGroup:
    """`add_safe_deployment` once everything has been checked."""
    if settings.alarms is not None:  # alarms of this library's own watch no alias
        check_no_circle(Check(scope, construct_id), alias, settings.alarms)
    shared = _SafeDeployments.of(scope)
    group = codedeploy.LambdaDeploymentGroup(
        scope,
        construct_id,
        alias=alias,
        alarms=list(alarms),
        application=shared.application,
        deployment_config=settings.config or _canary(),
        role=shared.fixed_role,
        pre_hook=settings.pre_traffic_hook,
        post_hook=settings.post_traffic_hook,
    )
    for hook in (settings.pre_traffic_hook, settings.post_traffic_hook):
        if hook is not None:
            # `hook.grant_invoke` would also let it invoke every version and alias of the hook.
            shared.role.add_to_policy(
                iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[hook.function_arn])
            )
            group.grant_put_lifecycle_event_hook_execution_status(hook)
            # A deployment begins with the update of the alias: not before CodeDeploy may invoke the hook.
            alias.node.add_dependency(shared.role)
    return group


@cache
def _canary() -> codedeploy.ILambdaDeploymentConfig:
    return codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES


class _SafeDeployments(SharedInStack):
    """The CodeDeploy application and service role that all safe deployments of a stack share."""

    ID = "SafeDeployments"

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.application = codedeploy.LambdaApplication(self, "Application")
        policy = "service-role/AWSCodeDeployRoleForLambdaLimited"
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        # CDK attaches the managed policy once a deployment group; the list must name it once.
        self.fixed_role = self.role.without_policy_updates()
        finding = f"AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]"
        reason = "AWS maintains this policy for CodeDeploy on Lambda; it is the limited one of the two."
        acknowledge(self.role, {finding: reason})
