"""What cfn-lint says about the alarms of every service."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import Profile, services
from tests.functions import plain_function
from tests.gates import lint
from tests.synthesis import fresh_stack, synthesize

HOME = cdk.Environment(account="111111111111", region="us-east-1")
KEY = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)


def a_stream_consumer(stack: cdk.Stack) -> services.StreamConsumerAlarms:
    function = plain_function(stack, "Function")
    source = sources.KinesisEventSource(
        kinesis.Stream(stack, "Stream"),
        starting_position=lambda_.StartingPosition.LATEST,
        on_failure=sources.SqsDlq(sqs.Queue(stack, "Failed")),
        metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
    )
    function.add_event_source(source)
    return services.StreamConsumerAlarms(
        stack,
        "Alarms",
        function=function,
        source=source,
        maximum_age=cdk.Duration.hours(1),
        settings=services.StreamConsumerAlarmSettings(profile=Profile.COMPLETE),
    )


def test_the_alarms_of_a_stream_consumer_are_all_there_and_lint_clean() -> None:
    stack = fresh_stack(env=HOME)
    alarms = a_stream_consumer(stack)

    assert set(alarms.names) == {row.name for row in services.STREAM_CONSUMER_ALARMS}
    assert lint(synthesize(stack).body) == []


def test_the_alarms_of_every_other_service_lint_clean() -> None:
    stack = fresh_stack(env=HOME)
    rest = apigateway.RestApi(stack, "Rest", cloud_watch_role=False)
    rest.root.add_method("GET")
    watched: dict[str, dict[str, Any]] = {
        "Queue": {
            "queue": sqs.Queue(stack, "Queue"),
            "dead_letter_queue": sqs.Queue(stack, "Dead"),
            "maximum_age": cdk.Duration.hours(1),
            "maximum_backlog": 10,
        },
        "Table": {
            "table": dynamodb.TableV2(
                stack,
                "Table",
                partition_key=KEY,
                replicas=[dynamodb.ReplicaTableProps(region="eu-west-1")],
            )
        },
        "HttpApi": {"api": apigatewayv2.HttpApi(stack, "Http")},
        "RestApi": {"api": rest},
        "StateMachine": {
            "state_machine": sfn.StateMachine(
                stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(sfn.Pass(stack, "Pass"))
            ),
            "timeout": cdk.Duration.hours(1),
        },
        "Rule": {
            "rule": events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["shop"])),
            "has_dead_letters": True,
        },
        "ScheduleGroup": {
            "schedule_group": scheduler.ScheduleGroup(stack, "Group"),
            "has_dead_letters": True,
        },
        "Topic": {"topic": sns.Topic(stack, "Topic"), "has_dead_letters": True, "has_filters": True},
        "Account": {},
    }

    for name, arguments in watched.items():
        settings = getattr(services, f"{name}AlarmSettings")(profile=Profile.COMPLETE)
        getattr(services, f"{name}Alarms")(stack, f"{name}Alarms", **arguments, settings=settings)

    exported = {name.removesuffix("Alarms") for name in services.__all__ if name.endswith("Alarms")}
    assert {*watched, "StreamConsumer"} == exported
    assert lint(synthesize(stack).body) == []
