"""What several functions of a stack share, and what they do not."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.alarms import AlarmRoute, AlarmSettings, AlarmTopic, FunctionAlarmSettings
from constructs_lib.checks import ConfigurationError
from constructs_lib.dead_letters import DeadLetterQueue, DeadLetters
from constructs_lib.function import SafeDeployment
from tests.functions import default_function, subscribe
from tests.graph import circle, references
from tests.synthesis import fresh_app, fresh_stack, synthesize, warnings_of

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"
QUEUE = "AWS::SQS::Queue"
DEPTH = "ApproximateNumberOfMessagesVisible"


class TestSharedQueue:
    def test_has_one_alarm_which_belongs_to_the_health_of_the_first_function(self) -> None:
        stack = fresh_stack()
        queue = DeadLetterQueue(stack, "Failed")
        first, second = (
            default_function(stack, name, dead_letters=DeadLetters(queue=queue))
            for name in ("First", "Second")
        )

        found = synthesize(stack)

        (depth,) = (
            name
            for name, each in found.of_type(ALARM).items()
            if each["Properties"].get("MetricName") == DEPTH
        )
        assert first.dead_letter_queue is second.dead_letter_queue is queue
        assert first.alarms.dead_letter_depth.node.path == second.alarms.dead_letter_depth.node.path
        assert "dead_letter_depth" in second.alarms.names
        assert depth in references(found.only(COMPOSITE, under="First")["AlarmRule"])
        assert depth not in references(found.only(COMPOSITE, under="Second")["AlarmRule"])
        assert circle(found.resources) == []

    def test_takes_the_failed_events_of_each(self) -> None:
        stack = fresh_stack()
        queue = DeadLetterQueue(stack, "Failed")
        for name in ("First", "Second"):
            default_function(stack, name, dead_letters=DeadLetters(queue=queue))

        found = synthesize(stack)

        configs = found.of_type("AWS::Lambda::EventInvokeConfig").values()
        targets = [next(references(each["Properties"]["DestinationConfig"])) for each in configs]
        assert targets == [found.only_id(QUEUE)] * 2

    def test_may_stand_in_another_stack(self) -> None:
        app = fresh_app()
        queue = DeadLetterQueue(cdk.Stack(app, "Queues"), "Failed")
        stack = cdk.Stack(app, "Functions")
        made = default_function(stack, dead_letters=DeadLetters(queue=queue))

        found = synthesize(stack)

        assert made.alarms.dead_letter_depth.node.path.startswith("Functions/Orders/Alarms")
        assert found.only(ALARM, under="OrdersAlarmsDeadLetterDepth")["MetricName"] == DEPTH
        assert not synthesize(cdk.Stack.of(queue)).of_type(ALARM)

    def test_may_be_imported(self) -> None:
        stack = fresh_stack()
        arn = "arn:aws:sqs:us-east-1:111122223333:failed"
        queue = sqs.Queue.from_queue_arn(stack, "Failed", arn)
        for name in ("First", "Second"):
            default_function(stack, name, dead_letters=DeadLetters(queue=queue))

        found = synthesize(stack)

        depths = [
            each["Properties"]
            for each in found.of_type(ALARM).values()
            if each["Properties"].get("MetricName") == DEPTH
        ]
        assert [each["Dimensions"] for each in depths] == [[{"Name": "QueueName", "Value": "failed"}]]

    def test_belongs_to_the_health_of_the_first_function_on_each_route(self) -> None:
        stack = fresh_stack()
        queue = DeadLetterQueue(stack, "Failed")
        night = AlarmRoute.to_topic(sns.Topic(stack, "Night"))
        for name, route in (("Day", None), ("Night1", night), ("Night2", night)):
            default_function(stack, name, dead_letters=DeadLetters(queue=queue), alarm_route=route)

        found = synthesize(stack)

        depth = found.only_id(ALARM, under="Failed")
        rules = {name: found.only(COMPOSITE, under=name)["AlarmRule"] for name in ("Day", "Night1", "Night2")}
        assert [name for name, rule in rules.items() if depth in references(rule)] == ["Day", "Night1"]

    def test_fails_where_its_functions_want_different_alarms_on_it(self) -> None:
        stack = fresh_stack()
        letters = DeadLetters(queue=DeadLetterQueue(stack, "Failed"))
        default_function(stack, "First", dead_letters=letters)
        alarms = FunctionAlarmSettings(dead_letter_depth=AlarmSettings(threshold=5))

        with pytest.raises(
            ConfigurationError, match=r"^Stack/Second.*: dead_letter_depth has other settings than"
        ):
            default_function(stack, "Second", dead_letters=letters, alarms=alarms)

        assert stack.node.try_find_child("Second") is None

    def test_one_way_written_twice_is_one_route(self) -> None:
        stack = fresh_stack()
        letters = DeadLetters(queue=DeadLetterQueue(stack, "Failed"))
        topic = AlarmTopic.of(stack).topic
        for number, route in enumerate((None, AlarmRoute(alarm=[topic]), AlarmRoute(alarm=(topic,)))):
            default_function(stack, f"Function{number}", dead_letters=letters, alarm_route=route)

        found = synthesize(stack)

        depth = found.only_id(ALARM, under="Failed")
        rules = [health["Properties"]["AlarmRule"] for health in found.of_type(COMPOSITE).values()]
        assert [depth in references(rule) for rule in rules].count(True) == 1


def test_functions_of_a_stack_share_topic_key_and_deployments() -> None:
    stack = fresh_stack()
    for name in ("One", "Two", "Three"):
        default_function(stack, name, deployment=SafeDeployment())

    template = synthesize(stack).template

    for kind in ("SNS::Topic", "SNS::TopicPolicy", "KMS::Key", "CodeDeploy::Application"):
        template.resource_count_is(f"AWS::{kind}", 1)
    template.resource_count_is("AWS::CodeDeploy::DeploymentGroup", 3)


def test_functions_of_several_stacks_share_nothing() -> None:
    app = fresh_app()
    stacks = [cdk.Stack(app, name) for name in ("One", "Two")]
    for stack in stacks:
        default_function(stack, deployment=SafeDeployment())

    for stack in stacks:
        found = synthesize(stack)
        found.template.resource_count_is("AWS::SNS::Topic", 1)
        found.template.resource_count_is("AWS::CodeDeploy::Application", 1)
        assert "Outputs" not in found.body
        assert "Fn::ImportValue" not in str(found.body)


def test_a_nested_stack_uses_the_topic_of_the_stack_around_it() -> None:
    stack = fresh_stack()
    nested = cdk.NestedStack(stack, "Nested")
    default_function(nested)
    default_function(stack)

    found = synthesize(stack)

    assert AlarmTopic.of(nested) is AlarmTopic.of(stack)
    assert found.only_id("AWS::SNS::Topic") == "AlarmTopicC2164170"


def test_every_stage_of_an_app_has_its_own() -> None:
    app = fresh_app()
    stacks = [cdk.Stack(cdk.Stage(app, name), "Shop") for name in ("Beta", "Live")]
    for stack in stacks:
        default_function(stack)

    assert AlarmTopic.of(stacks[0]).node.path == "Beta/Shop/AlarmTopic"
    assert AlarmTopic.of(stacks[1]).node.path == "Live/Shop/AlarmTopic"


def test_a_copy_of_a_stack_can_be_deployed_beside_it() -> None:
    """Whatever has a name of its own would be there already."""
    stack = fresh_stack()
    default_function(stack, deployment=SafeDeployment())

    found = synthesize(stack)

    named = {
        "FunctionName",
        "QueueName",
        "TopicName",
        "AlarmName",
        "RoleName",
        "LogGroupName",
        "ApplicationName",
    }
    own = {
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::CodeDeploy::Application",
        "AWS::SNS::Topic",
        "AWS::IAM::Role",
        QUEUE,
        ALARM,
        COMPOSITE,
    }
    for kind in own:
        made = found.of_type(kind).values()
        assert made, kind
        assert not any(named & resource.get("Properties", {}).keys() for resource in made)


@pytest.mark.parametrize(
    ("taken", "options"), [("AlarmTopic", {}), ("SafeDeployments", {"deployment": SafeDeployment()})]
)
def test_fails_and_leaves_nothing_behind_where_the_id_of_what_is_shared_is_taken(
    taken: str, options: dict[str, Any]
) -> None:
    stack = fresh_stack()
    Construct(stack, taken)

    with pytest.raises(ConfigurationError, match="this id is taken"):
        default_function(stack, **options)

    assert stack.node.try_find_child("Orders") is None


@pytest.mark.parametrize("subscribed", [False, True])
def test_the_warning_about_unheard_alarms_comes_and_goes(subscribed: bool) -> None:  # noqa: FBT001 - a parameter
    stack = fresh_stack()
    default_function(stack)
    if subscribed:
        subscribe(stack)

    heard = not [text for text in warnings_of(stack) if "Nobody subscribes" in text]

    assert heard is subscribed


def test_a_subscription_counts_for_its_own_topic_only() -> None:
    app = fresh_app()
    first, second = cdk.Stack(app, "First"), cdk.Stack(app, "Second")
    for stack in (first, second):
        default_function(stack)
    subscribe(first)

    (warning,) = [text for text in warnings_of(first) if "Nobody subscribes" in text]

    assert warning
    heard = [entry.type for entry in AlarmTopic.of(first).node.metadata]
    assert "aws:cdk:warning" not in heard


def test_fails_where_there_is_no_stack_to_share_in() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^AlarmTopic: there is no stack here to have one\. Give a stack"
    ):
        AlarmTopic.of(fresh_app())
