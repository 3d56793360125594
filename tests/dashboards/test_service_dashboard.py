import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

from constructs_lib.alarms import FunctionAlarms, function_subject
from constructs_lib.checks import ConfigurationError
from constructs_lib.dashboards import (
    HttpApiSegment,
    LambdaSegment,
    QueueSegment,
    RestApiSegment,
    Segment,
    ServiceDashboard,
    TableSegment,
    WorkflowSegment,
)
from constructs_lib.function import HardenedFunction
from tests.dashboards.dashboard_bodies import body_in, headings, problems, titles, widgets_in
from tests.synthesis import fresh_stack, number_token, some_code, synthesize

SECTIONS = [
    "Traffic",
    "Errors",
    "Latency",
    "Saturation",
    "Asynchronous work and dead letters",
    "Cold starts",
    "What it is billed for",
    "Logs",
]


def queue(stack: cdk.Stack, name: str = "Incoming") -> sqs.Queue:
    return sqs.Queue(stack, name)


def depth_alarm(stack: cdk.Stack, name: str, watched: sqs.IQueue) -> cloudwatch.Alarm:
    depth = watched.metric_approximate_number_of_messages_visible(statistic="Maximum")
    return cloudwatch.Alarm(stack, name, metric=depth, threshold=100, evaluation_periods=1)


def everything(stack: cdk.Stack) -> list[Segment]:
    orders = HardenedFunction(stack, "Orders", code=some_code(), handler="index.handler")
    dead_letters = queue(stack, "Dead")
    alarms = FunctionAlarms(stack, "Alarms", subject=function_subject(orders.alias))
    table = dynamodb.TableV2(
        stack,
        "Table",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    )
    rest = apigateway.RestApi(stack, "Rest")
    rest.root.add_method("GET")
    return [
        HttpApiSegment(apigatewayv2.HttpApi(stack, "Http")),
        RestApiSegment(rest),
        LambdaSegment(orders.alias, dead_letter_queue=dead_letters, alarms=[alarms]),
        QueueSegment(queue(stack), dead_letter_queue=dead_letters),
        TableSegment(table),
        WorkflowSegment(
            sfn.StateMachine(
                stack, "Workflow", definition_body=sfn.DefinitionBody.from_chainable(sfn.Pass(stack, "Pass"))
            )
        ),
    ]


def test_body_with_every_segment_is_valid_and_in_the_order_of_an_investigation() -> None:
    stack = fresh_stack()
    ServiceDashboard(stack, "Dashboard", segments=everything(stack))
    widgets = widgets_in(stack)
    assert widgets[0]["type"] == "alarm"
    assert (widgets[0]["x"], widgets[0]["y"]) == (0, 0)
    assert headings(widgets) == SECTIONS


def test_within_a_section_segments_keep_the_order_they_were_given_in() -> None:
    stack = fresh_stack()
    ServiceDashboard(stack, "Dashboard", segments=everything(stack))
    found = titles(widgets_in(stack))
    assert found[:6] == [
        "Http: requests",
        "Rest: requests",
        "Orders/Live: requests",
        "Incoming: messages",
        "Table: successful requests",
        "Workflow: executions",
    ]
    assert found[-2:] == ["Orders/Live: recent errors", "Orders/Live: slowest requests"]


def test_health_comes_before_the_alarms_that_it_covers() -> None:
    stack = fresh_stack()
    orders = lambda_.Function(
        stack, "Orders", code=some_code(), handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )
    alarms = FunctionAlarms(stack, "Alarms", subject=function_subject(orders))
    ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders, alarms=[alarms])])
    shown = widgets_in(stack)[0]["properties"]["alarms"]
    health, *rest = shown
    assert "Health" in health
    assert len(rest) == len(alarms.names)
    assert any("AlarmsErrors" in arn for arn in rest)


def test_every_kind_of_alarm_is_shown() -> None:
    stack = fresh_stack()
    watched = queue(stack)
    depth = depth_alarm(stack, "Depth", watched)
    composite = cloudwatch.CompositeAlarm(stack, "Any", alarm_rule=cloudwatch.AlarmRule.any_of(depth))
    imported = cloudwatch.Alarm.from_alarm_name(stack, "Imported", "orders-errors")
    resource = depth_alarm(stack, "Other", watched).node.default_child
    assert isinstance(resource, cloudwatch.CfnAlarm)
    rule = composite.node.default_child
    assert isinstance(rule, cloudwatch.CfnCompositeAlarm)
    ServiceDashboard(stack, "Dashboard", alarms=[depth, composite, imported, resource])
    shown = widgets_in(stack)[0]["properties"]["alarms"]
    assert [arn.split(":")[-1].strip("<>") for arn in shown] == [
        f"{stack.get_logical_id(depth.node.default_child)}.Arn",  # type: ignore[arg-type] # an alarm's resource
        f"{stack.get_logical_id(rule)}.Arn",
        "orders-errors",
        f"{stack.get_logical_id(resource)}.Arn",
    ]


def test_composite_resource_is_shown_as_its_construct_is() -> None:
    stack = fresh_stack()
    composite = cloudwatch.CompositeAlarm(
        stack,
        "Any",
        alarm_rule=cloudwatch.AlarmRule.from_alarm(
            depth_alarm(stack, "Depth", queue(stack)), cloudwatch.AlarmState.ALARM
        ),
    )
    rule = composite.node.default_child
    assert isinstance(rule, cloudwatch.CfnCompositeAlarm)
    ServiceDashboard(stack, "Dashboard", alarms=[rule])
    assert widgets_in(stack)[0]["properties"]["alarms"] == [f"<{stack.get_logical_id(rule)}.Arn>"]


def test_alarm_given_twice_is_shown_once() -> None:
    stack = fresh_stack()
    watched = queue(stack)
    depth = depth_alarm(stack, "Depth", watched)
    ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(watched, alarms=[depth])], alarms=[depth])
    assert len(widgets_in(stack)[0]["properties"]["alarms"]) == 1


def test_more_alarms_than_one_widget_takes_are_shown_in_several() -> None:
    stack = fresh_stack()
    alarms = [cloudwatch.Alarm.from_alarm_name(stack, f"A{n}", f"alarm-{n}") for n in range(101)]
    ServiceDashboard(stack, "Dashboard", alarms=alarms)
    shown = [w["properties"]["alarms"] for w in widgets_in(stack) if w["type"] == "alarm"]
    assert [len(arns) for arns in shown] == [100, 1]


def test_dashboard_without_alarms_starts_with_its_title() -> None:
    stack = fresh_stack()
    ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue(stack))], title="Order service")
    first = widgets_in(stack)[0]
    assert first["type"] == "text"
    assert first["properties"]["markdown"].startswith("# Order service\n")


def test_name_is_left_to_cloudformation_unless_it_is_given() -> None:
    stack = fresh_stack()
    ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue(stack))])
    assert "DashboardName" not in synthesize(stack).only("AWS::CloudWatch::Dashboard")


def test_given_name_is_the_dashboards_name() -> None:
    stack = fresh_stack()
    ServiceDashboard(
        stack, "Dashboard", segments=[QueueSegment(queue(stack))], dashboard_name="order_service-1"
    )
    assert synthesize(stack).only("AWS::CloudWatch::Dashboard")["DashboardName"] == "order_service-1"


@pytest.mark.parametrize(
    ("interval", "start"),
    [
        (cdk.Duration.hours(3), "-PT3H"),
        (cdk.Duration.minutes(90), "-PT90M"),
        (cdk.Duration.hours(36), "-PT36H"),
        (cdk.Duration.days(7), "-P7D"),
    ],
)
def test_interval_is_written_in_one_unit(interval: cdk.Duration, start: str) -> None:
    stack = fresh_stack()
    ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue(stack))], default_interval=interval)
    body = body_in(synthesize(stack))
    assert body["start"] == start
    assert problems(body) == []


def test_segment_can_be_added_later() -> None:
    stack = fresh_stack()
    dashboard = ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue(stack, "First"))])
    second = queue(stack, "Second")
    dashboard.add_segment(QueueSegment(second, alarms=[depth_alarm(stack, "Depth", second)]))
    widgets = widgets_in(stack)
    assert titles(widgets)[:2] == ["First: messages", "Second: messages"]
    assert len(widgets[0]["properties"]["alarms"]) == 1
    assert len(dashboard.segments) == 2


def test_refused_segment_leaves_the_dashboard_as_it_was() -> None:
    stack = fresh_stack()
    dashboard = ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue(stack))])
    with pytest.raises(ConfigurationError, match="queue is None"):
        dashboard.add_segment(QueueSegment(None))  # type: ignore[arg-type] # that is the point
    assert len(dashboard.segments) == 1
    assert "Incoming: messages" in titles(widgets_in(stack))


def test_fails_with_a_resource_in_place_of_a_segment() -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=r"segments holds Stack/Incoming\. Wrap it: LambdaSegment"):
        ServiceDashboard(stack, "Dashboard", segments=[queue(stack)])  # type: ignore[list-item] # that is the point


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "there is nothing on it"),
        ({"segments": ["queue"]}, "segments holds 'queue'"),
        ({"segments": "queue"}, "segments is 'queue'"),
        ({"alarms": ["errors"]}, "alarms holds 'errors'"),
        ({"segments": [LambdaSegment("orders")]}, "function is 'orders'"),  # type: ignore[arg-type] # that is the point
        ({"segments": [QueueSegment(3)]}, "queue is 3"),  # type: ignore[arg-type] # that is the point
        ({"segments": [TableSegment("orders")]}, "table is 'orders'"),  # type: ignore[arg-type] # that is the point
        ({"segments": [HttpApiSegment("orders")]}, "api is 'orders'"),  # type: ignore[arg-type] # that is the point
        ({"segments": [RestApiSegment("orders")]}, "api is 'orders'"),  # type: ignore[arg-type] # that is the point
        ({"segments": [WorkflowSegment("orders")]}, "state_machine is 'orders'"),  # type: ignore[arg-type] # that is the point
        ({"alarms": [None], "dashboard_name": "two words"}, "dashboard_name is 'two words'"),
        ({"alarms": [None], "dashboard_name": "n" * 256}, "dashboard_name is 'nnn"),
        ({"alarms": [None], "default_interval": cdk.Duration.days(500)}, "default_interval is 720000"),
        ({"alarms": [None], "default_interval": 3}, "default_interval is 3"),
        ({"alarms": [None], "title": 3}, "title is 3"),
    ],
)
def test_fails_before_anything_is_built(arguments: dict[str, object], message: str) -> None:
    stack = fresh_stack()
    with pytest.raises(ConfigurationError, match=f"Stack/Dashboard: .*{message}"):
        ServiceDashboard(stack, "Dashboard", **arguments)  # type: ignore[arg-type] # that is the point
    assert stack.node.try_find_child("Dashboard") is None


def test_fails_with_an_interval_that_is_known_only_at_deployment() -> None:
    stack = fresh_stack()
    later = cdk.Duration.minutes(number_token(stack))
    with pytest.raises(ConfigurationError, match="default_interval is known only at deployment"):
        ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue(stack))], default_interval=later)


def test_fails_with_more_widgets_or_metrics_than_cloudwatch_takes() -> None:
    stack = fresh_stack()
    table = dynamodb.Table.from_table_name(stack, "Table", "orders")
    many = [TableSegment(table, operations=[f"Operation{n}" for n in range(200)])]
    with pytest.raises(ConfigurationError, match="it has 600 metrics on one graph, and CloudWatch takes 500"):
        ServiceDashboard(stack, "Dashboard", segments=many)
    with pytest.raises(ConfigurationError, match="it has 509 widgets, and CloudWatch takes 500"):
        ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue(stack))] * 126)
    big = [TableSegment(table, operations=[f"Operation{n}" for n in range(150)])] * 4
    with pytest.raises(ConfigurationError, match="metrics, and CloudWatch takes 2,500"):
        ServiceDashboard(stack, "Dashboard", segments=big)


def test_tokens_are_taken_as_they_are() -> None:
    stack = fresh_stack()
    name = cdk.CfnParameter(stack, "Name").value_as_string
    ServiceDashboard(
        stack,
        "Dashboard",
        segments=[QueueSegment(queue(stack), name=name, region=cdk.Fn.import_value("region"))],
        dashboard_name=name,
        title=name,
    )
    assert "<Name>: messages" in titles(widgets_in(stack))
