"""Confirmations published to an SNS topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from botocore.config import Config

if TYPE_CHECKING:  # the stubs are not in the bundle
    from mypy_boto3_sns import SNSClient

    from send_notification.models import Confirmation

__all__ = ["CLIENT_CONFIG", "SnsMessages"]

# boto3 would wait a minute for an answer, and keep the event from its next attempt. The retries are boto3's.
CLIENT_CONFIG: Final = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}
)


class SnsMessages:
    """The topic of confirmations."""

    def __init__(self, client: SNSClient, topic_arn: str) -> None:
        """Publish to `topic_arn`."""
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, confirmation: Confirmation) -> str:
        """Publish the confirmation as JSON; any failure is raised, so that Lambda tries again."""
        return self._client.publish(TopicArn=self._topic_arn, Message=confirmation.model_dump_json())[
            "MessageId"
        ]
