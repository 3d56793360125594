from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import texts_in
from constructs_lib.review.reading.deliveries import CLOUDWATCH, TOPIC, deliveries_to
from constructs_lib.review.reading.stack import Reading
from constructs_lib.review.reading.topics import topics_of
from constructs_lib.review.rule import Found, rule

__all__ = ["topic_without_subscription"]

_LISTENERS = (
    "AWS::Chatbot::SlackChannelConfiguration",
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
    "AWS::SSMContacts::ContactChannel",
    "AWS::SSMIncidents::ResponsePlan",
)


@rule(
    severity=Severity.WARNING,
    remedy="Subscribe somebody in the template (AWS::SNS::Subscription, or a chat channel's SnsTopicArns). Acknowledge "
    "it where subscriptions are made elsewhere.",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
)
def topic_without_subscription(stack: StackReading) -> Iterator[Found]:
    """Alarms publish to a topic, and nobody at hand subscribes to it."""
    listened = stack.whole.once("topics-of-channels", _of_channels)
    for topic in topics_of(stack):
        node = topic.node
        alarms = dict.fromkeys(each.by for each in deliveries_to(node) if each.service == CLOUDWATCH)
        if alarms and not topic.heard and node not in listened:
            count = f"{len(alarms)} alarm{'s' if len(alarms) > 1 else ''}"
            yield Found(
                node=node, message=f"{node.path} gets the notifications of {count}, and has no subscription."
            )


def _of_channels(whole: Reading) -> set[Node]:
    return {
        topic
        for each in whole.of_type(*_LISTENERS)
        for text in texts_in(each.properties)
        if (topic := each.stack.find(text, TOPIC))
    }
