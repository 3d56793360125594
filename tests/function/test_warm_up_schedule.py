import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from constructs_lib.checks import ConfigurationError
from constructs_lib.function import WARM_UP_EVENT, WarmUp, WarmUpSchedule
from tests.functions import plain_function
from tests.gates import findings
from tests.graph import references
from tests.synthesis import fresh_stack, number_token, synthesize

SCHEDULE = "AWS::Scheduler::Schedule"
ORDERS = "arn:aws:lambda:us-east-1:111122223333:function:orders"
Duration = cdk.Duration


def imported(stack: cdk.Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_arn(stack, "Orders", ORDERS)


def test_pings_every_five_minutes_and_never_twice() -> None:
    stack = fresh_stack()
    alias = plain_function(stack).add_alias("live")
    WarmUpSchedule(stack, "WarmUp", function=alias)

    found = synthesize(stack)

    schedule = found.only(SCHEDULE)
    assert schedule["ScheduleExpression"] == "rate(5 minutes)"
    assert schedule["Target"]["Arn"] == {"Ref": found.only_id("AWS::Lambda::Alias")}
    assert schedule["Target"]["Input"] == '{"source":"constructs-lib.warm-up"}'
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0
    assert WARM_UP_EVENT == {"source": "constructs-lib.warm-up"}


def test_may_invoke_nothing_but_what_it_pings() -> None:
    stack = fresh_stack()
    WarmUpSchedule(stack, "WarmUp", function=plain_function(stack))

    found = synthesize(stack)

    role = found.only("AWS::IAM::Role", under="WarmUp")
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"] == {"Fn::GetAtt": [found.only_id("AWS::Lambda::Function"), "Arn"]}
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert found.only_id("AWS::IAM::Role", under="WarmUp") in references(found.only(SCHEDULE))
    assert not found.of_type("AWS::IAM::Policy")


@pytest.mark.parametrize(
    ("every", "expression"),
    [
        (Duration.minutes(1), "rate(1 minute)"),
        (Duration.minutes(15), "rate(15 minutes)"),
        (Duration.seconds(120), "rate(2 minutes)"),
    ],
)
def test_pings_as_often_as_it_is_told(every: Duration, expression: str) -> None:
    stack = fresh_stack()
    WarmUpSchedule(stack, "WarmUp", function=plain_function(stack), settings=WarmUp(every=every))

    assert synthesize(stack).only(SCHEDULE)["ScheduleExpression"] == expression


def test_an_interval_known_only_at_deployment_is_not_checked() -> None:
    stack = fresh_stack()
    every = Duration.minutes(number_token(stack))
    WarmUpSchedule(stack, "WarmUp", function=plain_function(stack), settings=WarmUp(every=every))

    assert "Number" in references(synthesize(stack).only(SCHEDULE)["ScheduleExpression"])


def test_pings_an_imported_function_too() -> None:
    stack = fresh_stack()
    WarmUpSchedule(stack, "WarmUp", function=imported(stack))

    assert synthesize(stack).only(SCHEDULE)["Target"]["Arn"] == ORDERS


def test_cdk_nag_has_nothing_to_say() -> None:
    stack = fresh_stack()
    WarmUpSchedule(stack, "WarmUp", function=imported(stack))

    assert findings(stack.node.root) == []  # type: ignore[arg-type] # the root is the app


@pytest.mark.parametrize(
    ("every", "amount"),
    [(Duration.seconds(59), "0.98"), (Duration.minutes(16), "16"), (Duration.seconds(90), "1.5")],
)
def test_fails_on_an_interval_that_makes_no_sense(every: Duration, amount: str) -> None:
    stack = fresh_stack()
    function = plain_function(stack)

    with pytest.raises(ConfigurationError, match=rf"^Stack/WarmUp: warm_up\.every is {re.escape(amount)}"):
        WarmUpSchedule(stack, "WarmUp", function=function, settings=WarmUp(every=every))

    assert stack.node.try_find_child("WarmUp") is None
