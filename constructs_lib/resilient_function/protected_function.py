"""A function that an app already has, with the protections put around it."""

from typing import cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, FunctionAlarmSettings, SeverityRoute, function_subject
from constructs_lib.alarms.functions.function_subject import underlying_function
from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.dead_letters.asynchronous import check_dead_letters, warn_without_role
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    ProvisionedConcurrency,
    SafeDeployment,
    WarmUp,
)
from constructs_lib.function.safe_deployment import check_one_stack, check_undeployed
from constructs_lib.resilient_function.protected import Protected
from constructs_lib.resilient_function.protections import Protections

__all__ = ["ProtectedFunction"]

# arn:partition:lambda:region:account:function:name
_UNQUALIFIED_ARN_PARTS = 7


@jsii.implements(iam.IGrantable)
class ProtectedFunction(Protected):
    """The protections of `ResilientFunction` around a function or alias that exists already.

    Nothing about the function itself is changed: not its logical id, not its properties. What is protected is
    exactly what is given, so give what traffic uses: asynchronous settings and metrics belong to one qualifier.

    Attributes:
        function: the function behind what was given.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction,
        timeout: cdk.Duration | None = None,
        dead_letters: DeadLetters | None = DeadLetters(),
        provisioned_concurrency: ProvisionedConcurrency | FixedProvisionedConcurrency | None = None,
        deployment: SafeDeployment | None = None,
        warm_up: WarmUp | None = None,
        alarms: FunctionAlarmSettings = FunctionAlarmSettings(),
        alarm_route: AlarmRoute | SeverityRoute | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Protect `function`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            function: a function, version or alias, imported ones included.
            timeout: its timeout, for the duration alarm. Left out, it is read from a function that is in
                the app; an imported one then has no such alarm.
            dead_letters: what becomes of failed asynchronous events; None where `function` has such settings.
            provisioned_concurrency: environments kept initialised; needs an alias that is in the app.
            deployment: how traffic moves to a new version; needs an alias that is in the app.
            warm_up: a ping by the clock.
            alarms: thresholds, and what is switched off.
            alarm_route: whom the alarms tell, by severity if need be. Left out: the stack's `AlarmTopic`.
            removal_policy: what becomes of the dead-letter queue with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check.require(
            hasattr(function, "function_arn"),
            f"function is {function!r}.",
            remedy="Give a function, version or alias of CDK. ResilientFunction is protected already.",
        )
        protections = Protections(
            dead_letters=dead_letters,
            provisioned_concurrency=provisioned_concurrency,
            deployment=deployment,
            warm_up=warm_up,
            alarms=alarms,
            alarm_route=alarm_route,
        )
        subject = function_subject(function, timeout=timeout)
        self.function = underlying_function(function)
        resource = self.function.node.default_child
        snap_start = isinstance(resource, lambda_.CfnFunction) and resource.snap_start is not None
        protections.check(check, subject, snap_start=snap_start)
        for name, wanted in (
            ("provisioned_concurrency", provisioned_concurrency),
            ("deployment", deployment),
        ):
            check.require(
                wanted is None or isinstance(function, lambda_.Alias),
                f"{name} is given for {function.node.path}, which is no alias of this app.",
                remedy="It works on an alias that traffic uses: pass function=existing.add_alias('live') and "
                "let callers use that alias.",
            )
        if dead_letters is not None:
            check_dead_letters(check, dead_letters, function)
            _check_home(check, scope, function, dead_letters)
        if deployment is not None:
            check_one_stack(check, scope, deployment, cast("lambda_.Alias", function))
            check_undeployed(check, cast("lambda_.Alias", function))
        if function is self.function:
            _check_unqualified(check, function)
        super().__init__(scope, construct_id)
        if dead_letters is not None:
            warn_without_role(self, function)
        with check.all_or_nothing():
            self._protect(function, self.function, subject, protections, removal_policy)


def _check_home(
    check: Check, scope: Construct, function: lambda_.IFunction, dead_letters: DeadLetters
) -> None:
    """Fail where a new queue in this stack and a function in another would need each other's stack."""
    new_queue = dead_letters.queue is None and dead_letters.destination is None
    if not new_queue or not isinstance(function, lambda_.Alias | lambda_.Function | lambda_.Version):
        return
    check.require(
        cdk.Stack.of(function).node.path == cdk.Stack.of(scope).node.path,
        f"{function.node.path} is in another stack, and a dead-letter queue in this one would make the two stacks "
        "depend on each other.",
        remedy="Protect it in its own stack, or give dead_letters a queue of that stack, or None.",
    )


def _check_unqualified(check: Check, function: lambda_.IFunction) -> None:
    """Fail for an imported function whose ARN names an alias or version that CDK does not see."""
    arn = function.function_arn
    check.require(
        is_token(arn) or len(arn.split(":")) == _UNQUALIFIED_ARN_PARTS,
        f"function is imported by the ARN {arn}, which names an alias or version; as a function it would be "
        "protected unqualified.",
        remedy="Import it as what it is: Alias.from_alias_attributes or Version.from_version_arn.",
    )
