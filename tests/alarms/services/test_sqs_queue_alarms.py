import re
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmSettings, Profile
from constructs_lib.alarms.services import QUEUE_ALARMS, QueueAlarms, QueueAlarmSettings, queue_subject
from constructs_lib.checks import ConfigurationError
from constructs_lib.replay.evaluation import evaluate
from tests.alarms.services.watching import ALARM, COMPOSITE, alarm, dimensions, metrics, names
from tests.graph import references
from tests.metric_math import compute
from tests.synthesis import fresh_stack, number_token, synthesize

Duration = cdk.Duration
COMPLETE = QueueAlarmSettings(profile=Profile.COMPLETE)
OWN = {"stalled", "expiring_messages"}


def a_queue(stack: cdk.Stack, **more: Any) -> sqs.Queue:
    return sqs.Queue(stack, "Queue", **more)


def with_dead_letters(stack: cdk.Stack, **more: Any) -> sqs.Queue:
    dead = sqs.Queue(stack, "Dead", retention_period=Duration.days(14))
    target = sqs.DeadLetterQueue(queue=dead, max_receive_count=5)
    return a_queue(stack, dead_letter_queue=target, **more)


def imported(stack: cdk.Stack, name: str = "orders") -> sqs.IQueue:
    return sqs.Queue.from_queue_arn(stack, "Queue", f"arn:aws:sqs:eu-west-1:111111111111:{name}")


def test_a_queue_and_its_dead_letter_queue_have_the_essential_alarms() -> None:
    stack = fresh_stack()
    alarms = QueueAlarms(stack, "Alarms", queue=with_dead_letters(stack))

    found = synthesize(stack)

    assert set(alarms.names) == {*OWN, "dead_letter_depth"}
    own, dead = (found.only_id("AWS::SQS::Queue", under=name) for name in ("Queue", "Dead"))
    expiring, depth = alarm(found, "expiring_messages"), alarm(found, "dead_letter_depth")
    assert dimensions(expiring) == {"QueueName": {"Fn::GetAtt": [own, "QueueName"]}}
    assert dimensions(depth) == {"QueueName": {"Fn::GetAtt": [dead, "QueueName"]}}
    assert (expiring["Namespace"], expiring["MetricName"]) == ("AWS/SQS", "ApproximateAgeOfOldestMessage")
    assert expiring["Threshold"] == 345_600 / 2
    assert (depth["MetricName"], depth["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)
    assert depth["TreatMissingData"] == "ignore"
    assert sorted(references(found.only(COMPOSITE)["AlarmRule"])) == sorted(found.of_type(ALARM))


def of_stalled_queue() -> dict[str, Any]:
    stack = fresh_stack()
    QueueAlarms(stack, "Alarms", queue=a_queue(stack))
    return alarm(synthesize(stack), "stalled")


def test_a_stalled_queue_is_one_with_waiting_messages_and_no_finished_one() -> None:
    stalled = of_stalled_queue()

    used = metrics(stalled)
    assert {name: (each["MetricName"], each["Stat"]) for name, each in used.items()} == {
        "waiting": ("ApproximateNumberOfMessagesVisible", "Minimum"),
        "finished": ("NumberOfMessagesDeleted", "Sum"),
    }
    expression = stalled["Metrics"][0]["Expression"]
    busy, gone, unheard, empty = (7.0, 3.0), (7.0, 0.0), (7.0, None), (0.0, 0.0)
    waiting, finished = (list(each) for each in zip(busy, gone, unheard, empty, strict=True))
    assert compute(expression, {"waiting": waiting, "finished": finished}) == [0, 7, 7, 0]


@pytest.mark.parametrize(
    ("waiting", "finished", "rings"),
    [
        # One worker with a backlog finishes a message each 15 minutes, the longest that a function can run.
        ([9] * 60, [1, *[0] * 14] * 4, False),
        # A message comes once in a quarter of an hour, waits for a moment and is worked on for ten minutes.
        ([1, *[0] * 14] * 4, ([0] * 10 + [1] + [0] * 4) * 4, False),
        ([0] * 60, [0] * 60, False),
        # The consumer is gone.
        ([0] * 20 + [1] * 40, [1] * 20 + [0] * 40, True),
    ],
)
def test_only_a_queue_that_nobody_empties_is_stalled(
    waiting: list[float], finished: list[float], *, rings: bool
) -> None:
    """CloudWatch looks at the latest periods every minute.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    """
    stalled = of_stalled_queue()
    expression = stalled["Metrics"][0]["Expression"]
    length = metrics(stalled)["waiting"]["Period"] // 60
    least = [min(waiting[n : n + length]) for n in range(60 - length)]
    total: list[float | None] = [sum(finished[n : n + length]) for n in range(60 - length)]

    values = compute(expression, {"waiting": [*least], "finished": total})

    assert "ALARM" in {evaluate(stalled, [value], "OK") for value in values} if rings else not any(values)


@pytest.mark.parametrize(
    "row", ["expiring_messages", "oldest_message_age", "in_flight", "expiring_dead_letters"]
)
def test_an_alarm_comes_back_when_sqs_publishes_nothing_for_an_empty_queue(row: str) -> None:
    """The age is "reported if the queue contains at least one active message".

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    stack = fresh_stack()
    QueueAlarms(
        stack, "Alarms", queue=with_dead_letters(stack), maximum_age=Duration.hours(1), settings=COMPLETE
    )

    found = alarm(synthesize(stack), row)

    assert evaluate(found, [None] * 17, "ALARM") == "OK"


@pytest.mark.parametrize("row", ["stalled", "dead_letter_depth"])
def test_an_alarm_on_what_lies_in_a_queue_keeps_ringing_when_sqs_stops_publishing(row: str) -> None:
    stack = fresh_stack()
    QueueAlarms(stack, "Alarms", queue=with_dead_letters(stack))

    assert evaluate(alarm(synthesize(stack), row), [None] * 3, "ALARM") == "ALARM"


def test_a_complete_profile_watches_all_that_is_known() -> None:
    stack = fresh_stack()
    queue = with_dead_letters(
        stack, retention_period=Duration.days(1), max_message_size_bytes=2_000, fifo=False
    )
    alarms = QueueAlarms(
        stack,
        "Alarms",
        queue=queue,
        maximum_age=Duration.minutes(10),
        maximum_backlog=500,
        settings=COMPLETE,
    )

    found = synthesize(stack)

    assert set(alarms.names) == names(QUEUE_ALARMS, Profile.COMPLETE) - {"duplicates"}
    thresholds = {name: alarm(found, name)["Threshold"] for name in alarms.names}
    assert thresholds == pytest.approx(
        {
            "stalled": 1,
            "expiring_messages": 43_200,
            "oldest_message_age": 600,
            "backlog": 500,
            "in_flight": 96_000,
            "message_size": 1_800,
            "noisy_groups": 1,
            "dead_letter_depth": 1,
            "expiring_dead_letters": 604_800,
        }
    )


def test_a_fifo_queue_tells_of_duplicates_and_not_of_noisy_groups() -> None:
    stack = fresh_stack()
    alarms = QueueAlarms(stack, "Alarms", queue=imported(stack, "orders.fifo"), settings=COMPLETE)

    assert "duplicates" in alarms.names
    assert "noisy_groups" not in alarms.names


def test_without_a_word_on_age_and_backlog_there_is_no_alarm_on_them() -> None:
    stack = fresh_stack()
    alarms = QueueAlarms(stack, "Alarms", queue=a_queue(stack), settings=COMPLETE)

    assert not {"oldest_message_age", "backlog", "dead_letter_depth"} & set(alarms.names)
    with pytest.raises(ConfigurationError, match=r"^Stack/Alarms: there is no alarm backlog\. "):
        _ = alarms.backlog


def test_an_imported_queue_has_what_needs_no_more_than_its_name() -> None:
    stack = fresh_stack()
    alarms = QueueAlarms(stack, "Alarms", queue=imported(stack), settings=COMPLETE)

    found = synthesize(stack)

    assert set(alarms.names) == {"stalled", "in_flight", "noisy_groups"}
    assert dimensions(alarm(found, "in_flight")) == {"QueueName": "orders"}


def test_a_dead_letter_queue_can_be_watched_alone() -> None:
    stack = fresh_stack()
    alarms = QueueAlarms(stack, "Alarms", dead_letter_queue=a_queue(stack), settings=COMPLETE)

    assert set(alarms.names) == {"dead_letter_depth", "expiring_dead_letters"}


def test_a_given_dead_letter_queue_replaces_the_one_that_is_known() -> None:
    stack = fresh_stack()
    other = sqs.Queue.from_queue_arn(stack, "Other", "arn:aws:sqs:eu-west-1:111111111111:others-dead")

    assert queue_subject(with_dead_letters(stack), dead_letter_queue=other).dead_letter_queue_name == (
        "others-dead"
    )


def test_a_retention_known_only_at_deployment_has_no_alarm_of_its_share() -> None:
    stack = fresh_stack()
    queue = a_queue(stack)
    resource = queue.node.default_child
    assert isinstance(resource, sqs.CfnQueue)
    resource.message_retention_period = number_token(stack)

    alarms = QueueAlarms(stack, "Alarms", queue=queue, maximum_age=Duration.hours(1))

    assert set(alarms.names) == {"stalled", "oldest_message_age"}


def test_an_alarm_can_be_replaced_and_removed_by_name() -> None:
    stack = fresh_stack()
    settings = replace(QueueAlarmSettings(), stalled=None, expiring_messages=AlarmSettings(threshold=0.25))
    alarms = QueueAlarms(stack, "Alarms", queue=a_queue(stack), settings=settings)

    assert alarms.names == ("expiring_messages",)
    assert alarm(synthesize(stack), "expiring_messages")["Threshold"] == 86_400


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "there is neither a queue nor a dead-letter queue to watch. Give an aws_cdk.aws_sqs.Queue"),
        ({"queue": "orders"}, "queue is 'orders'. Give an aws_cdk.aws_sqs.Queue, made or imported."),
        ({"dead_letter_queue": 3}, "dead_letter_queue is 3. Give an aws_cdk.aws_sqs.Queue"),
    ],
)
def test_fails_without_a_queue(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Alarms: {message}")):
        QueueAlarms(fresh_stack(), "Alarms", **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"maximum_age": 60}, "maximum_age is 60. Give a duration"),
        (
            {"maximum_age": Duration.seconds(59)},
            "maximum_age is 59. Give a whole number from 60 to 1,209,600",
        ),
        (
            {"maximum_age": Duration.days(4)},
            "maximum_age is 345600 s, but SQS deletes messages after 345600 s",
        ),
        ({"maximum_backlog": 0}, "maximum_backlog is 0. Give a whole number from 1"),
        ({"maximum_backlog": 1.5}, "maximum_backlog is 1.5. Give a whole number from 1"),
    ],
)
def test_fails_with_a_limit_that_can_never_be_reached(arguments: dict[str, Any], message: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=re.escape(f"Stack/Alarms: {message}")):
        QueueAlarms(stack, "Alarms", queue=a_queue(stack), **arguments)


def test_fails_with_a_limit_that_is_known_only_at_deployment() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match="maximum_backlog is known only at deployment"):
        QueueAlarms(stack, "Alarms", queue=a_queue(stack), maximum_backlog=number_token(stack))


def test_fails_with_a_limit_of_no_queue() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match="maximum_backlog is 5, but there is no queue"):
        QueueAlarms(stack, "Alarms", dead_letter_queue=a_queue(stack), maximum_backlog=5)
