"""Everything that can be watched is, however it came into the app."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import FunctionAlarmSettings, Profile
from constructs_lib.alarms.services import QueueAlarmSettings, TopicAlarmSettings
from constructs_lib.alarms.watch.kinds import KINDS
from tests.alarms.watch.watched_app import (
    ALARM,
    COMPOSITE,
    EVERY_KIND,
    FUNCTION_ID,
    ROLE,
    WATCHED,
    a_function,
    a_queue,
    alarms_of,
    dimensions_of,
    included,
    looks_at,
    new_stack,
    raw,
    summary,
    watched,
)
from tests.graph import references
from tests.synthesis import Synthesized, number_token

PARTITION_KEY = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
CODE = lambda_.CfnFunction.CodeProperty(zip_file="handler = None")
COMPLETE = FunctionAlarmSettings(profile=Profile.COMPLETE)


def as_included(stack: cdk.Stack, folder: Path) -> None:
    included(stack, EVERY_KIND, folder)


def as_raw(stack: cdk.Stack, folder: Path) -> None:
    del folder
    raw(stack, EVERY_KIND)


def test_the_sample_has_every_kind() -> None:
    assert {each["Type"] for each in EVERY_KIND.values()} >= KINDS.keys()


@pytest.mark.parametrize("name", WATCHED)
@pytest.mark.parametrize("build", [as_included, as_raw])
def test_every_kind_of_an_included_template_is_watched(
    build: Callable[[cdk.Stack, Path], None], name: str, tmp_path: Path
) -> None:
    stack = new_stack(env=cdk.Environment(account="111111111111", region="us-east-1"))
    build(stack, tmp_path)
    found = watched(stack)

    alarms = alarms_of(found, name)
    seen = set().union(*(looks_at(alarm) for alarm in alarms.values()))

    assert WATCHED[name] <= seen


@pytest.mark.parametrize("name", ["Table", "Global"])
def test_tables_of_either_type_are_watched(name: str, tmp_path: Path) -> None:
    stack = new_stack(env=cdk.Environment(account="111111111111", region="us-east-1"))
    included(stack, EVERY_KIND, tmp_path)

    alarms = alarms_of(watched(stack), name)

    assert any("ReadThrottles" in key for key in alarms)
    assert any("ReplicationLatency" in key for key in alarms) == (name == "Global")


def test_a_function_is_watched_as_a_whole_whatever_aliases_it_has() -> None:
    stack = new_stack()
    function = a_function(stack)
    function.add_alias("live")
    function.add_alias("next")

    alarms = watched(stack).of_type(ALARM)

    name = ("FunctionName", stack.resolve(function.function_name))
    for alarm in alarms.values():
        assert set(map(str, dimensions_of(alarm["Properties"]))) == {str(name)}
    rows = [key.removeprefix(f"Watch{FUNCTION_ID}")[:-8] for key in alarms]
    assert {"Duration", "ErrorRate", "Errors", "Throttles"} <= set(rows)
    assert len(rows) == len(set(rows))


def test_the_limits_of_a_function_are_read_from_its_properties() -> None:
    stack = new_stack()
    a_function(stack, timeout=cdk.Duration.seconds(20), reserved_concurrent_executions=50)
    found = watched(stack)

    assert found.only(ALARM, under=f"Watch{FUNCTION_ID}Duration")["Threshold"] == 16_000
    assert found.only(ALARM, under=f"Watch{FUNCTION_ID}Concurrency")["Threshold"] == 45


def test_a_function_whose_timeout_is_known_at_deployment_has_no_duration_alarm() -> None:
    stack = new_stack()
    lambda_.CfnFunction(stack, "Function", role=ROLE, timeout=number_token(stack), code=CODE)

    rows = {key[len("WatchFunction") : -8] for key in alarms_of(watched(stack), "Function")}
    assert "Errors" in rows
    assert "Duration" not in rows


def test_dead_letters_of_a_function_are_watched_where_it_has_such() -> None:
    stack = new_stack()
    queue = a_queue(stack)
    a_function(
        stack,
        on_failure=destinations.SqsDestination(queue),
        max_event_age=cdk.Duration.minutes(10),
    )
    found = watched(stack, settings={"**": FunctionAlarmSettings(profile=Profile.STANDARD)})

    assert found.of_type(ALARM, under=f"Watch{FUNCTION_ID}DestinationDeliveryFailures")
    age = found.only(ALARM, under=f"Watch{FUNCTION_ID}AsyncEventAge")
    assert age["Threshold"] == 300_000


def test_a_function_with_a_dead_letter_queue_of_its_own_tells_when_it_cannot_write_there() -> None:
    stack = new_stack()
    a_function(stack, dead_letter_queue=a_queue(stack))

    assert watched(stack).of_type(ALARM, under=f"Watch{FUNCTION_ID}DeadLetterErrors")


def test_a_function_at_the_edge_publishes_where_no_alarm_of_its_stack_looks() -> None:
    stack = new_stack()
    # As CloudFront requires it, and CDK's Distribution and EdgeFunction make it.
    services = [iam.ServicePrincipal(f"{name}.amazonaws.com") for name in ("lambda", "edgelambda")]
    role = iam.Role(stack, "Role", assumed_by=iam.CompositePrincipal(*services))
    a_function(stack, "Edge", role=role)
    a_function(stack)
    cdk.CfnResource(stack, "Site", type="AWS::CloudFront::Distribution")
    found = watched(stack)

    assert not alarms_of(found, "Edge")
    assert alarms_of(found, "Function")
    assert "runs at the edge, so that it publishes in the Regions where it is invoked: Stack/Edge" in summary(
        stack
    )


def test_provisioned_concurrency_of_an_alias_is_watched() -> None:
    stack = new_stack()
    a_function(stack).add_alias("live", provisioned_concurrent_executions=2)

    assert watched(stack).of_type(ALARM, under=f"Watch{FUNCTION_ID}Spillover")


@pytest.mark.parametrize(
    "send_to",
    [
        pytest.param(lambda stack, queue: a_function(stack, dead_letter_queue=queue), id="function"),
        pytest.param(
            lambda stack, queue: a_function(stack, on_failure=destinations.SqsDestination(queue)),
            id="destination",
        ),
        pytest.param(
            lambda stack, queue: a_queue(
                stack,
                "Work",
                dead_letter_queue=sqs.DeadLetterQueue(queue=queue, max_receive_count=5),
            ),
            id="queue",
        ),
        pytest.param(
            lambda stack, queue: sns.Topic(stack, "Topic").add_subscription(
                subscriptions.EmailSubscription("a@example.com", dead_letter_queue=queue)
            ),
            id="subscription",
        ),
        pytest.param(
            lambda stack, queue: events.Rule(
                stack,
                "Rule",
                schedule=events.Schedule.rate(cdk.Duration.days(1)),
                targets=[targets.LambdaFunction(a_function(stack), dead_letter_queue=queue)],
            ),
            id="rule",
        ),
        pytest.param(
            lambda stack, queue: a_function(stack).add_event_source(
                sources.KinesisEventSource(
                    kinesis.Stream(stack, "Stream"),
                    starting_position=lambda_.StartingPosition.LATEST,
                    on_failure=sources.SqsDlq(queue),
                )
            ),
            id="stream",
        ),
        pytest.param(
            lambda stack, queue: scheduler.CfnSchedule(
                stack,
                "Schedule",
                flexible_time_window={"mode": "OFF"},
                schedule_expression="rate(1 day)",
                target={"arn": "arn", "roleArn": "role", "deadLetterConfig": {"arn": queue.queue_arn}},
            ),
            id="schedule",
        ),
    ],
)
def test_a_queue_of_dead_letters_rings_with_the_first_of_them(
    send_to: Callable[[cdk.Stack, sqs.Queue], object],
) -> None:
    stack = new_stack()
    send_to(stack, a_queue(stack, "Dead"))

    alarms = alarms_of(watched(stack), "Dead")

    assert [key[len("WatchDead") + 8 : -8] for key in alarms] == ["DeadLetterDepth"]
    (alarm,) = alarms.values()
    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)


def test_a_queue_that_others_may_send_dead_letters_to_is_one_of_dead_letters() -> None:
    stack = new_stack()
    source = a_queue(stack, "Elsewhere")
    a_queue(
        stack,
        "Dead",
        redrive_allow_policy=sqs.RedriveAllowPolicy(source_queues=[source]),
    )

    assert any("DeadLetterDepth" in key for key in alarms_of(watched(stack), "Dead"))


def test_a_queue_of_work_leaves_its_dead_letters_to_the_set_of_their_queue() -> None:
    stack = new_stack()
    dead = a_queue(stack, "Dead")
    a_queue(stack, "Work", dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=5))
    found = watched(stack)

    name = ("QueueName", stack.resolve(dead.queue_name))
    alarms = found.of_type(ALARM).values()
    assert sum(name in dimensions_of(alarm["Properties"]) for alarm in alarms) == 1
    assert {key[len("WatchWork") + 8 : -8] for key in alarms_of(found, "Work")} == {
        "Stalled",
        "ExpiringMessages",
    }


def test_each_global_secondary_index_of_a_table_has_alarms_of_its_own() -> None:
    stack = new_stack()
    table = dynamodb.TableV2(stack, "Table", partition_key=PARTITION_KEY)
    for name in ("by-name", "by-date"):
        table.add_global_secondary_index(
            index_name=name,
            partition_key=dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING),
        )
    found = watched(stack)

    indexes = [
        value
        for alarm in found.of_type(ALARM).values()
        for name, value in dimensions_of(alarm["Properties"])
        if name == "GlobalSecondaryIndexName"
    ]
    assert sorted(set(indexes)) == ["by-date", "by-name"]
    assert len(found.of_type(COMPOSITE)) == 3


def test_the_slowest_of_several_replicas_is_watched() -> None:
    stack = new_stack(env=cdk.Environment(account="111111111111", region="us-east-1"))
    dynamodb.TableV2(
        stack,
        "Table",
        partition_key=PARTITION_KEY,
        replicas=[dynamodb.ReplicaTableProps(region=region) for region in ("us-west-2", "eu-west-1")],
    )
    (alarm,) = [
        alarm["Properties"]
        for key, alarm in watched(stack).of_type(ALARM).items()
        if "ReplicationLatency" in key
    ]

    regions = {
        each["Value"]
        for query in alarm["Metrics"]
        for each in query.get("MetricStat", {}).get("Metric", {}).get("Dimensions", [])
        if each["Name"] == "ReceivingRegion"
    }
    assert regions == {"us-west-2", "eu-west-1"}


def test_no_latency_is_watched_of_replicas_that_agree_before_a_write_is_answered() -> None:
    stack = new_stack(env=cdk.Environment(account="111111111111", region="eu-west-1"))
    dynamodb.TableV2(
        stack,
        "Table",
        partition_key=PARTITION_KEY,
        replicas=[dynamodb.ReplicaTableProps(region="eu-central-1")],
        witness_region="eu-west-3",
        multi_region_consistency=dynamodb.MultiRegionConsistency.STRONG,
    )

    assert not [key for key in watched(stack).of_type(ALARM) if "ReplicationLatency" in key]


def test_a_rule_on_a_bus_of_its_own_is_watched_under_both_names() -> None:
    stack = new_stack()
    bus = events.EventBus(stack, "Bus")
    events.Rule(stack, "Rule", event_bus=bus, event_pattern=events.EventPattern(source=["shop"]))
    found = watched(stack)

    (alarm,) = [each["Properties"] for each in found.of_type(ALARM).values()]
    rule = found.only_id("AWS::Events::Rule")
    assert dict(dimensions_of(alarm)) == {
        "EventBusName": stack.resolve(bus.event_bus_name),
        "RuleName": {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": [rule, "Arn"]}]}]},
    }


def test_dead_letters_and_filters_of_subscriptions_are_watched_with_their_topic() -> None:
    stack = new_stack()
    sns.Topic(stack, "Topic").add_subscription(
        subscriptions.EmailSubscription(
            "a@example.com",
            dead_letter_queue=a_queue(stack),
            filter_policy={"kind": sns.SubscriptionFilter.string_filter(allowlist=["a"])},
        )
    )
    found = watched(stack, settings={"**": TopicAlarmSettings(profile=Profile.STANDARD)})

    names = set(alarms_of(found, "Topic"))
    for name in ("DeadLetters", "InvalidAttributes"):
        assert any(name in each for each in names)


def test_dead_letters_of_schedules_are_watched_with_their_group() -> None:
    stack = new_stack()
    queue = a_queue(stack)
    group = scheduler.ScheduleGroup(stack, "Group")
    scheduler.CfnSchedule(
        stack,
        "Schedule",
        group_name=group.schedule_group_name,
        flexible_time_window={"mode": "OFF"},
        schedule_expression="rate(1 day)",
        target={"arn": "arn", "roleArn": "role", "deadLetterConfig": {"arn": queue.queue_arn}},
    )

    assert any("DeadLetters" in key for key in alarms_of(watched(stack), "Group"))


def test_a_stream_is_watched_where_a_function_reads_it() -> None:
    stack = new_stack()
    function = a_function(stack)
    table = dynamodb.Table(
        stack, "Table", partition_key=PARTITION_KEY, stream=dynamodb.StreamViewType.NEW_IMAGE
    )
    function.add_event_source(
        sources.DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.LATEST,
            max_record_age=cdk.Duration.hours(2),
        )
    )
    function.add_event_source(sources.SqsEventSource(a_queue(stack)))

    ages = [
        each["Properties"]
        for each in watched(stack).of_type(ALARM).values()
        if each["Properties"].get("MetricName") == "IteratorAge"
    ]
    assert [each["Threshold"] for each in ages] == [3_600_000]


def test_the_retention_of_a_kinesis_stream_counts() -> None:
    stack = new_stack()
    a_function(stack).add_event_source(
        sources.KinesisEventSource(
            kinesis.Stream(stack, "Stream", retention_period=cdk.Duration.days(7)),
            starting_position=lambda_.StartingPosition.LATEST,
        )
    )

    (age,) = [
        each["Properties"]
        for each in watched(stack).of_type(ALARM).values()
        if each["Properties"].get("MetricName") == "IteratorAge"
    ]
    assert age["Threshold"] == 7 * 86_400_000 / 2


def test_apis_are_watched_with_all_stages_together() -> None:
    stack = new_stack()
    http = apigatewayv2.HttpApi(stack, "Http")
    rest = apigateway.RestApi(stack, "Rest", rest_api_name="shop")
    rest.root.add_method("GET", apigateway.MockIntegration())
    found = watched(stack)

    for name, dimension in (("Http", ("ApiId", stack.resolve(http.api_id))), ("Rest", ("ApiName", "shop"))):
        alarms = alarms_of(found, name).values()
        assert {each for alarm in alarms for each in map(str, dimensions_of(alarm))} == {str(dimension)}


def test_an_express_workflow_has_a_known_timeout() -> None:
    stack = new_stack()
    sfn.StateMachine(
        stack,
        "Machine",
        definition_body=sfn.DefinitionBody.from_chainable(sfn.Pass(stack, "Pass")),
        state_machine_type=sfn.StateMachineType.EXPRESS,
    )

    assert alarms_of(watched(stack), "Machine")


def test_alarms_on_log_lines_are_made_where_a_function_writes_json_to_a_log_group_of_its_own() -> None:
    stack = new_stack()
    group = logs.LogGroup(stack, "Logs")
    a_function(stack, logging_format=lambda_.LoggingFormat.JSON, log_group=group)
    found = watched(stack, settings={"**": COMPLETE})

    filters = found.of_type("AWS::Logs::MetricFilter")
    assert len(filters) == 4
    for each in filters.values():
        assert each["Properties"]["LogGroupName"] == stack.resolve(group.log_group_name)
    assert found.of_type(ALARM, under=f"Watch{FUNCTION_ID}Timeouts")


def test_a_log_group_under_the_name_that_lambda_writes_to_is_the_functions_own() -> None:
    stack = new_stack()
    function = a_function(stack, logging_format=lambda_.LoggingFormat.JSON)
    group = logs.LogGroup(stack, "Logs", log_group_name=f"/aws/lambda/{function.function_name}")
    found = watched(stack, settings={"**": COMPLETE})

    for each in found.of_type("AWS::Logs::MetricFilter").values():
        assert each["Properties"]["LogGroupName"] == stack.resolve(group.log_group_name)
    assert found.of_type("AWS::Logs::MetricFilter")


def test_every_set_has_one_composite_that_notifies_the_topic_of_its_stack(tmp_path: Path) -> None:
    stack = new_stack()
    included(stack, EVERY_KIND, tmp_path)
    found = watched(stack)

    composites = found.of_type(COMPOSITE)
    topic = found.only_id("AWS::SNS::Topic", under="AlarmTopic")
    assert len(composites) == len(WATCHED) + 2  # the tables
    for each in composites.values():
        assert each["Properties"]["AlarmActions"] == [{"Ref": topic}]
        assert set(references(each["Properties"]["AlarmRule"])) <= found.of_type(ALARM).keys()


def test_a_setting_of_a_queue_is_none_of_a_function() -> None:
    stack = new_stack()
    a_queue(stack)
    a_function(stack)
    found: Synthesized = watched(stack, settings={"**": QueueAlarmSettings(stalled=None)})

    assert not [key for key in found.of_type(ALARM, under="WatchQueue") if "Stalled" in key]
    assert found.of_type(ALARM, under=f"Watch{FUNCTION_ID}Errors")
