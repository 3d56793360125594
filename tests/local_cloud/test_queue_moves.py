"""Message move tasks take messages out of dead-letter queues as in AWS.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.local_cloud.sources import depth


class _Queues:
    """A queue, its dead-letter queue and another one, with names that start with `name`."""

    def __init__(self, cloud: LocalCloud, name: str) -> None:
        self.cloud, self.sqs = cloud, cloud.client("sqs")
        self.dead, self.dead_arn = self._make(f"{name}-dead")
        policy = {"deadLetterTargetArn": self.dead_arn, "maxReceiveCount": 1}
        self.queue, self.arn = self._make(name, RedrivePolicy=json.dumps(policy), VisibilityTimeout="0")
        self.other, self.other_arn = self._make(f"{name}-other")

    def _make(self, name: str, **attributes: str) -> tuple[str, str]:
        url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, found["Attributes"]["QueueArn"]

    def bury(self, *bodies: str) -> None:
        """Send messages and receive them until they are dead letters."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.queue, MessageBody=body)
        self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        assert depth(self.cloud, self.dead) == len(bodies)

    def start(self, **asked: Any) -> str:
        handle: str = self.sqs.start_message_move_task(SourceArn=self.dead_arn, **asked)["TaskHandle"]
        return handle

    def last(self) -> dict[str, Any]:
        task: dict[str, Any] = self.sqs.list_message_move_tasks(SourceArn=self.dead_arn)["Results"][0]
        return task

    def ended(self) -> dict[str, Any]:
        return eventually(
            lambda: self.last() if self.last()["Status"] not in ("RUNNING", "CANCELLING") else None, "the end"
        )


def test_messages_go_back_to_where_they_came_from_as_new_ones(cloud: LocalCloud) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html"""
    queues = _Queues(cloud, "moves-back")
    queues.bury("one", "two")

    queues.start()
    task = queues.ended()

    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 2)
    assert task["ApproximateNumberOfMessagesToMove"] == 2
    assert "TaskHandle" not in task
    assert depth(cloud, queues.dead) == 0
    found = queues.sqs.receive_message(
        QueueUrl=queues.queue, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    assert sorted(message["Body"] for message in found) == ["one", "two"]
    assert {message["Attributes"]["ApproximateReceiveCount"] for message in found} == {"1"}
    assert all("DeadLetterQueueSourceArn" not in message["Attributes"] for message in found)


def test_messages_go_where_the_task_says(cloud: LocalCloud) -> None:
    queues = _Queues(cloud, "moves-elsewhere")
    queues.bury("one")

    queues.start(DestinationArn=queues.other_arn)

    assert queues.ended()["DestinationArn"] == queues.other_arn
    assert (depth(cloud, queues.other), depth(cloud, queues.queue)) == (1, 0)


def test_message_that_no_queue_has_buried_ends_the_task(cloud: LocalCloud) -> None:
    """What Lambda, SNS or EventBridge wrote into a dead-letter queue has no queue to go back to."""
    queues = _Queues(cloud, "moves-unknown")
    queues.sqs.send_message(QueueUrl=queues.dead, MessageBody="from elsewhere")

    queues.start()
    task = queues.ended()

    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert depth(cloud, queues.dead) == 1


def test_rate_is_kept_and_one_task_runs_at_a_time_until_it_is_cancelled(cloud: LocalCloud) -> None:
    queues = _Queues(cloud, "moves-slowly")
    queues.bury(*(f"message {number}" for number in range(8)))

    began = time.time()
    handle = queues.start(MaxNumberOfMessagesPerSecond=4)
    assert (queues.last()["Status"], queues.last()["TaskHandle"]) == ("RUNNING", handle)
    with pytest.raises(ClientError, match="already a task running"):
        queues.start()
    eventually(lambda: depth(cloud, queues.queue) >= 3, "three messages")
    assert time.time() - began >= 0.5
    queues.sqs.cancel_message_move_task(TaskHandle=handle)
    task = queues.ended()

    assert task["Status"] == "CANCELLED"
    assert task["MaxNumberOfMessagesPerSecond"] == 4
    assert 3 <= task["ApproximateNumberOfMessagesMoved"] < 8
    assert depth(cloud, queues.dead) == 8 - task["ApproximateNumberOfMessagesMoved"]
    queues.start(MaxNumberOfMessagesPerSecond=500)
    eventually(lambda: depth(cloud, queues.dead) == 0, "the rest")
    listed = queues.sqs.list_message_move_tasks(SourceArn=queues.dead_arn, MaxResults=10)["Results"]
    assert [task["Status"] for task in listed][1:] == ["CANCELLED"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"SourceArn": "arn:aws:sqs:us-east-1:000000000000:nobody"}, "SourceArn parameter doesn't exist"),
        ({"DestinationArn": "arn:aws:sqs:us-east-1:000000000000:nobody"}, "DestinationArn parameter doesn't"),
        ({"MaxNumberOfMessagesPerSecond": 501}, "from 1 to 500"),
    ],
)
def test_task_that_cannot_be_is_refused(cloud: LocalCloud, asked: dict[str, Any], said: str) -> None:
    queues = _Queues(cloud, "moves-refused")

    with pytest.raises(ClientError, match=said):
        queues.sqs.start_message_move_task(**{"SourceArn": queues.dead_arn, **asked})


def test_queue_that_is_nobodys_dead_letter_queue_has_nothing_to_move(cloud: LocalCloud) -> None:
    queues = _Queues(cloud, "moves-alive")

    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        queues.sqs.start_message_move_task(SourceArn=queues.other_arn)


def test_unknown_task_cannot_be_cancelled(cloud: LocalCloud) -> None:
    with pytest.raises(cloud.client("sqs").exceptions.ResourceNotFoundException):
        cloud.client("sqs").cancel_message_move_task(TaskHandle="nobody")


def test_dead_letter_queue_knows_its_sources(cloud: LocalCloud) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html"""
    queues = _Queues(cloud, "moves-sources")

    assert queues.sqs.list_dead_letter_source_queues(QueueUrl=queues.dead)["queueUrls"] == [queues.queue]


@pytest.mark.parametrize("permission", ["denyAll", "byQueue"])
def test_dead_letter_queue_takes_no_letters_of_a_queue_it_does_not_allow(
    cloud: LocalCloud, permission: str
) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"""
    queues = _Queues(cloud, f"moves-{permission.lower()}")
    allowed: dict[str, Any] = {"redrivePermission": permission}
    if permission == "byQueue":
        allowed["sourceQueueArns"] = [queues.arn]
    queues.sqs.set_queue_attributes(
        QueueUrl=queues.dead, Attributes={"RedriveAllowPolicy": json.dumps(allowed)}
    )
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": queues.dead_arn, "maxReceiveCount": 1})}

    with pytest.raises(ClientError, match="does not allow"):
        queues.sqs.set_queue_attributes(QueueUrl=queues.other, Attributes=policy)

    if permission == "byQueue":
        queues.sqs.set_queue_attributes(QueueUrl=queues.queue, Attributes=policy)
