"""A queue as a function's event source: right by construction, refused where it could lose a message."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmSettings
from constructs_lib.alarms.services import QueueAlarmSettings
from constructs_lib.alarms.watch import Watch
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import FifoOptions, QueueSource, RedriveSettings
from tests.functions import default_function, hardened, plain_function
from tests.gates import UNSUBSCRIBED, findings, lint
from tests.graph import circle
from tests.policies import flat
from tests.reviewing import unexplained
from tests.synthesis import Synthesized, fresh_stack, number_token, read_template, synthesize, warnings_of

QUEUE, MAPPING = "AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"
ALARM = "AWS::CloudWatch::Alarm"
ORDERS = "arn:aws:lambda:us-east-1:111122223333:function:orders"
IMPORTED = "arn:aws:sqs:us-east-1:111122223333:jobs"
Duration = cdk.Duration


@pytest.fixture
def stack() -> cdk.Stack:
    return fresh_stack()


def feed(stack: cdk.Stack, *, timeout: int = 30, **options: Any) -> QueueSource:
    """Feed a function from a queue, without a redrive unless asked for."""
    function = options.pop("function", None) or hardened(stack, timeout=Duration.seconds(timeout)).alias
    return QueueSource(stack, "Jobs", function=function, **({"redrive": None} | options))


def everything(stack: cdk.Stack) -> QueueSource:
    return feed(
        stack,
        function=default_function(stack, reserved_concurrency=8).alias,
        batch_size=500,
        max_batching_window=Duration.seconds(20),
        max_concurrency=8,
        filters=[lambda_.FilterCriteria.filter({"body": {"kind": lambda_.FilterRule.is_equal("order")}})],
        enabled=False,
        visibility_timeout=Duration.minutes(5),
        max_receive_count=7,
        retention_period=Duration.days(2),
        redrive=RedriveSettings(),
        alarms=QueueAlarmSettings(stalled=AlarmSettings(threshold=5)),
        maximum_age=Duration.minutes(10),
        maximum_backlog=5_000,
        encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def queues(found: Synthesized) -> tuple[dict[str, Any], dict[str, Any]]:
    """The properties of the queue and of its dead-letter queue."""
    return found.only(QUEUE, under="JobsQueue"), found.only(QUEUE, under="JobsDeadLetters")


def alarm(found: Synthesized, name: str) -> dict[str, Any]:
    return found.only(ALARM, under=f"JobsAlarms{name}")


def statements(found: Synthesized, *, under: str) -> list[Mapping[str, Any]]:
    policy = found.only("AWS::IAM::Policy", under=under)
    return list(policy["PolicyDocument"]["Statement"])


def test_messages_that_fail_five_times_end_in_an_encrypted_queue_that_keeps_them_longest(
    stack: cdk.Stack,
) -> None:
    feed(stack)

    found = synthesize(stack)

    queue, dead = queues(found)
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [found.only_id(QUEUE, under="JobsDead"), "Arn"]},
        "maxReceiveCount": 5,
    }
    assert (queue["MessageRetentionPeriod"], dead["MessageRetentionPeriod"]) == (345_600, 1_209_600)
    assert queue["SqsManagedSseEnabled"] is dead["SqsManagedSseEnabled"] is True
    assert {each["DeletionPolicy"] for each in found.of_type(QUEUE).values()} == {"Retain"}
    assert len(found.of_type("AWS::SQS::QueuePolicy")) == 2


def test_only_failed_messages_of_a_batch_come_again(stack: cdk.Stack) -> None:
    feed(stack)

    mapping = synthesize(stack).only(MAPPING)

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (mapping["BatchSize"], mapping["Enabled"]) == (10, True)
    assert not {"ScalingConfig", "MaximumBatchingWindowInSeconds", "FilterCriteria"} & mapping.keys()


@pytest.mark.parametrize(
    ("timeout", "window", "visibility"), [(30, None, 180), (30, 20, 200), (900, 300, 5_700)]
)
def test_a_message_is_hidden_for_six_timeouts_and_the_window(
    stack: cdk.Stack, timeout: int, window: int | None, visibility: int
) -> None:
    feed(stack, timeout=timeout, max_batching_window=window and Duration.seconds(window))

    assert queues(synthesize(stack))[0]["VisibilityTimeout"] == visibility


def test_the_timeout_is_found_behind_an_alias_and_a_version_and_is_lambdas_own_if_unset(
    stack: cdk.Stack,
) -> None:
    feed(stack, function=plain_function(stack).current_version.add_alias("live"))

    assert queues(synthesize(stack))[0]["VisibilityTimeout"] == 18


def test_no_other_queue_may_leave_dead_letters_there(stack: cdk.Stack) -> None:
    feed(stack)

    found = synthesize(stack)

    queue, dead = queues(found)
    policy = dead["RedriveAllowPolicy"]
    (arn,) = policy["sourceQueueArns"]
    assert policy["redrivePermission"] == "byQueue"
    assert flat(arn).endswith(f":{flat(queue['QueueName'])}")
    assert circle(found.resources) == []


def test_the_name_differs_by_stack_and_fits_even_below_long_paths() -> None:
    stack = fresh_stack("S" * 128)
    QueueSource(stack, "J" * 128, function=hardened(stack).alias, redrive=None, fifo=FifoOptions())

    name = synthesize(stack).only(QUEUE, under="J" * 100 + "J" * 28 + "Queue")["QueueName"]["Fn::Join"][1]

    own, part, suffix = name
    assert part == {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    assert len(own) + 36 + len(suffix) <= 80
    assert suffix == ".fifo"


def test_the_function_may_consume_and_nothing_else(stack: cdk.Stack) -> None:
    source = feed(stack)

    found = synthesize(stack)

    (statement,) = statements(found, under="OrdersRole")
    assert set(statement["Action"]) == {
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueUrl",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    }
    assert statement["Resource"] == {"Fn::GetAtt": [found.only_id(QUEUE, under="JobsQueue"), "Arn"]}
    mapping = found.of_type(MAPPING)[found.only_id(MAPPING)]
    assert found.only_id("AWS::IAM::Policy", under="OrdersRole") in mapping["DependsOn"]
    assert source.event_source_mapping.event_source_mapping_arn


def test_senders_are_granted_to_send_and_to_use_the_key(stack: cdk.Stack) -> None:
    source = feed(stack, encryption_key=kms.Key(stack, "Key"))
    source.grant_send_messages(iam.Role(stack, "Sender", assumed_by=iam.AccountRootPrincipal()))

    text = json.dumps(statements(synthesize(stack), under="Sender"))

    assert "sqs:SendMessage" in text
    assert "kms:GenerateDataKey" in text
    assert "sqs:ReceiveMessage" not in text


def test_a_fifo_queue_has_a_fifo_dead_letter_queue_and_quotas_by_group(stack: cdk.Stack) -> None:
    feed(stack, fifo=FifoOptions(content_based_deduplication=True))

    queue, dead = queues(synthesize(stack))

    assert queue["FifoQueue"] is dead["FifoQueue"] is True
    assert queue["ContentBasedDeduplication"] is True
    assert (queue["DeduplicationScope"], queue["FifoThroughputLimit"]) == (
        "messageGroup",
        "perMessageGroupId",
    )


def test_a_fifo_queue_can_count_by_queue(stack: cdk.Stack) -> None:
    feed(stack, fifo=FifoOptions(high_throughput=False), retention_period=Duration.days(14))

    queue, _dead = queues(synthesize(stack))

    assert not {"DeduplicationScope", "FifoThroughputLimit"} & queue.keys()
    assert queue["MessageRetentionPeriod"] == 1_209_600


@pytest.mark.parametrize(("timeout", "threshold"), [(30, 900), (1, 60), (900, 27_000)])
def test_rings_when_a_message_is_older_than_all_its_tries_take(
    stack: cdk.Stack, timeout: int, threshold: int
) -> None:
    feed(stack, timeout=timeout)

    assert alarm(synthesize(stack), "OldestMessageAge")["Threshold"] == threshold


def test_rings_when_there_are_dead_letters(stack: cdk.Stack) -> None:
    source = feed(stack)

    found = synthesize(stack)

    (dimension,) = alarm(found, "DeadLetterDepth")["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": [found.only_id(QUEUE, under="JobsDead"), "QueueName"]}
    assert source.alarms is not None
    assert len(found.of_type("AWS::CloudWatch::CompositeAlarm")) == 1


def test_alarms_can_be_left_out(stack: cdk.Stack) -> None:
    assert feed(stack, alarms=None).alarms is None
    assert not synthesize(stack).of_type(ALARM)


def test_everything_that_is_given_is_used(stack: cdk.Stack) -> None:
    everything(stack)

    found = synthesize(stack)

    queue, dead = queues(found)
    mapping = found.only(MAPPING)
    key = {"Fn::GetAtt": [found.only_id("AWS::KMS::Key", under="Key"), "Arn"]}
    assert (queue["VisibilityTimeout"], queue["MessageRetentionPeriod"]) == (300, 172_800)
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 7
    assert queue["KmsMasterKeyId"] == dead["KmsMasterKeyId"] == key
    assert found.of_type(QUEUE)[found.only_id(QUEUE, under="JobsQueue")]["DeletionPolicy"] == "Delete"
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (500, 20)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 8}
    assert mapping["Enabled"] is False
    assert json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"]) == {"body": {"kind": ["order"]}}
    assert alarm(found, "OldestMessageAge")["Threshold"] == 600
    assert alarm(found, "Backlog")["Threshold"] == 5_000
    assert alarm(found, "Stalled")["Threshold"] == 5


def test_dead_letters_are_redriven_to_the_queue_they_come_from(stack: cdk.Stack) -> None:
    feed(stack, redrive=RedriveSettings())

    found = synthesize(stack)

    rights = statements(found, under="RedriveQueues")
    (move,) = [each for each in rights if "sqs:StartMessageMoveTask" in each["Action"]]
    assert move["Resource"] == {"Fn::GetAtt": [found.only_id(QUEUE, under="JobsDead"), "Arn"]}
    assert circle(found.resources) == []


def test_nothing_is_redriven_unless_wanted(stack: cdk.Stack) -> None:
    feed(stack)

    assert stack.node.try_find_child("Redrive") is None


def default(stack: cdk.Stack) -> QueueSource:
    return QueueSource(stack, "Jobs", function=default_function(stack).alias)


@pytest.mark.parametrize("make", [default, everything], ids=["default", "everything"])
def test_passes_every_gate_and_the_review(
    make: Callable[[cdk.Stack], QueueSource], stack: cdk.Stack, tmp_path: Path
) -> None:
    make(stack)
    app = stack.node.root
    (tmp_path / "none.yaml").write_text("[]")

    assert [found for found in findings(app) if UNSUBSCRIBED not in found.rule] == []  # type: ignore[arg-type] # the root is the app
    folder = Path(app.outdir)  # type: ignore[attr-defined] # likewise
    found = read_template(folder / stack.template_file)
    assert lint(found.body) == []
    assert {
        each.rule
        for each in unexplained(folder, tmp_path / "none.yaml")
        if each.construct_path.startswith("Jobs")
    } <= {"event-source-disabled"}


def test_watch_adds_no_alarm_to_its_queues(stack: cdk.Stack) -> None:
    feed(stack)
    cdk.Aspects.of(stack).add(Watch())

    found = synthesize(stack)

    assert not [name for name in found.of_type(ALARM, under="Watch") if "Jobs" in name]
    assert found.of_type(ALARM, under="Watch")  # it did watch the function


def test_an_existing_queue_is_read_and_left_as_it_is(stack: cdk.Stack) -> None:
    dead = sqs.Queue(stack, "Dead", retention_period=Duration.days(14))
    mine = sqs.Queue(
        stack,
        "Mine",
        visibility_timeout=Duration.seconds(180),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=6),
    )
    source = feed(stack, queue=mine)

    found = synthesize(stack)

    assert (source.queue, source.dead_letter_queue) == (mine, dead)
    assert set(found.of_type(QUEUE)) == {
        found.only_id(QUEUE, under="Dead"),
        found.only_id(QUEUE, under="Mine"),
    }
    assert found.only(MAPPING)["EventSourceArn"] == {
        "Fn::GetAtt": [found.only_id(QUEUE, under="Mine"), "Arn"]
    }
    assert alarm(found, "OldestMessageAge")["Threshold"] == 1_080
    assert not [text for text in warnings_of(stack) if "dead letter" in text.lower()]


def test_an_imported_queue_needs_its_dead_letter_queue(stack: cdk.Stack) -> None:
    mine = sqs.Queue.from_queue_arn(stack, "Mine", IMPORTED)
    dead = sqs.Queue.from_queue_arn(stack, "Dead", f"{IMPORTED}-dead")
    with pytest.raises(ConfigurationError, match=r"^Stack/Jobs: nobody knows where the failed messages of "):
        feed(stack, function=plain_function(stack), queue=mine)

    source = feed(stack, function=hardened(stack).alias, queue=mine, dead_letter_queue=dead)

    found = synthesize(stack)
    assert source.dead_letter_queue is dead
    assert not found.of_type(ALARM, under="JobsAlarmsOldestMessageAge")
    assert alarm(found, "DeadLetterDepth")["Dimensions"][0]["Value"] == "jobs-dead"


@pytest.mark.parametrize(
    ("dead_days", "receives", "visibility", "warning"),
    [
        (4, 5, 180, "some expire as soon as they are dead letters"),
        (14, 4, 180, "AWS recommends at least 5"),
        (14, 5, 100, "AWS recommends six times the function's timeout, 180 s"),
    ],
)
def test_warns_of_an_existing_queue_that_might_lose_messages(
    stack: cdk.Stack, dead_days: int, receives: int, visibility: int, warning: str
) -> None:
    dead = sqs.Queue(stack, "Dead", retention_period=Duration.days(dead_days))
    mine = sqs.Queue(
        stack,
        "Mine",
        visibility_timeout=Duration.seconds(visibility),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=receives),
    )
    feed(stack, queue=mine)

    assert [text for text in warnings_of(stack) if warning in text]


def test_the_warning_counts_the_window_too(stack: cdk.Stack) -> None:
    mine = sqs.Queue(
        stack,
        "Mine",
        visibility_timeout=Duration.seconds(180),
        dead_letter_queue=sqs.DeadLetterQueue(queue=sqs.Queue(stack, "Dead"), max_receive_count=5),
    )
    feed(stack, queue=mine, max_batching_window=Duration.seconds(10))

    assert [text for text in warnings_of(stack) if "timeout and the batching window, 190 s" in text]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda stack: sqs.Queue(stack, "Mine"), "nobody knows where the failed messages of Stack/Mine go."),
        (
            lambda stack: sqs.Queue(
                stack,
                "Mine",
                dead_letter_queue=sqs.DeadLetterQueue(queue=sqs.Queue(stack, "Dead"), max_receive_count=5),
                visibility_timeout=Duration.seconds(29),
            ),
            "the queue Stack/Mine has a visibility timeout of 29 s, less than the function's timeout of 30 s",
        ),
    ],
    ids=["without dead letters", "seen too early"],
)
def test_fails_on_an_existing_queue_that_loses_messages(
    stack: cdk.Stack, make: Callable[[cdk.Stack], sqs.Queue], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^Stack/Jobs: {re.escape(message)}"):
        feed(stack, queue=make(stack))


def test_fails_on_a_dead_letter_queue_of_another_kind(stack: cdk.Stack) -> None:
    mine = sqs.Queue.from_queue_arn(stack, "Mine", f"{IMPORTED}.fifo")
    dead = sqs.Queue.from_queue_arn(stack, "Dead", IMPORTED)

    with pytest.raises(ConfigurationError, match=r"^Stack/Jobs: .*both FIFO queues or both standard queues"):
        feed(stack, queue=mine, dead_letter_queue=dead)


@pytest.mark.parametrize(
    "options",
    [
        {"fifo": FifoOptions()},
        {"visibility_timeout": Duration.minutes(3)},
        {"max_receive_count": 5},
        {"retention_period": Duration.days(1)},
        {"removal_policy": cdk.RemovalPolicy.DESTROY},
    ],
    ids=lambda each: next(iter(each)),
)
def test_fails_on_what_an_existing_queue_has_already(stack: cdk.Stack, options: dict[str, Any]) -> None:
    (name,) = options

    with pytest.raises(ConfigurationError, match=f"^Stack/Jobs: {name} is given beside queue, which is left"):
        feed(stack, queue=sqs.Queue(stack, "Mine"), **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size is 0. Give a whole number from 1 to 10,000."),
        ({"batch_size": 10_001, "max_batching_window": Duration.seconds(1)}, "batch_size is 10001."),
        ({"batch_size": 11}, "batch_size is 11, and there is no max_batching_window."),
        (
            {"batch_size": 11, "max_batching_window": Duration.seconds(0)},
            "batch_size is 11, and there is no max_batching_window.",
        ),
        ({"max_batching_window": Duration.seconds(301)}, "max_batching_window is 301."),
        (
            {"batch_size": 11, "fifo": FifoOptions()},
            "batch_size is 11. Give a whole number from 1 to 10 messages of a FIFO queue.",
        ),
        (
            {"max_batching_window": Duration.seconds(1), "fifo": FifoOptions()},
            "max_batching_window is given for a FIFO queue.",
        ),
        ({"max_concurrency": 1}, "max_concurrency is 1. Give a whole number from 2 to 1,000."),
        ({"max_concurrency": 1_001}, "max_concurrency is 1001."),
        ({"max_receive_count": 4}, "max_receive_count is 4. Give a whole number from 5 to 1,000."),
        ({"visibility_timeout": Duration.seconds(179)}, "visibility_timeout is 179 s, and the function may"),
        ({"visibility_timeout": Duration.hours(13)}, "visibility_timeout is 46800."),
        ({"retention_period": Duration.days(14)}, "retention_period is 1,209,600 s, as long as dead letters"),
        ({"retention_period": Duration.seconds(59)}, "retention_period is 59."),
        ({"retention_period": Duration.minutes(15)}, "a message may be tried for 900 s, max_receive_count"),
        (
            {"max_receive_count": 1_000, "retention_period": Duration.days(2)},
            "a message may be tried for 180,000 s",
        ),
        ({"dead_letter_queue": "queue"}, "dead_letter_queue is 'queue'."),
        ({"queue": "queue"}, "queue is 'queue'."),
        ({"fifo": True}, "fifo is True. Give FifoOptions or None."),
        ({"alarms": True}, "alarms is True."),
        ({"redrive": True}, "redrive is True."),
        ({"redrive": RedriveSettings(max_attempts=0)}, "redrive.max_attempts is 0."),
        (
            {"redrive": RedriveSettings(error_types=["Timeout"])},
            "redrive names types of errors, but SQS does not say why",
        ),
        ({"alarm_route": "topic"}, ""),
    ],
)
def test_fails_on_what_cannot_work(stack: cdk.Stack, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^Stack/Jobs: {re.escape(message)}"):
        feed(stack, **options)

    assert stack.node.try_find_child("Jobs") is None
    assert stack.node.try_find_child("Redrive") is None


def test_fails_without_a_function(stack: cdk.Stack) -> None:
    with pytest.raises(ConfigurationError, match=r"^Stack/Jobs: function is None\."):
        QueueSource(stack, "Jobs", function=None)  # type: ignore[arg-type] # the point of the test


def test_fails_on_a_function_that_nothing_can_be_granted_to(stack: cdk.Stack) -> None:
    function = lambda_.Function.from_function_arn(stack, "Orders", ORDERS)

    with pytest.raises(ConfigurationError, match=r"^Stack/Jobs: .* is imported without its role"):
        feed(stack, function=function, visibility_timeout=Duration.minutes(3))


@pytest.mark.parametrize(
    ("reserved", "most", "message"),
    [
        (4, None, "4 executions are reserved for the function, and Lambda starts with 5 batches at once"),
        (4, 5, "max_concurrency is 5, more than the 4 executions that are reserved"),
        (4, 4, None),
        (5, None, None),
        (0, None, None),
    ],
)
def test_fails_where_the_queue_may_start_more_than_is_reserved(
    stack: cdk.Stack, reserved: int, most: int | None, message: str | None
) -> None:
    function = hardened(stack, reserved_concurrency=reserved).alias
    if message is None:
        feed(stack, function=function, max_concurrency=most)
        return
    with pytest.raises(ConfigurationError, match=f"^Stack/Jobs: {message}"):
        feed(stack, function=function, max_concurrency=most)


def test_of_a_function_whose_timeout_is_unknown_the_visibility_timeout_is_needed(stack: cdk.Stack) -> None:
    function = lambda_.Function.from_function_attributes(
        stack,
        "Orders",
        function_arn=ORDERS,
        role=iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/orders"),
        same_environment=True,
    )
    with pytest.raises(
        ConfigurationError, match=r"^Stack/Jobs: the timeout of .* Give visibility_timeout: 6"
    ):
        feed(stack, function=function)

    feed(stack, function=function, visibility_timeout=Duration.minutes(3))

    assert queues(synthesize(stack))[0]["VisibilityTimeout"] == 180


def test_what_is_known_only_at_deployment_is_not_checked(stack: cdk.Stack) -> None:
    feed(
        stack,
        batch_size=number_token(stack, "Batch"),
        max_concurrency=number_token(stack, "Concurrency"),
        max_receive_count=number_token(stack, "Receives"),
        visibility_timeout=Duration.seconds(number_token(stack, "Visibility")),
        retention_period=Duration.seconds(number_token(stack, "Retention")),
    )

    found = synthesize(stack)

    queue, _dead = queues(found)
    assert queue["VisibilityTimeout"] == {"Ref": "Visibility"}
    assert queue["RedrivePolicy"]["maxReceiveCount"] == {"Ref": "Receives"}
    assert not found.of_type(ALARM, under="JobsAlarmsOldestMessageAge")
