"""What holds of every source that hands events to Lambda and does not wait."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmRoute
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import (
    BusSource,
    RedriveSettings,
    S3Source,
    ScheduleSource,
    TopicSource,
    add_dead_letters,
)
from constructs_lib.dead_letters.redrive.redrive import Redrive
from tests.dead_letters.pushed import ALARM, QUEUE, WRITTEN_BY, Source, needed, source
from tests.functions import plain_function
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.reviewing import unexplained
from tests.synthesis import RECOMMENDED, ROOT, fresh_app, fresh_stack, number_token, synthesize, warnings_of

Kind = type[Source]
Duration = cdk.Duration
ORDERS = "arn:aws:lambda:us-east-1:111122223333:function:orders"
LOST = "has no on-failure destination and no dead-letter queue"
SERVICES = {BusSource: "events", S3Source: "events", TopicSource: "sns"}

every_kind = pytest.mark.parametrize("kind", list(WRITTEN_BY))
every_retrying_kind = pytest.mark.parametrize("kind", [BusSource, S3Source, ScheduleSource])


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


@every_kind
def test_what_cannot_be_handed_over_goes_to_a_queue_that_is_kept(kind: Kind, stack: cdk.Stack) -> None:
    source(kind, stack)

    found = synthesize(stack)

    queue = found.only(QUEUE, under="SourceDeadLetters")
    assert (queue["MessageRetentionPeriod"], queue["SqsManagedSseEnabled"]) == (14 * 86_400, True)
    (resource,) = found.of_type(QUEUE, under="SourceDeadLetters").values()
    assert resource["DeletionPolicy"] == "Retain"
    used = [
        name
        for name, each in found.resources.items()
        if found.only_id(QUEUE, under="SourceDeadLetters") in str(each) and each["Type"] != QUEUE
    ]
    assert any(name.startswith(("SourceRule", "SourceSchedule", "SourceSubscription")) for name in used)


@every_kind
def test_gates_and_review_find_nothing(kind: Kind) -> None:
    stack = cdk.Stack(fresh_app(RECOMMENDED), "Stack")
    source(kind, stack)

    found = [each for each in findings(stack.node.root) if UNSUBSCRIBED not in each.rule]  # type: ignore[arg-type]

    assert found == []
    template = synthesize(stack)
    assert lint(template.body) == []
    assert circle(template.resources) == []
    folder = Path(cdk.App.of(stack).outdir)  # type: ignore[union-attr]
    ours = [
        each
        for each in unexplained(folder, ROOT / "examples/acknowledged.yaml")
        if (each.construct_path or "").startswith("Source")
    ]
    assert ours == []


@every_kind
def test_dead_letters_are_redriven_to_the_qualifier_that_was_called(
    kind: Kind, stack: cdk.Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[dict[str, Any]] = []
    monkeypatch.setattr(Redrive, "add_queue", lambda _, queue, **more: added.append({"queue": queue, **more}))
    alias = plain_function(stack).add_alias("live")
    settings = RedriveSettings(max_attempts=1)

    made = source(kind, stack, alias, redrive=settings)

    (one,) = added
    assert (one["queue"], one["function"]) == (made.dead_letter_queue, alias)
    assert (one["written_by"], one["settings"]) == (WRITTEN_BY[kind], settings)


@every_kind
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (RedriveSettings(max_attempts=0), r"redrive\.max_attempts is 0\. "),
        (RedriveSettings(error_types=[""]), r"redrive\.error_types is \[''\]\. "),
    ],
)
def test_fails_on_redriving_that_cannot_work_before_anything_is_built(
    kind: Kind, stack: cdk.Stack, settings: RedriveSettings, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        source(kind, stack, plain_function(stack), redrive=settings)

    assert {each.node.id for each in stack.node.children} <= {"Plain", "Uploads"}


@every_kind
def test_without_redrive_nothing_is_made_for_it(kind: Kind, stack: cdk.Stack) -> None:
    source(kind, stack, redrive=None)

    assert stack.node.try_find_child("Redrive") is None


@every_kind
def test_one_alarm_stays_while_a_dead_letter_lies_there(kind: Kind, stack: cdk.Stack) -> None:
    made = source(kind, stack)

    alarm = synthesize(stack).only(ALARM, under="SourceDeadLetterDepth")

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "ignore")
    assert not {"dead_letters", "failed_notifications", "dropped_invocations"} & set(made.alarms.names)
    assert "dead_letter_failures" in made.alarms.names


@every_kind
def test_alarms_take_the_route_that_is_given(kind: Kind, stack: cdk.Stack) -> None:
    team = sns.Topic(stack, "Team")
    source(kind, stack, plain_function(stack), redrive=None, alarm_route=AlarmRoute.to_topic(team))

    found = synthesize(stack)

    assert stack.node.try_find_child("AlarmTopic") is None
    assert found.only(ALARM, under="SourceDeadLetterDepth")["AlarmActions"] == [
        {"Ref": found.only_id("AWS::SNS::Topic", under="Team")}
    ]


@every_kind
def test_without_alarms_there_are_none(kind: Kind, stack: cdk.Stack) -> None:
    quiet = {"heartbeat": None} if kind is ScheduleSource else {}
    made = source(kind, stack, plain_function(stack), alarms=None, redrive=None, **quiet)

    assert (made.alarms, made.dead_letter_depth) == (None, None)
    assert synthesize(stack).of_type(ALARM) == {}


@every_kind
def test_queue_and_key_follow_the_arguments(kind: Kind, stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    source(kind, stack, encryption_key=key, removal_policy=cdk.RemovalPolicy.DESTROY, redrive=None)

    found = synthesize(stack)

    (resource,) = found.of_type(QUEUE, under="SourceDeadLetters").values()
    assert resource["DeletionPolicy"] == "Delete"
    own = found.only_id("AWS::KMS::Key", under="Key")
    assert resource["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": [own, "Arn"]}


@pytest.mark.parametrize("kind", list(SERVICES))
def test_the_key_lets_the_service_write_dead_letters(kind: Kind, stack: cdk.Stack) -> None:
    source(kind, stack, encryption_key=kms.Key(stack, "Key"), redrive=None)

    statements = synthesize(stack).only("AWS::KMS::Key", under="Key")["KeyPolicy"]["Statement"]

    assert {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Effect": "Allow",
        "Principal": {"Service": f"{SERVICES[kind]}.amazonaws.com"},
        "Resource": "*",
    } in statements


@pytest.mark.parametrize("kind", list(SERVICES))
def test_warns_of_a_key_that_cannot_be_told(kind: Kind, stack: cdk.Stack) -> None:
    arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    given: dict[str, Any] = {"topic": sns.Topic(stack, "News")} if kind is TopicSource else {}
    source(kind, stack, encryption_key=kms.Key.from_key_arn(stack, "Key", arn), redrive=None, **given)

    (text,) = [each for each in warnings_of(stack) if "encryption_key is imported" in each]
    assert f"{SERVICES[kind]}.amazonaws.com" in text


@every_kind
@pytest.mark.parametrize("qualified", [True, False])
def test_warns_of_a_function_that_keeps_no_failures(
    kind: Kind,
    qualified: bool,  # noqa: FBT001 - a parameter
    stack: cdk.Stack,
) -> None:
    function = plain_function(stack)
    source(kind, stack, function.add_alias("live") if qualified else function)

    (text,) = [each for each in warnings_of(stack) if LOST in each]
    assert "constructs-lib:source-failures-lost" in text


@every_kind
def test_warns_where_another_qualifier_keeps_them(kind: Kind, stack: cdk.Stack) -> None:
    queue = sqs.Queue(stack, "Failed")
    function = plain_function(stack, on_failure=destinations.SqsDestination(queue))
    source(kind, stack, function.add_alias("live"))

    assert [each for each in warnings_of(stack) if LOST in each]


def _with_queue(stack: cdk.Stack) -> lambda_.IFunction:
    return plain_function(stack, dead_letter_queue_enabled=True).add_alias("live")


def _with_destination(stack: cdk.Stack) -> lambda_.IFunction:
    queue = sqs.Queue(stack, "Failed")
    return plain_function(stack).add_alias("live", on_failure=destinations.SqsDestination(queue))


def _imported(stack: cdk.Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_attributes(
        stack, "Imported", function_arn=ORDERS, same_environment=True
    )


@every_kind
@pytest.mark.parametrize("make", [_with_queue, _with_destination, _imported])
def test_does_not_warn_where_they_are_kept_or_nobody_knows(kind: Kind, make: Any, stack: cdk.Stack) -> None:
    source(kind, stack, make(stack), redrive=None)

    assert not [each for each in warnings_of(stack) if LOST in each]


@every_kind
def test_dead_letters_that_the_function_gets_later_count(kind: Kind, stack: cdk.Stack) -> None:
    alias = plain_function(stack).add_alias("live")
    source(kind, stack, alias)
    add_dead_letters(stack, "DeadLetters", function=alias)

    assert not [each for each in warnings_of(stack) if LOST in each]


@every_retrying_kind
def test_it_is_tried_again_for_as_long_as_can_be(kind: Kind, stack: cdk.Stack) -> None:
    source(kind, stack, redrive=None)

    assert "'MaximumEventAgeInSeconds': 86400, 'MaximumRetryAttempts': 185" in str(synthesize(stack).body)


@every_retrying_kind
def test_retries_can_be_chosen(kind: Kind, stack: cdk.Stack) -> None:
    source(kind, stack, redrive=None, retry_attempts=3, max_event_age=Duration.minutes(1))

    assert "'MaximumEventAgeInSeconds': 60, 'MaximumRetryAttempts': 3" in str(synthesize(stack).body)


@pytest.mark.parametrize("kind", [BusSource, S3Source])  # CDK's schedule refuses tokens here
def test_attempts_that_are_known_only_at_deployment_are_not_checked(kind: Kind, stack: cdk.Stack) -> None:
    source(kind, stack, redrive=None, retry_attempts=number_token(stack))

    assert "'MaximumRetryAttempts': {'Ref': 'Number'}" in str(synthesize(stack).body)


@every_retrying_kind
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"retry_attempts": 186}, r"retry_attempts is 186\. Give a whole number from 0 to 185\."),
        ({"retry_attempts": -1}, r"retry_attempts is -1\."),
        ({"max_event_age": Duration.seconds(59)}, r"max_event_age is 59\. Give .* 60 to 86,400 seconds\."),
        ({"max_event_age": Duration.hours(25)}, r"max_event_age is 90000\."),
    ],
)
def test_fails_on_retries_that_eventbridge_would_refuse(
    kind: Kind, options: dict[str, Any], message: str, stack: cdk.Stack
) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        source(kind, stack, **options)

    assert stack.node.try_find_child("Source") is None


@every_kind
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"function": "orders"}, r"function is 'orders'\."),
        ({"function": None}, r"function is None\."),
        ({"redrive": True}, r"redrive is True\."),
        ({"alarms": "all"}, r"alarms is 'all'\."),
        ({"encryption_key": "alias/mine"}, r"encryption_key is 'alias/mine'\."),
        ({"removal_policy": "retain"}, r"removal_policy is 'retain'\."),
    ],
)
def test_fails_on_arguments_of_another_kind(
    kind: Kind, options: dict[str, Any], message: str, stack: cdk.Stack
) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Stack/Source: {message}"):
        source(kind, stack, **options) if "function" not in options else _of(kind, stack, **options)

    assert stack.node.try_find_child("Source") is None


def _of(kind: Kind, stack: cdk.Stack, **options: Any) -> None:
    kind(stack, "Source", **needed(kind, stack, options))
