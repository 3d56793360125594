from typing import Any

import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import AlarmRoute, AlarmTopic, Profile, SeverityRoute
from constructs_lib.alarms.services import TOPIC_ALARMS, TopicAlarms, TopicAlarmSettings
from constructs_lib.checks import ConfigurationError
from tests.synthesis import fresh_stack, synthesize

ALARM = "AWS::CloudWatch::Alarm"
COMPLETE = TopicAlarmSettings(profile=Profile.COMPLETE)


def test_a_topic_is_watched_for_who_was_not_reached() -> None:
    stack = fresh_stack()
    topic = sns.Topic(stack, "Orders")
    alarms = TopicAlarms(stack, "Alarms", topic=topic)

    found = synthesize(stack)

    assert alarms.names == ("failed_notifications",)
    properties = found.only(ALARM)
    assert (properties["Namespace"], properties["MetricName"]) == ("AWS/SNS", "NumberOfNotificationsFailed")
    name = {"Fn::GetAtt": [found.only_id("AWS::SNS::Topic", under="Orders"), "TopicName"]}
    assert properties["Dimensions"] == [{"Name": "TopicName", "Value": name}]


def test_an_imported_topic_is_watched() -> None:
    stack = fresh_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:123456789012:orders")
    TopicAlarms(stack, "Alarms", topic=topic)

    assert synthesize(stack).only(ALARM)["Dimensions"] == [{"Name": "TopicName", "Value": "orders"}]


def test_dead_letters_and_filters_are_watched_where_there_are_some() -> None:
    stack = fresh_stack()
    topic = sns.Topic(stack, "Orders")
    everything = TopicAlarms(
        stack, "Everything", topic=topic, has_dead_letters=True, has_filters=True, settings=COMPLETE
    )
    neither = TopicAlarms(stack, "Neither", topic=topic, settings=COMPLETE)

    assert set(everything.names) == {row.name for row in TOPIC_ALARMS}
    assert neither.names == ("failed_notifications",)
    synthesize(stack)


def test_fails_where_the_only_way_leads_through_the_topic_itself() -> None:
    stack = fresh_stack()
    topic = sns.Topic(stack, "Orders")

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: the route leads through the topic that is wat"
    ):
        TopicAlarms(stack, "Alarms", topic=topic, route=AlarmRoute.to_topic(topic))

    assert stack.node.try_find_child("Alarms") is None


def test_fails_where_the_topic_of_alarms_would_tell_of_itself() -> None:
    stack = fresh_stack()

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: the route leads through the topic that is wat"
    ):
        TopicAlarms(stack, "Alarms", topic=AlarmTopic.of(stack).topic)


@pytest.mark.parametrize("by_severity", [False, True])
def test_another_way_beside_the_topic_itself_is_enough(by_severity: bool) -> None:  # noqa: FBT001 - a case each
    stack = fresh_stack()
    topic = sns.Topic(stack, "Orders")
    ops_item = actions.SsmAction(actions.OpsItemSeverity.HIGH)
    both = AlarmRoute(alarm=[topic, ops_item])

    alarms = TopicAlarms(
        stack,
        "Alarms",
        topic=topic,
        settings=COMPLETE,
        route=SeverityRoute(critical=both) if by_severity else both,
    )

    assert alarms.names == ("failed_notifications",)
    synthesize(stack)


def test_fails_on_something_that_is_no_topic() -> None:
    stack = fresh_stack()
    topic: Any = sqs.Queue(stack, "Queue")

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: topic is .*Give an aws_cdk\.aws_sns\.Topic"
    ):
        TopicAlarms(stack, "Alarms", topic=topic)
