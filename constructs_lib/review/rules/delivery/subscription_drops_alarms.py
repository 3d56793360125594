from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import is_known, items_of
from constructs_lib.review.reading.deliveries import CLOUDWATCH, deliveries_to
from constructs_lib.review.reading.topics import topics_of
from constructs_lib.review.rule import Found, rule

__all__ = ["subscription_drops_alarms"]


@rule(
    severity=Severity.WARNING,
    remedy="Remove the FilterPolicy, or filter on the message's body (FilterPolicyScope MessageBody), which for alarms "
    "has AlarmName, NewStateValue and others.",
    source="https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",
)
def subscription_drops_alarms(stack: StackReading) -> Iterator[Found]:
    """A topic of alarms has only subscriptions that filter on message attributes, which alarms do not have."""
    for topic in topics_of(stack.whole):
        if not any(each.service == CLOUDWATCH for each in deliveries_to(topic.node)):
            continue
        dropping = [each for each in topic.subscriptions if each.surely_made and _drops(each)]
        alone = len(dropping) == len(topic.subscriptions) and not topic.node.has("Subscription", 0)
        for each in dropping:
            if each.stack is stack and alone:
                filtered = ", ".join(each.value("FilterPolicy"))
                yield Found(
                    node=each, message=f"{each.path} takes only messages with the attributes {filtered}."
                )


def _drops(subscription: Node) -> bool:
    policy = subscription.value("FilterPolicy")
    if not isinstance(policy, Mapping) or subscription.text(
        "FilterPolicyScope", default="MessageAttributes"
    ) != ("MessageAttributes"):
        return False
    return any(key != "$or" and is_known([key]) and not _takes_absent(tests) for key, tests in policy.items())


def _takes_absent(tests: Any) -> bool:
    """Whether a message without the attribute passes, or that is unknown."""
    return not is_known(tests) or any(
        isinstance(each, Mapping) and "exists" in each for each in items_of(tests)
    )
