"""What one step of a saga must be: what it calls, how it is tried again, how it waits, and for how long."""

import aws_cdk as cdk

from constructs_lib.checks import Check, is_token
from constructs_lib.workflow.steps import Retries, Step
from constructs_lib.workflow.times import function_seconds

__all__ = ["LONGEST_SECONDS", "check_retries", "check_step"]

LONGEST_SECONDS = 31_536_000
"""How long a state can take: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""
_LONGEST_DELAY = 31_622_400
_MOST_ATTEMPTS = 99_999_999
"""https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
_GIVE_FUNCTION = "Give an aws_cdk.aws_lambda.Function, or an alias or a version of one."


def check_retries(check: Check, name: str, retries: Retries | None) -> None:
    """Fail unless Step Functions can try again like this."""
    check.instance(name, retries, Retries, None)
    if retries is None:
        return
    check.within(f"{name}.max_attempts", retries.max_attempts, 0, _MOST_ATTEMPTS)
    check.within(f"{name}.interval_seconds", retries.interval_seconds, 1, _MOST_ATTEMPTS)
    check.within(f"{name}.backoff_rate", retries.backoff_rate, 1, 100, whole=False)
    check.within(
        f"{name}.max_delay_seconds", retries.max_delay_seconds, retries.interval_seconds + 1, _LONGEST_DELAY
    )


def check_step(check: Check, step: Step, *, express: bool) -> None:
    """Fail unless Step Functions can run the step, and undo it."""
    name = step.name
    check.require(step.function is not None, f"{name}.function is None.", remedy=_GIVE_FUNCTION)
    check.offers(f"{name}.function", step.function, "function_arn", remedy=_GIVE_FUNCTION)
    check.offers(f"{name}.compensation", step.compensation, "function_arn", remedy=_GIVE_FUNCTION)
    check_retries(check, f"{name}.retries", step.retries)
    _check_errors(check, step)
    _check_patterns(check, step, express=express)
    _check_times(check, step)


def _check_errors(check: Check, step: Step) -> None:
    check.require(
        not isinstance(step.transient_errors, str),
        f"{step.name}.transient_errors is {step.transient_errors!r}.",
        remedy="Give a list of names of errors.",
    )
    check.require(
        "States.ALL" not in step.transient_errors,
        f"{step.name}.transient_errors has States.ALL, which stands alone: every error would be transient.",
        remedy="Name the errors that pass; States.TaskFailed stands for all but time-outs.",
    )


def _check_patterns(check: Check, step: Step, *, express: bool) -> None:
    name = step.name
    check.require(
        not (step.asynchronous and step.wait_for_task_token),
        f"{name} is asynchronous, and waits for a task token.",
        remedy="Choose one: an asynchronous step does not wait.",
    )
    check.require(
        not (step.asynchronous and step.compensation is not None),
        f"{name} is asynchronous and has a compensation, which could run before the step itself.",
        remedy="Remove the compensation, or wait for the step.",
    )
    check.require(
        not (step.asynchronous and step.result_selector is not None),
        f"{name} is asynchronous and has a result_selector: there is no result.",
        remedy="Remove it, or wait for the step.",
    )
    check.require(
        step.heartbeat is None or step.wait_for_task_token,
        f"{name} has a heartbeat, and does not wait for a task token: a function that is called sends none.",
        remedy="Remove it, or set wait_for_task_token.",
    )
    check.require(
        not step.wait_for_task_token or step.timeout is not None,
        f"{name} waits for a task token without a timeout: it could wait for a year.",
        remedy="Give timeout=, the longest time that it may take.",
    )
    check.require(
        not (step.wait_for_task_token and express),
        f"{name} waits for a task token, which an express workflow cannot.",
        remedy="Make a standard workflow. See "
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html",
    )
    check.require(
        step.compensation_timeout is None or step.compensation is not None,
        f"{name} has a compensation_timeout, and no compensation.",
        remedy="Remove it, or give a compensation.",
    )


def _check_times(check: Check, step: Step) -> None:
    name = step.name
    for argument, given in (
        ("timeout", step.timeout),
        ("compensation_timeout", step.compensation_timeout),
        ("heartbeat", step.heartbeat),
    ):
        check.duration(f"{name}.{argument}", given, 1, LONGEST_SECONDS)
        check.require(
            given is None or not is_token(given),
            f"{name}.{argument} is a token: how long the saga takes cannot be told.",
            remedy="Give a number.",
        )
    heartbeat, timeout = step.heartbeat, step.timeout
    if heartbeat is not None and timeout is not None:
        check.require(
            heartbeat.to_seconds() < timeout.to_seconds(),
            f"{name}.heartbeat is {_text(heartbeat)}, and its timeout {_text(timeout)}.",
            remedy="Give a heartbeat that is shorter. "
            "See https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html",
        )
    if not step.asynchronous:
        _check_outlives(check, f"{name}.timeout", step.timeout, function_seconds(step.function))
    if step.compensation is not None:
        known = function_seconds(step.compensation)
        _check_outlives(check, f"{name}.compensation_timeout", step.compensation_timeout, known)


def _check_outlives(check: Check, name: str, given: cdk.Duration | None, function: float | None) -> None:
    if given is None or function is None:
        return
    check.require(
        given.to_seconds() > function,
        f"{name} is {_text(given)}, and the function can run for {function:g} seconds: it could still be at work "
        "when its step is undone or tried again.",
        remedy=f"Give more than {function:g} seconds.",
    )


def _text(duration: cdk.Duration) -> str:
    return f"{duration.to_seconds():g} seconds"
