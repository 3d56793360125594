"""Alarms on what publishes its metrics elsewhere could never ring."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import services
from constructs_lib.checks import ConfigurationError
from tests.alarms.services.watching import SILENT
from tests.synthesis import fresh_stack

HOME = cdk.Environment(account="111111111111", region="eu-west-1")
KEY = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)

IMPORTED: dict[str, tuple[type[Any], str, Callable[..., Any], str]] = {
    "queue": (services.QueueAlarms, "queue", sqs.Queue.from_queue_arn, "sqs:{}:orders"),
    "dead-letter queue": (
        services.QueueAlarms,
        "dead_letter_queue",
        sqs.Queue.from_queue_arn,
        "sqs:{}:orders",
    ),
    "topic": (services.TopicAlarms, "topic", sns.Topic.from_topic_arn, "sns:{}:orders"),
    "rule": (services.RuleAlarms, "rule", events.Rule.from_event_rule_arn, "events:{}:rule/nightly"),
    "table": (services.TableAlarms, "table", dynamodb.TableV2.from_table_arn, "dynamodb:{}:table/orders"),
    "state machine": (
        services.StateMachineAlarms,
        "state_machine",
        sfn.StateMachine.from_state_machine_arn,
        "states:{}:stateMachine:orders",
    ),
    "stream consumer": (
        services.StreamConsumerAlarms,
        "function",
        lambda_.Function.from_function_arn,
        "lambda:{}:function:orders",
    ),
}
every_import = pytest.mark.parametrize("imported", IMPORTED.values(), ids=IMPORTED.keys())
Imported = tuple[type[Any], str, Callable[..., Any], str]


@every_import
@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("us-east-1:111111111111", "the Region us-east-1, and its alarms would be in eu-west-1"),
        ("eu-west-1:222222222222", "the account 222222222222, and its alarms would be in 111111111111"),
    ],
)
def test_fails_on_what_is_in_another_region_or_account(imported: Imported, place: str, told: str) -> None:
    alarms, argument, load, arn = imported
    stack = fresh_stack(env=HOME)
    watched = load(stack, "Watched", f"arn:aws:{arn.format(place)}")

    with pytest.raises(
        ConfigurationError, match=f"^Stack/Alarms: {argument} is in {told}: they could never ring"
    ):
        alarms(stack, "Alarms", **{argument: watched})


@every_import
def test_what_is_imported_from_the_same_place_or_an_unknown_one_is_watched(
    imported: Imported,
) -> None:
    alarms, argument, load, arn = imported
    for env in (HOME, None):
        stack = fresh_stack(env=env)
        watched = load(stack, "Watched", f"arn:aws:{arn.format('eu-west-1:111111111111')}")

        assert alarms(stack, "Alarms", **{argument: watched}, route=SILENT).names


def test_a_global_table_is_watched_in_the_region_of_its_replica() -> None:
    app = cdk.App()
    home = cdk.Stack(app, "Home", env=HOME, cross_region_references=True)
    away = cdk.Stack(
        app,
        "Away",
        env=cdk.Environment(account="111111111111", region="us-east-1"),
        cross_region_references=True,
    )
    table = dynamodb.TableV2(
        home, "Table", partition_key=KEY, replicas=[dynamodb.ReplicaTableProps(region="us-east-1")]
    )

    assert services.TableAlarms(away, "Alarms", table=table, route=SILENT).names


def test_fails_on_the_settings_of_another_service() -> None:
    stack = fresh_stack()
    wrong: Any = services.TableAlarmSettings()

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: settings is TableAlarm.*Give QueueAlarmSettings or None\."
    ):
        services.QueueAlarms(stack, "Alarms", queue=sqs.Queue(stack, "Queue"), settings=wrong)


def test_fails_on_a_queue_that_is_its_own_dead_letter_queue() -> None:
    stack = fresh_stack()
    queue = sqs.Queue(stack, "Queue")

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: queue and dead_letter_queue are the same\."
    ):
        services.QueueAlarms(stack, "Alarms", queue=queue, dead_letter_queue=queue)


def test_fails_on_a_websocket_api() -> None:
    stack = fresh_stack()
    api: Any = apigatewayv2.WebSocketApi(stack, "Api")

    with pytest.raises(
        ConfigurationError, match=r"^Stack/Alarms: api is .*Give an aws_cdk\.aws_apigatewayv2\.HttpApi"
    ):
        services.HttpApiAlarms(stack, "Alarms", api=api)
