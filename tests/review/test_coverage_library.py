"""What this library's alarms catch: every essential failure of what they watch, and nearly all of the own stacks'."""

from collections.abc import Iterator, Mapping
from functools import cache

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as rest
from aws_cdk import aws_apigatewayv2 as http
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as event_targets
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import AlarmTopic
from constructs_lib.alarms.watch import Watch
from constructs_lib.review.coverage import coverage_findings, coverage_of
from constructs_lib.review.coverage.modes import MODES
from constructs_lib.review.reading import Reading
from constructs_lib.review.report import Caught, FailureMode
from constructs_lib.template import read_assembly
from tests.functions import plain_function
from tests.stacks.test_order_service import built
from tests.synthesis import fresh_app

ESSENTIAL = {(kind, each.id) for kind, rows in MODES.items() for each in rows if each.essential}


@cache
def watched() -> Reading:
    app = fresh_app()
    stack = cdk.Stack(app, "Watched", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    handler = plain_function(stack)
    lost = sqs.Queue(stack, "Lost")
    sqs.Queue(stack, "Jobs", dead_letter_queue=sqs.DeadLetterQueue(queue=lost, max_receive_count=5))
    dynamodb.TableV2(
        stack, "Table", partition_key=KEY, replicas=[dynamodb.ReplicaTableProps(region="us-east-1")]
    )
    http.HttpApi(stack, "Shop")
    api = rest.RestApi(stack, "Old")
    api.root.add_method("GET", rest.LambdaIntegration(handler))
    sfn.StateMachine(
        stack, "Refund", definition_body=sfn.DefinitionBody.from_chainable(sfn.Pass(stack, "Done"))
    )
    scheduler.Schedule(
        stack,
        "Hourly",
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.hours(1)),
        schedule_group=scheduler.ScheduleGroup(stack, "Group"),
        target=scheduler_targets.LambdaInvoke(handler, dead_letter_queue=lost),
    )
    events.Rule(
        stack,
        "OnOrder",
        event_pattern=events.EventPattern(source=["orders"]),
        targets=[event_targets.SqsQueue(sqs.Queue(stack, "Ordered"), dead_letter_queue=lost)],
    )
    news = sns.Topic(stack, "News")
    news.add_subscription(subscriptions.SqsSubscription(sqs.Queue(stack, "Read"), dead_letter_queue=lost))
    handler.add_event_source(
        sources.KinesisEventSource(
            kinesis.Stream(stack, "Clicks"),
            starting_position=lambda_.StartingPosition.LATEST,
            retry_attempts=3,
            on_failure=sources.SqsDlq(lost),
            metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
        )
    )
    cdk.Aspects.of(app).add(Watch())
    AlarmTopic.of(stack).add_email("team@example.com")
    return Reading(read_assembly(app.synth().directory))


KEY = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)


def everything(reading: Reading) -> Iterator[FailureMode]:
    for stack in reading.stacks:
        yield from coverage_of(stack).modes


def test_watch_catches_every_essential_failure_of_every_kind() -> None:
    found = list(everything(watched()))

    assert {each.kind for each in found} == set(MODES)
    missed = {
        (each.kind, each.mode, each.why)
        for each in found
        if (each.kind, each.mode) in ESSENTIAL and each.caught is not Caught.YES
    }
    assert missed == set()
    assert [
        finding for stack in watched().stacks for finding in coverage_findings(stack, coverage_of(stack))
    ] == []


@cache
def own(configuration: str) -> Mapping[str, Reading]:
    service = built(configuration)
    reading = Reading(read_assembly(service.app.synth().directory))
    return {stack.template.name: reading for stack in reading.stacks}


def test_the_order_service_catches_nine_of_ten_failures() -> None:
    reading = own("production")["OrderService-prod"]
    (stack,) = (each for each in reading.stacks if each.template.name == "OrderService-prod")
    coverage = coverage_of(stack)

    assert (coverage.share or 0) >= 0.9
    assert coverage_findings(stack, coverage) == []


@pytest.mark.parametrize("stack_name", ["OrderService-prod", "OrderService-prod-backups"])
def test_the_only_essential_gaps_of_its_stacks_are_tables_that_its_backups_use(stack_name: str) -> None:
    reading = own("production")[stack_name]
    (stack,) = (each for each in reading.stacks if each.template.name == stack_name)

    gaps = {
        (each.kind, each.construct_path)
        for each in coverage_of(stack).modes
        if (each.kind, each.mode) in ESSENTIAL and each.caught is not Caught.YES
    }

    assert gaps <= {("table", f"{each}/Ledger") for each in ("Backup", "Export", "RestoreTest")}
