import math
import re
from collections.abc import Callable
from enum import Enum

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.checks import Check, ConfigurationError, acknowledge, is_token
from tests.gates import findings
from tests.synthesis import fresh_app, fresh_stack, number_token

Duration = cdk.Duration
Failing = Callable[[Check], object]


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return fresh_stack("Shop")


@pytest.fixture(scope="module")
def check(stack: cdk.Stack) -> Check:
    return Check(Construct(stack, "Room"), "Thing")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        1e300,
        -1e200,
        math.inf,
        math.nan,
        "",
        "text",
        "${AWS::Region}",
        [],
        ["a"],
        (1,),
    ],
)
def test_plain_values_are_no_tokens(value: object) -> None:
    assert not is_token(value)


def test_durations_and_sizes_are_tokens_if_their_amount_is(stack: cdk.Stack) -> None:
    number = number_token(stack, "Amount")

    assert is_token(Duration.seconds(number))
    assert is_token(cdk.Size.mebibytes(number))
    assert not is_token(Duration.seconds(1))
    assert not is_token(cdk.Size.mebibytes(1))


def test_numbers_texts_and_lists_known_only_at_deployment_are_tokens(stack: cdk.Stack) -> None:
    names = cdk.CfnParameter(stack, "Names", type="CommaDelimitedList").value_as_list

    assert is_token(number_token(stack))
    assert is_token(cdk.Aws.REGION)
    assert is_token(f"in {cdk.Aws.REGION}")
    assert is_token(names)
    assert is_token(["plain", cdk.Aws.REGION])


def test_a_text_that_only_looks_like_a_token_is_none() -> None:
    assert not is_token("${Token[")
    assert not is_token(["#{Token["])


@pytest.mark.parametrize(
    ("fails", "message"),
    [
        (
            lambda check: check.within("memory", 64, 128, 10_240, unit="MB"),
            "Shop/Room/Thing: memory is 64. Give a whole number from 128 to 10,240 MB.",
        ),
        (
            lambda check: check.within("executions", 2_000_000, 0, 1_000_000),
            "Shop/Room/Thing: executions is 2000000. Give a whole number from 0 to 1,000,000.",
        ),
        (
            lambda check: check.within("share", 2, 0.1, 0.9, whole=False),
            "Shop/Room/Thing: share is 2. Give a number from 0.1 to 0.9.",
        ),
        (
            lambda check: check.duration("age", Duration.minutes(5), 1, 60),
            "Shop/Room/Thing: age is 300. Give a whole number from 1 to 60 seconds.",
        ),
        (
            lambda check: check.duration("every", Duration.seconds(90), 1, 15, unit="minutes"),
            "Shop/Room/Thing: every is 1.5. Give a whole number from 1 to 15 minutes.",
        ),
        (
            lambda check: check.require(False, "It is so.", remedy="Make it otherwise."),
            "Shop/Room/Thing: It is so. Make it otherwise.",
        ),
    ],
)
def test_a_failure_says_where_what_and_what_to_do(check: Check, fails: Failing, message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{re.escape(message)}$"):
        fails(check)


@pytest.mark.parametrize("value", [0, 11, 1.5, math.inf, -math.inf, math.nan, "5", True])
def test_fails_outside_of_a_whole_range(check: Check, value: float) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(f"count is {value!r}.")):
        check.within("count", value, 1, 10)


@pytest.mark.parametrize("value", [None, 1, 5, 10, 5.0])
def test_passes_inside_of_a_range(check: Check, value: float | None) -> None:
    check.within("count", value, 1, 10)


def test_fractions_pass_where_they_mean_something(check: Check) -> None:
    check.within("share", 0.5, 0.1, 0.9, whole=False)


def test_what_is_known_only_at_deployment_passes(stack: cdk.Stack, check: Check) -> None:
    number = number_token(stack, "Anything")

    check.within("count", number, 1, 10)
    check.duration("age", Duration.seconds(number), 1, 10)
    check.duration("age", None, 1, 10)


def test_fails_on_a_duration_whose_token_would_have_to_be_converted(stack: cdk.Stack, check: Check) -> None:
    hours = Duration.hours(number_token(stack, "Hours"))

    with pytest.raises(ConfigurationError, match=r"age is a token in another unit.*Duration\.seconds"):
        check.duration("age", hours, 1, 10)


def test_the_root_of_the_tree_leaves_no_stray_slash() -> None:
    with pytest.raises(ConfigurationError, match=r"^Thing: "):
        Check(fresh_app(), "Thing").fail("It is so.", remedy="Change it.")


def test_an_acknowledgement_covers_its_construct_and_no_other() -> None:
    app = fresh_app()
    stack = cdk.Stack(app, "Stack")
    for name in ("Known", "Unknown"):
        queue = sqs.Queue(stack, name, enforce_ssl=True)
        if name == "Known":
            acknowledge(queue, {"AwsSolutions::AwsSolutions-SQS3": "It is a dead-letter queue."})

    places = {
        place for found in findings(app) if found.rule == "AwsSolutions-SQS3" for place in found.constructs
    }

    assert places == {"Stack/Unknown/Resource"}


def test_fails_on_a_taken_id_and_leaves_the_construct_that_has_it() -> None:
    stack = fresh_stack()
    first = Construct(stack, "Thing")

    taken = pytest.raises(ConfigurationError, match=r"^Stack/Thing: CDK refuses it: .*already a Construct")
    with taken, Check(stack, "Thing").all_or_nothing():
        Construct(stack, "Thing")

    assert stack.node.try_find_child("Thing") is first


def test_a_construct_is_shown_by_its_path_and_a_long_value_by_its_beginning(stack: cdk.Stack) -> None:
    assert Check.shown(sqs.Queue(stack, "Shown")) == "the Queue Shop/Shown"
    assert Check.shown("five") == "'five'"
    assert Check.shown("x" * 500) == "'" + "x" * 119 + "..."


def test_fails_with_the_members_of_a_small_enumeration(check: Check) -> None:
    class Size(Enum):
        SMALL = 1
        LARGE = 2

    with pytest.raises(
        ConfigurationError, match=r"size is 'small'\. Give Size\.SMALL or Size\.LARGE or None\.$"
    ):
        check.instance("size", "small", Size, None)


def test_fails_with_the_name_of_a_large_enumeration(check: Check) -> None:
    with pytest.raises(ConfigurationError, match=r"operator is '>'\. Give ComparisonOperator\.$"):
        check.instance("operator", ">", cloudwatch.ComparisonOperator)
