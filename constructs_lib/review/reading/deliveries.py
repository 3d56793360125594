"""Who sends what to whom, and as which service: links that only work where the receiver allows that service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.review.reading.data import at, items_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.stack import Reading

__all__ = ["CLOUDWATCH", "QUEUE", "TOPIC", "Delivery", "deliveries_to", "every_at", "source_of"]

TOPIC: Final = "AWS::SNS::Topic"
QUEUE: Final = "AWS::SQS::Queue"
CLOUDWATCH: Final = "cloudwatch.amazonaws.com"
_EVENTS: Final = "events.amazonaws.com"
_SNS: Final = "sns.amazonaws.com"
_ACTIONS: Final = (("AlarmActions",), ("OKActions",), ("InsufficientDataActions",))

_SENDERS: Final[Mapping[str, tuple[str, tuple[tuple[str, ...], ...]]]] = {
    # As which service it sends, and where its receivers stand; a list is looked through entry by entry.
    "AWS::CloudWatch::Alarm": (CLOUDWATCH, _ACTIONS),
    "AWS::CloudWatch::CompositeAlarm": (CLOUDWATCH, _ACTIONS),
    "AWS::S3::Bucket": (
        "s3.amazonaws.com",
        (
            ("NotificationConfiguration", "TopicConfigurations", "Topic"),
            ("NotificationConfiguration", "QueueConfigurations", "Queue"),
        ),
    ),
    "AWS::SNS::Subscription": (_SNS, (("Endpoint",), ("RedrivePolicy", "deadLetterTargetArn"))),
    TOPIC: (_SNS, (("Subscription", "Endpoint"),)),
    "AWS::Budgets::Budget": (
        "budgets.amazonaws.com",
        (("NotificationsWithSubscribers", "Subscribers", "Address"),),
    ),
    "AWS::CE::AnomalySubscription": ("costalerts.amazonaws.com", (("Subscribers", "Address"),)),
    "AWS::CodeStarNotifications::NotificationRule": (
        "codestar-notifications.amazonaws.com",
        (("Targets", "TargetAddress"),),
    ),
    "AWS::Backup::BackupVault": ("backup.amazonaws.com", (("Notifications", "SNSTopicArn"),)),
    "AWS::RDS::EventSubscription": ("events.rds.amazonaws.com", (("SnsTopicArn",),)),
}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Something that a service sends to a topic or to a queue.

    Attributes:
        by: the resource that has it sent, such as an alarm or a subscription.
        service: as which service, such as ``cloudwatch.amazonaws.com``.
        to: the topic or the queue.
        dead_letters: whether it is what could not be delivered elsewhere.
    """

    by: Node
    service: str
    to: Node
    dead_letters: bool = False

    @property
    def certain(self) -> bool:
        """Whether sender and receiver are made whatever the parameters are."""
        return self.by.surely_made and self.to.surely_made


def deliveries_to(node: Node) -> Sequence[Delivery]:
    """What is sent to a topic or a queue."""
    return node.stack.whole.once("deliveries", _collect).get(node, ())


def source_of(by: Node) -> Node | None:
    """The resource that AWS names as ``aws:SourceArn`` where `by` has something sent; None where it is not at hand."""
    return by.target("TopicArn", types=(TOPIC,)) if by.type == "AWS::SNS::Subscription" else by


def every_at(data: Any, place: Sequence[str]) -> list[Any]:
    """What lies at a place; a list on the way is looked through entry by entry."""
    found = [data]
    for key in place:
        found = [value for each in found for value in items_of(at(each, key))]
    return found


def _collect(whole: Reading) -> dict[Node, list[Delivery]]:
    found: dict[Node, list[Delivery]] = {}
    for delivery in _all(whole):
        found.setdefault(delivery.to, []).append(delivery)
    return found


def _all(whole: Reading) -> Iterator[Delivery]:
    for type_, (service, places) in _SENDERS.items():
        for by in whole.of_type(type_):
            for place in places:
                for to in _receivers(by, every_at(by.properties, place)):
                    yield Delivery(by=by, service=service, to=to, dead_letters="deadLetterTargetArn" in place)
    for rule in whole.of_type("AWS::Events::Rule"):
        targets = rule.items("Targets")
        # A target with a role is called as that role.
        direct = [at(each, "Arn") for each in targets if at(each, "RoleArn") is None]
        for to in _receivers(rule, direct):
            yield Delivery(by=rule, service=_EVENTS, to=to)
        for to in _receivers(rule, [at(each, "DeadLetterConfig", "Arn") for each in targets]):
            yield Delivery(by=rule, service=_EVENTS, to=to, dead_letters=True)


def _receivers(by: Node, values: list[Any]) -> list[Node]:
    return list(dict.fromkeys(found for each in values if (found := by.stack.find(each, TOPIC, QUEUE))))
