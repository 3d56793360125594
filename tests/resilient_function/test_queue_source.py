"""An SQS queue that feeds a function."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from constructs_lib.checks import ConfigurationError
from tests.functions import default_function, subscribe
from tests.gates import findings
from tests.synthesis import fresh_stack, number_token, warnings_of

Duration = cdk.Duration
MAPPING = "LambdaEventSourceMappingDestination"


def feed(stack: cdk.Stack, visibility: Duration | None, timeout: Duration | None = None) -> None:
    queue = sqs.Queue(stack, "Incoming", visibility_timeout=visibility)
    default_function(stack, timeout=timeout or Duration.seconds(60)).add_event_source(
        sources.SqsEventSource(queue)
    )


@pytest.mark.parametrize(
    ("visibility", "seconds"), [(None, "30"), (Duration.seconds(59), "59")], ids=["default", "short"]
)
def test_fails_where_lambda_would_refuse_the_mapping(visibility: Duration | None, seconds: str) -> None:
    with pytest.raises(
        ConfigurationError,
        match=rf"^Stack/Orders: the queue Stack/Incoming has a visibility timeout of {seconds} s.* 360 s\.$",
    ):
        feed(fresh_stack(), visibility)


@pytest.mark.parametrize(("seconds", "warned"), [(60, True), (359, True), (360, False)])
def test_warns_below_six_times_the_timeout(seconds: int, warned: bool) -> None:  # noqa: FBT001 - a parameter
    stack = fresh_stack()
    feed(stack, Duration.seconds(seconds))
    assert any("AWS recommends six times" in text for text in warnings_of(stack)) is warned


def test_a_timeout_known_only_at_deployment_is_not_checked() -> None:
    stack = fresh_stack()
    feed(stack, Duration.seconds(1), Duration.seconds(number_token(stack)))


def test_an_imported_queue_is_not_checked() -> None:
    stack = fresh_stack()
    queue = sqs.Queue.from_queue_arn(stack, "Incoming", "arn:aws:sqs:us-east-1:111122223333:incoming")
    default_function(stack).add_event_source(sources.SqsEventSource(queue))


def test_cdk_nag_asks_for_no_destination_that_sqs_cannot_have() -> None:
    stack = fresh_stack()
    subscribe(stack)
    feed(stack, Duration.minutes(6))
    assert not [finding for finding in findings(stack.node.root) if MAPPING in str(finding)]  # type: ignore[arg-type] # the root is the app
