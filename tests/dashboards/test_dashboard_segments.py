from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn

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
from tests.dashboards.dashboard_bodies import Widget, graph, headings, line, thresholds, titles, widgets_in
from tests.synthesis import fresh_app, fresh_stack, some_code

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders"
HERE = cdk.Environment(account="111122223333", region="eu-west-1")


def home(app: cdk.App | None = None) -> cdk.Stack:
    return cdk.Stack(app or fresh_app(), "Here", env=HERE)


def shown(stack: cdk.Stack, segment: Segment) -> list[Widget]:
    ServiceDashboard(stack, "Dashboard", segments=[segment])
    return widgets_in(stack)


def dimensions(entry: list[Any]) -> dict[str, str]:
    flat = entry[2:-1]
    return dict(zip(flat[::2], flat[1::2], strict=True))


def plain_function(stack: cdk.Stack, **more: Any) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Orders",
        code=some_code(),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        **more,
    )


def test_alias_is_shown_by_its_own_metrics_and_the_function_by_the_rest() -> None:
    stack = fresh_stack()
    orders = HardenedFunction(stack, "Orders", code=some_code(), handler="index.handler")
    widgets = shown(stack, LambdaSegment(orders.alias))
    name = f"<{stack.get_logical_id(orders.function.node.default_child)}>"  # type: ignore[arg-type] # its resource
    assert dimensions(line(graph(widgets, "Orders/Live: requests"), "invocations")) == {
        "FunctionName": name,
        "Resource": f"{name}:live",
    }
    events = graph(widgets, "Orders/Live: events given up")
    assert dimensions(line(events, "dropped")) == {"FunctionName": name}


@pytest.mark.parametrize("kind", ["alias", "version", "function"])
def test_imported_function_is_shown_by_what_lambda_publishes(kind: str) -> None:
    stack = home()
    version = lambda_.Version.from_version_arn(stack, "Version", f"{ARN}:7")
    functions: dict[str, lambda_.IFunction] = {
        "function": lambda_.Function.from_function_arn(stack, "Function", ARN),
        "version": version,
        "alias": lambda_.Alias.from_alias_attributes(
            stack, "Alias", alias_name="live", alias_version=version
        ),
    }
    qualifiers = {"alias": {"Resource": "orders:live"}, "version": {"Resource": "orders:7"}, "function": {}}
    widgets = shown(stack, LambdaSegment(functions[kind], name="Orders"))
    invocations = line(graph(widgets, "Orders: requests"), "invocations")
    assert dimensions(invocations) == {"FunctionName": "orders", **qualifiers[kind]}


def test_imported_function_has_no_logs_and_no_estimate_unless_told() -> None:
    stack = home()
    orders = lambda_.Function.from_function_arn(stack, "Orders", ARN)
    widgets = shown(stack, LambdaSegment(orders))
    assert not {"Cold starts", "Logs"} & set(headings(widgets))
    bill = graph(widgets, "Orders: billed an hour")
    assert [entry[-1]["label"] for entry in bill["metrics"]] == ["requests"]


def test_imported_function_has_them_once_log_group_and_memory_are_given() -> None:
    stack = home()
    orders = lambda_.Function.from_function_arn(stack, "Orders", ARN)
    group = logs.LogGroup.from_log_group_name(stack, "Logs", "/shop/orders")
    widgets = shown(stack, LambdaSegment(orders, log_group=group, memory_size=2048))
    starts = graph(widgets, "Orders: cold starts")
    assert starts["query"].startswith("SOURCE '/shop/orders' | filter type = ")
    assert starts["view"] == "timeSeries"
    bill = graph(widgets, "Orders: billed an hour")
    (estimate,) = line(bill, "GB-seconds without initialisation")
    assert estimate["expression"] == "duration / 1000 * 2.0"
    assert line(bill, "duration")[-1]["visible"] is False


def test_log_group_and_memory_of_a_function_in_the_app_are_read_from_it() -> None:
    stack = fresh_stack()
    orders = HardenedFunction(stack, "Orders", code=some_code(), handler="index.handler", memory_size=256)
    widgets = shown(stack, LambdaSegment(orders.alias))
    group = stack.get_logical_id(orders.log_group.node.default_child)  # type: ignore[arg-type] # its resource
    assert f"SOURCE '<{group}>'" in graph(widgets, "Orders/Live: recent errors")["query"]
    (estimate,) = line(graph(widgets, "Orders/Live: billed an hour"), "GB-seconds without initialisation")
    assert estimate["expression"] == "duration / 1000 * 0.25"


def test_function_that_logs_text_has_no_answers_from_its_logs() -> None:
    stack = fresh_stack()
    orders = plain_function(stack, log_group=logs.LogGroup(stack, "Logs"))
    assert "Logs" not in headings(shown(stack, LambdaSegment(orders)))


def test_function_without_a_memory_size_has_lambdas_own() -> None:
    stack = fresh_stack()
    widgets = shown(stack, LambdaSegment(plain_function(stack)))
    (estimate,) = line(graph(widgets, "Orders: billed an hour"), "GB-seconds without initialisation")
    assert estimate["expression"] == "duration / 1000 * 0.125"


def test_dead_letters_are_shown_where_there_is_a_queue_for_them() -> None:
    stack = home()
    orders = lambda_.Function.from_function_arn(stack, "Orders", ARN)
    dead = sqs.Queue.from_queue_arn(stack, "Dead", "arn:aws:sqs:eu-west-1:111122223333:dead")
    widgets = shown(stack, LambdaSegment(orders, dead_letter_queue=dead))
    assert dimensions(line(graph(widgets, "Orders: dead letters"), "messages")) == {"QueueName": "dead"}


def test_no_dead_letters_are_shown_without_a_queue_for_them() -> None:
    stack = home()
    orders = lambda_.Function.from_function_arn(stack, "Orders", ARN)
    assert "Orders: dead letters" not in titles(shown(stack, LambdaSegment(orders)))


def test_imported_queue_is_shown_by_its_name() -> None:
    stack = home()
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-west-1:111122223333:incoming")
    dead = sqs.Queue.from_queue_arn(stack, "Dead", "arn:aws:sqs:eu-west-1:111122223333:dead")
    widgets = shown(stack, QueueSegment(queue, dead_letter_queue=dead))
    waiting = line(graph(widgets, "Queue: messages in the queue"), "waiting")
    assert waiting[:2] == ["AWS/SQS", "ApproximateNumberOfMessagesVisible"]
    assert dimensions(waiting) == {"QueueName": "incoming"}
    assert dimensions(line(graph(widgets, "Queue: dead letters"), "messages")) == {"QueueName": "dead"}


def test_imported_table_is_shown_by_table_and_by_operation() -> None:
    stack = home()
    table = dynamodb.Table.from_table_name(stack, "Table", "orders")
    widgets = shown(stack, TableSegment(table, operations=["Scan", "TransactWriteItems"]))
    requests = graph(widgets, "Table: successful requests")
    assert [entry[-1]["label"] for entry in requests["metrics"]] == [
        "Scan requests",
        "TransactWriteItems requests",
    ]
    assert dimensions(requests["metrics"][0]) == {"TableName": "orders", "Operation": "Scan"}
    units = line(graph(widgets, "Table: capacity units an hour"), "read")
    assert dimensions(units) == {"TableName": "orders"}
    reads = graph(widgets, "Table: latency of reads inside DynamoDB")
    assert [entry[-1]["label"] for entry in reads["metrics"]] == ["Scan p50", "Scan p90", "Scan p99"]
    writes = graph(widgets, "Table: latency of writes inside DynamoDB")
    assert {entry[5] for entry in writes["metrics"]} == {"TransactWriteItems"}


def test_imported_http_api_is_shown_by_its_id() -> None:
    stack = home()
    api = apigatewayv2.HttpApi.from_http_api_attributes(stack, "Api", http_api_id="a1b2c3")
    requests = line(graph(shown(stack, HttpApiSegment(api)), "Api: requests"), "requests")
    assert requests[:2] == ["AWS/ApiGateway", "Count"]
    assert dimensions(requests) == {"ApiId": "a1b2c3"}


def test_rest_api_is_shown_by_its_name_with_the_errors_that_rest_apis_publish() -> None:
    stack = home()
    api = apigateway.RestApi(stack, "Api", rest_api_name="shop")
    api.root.add_method("GET")
    errors = graph(shown(stack, RestApiSegment(api)), "Api: errors")
    assert [entry[1] for entry in errors["metrics"][:2]] == ["4XXError", "5XXError"]
    stage = stack.get_logical_id(api.deployment_stage.node.default_child)  # type: ignore[arg-type] # its resource
    assert dimensions(errors["metrics"][0]) == {"ApiName": "shop", "Stage": f"<{stage}>"}


def test_http_api_is_shown_by_its_default_stage_or_by_the_one_that_is_given() -> None:
    stack = home()
    api = apigatewayv2.HttpApi(stack, "Api")
    beta = apigatewayv2.HttpStage(stack, "Beta", http_api=api, stage_name="beta")
    ServiceDashboard(
        stack, "Dashboard", segments=[HttpApiSegment(api), HttpApiSegment(api, name="Beta", stage=beta)]
    )
    widgets = widgets_in(stack)
    assert [
        dimensions(line(graph(widgets, f"{name}: requests"), "requests"))["Stage"] for name in ("Api", "Beta")
    ] == ["$default", "beta"]


def test_imported_rest_api_is_shown_by_the_name_that_is_given() -> None:
    stack = home()
    known = apigateway.RestApi.from_rest_api_attributes(
        stack, "Known", rest_api_id="a1b2c3", root_resource_id="r", rest_api_name="shop"
    )
    told = apigateway.RestApi.from_rest_api_id(stack, "Told", "a1b2c3")
    ServiceDashboard(
        stack, "Dashboard", segments=[RestApiSegment(known), RestApiSegment(told, api_name="shop")]
    )
    widgets = widgets_in(stack)
    assert [
        dimensions(line(graph(widgets, f"{name}: requests"), "requests")) for name in ("Known", "Told")
    ] == [{"ApiName": "shop"}] * 2


def test_fails_with_a_rest_api_whose_name_nobody_knows() -> None:
    stack = home()
    api = apigateway.RestApi.from_rest_api_id(stack, "Api", "a1b2c3")
    with pytest.raises(ConfigurationError, match="imported without its name"):
        ServiceDashboard(stack, "Dashboard", segments=[RestApiSegment(api)])


def test_imported_workflow_is_shown_by_its_arn() -> None:
    stack = home()
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:ship"
    workflow = sfn.StateMachine.from_state_machine_arn(stack, "Ship", arn)
    failed = line(
        graph(shown(stack, WorkflowSegment(workflow)), "Ship: executions that did not succeed"), "failed"
    )
    assert dimensions(failed) == {"StateMachineArn": arn}


def test_resource_of_this_region_says_nothing_about_regions() -> None:
    stack = home()
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-west-1:111122223333:incoming")
    messages = graph(shown(stack, QueueSegment(queue)), "Queue: messages")
    assert messages["region"] == "eu-west-1"
    assert not {"region", "accountId"} & set(line(messages, "sent")[-1])


def test_resource_imported_from_another_region_is_read_there() -> None:
    stack = home()
    orders = lambda_.Function.from_function_arn(
        stack, "Orders", "arn:aws:lambda:us-west-2:111122223333:function:orders"
    )
    group = logs.LogGroup.from_log_group_name(stack, "Logs", "/shop/orders")
    widgets = shown(stack, LambdaSegment(orders, log_group=group, memory_size=128))
    read = {widget["properties"]["region"] for widget in widgets if widget["type"] in {"metric", "log"}}
    assert read == {"us-west-2"}
    assert all(title.startswith("Orders (us-west-2): ") for title in titles(widgets))
    lines = [
        entry[-1]
        for widget in widgets
        if widget["type"] == "metric"
        for entry in widget["properties"]["metrics"]
    ]
    assert {entry["region"] for entry in lines} == {"us-west-2"}


def test_resource_of_a_stack_in_another_region_is_read_there() -> None:
    app = fresh_app()
    there = cdk.Stack(app, "There", env=cdk.Environment(account="111122223333", region="us-west-2"))
    queue = sqs.Queue(there, "Queue", queue_name="incoming")
    messages = graph(shown(home(app), QueueSegment(queue)), "There/Queue (us-west-2): messages")
    assert line(messages, "sent")[2:] == [
        "QueueName",
        "incoming",
        {"label": "sent", "stat": "Sum", "region": "us-west-2"},
    ]


def test_fails_with_a_resource_of_another_region_whose_name_is_generated() -> None:
    app = fresh_app()
    there = cdk.Stack(app, "There", env=cdk.Environment(account="111122223333", region="us-west-2"))
    queue = sqs.Queue(there, "Queue")
    stack = home(app)
    with pytest.raises(
        ConfigurationError, match=r"name is not known here.*Give that resource a physical name"
    ):
        ServiceDashboard(stack, "Dashboard", segments=[QueueSegment(queue)])
    assert stack.node.try_find_child("Dashboard") is None


def test_resource_of_another_region_may_be_referred_to_where_cdk_may_carry_its_name() -> None:
    app = fresh_app()
    oregon = cdk.Environment(account="111122223333", region="us-west-2")
    there = cdk.Stack(app, "There", env=oregon, cross_region_references=True)
    queue = sqs.Queue(there, "Queue")
    depth = queue.metric_approximate_number_of_messages_visible(statistic="Maximum")
    alarm = cloudwatch.Alarm(there, "Depth", metric=depth, threshold=10, evaluation_periods=1)
    stack = cdk.Stack(app, "Here", env=HERE, cross_region_references=True)
    widgets = shown(stack, QueueSegment(queue, alarms=[alarm]))
    waiting = graph(widgets, "There/Queue (us-west-2): messages in the queue")
    assert [label for _, label, _ in thresholds(waiting)] == ["Depth >= 10 in 5 min"]
    assert len(widgets[0]["properties"]["alarms"]) == 1


def test_given_region_and_account_win() -> None:
    stack = home()
    table = dynamodb.Table.from_table_name(stack, "Table", "orders")
    widgets = shown(stack, TableSegment(table, region="us-west-2", account="444455556666"))
    units = graph(widgets, "Table (us-west-2): capacity units an hour")
    assert (units["region"], units["accountId"]) == ("us-west-2", "444455556666")
    assert line(units, "read")[-1] == {
        "label": "read",
        "stat": "Sum",
        "region": "us-west-2",
        "accountId": "444455556666",
    }


def test_resource_of_another_account_is_read_there() -> None:
    stack = home()
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-west-1:444455556666:incoming")
    assert graph(shown(stack, QueueSegment(queue)), "Queue: messages")["accountId"] == "444455556666"


def test_name_of_a_segment_stands_in_its_titles() -> None:
    stack = home()
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-west-1:111122223333:incoming")
    assert titles(shown(stack, QueueSegment(queue, name="Incoming orders")))[0] == "Incoming orders: messages"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": 3}, "LambdaSegment.name is 3"),
        ({"region": 3}, "LambdaSegment.region is 3"),
        ({"region": "useast1"}, "LambdaSegment.region is 'useast1'. Give the code of a Region"),
        ({"alarms": "errors"}, "LambdaSegment.alarms is 'errors'"),
        ({"alarms": ["errors"]}, "alarms holds 'errors'"),
        ({"log_group": "/shop/orders"}, "log_group is '/shop/orders'"),
        ({"dead_letter_queue": "dead"}, "dead_letter_queue is 'dead'"),
        ({"memory_size": 64}, "memory_size is 64"),
    ],
)
def test_fails_with_settings_of_another_kind(arguments: dict[str, Any], message: str) -> None:
    stack = home()
    orders = lambda_.Function.from_function_arn(stack, "Orders", ARN)
    with pytest.raises(ConfigurationError, match=message):
        ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders, **arguments)])
