"""What a redrive cannot do: functions slower than a run, names that no parameter holds, tasks that move nothing."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from redrive.model import Route
from redrive.moves import MoveFailedError
from rich.console import Console

from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import DeadLetters, Redrive, RedriveSettings, WrittenBy, add_dead_letters
from constructs_lib.dead_letters.command import running
from constructs_lib.dead_letters.command.failing import CommandError, ExitCode
from constructs_lib.dead_letters.command.queues import Known
from constructs_lib.dead_letters.command.results import Results
from constructs_lib.dead_letters.redrive.function import LONGEST_FUNCTION, ledger_table, redrive_function
from tests.dead_letters.dead_letter_commands import World
from tests.functions import plain_function
from tests.policies import flat
from tests.synthesis import fresh_stack, number_token, synthesize, warnings_of

SLOW = "constructs-lib:redrive-function-too-slow"
PARAMETER, POLICY = "AWS::SSM::Parameter", "AWS::IAM::Policy"
ARN = "arn:aws:sqs:eu-west-1:111122223333:dead"
URL = "https://sqs.eu-west-1.amazonaws.com/111122223333/dead"
STANDARD_BYTES = 4_096
LONGEST_REFERENCE = 176
"""Characters of the five references of a parameter on average, each as long as it may be: a table's name of 255, two
URLs of queues of 145, the ARN of one of 125, and that of an alias of 210."""


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def slow_warnings(stack: cdk.Stack) -> list[str]:
    return [text for text in warnings_of(stack) if SLOW in text]


def redriven(stack: cdk.Stack, timeout: cdk.Duration) -> None:
    function = lambda_.Function(
        stack,
        "Slow",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        timeout=timeout,
    )
    dead = sqs.Queue(stack, "Dead", enforce_ssl=True)
    Redrive.of(stack).add_queue(dead, written_by=WrittenBy.RULE, function=function.add_alias("live"))


def test_warns_of_a_function_that_may_run_for_longer_than_a_run_has(stack: cdk.Stack) -> None:
    redriven(stack, cdk.Duration.minutes(15))
    (text,) = slow_warnings(stack)
    assert (
        f"may run for 900 s, and a run that gives events again, and waits for them, has {LONGEST_FUNCTION} s"
        in text
    )


@pytest.mark.parametrize("token", [False, True])
def test_does_not_warn_of_a_timeout_that_fits_or_is_not_known(stack: cdk.Stack, token: bool) -> None:  # noqa: FBT001 - a parameter
    redriven(stack, cdk.Duration.seconds(number_token(stack) if token else LONGEST_FUNCTION))
    assert slow_warnings(stack) == []


def test_does_not_warn_where_sqs_moves_the_messages(stack: cdk.Stack) -> None:
    dead = sqs.Queue(stack, "Dead", enforce_ssl=True)
    policy = sqs.DeadLetterQueue(queue=dead, max_receive_count=5)
    source = sqs.Queue(stack, "Source", dead_letter_queue=policy, enforce_ssl=True)
    function = plain_function(stack, "Plain")
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)
    resource.timeout = 900
    Redrive.of(stack).add_queue(dead, written_by=WrittenBy.QUEUE, source=source, function=function)
    assert slow_warnings(stack) == []


def test_the_function_may_use_the_key_of_its_ledger_whatever_key_the_parking_queue_has() -> None:
    stack = fresh_stack(env=cdk.Environment(region="us-east-1"))
    key = kms.Key(stack, "Key")
    ledger = ledger_table(stack, key, cdk.RemovalPolicy.DESTROY)
    redrive_function(stack, ledger, sqs.Queue(stack, "Parking"), None, cdk.RemovalPolicy.DESTROY)
    found = synthesize(stack)
    key_arn = f"${{{found.only_id('AWS::KMS::Key')}.Arn}}"
    statements = [
        statement
        for policy in found.of_type(POLICY).values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    used = [each["Action"] for each in statements if flat(each["Resource"]) == key_arn]
    assert used == [["kms:Decrypt", "kms:DescribeKey"]]


def names_of(length: int) -> list[str]:
    """Names of errors that take so many bytes as a list of JSON."""
    names = [f"Error{number:03}{'x' * 89}" for number in range(length // 100)]
    assert length % 100 == 0
    names[-1] = names[-1][:-1]  # the brackets are two, the commas one less than the names
    return names


def test_the_longest_names_of_errors_still_fit_into_the_parameter(stack: cdk.Stack) -> None:
    dead, function = sqs.Queue(stack, "Dead", enforce_ssl=True), plain_function(stack).add_alias("live")
    settings = RedriveSettings(
        error_types=names_of(2_900),
        max_attempts=1_000,
        rate_per_second=500,
        minimum_age=cdk.Duration.days(13),
        maximum_age=cdk.Duration.days(14),
    )
    Redrive.of(stack).add_queue(dead, written_by=WrittenBy.ASYNCHRONOUS, function=function, settings=settings)
    (value,) = [
        flat(each["Properties"]["Value"])
        for each in synthesize(stack).of_type(PARAMETER).values()
        if "Error000" in flat(each["Properties"]["Value"])
    ]
    document, references = re.subn(r"\$\{[^}]*\}", "x" * LONGEST_REFERENCE, value)
    assert references == 5
    assert len(document.encode()) <= STANDARD_BYTES


@pytest.mark.parametrize(
    "settings",
    [
        RedriveSettings(error_types=[*names_of(2_900), "X"]),
        RedriveSettings(error_types=names_of(2_000), except_error_types=[f"Poison{'y' * 950}"]),
        RedriveSettings(except_error_types=["é" * 1_500]),
    ],
)
def test_fails_on_more_names_of_errors_than_the_parameter_holds_before_anything_is_built(
    stack: cdk.Stack, settings: RedriveSettings
) -> None:
    message = r"redrive has \d+ names among error_types and except_error_types, which take [\d,]+ bytes; the parameter"
    with pytest.raises(ConfigurationError, match=rf"Stack/Letters: dead_letters\.{message}"):
        add_dead_letters(
            stack, "Letters", function=plain_function(stack), settings=DeadLetters(redrive=settings)
        )
    assert stack.node.try_find_child("Letters") is None
    assert stack.node.try_find_child("Redrive") is None


def test_names_that_are_known_only_at_deployment_take_no_room(stack: cdk.Stack) -> None:
    tokens = [cdk.CfnParameter(stack, f"Name{number}").value_as_string for number in range(150)]
    assert len("".join(tokens)) > 2_900
    dead, function = sqs.Queue(stack, "Dead", enforce_ssl=True), plain_function(stack).add_alias("live")
    settings = RedriveSettings(error_types=tokens)
    Redrive.of(stack).add_queue(dead, written_by=WrittenBy.RULE, function=function, settings=settings)
    assert synthesize(stack).of_type(PARAMETER)


def test_a_task_that_moved_nothing_ends_the_command_as_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise MoveFailedError("moved none: AccessDenied")

    monkeypatch.setattr(running, "run", fail)
    route = Route.from_json({"queue_url": URL, "queue_arn": ARN, "written_by": "queue"})
    known = Known(url=URL, arn=ARN, settings={}, ledger="ledger", parking=f"{URL}-parking")
    with pytest.raises(CommandError, match="moved none: AccessDenied") as ended:
        running.run_route(
            route,
            known=known,
            results=Results(Console(quiet=True), known, route, 1),
            surroundings=World(connect=lambda _service: None)._surroundings(),
            stopped=lambda: False,
        )
    assert ended.value.code is ExitCode.INCOMPLETE
