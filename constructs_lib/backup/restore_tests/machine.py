"""The state machine of a restore test."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from constructs_lib.checks import acknowledge
from constructs_lib.function.log_group import FunctionLogs, log_group
from constructs_lib.known_patterns import acknowledge_patterns

__all__ = ["TEAR_DOWN_HOURS", "restore_machine"]

TEAR_DOWN_HOURS = 2
"""How long an execution may take to delete its tables after it has run out of time."""
_STEP_MINUTES = 16
"""A minute more than a function can run."""
_TRIES = 6
_ANY = ["States.ALL"]
_OF_LAMBDA = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]
"""https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception"""


class _Steps:
    """The states of the machine."""

    def __init__(
        self, scope: Construct, function: lambda_.IFunction, verifier: lambda_.IFunction | None
    ) -> None:
        self._scope = scope
        self._function = function
        self._verifier = verifier

    def definition(self) -> sfn.IChainable:
        """From the claim to the verdict; whatever fails goes on where the tables are deleted."""
        tear_down = self._step("TearDown", "tear_down", "$.torn")
        begin = self._step("Begin", "begin", "$.step").add_catch(
            tear_down, errors=_ANY, result_path="$.error"
        )
        work = self._step("Work", "work", "$.step").add_catch(tear_down, errors=_ANY, result_path="$.error")
        ways = sfn.Choice(self._scope, "Ways")
        begin.next(ways)
        ways.when(_is("$.step.next", "wait"), self._pause("Wait", "$.step.seconds").next(work.next(ways)))
        ways.when(
            _is("$.step.next", "elsewhere"), sfn.Succeed(self._scope, "Elsewhere", output_path="$.step")
        )
        if self._verifier is not None:
            heard = self._step("Heard", "heard", "$.step").add_catch(
                tear_down, errors=_ANY, result_path="$.error"
            )
            asked = self._ask(self._verifier).add_catch(heard, errors=_ANY, result_path="$.verifier_error")
            ways.when(_is("$.step.next", "ask"), asked.next(heard.next(ways)))
        report = self._step("Report", "report", "$.told")
        left = sfn.Choice(self._scope, "Left")
        ways.otherwise(tear_down.add_catch(report, errors=_ANY, result_path="$.left_behind").next(left))
        left.when(_is("$.torn.next", "wait"), self._pause("WaitAgain", "$.torn.seconds").next(tear_down))
        left.otherwise(report.next(self._verdict()))
        return begin

    def _verdict(self) -> sfn.Choice:
        passed = sfn.Succeed(self._scope, "Passed", output_path="$.told.report")
        failed = sfn.Fail(
            self._scope,
            "Failed",
            error="RestoreTestFailed",
            cause_path="States.JsonToString($.told.report)",
        )
        choice = sfn.Choice(self._scope, "Verdict")
        return choice.when(sfn.Condition.boolean_equals("$.told.passed", True), passed).otherwise(failed)

    def _step(self, construct_id: str, step: str, result_path: str) -> tasks.LambdaInvoke:
        payload = {
            "step": step,
            "execution": sfn.JsonPath.execution_id,
            "given": sfn.JsonPath.entire_payload,
        }
        task = tasks.LambdaInvoke(
            self._scope,
            construct_id,
            lambda_function=self._function,
            payload=sfn.TaskInput.from_object(payload),
            payload_response_only=True,
            retry_on_service_exceptions=False,
            result_path=result_path,
            task_timeout=sfn.Timeout.duration(cdk.Duration.minutes(_STEP_MINUTES)),
        )
        # Every step can be done again.
        return cast("tasks.LambdaInvoke", _tried_again(task, _ANY))

    def _ask(self, verifier: lambda_.IFunction) -> tasks.LambdaInvoke:
        task = tasks.LambdaInvoke(
            self._scope,
            "AskVerifier",
            lambda_function=verifier,
            input_path="$.step.asked",
            payload_response_only=True,
            retry_on_service_exceptions=False,
            result_path="$.verdict",
            task_timeout=sfn.Timeout.duration(cdk.Duration.minutes(_STEP_MINUTES)),
        )
        # What the verifier raises itself is its verdict.
        return cast("tasks.LambdaInvoke", _tried_again(task, _OF_LAMBDA))

    def _pause(self, construct_id: str, path: str) -> sfn.Wait:
        return sfn.Wait(self._scope, construct_id, time=sfn.WaitTime.seconds_path(path))


def _is(path: str, value: str) -> sfn.Condition:
    return sfn.Condition.string_equals(path, value)


def _tried_again(task: sfn.TaskStateBase, errors: list[str]) -> sfn.TaskStateBase:
    return task.add_retry(
        errors=errors,
        interval=cdk.Duration.seconds(2),
        max_attempts=_TRIES,
        backoff_rate=2,
        max_delay=cdk.Duration.minutes(1),
        jitter_strategy=sfn.JitterType.FULL,
    )


def restore_machine(
    scope: Construct,
    function: lambda_.IFunction,
    *,
    verifier: lambda_.IFunction | None,
    timeout: cdk.Duration,
    logs: FunctionLogs,
    removal_policy: cdk.RemovalPolicy | None,
) -> sfn.StateMachine:
    """The state machine ``Machine`` below `scope`, which calls `function` step by step."""
    home = Construct(scope, "MachineParts")
    role = iam.Role(home, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    machine = sfn.StateMachine(
        scope,
        "Machine",
        comment="Restores the newest backup of a table, verifies it, and deletes it again",
        definition_body=sfn.DefinitionBody.from_chainable(_Steps(home, function, verifier).definition()),
        role=role,
        timeout=cdk.Duration.seconds(int(timeout.to_seconds()) + TEAR_DOWN_HOURS * 3_600),
        logs=sfn.LogOptions(
            destination=log_group(home, logs, removal_policy),
            level=sfn.LogLevel.ALL,
            include_execution_data=False,
        ),
        tracing_enabled=True,
    )
    policy = cast("iam.Policy", role.node.find_child("DefaultPolicy"))
    reason = "X-Ray and the delivery of logs have no resources that a policy could name."
    acknowledge(policy, {"AwsSolutions::AwsSolutions-IAM5[Resource::*]": reason})
    invoked = [each for each in (function, verifier) if each is not None]
    acknowledge_patterns(
        policy,
        [f"{each.function_arn}:*" for each in invoked],
        "CDK lets a state machine call the versions of its functions as well.",
    )
    return machine
