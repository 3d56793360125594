import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import DeadLetters, add_dead_letters
from constructs_lib.dead_letters.asynchronous import acknowledge_destination
from tests.functions import plain_function
from tests.gates import findings
from tests.graph import circle, references
from tests.synthesis import fresh_stack, number_token, synthesize, warnings_of

CONFIG = "AWS::Lambda::EventInvokeConfig"
QUEUE = "AWS::SQS::Queue"
UNGRANTED = "is imported without its role"
ORDERS = "arn:aws:lambda:us-east-1:111122223333:function:orders"
Duration = cdk.Duration


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def protect(
    stack: cdk.Stack, function: lambda_.IFunction, settings: DeadLetters | None = None, **more: Any
) -> sqs.IQueue | None:
    return add_dead_letters(stack, "DeadLetters", function=function, settings=settings, **more)


def test_events_that_fail_thrice_in_six_hours_go_to_a_queue_of_their_own(stack: cdk.Stack) -> None:
    queue = protect(stack, plain_function(stack).add_alias("live"))

    found = synthesize(stack)

    assert queue is not None
    config = found.only(CONFIG)
    assert config["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Fn::GetAtt": [found.only_id(QUEUE), "Arn"]}}
    }
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 21_600)
    assert found.of_type(QUEUE)[found.only_id(QUEUE)]["DeletionPolicy"] == "Retain"


def test_the_settings_belong_to_the_alias_that_traffic_uses(stack: cdk.Stack) -> None:
    protect(stack, plain_function(stack).add_alias("live"))

    found = synthesize(stack)

    assert list(references(found.only(CONFIG)["Qualifier"])) == [found.only_id("AWS::Lambda::Alias")]


def test_where_traffic_uses_the_function_they_belong_to_it(stack: cdk.Stack) -> None:
    protect(stack, plain_function(stack))

    assert synthesize(stack).only(CONFIG)["Qualifier"] == "$LATEST"


def test_the_function_may_send_to_the_queue_and_no_more(stack: cdk.Stack) -> None:
    protect(stack, plain_function(stack).add_alias("live"))

    found = synthesize(stack)

    (statement,) = found.only("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    assert "sqs:SendMessage" in statement["Action"]
    assert not {"sqs:*", "sqs:ReceiveMessage", "sqs:DeleteMessage"} & set(statement["Action"])
    assert statement["Resource"] == {"Fn::GetAtt": [found.only_id(QUEUE), "Arn"]}


def test_age_retries_and_removal_can_be_chosen(stack: cdk.Stack) -> None:
    settings = DeadLetters(retry_attempts=0, max_event_age=Duration.minutes(1))
    protect(stack, plain_function(stack), settings, removal_policy=cdk.RemovalPolicy.DESTROY)

    found = synthesize(stack)

    config = found.only(CONFIG)
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)
    assert found.of_type(QUEUE)[found.only_id(QUEUE)]["DeletionPolicy"] == "Delete"


def test_a_queue_that_is_there_already_is_used(stack: cdk.Stack) -> None:
    mine = sqs.Queue(stack, "Mine")

    assert protect(stack, plain_function(stack), DeadLetters(queue=mine)) is mine
    assert synthesize(stack).only_id(QUEUE).startswith("Mine")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda stack: destinations.SnsDestination(sns.Topic(stack, "Topic")), "AWS::SNS::Topic"),
        (
            lambda stack: destinations.EventBridgeDestination(events.EventBus(stack, "Bus")),
            "AWS::Events::EventBus",
        ),
        (
            lambda stack: destinations.LambdaDestination(plain_function(stack, "Mender")),
            "AWS::Lambda::Function",
        ),
        (lambda stack: destinations.SqsDestination(sqs.Queue(stack, "Queue")), QUEUE),
    ],
    ids=["topic", "bus", "function", "queue"],
)
def test_any_destination_will_do(
    stack: cdk.Stack, make: Callable[[cdk.Stack], lambda_.IDestination], kind: str
) -> None:
    queue = protect(stack, plain_function(stack), DeadLetters(destination=make(stack)))

    found = synthesize(stack)

    (name,) = set(references(found.only(CONFIG)["DestinationConfig"]))
    assert queue is None
    assert found.resources[name]["Type"] == kind
    assert circle(found.resources) == []


def test_what_is_known_only_at_deployment_is_not_checked(stack: cdk.Stack) -> None:
    retries, age = number_token(stack, "Retries"), Duration.seconds(number_token(stack, "Age"))
    protect(stack, plain_function(stack), DeadLetters(retry_attempts=retries, max_event_age=age))

    config = synthesize(stack).only(CONFIG)

    assert config["MaximumRetryAttempts"] == {"Ref": "Retries"}
    assert config["MaximumEventAgeInSeconds"] == {"Ref": "Age"}


def test_warns_that_an_imported_function_without_its_role_may_not_send(stack: cdk.Stack) -> None:
    protect(stack, lambda_.Function.from_function_arn(stack, "Orders", ORDERS))

    assert [text for text in warnings_of(stack) if UNGRANTED in text]
    assert synthesize(stack).only(CONFIG)["FunctionName"] == "orders"


def test_grants_an_imported_function_through_its_role(stack: cdk.Stack) -> None:
    arn = "arn:aws:iam::111122223333:role/orders"
    function = lambda_.Function.from_function_attributes(
        stack,
        "Orders",
        function_arn=ORDERS,
        role=iam.Role.from_role_arn(stack, "Role", arn),
        same_environment=True,
    )
    protect(stack, function)

    assert not [text for text in warnings_of(stack) if UNGRANTED in text]
    assert "sqs:SendMessage" in str(synthesize(stack).only("AWS::IAM::Policy"))


def test_cdk_nag_is_told_of_the_destination_for_this_function_only(stack: cdk.Stack) -> None:
    for name in ("Known", "Unknown"):
        function = plain_function(stack, name)
        if name == "Known":
            protect(stack, function.add_alias("live"))
            acknowledge_destination(function)

    found = findings(stack.node.root)  # type: ignore[arg-type] # the root is the app

    places = {place for each in found if each.rule == "Serverless-LambdaDLQ" for place in each.constructs}
    assert places == {"Stack/Unknown/Resource"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"retry_attempts": 3}, "dead_letters.retry_attempts is 3. Give a whole number from 0 to 2."),
        ({"retry_attempts": -1}, "dead_letters.retry_attempts is -1."),
        ({"max_event_age": Duration.seconds(59)}, "dead_letters.max_event_age is 59. Give a whole number"),
        ({"max_event_age": Duration.hours(7)}, "dead_letters.max_event_age is 25200."),
    ],
)
def test_fails_on_what_lambda_would_refuse(stack: cdk.Stack, settings: dict[str, Any], message: str) -> None:
    function = plain_function(stack)

    with pytest.raises(ConfigurationError, match=f"^Stack/DeadLetters: {re.escape(message)}"):
        protect(stack, function, DeadLetters(**settings))

    assert stack.node.try_find_child("DeadLetters") is None
    assert function.node.try_find_child("EventInvokeConfig") is None


@pytest.mark.parametrize("imported", [False, True])
def test_fails_on_a_fifo_queue(stack: cdk.Stack, imported: bool) -> None:  # noqa: FBT001 - a parameter
    fifo: sqs.IQueue = sqs.Queue(stack, "Fifo", fifo=True)
    if imported:
        fifo = sqs.Queue.from_queue_arn(stack, "Imported", "arn:aws:sqs:us-east-1:111122223333:orders.fifo")

    with pytest.raises(
        ConfigurationError, match=r"^Stack/DeadLetters: dead_letters\.queue is a FIFO queue\. "
    ):
        protect(stack, plain_function(stack), DeadLetters(queue=fifo))


def test_fails_on_two_places_for_one_event(stack: cdk.Stack) -> None:
    queue = sqs.Queue(stack, "Queue")
    both = DeadLetters(queue=queue, destination=destinations.SqsDestination(queue))

    with pytest.raises(
        ConfigurationError, match=r"^Stack/DeadLetters: .* both a queue and a destination\. .*leave"
    ):
        protect(stack, plain_function(stack), both)


@pytest.mark.parametrize("options", [{"retry_attempts": 1}, {"max_event_age": Duration.hours(1)}])
def test_fails_where_a_function_has_such_settings_already(stack: cdk.Stack, options: dict[str, Any]) -> None:
    function = plain_function(stack, **options)

    with pytest.raises(
        ConfigurationError, match=r"^Stack/DeadLetters: Stack/Plain has asynchronous settings"
    ):
        protect(stack, function)

    assert stack.node.try_find_child("DeadLetters") is None
