from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import FunctionAlarms, function_subject
from constructs_lib.dashboards import LambdaSegment, QueueSegment, ServiceDashboard, TableSegment
from constructs_lib.function import HardenedFunction
from docs._ext.dashboard_picture import plain
from tests.dashboards.dashboard_bodies import graph, line, thresholds, widgets_in
from tests.synthesis import fresh_app, fresh_stack, number_token, some_code, synthesize

MINUTE = cdk.Duration.minutes(1)


def hardened(stack: cdk.Stack) -> HardenedFunction:
    return HardenedFunction(stack, "Orders", code=some_code(), handler="index.handler")


def alarm(
    stack: cdk.Stack, metric: cloudwatch.IMetric, name: str = "Mine", threshold: float = 7, **more: Any
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(stack, name, metric=metric, threshold=threshold, evaluation_periods=1, **more)


def drawn(
    stack: cdk.Stack, segment: LambdaSegment, **arguments: Any
) -> dict[str, list[tuple[float, str, str]]]:
    """The thresholds by the title of the graph, after the segment's name."""
    ServiceDashboard(stack, "Dashboard", segments=[segment], **arguments)
    return {
        widget["properties"]["title"].split(": ")[1]: lines
        for widget in widgets_in(stack)
        if (lines := thresholds(widget["properties"]))
    }


def own_graphs(stack: cdk.Stack) -> list[str]:
    """The titles of the graphs that show one alarm, as CloudWatch draws it."""
    shown = [widget["properties"] for widget in widgets_in(stack) if widget["type"] == "metric"]
    return [properties["title"] for properties in shown if "alarms" in properties.get("annotations", {})]


def test_thresholds_of_the_librarys_alarms_stand_on_the_graphs_of_what_they_watch() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    dead_letters = sqs.Queue(stack, "Dead")
    alarms = FunctionAlarms(
        stack,
        "Alarms",
        subject=function_subject(orders.alias, queue_name=dead_letters.queue_name, asynchronous=True),
    )
    found = drawn(stack, LambdaSegment(orders.alias, dead_letter_queue=dead_letters, alarms=[alarms]))
    assert found == {
        "requests": [(1, "throttles >= 1 in 1 min", "right")],
        "errors": [(1, "errors >= 1 in 1 min", "left"), (5, "error rate >= 5 in 1 min", "right")],
        "duration": [(24_000, "duration >= 24,000 in 1 min", "left")],
        "events given up": [
            (1, "destination delivery failures >= 1 in 1 min", "left"),
            (1, "async events dropped >= 1 in 1 min", "left"),
        ],
        "dead letters": [(1, "dead letter depth >= 1 in 1 min", "left")],
    }


def test_composites_and_imported_alarms_have_no_graph() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    errors = alarm(stack, orders.alias.metric_errors(period=MINUTE))
    rule = cloudwatch.AlarmRule.any_of(errors)
    given = [
        errors,
        cloudwatch.CompositeAlarm(stack, "Any", alarm_rule=rule),
        cloudwatch.Alarm.from_alarm_name(stack, "Imported", "elsewhere"),
    ]
    assert list(drawn(stack, LambdaSegment(orders.alias), alarms=given)) == ["errors"]
    assert own_graphs(stack) == []


def test_rate_is_drawn_as_its_alarm_computes_it() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    alarms = FunctionAlarms(stack, "Alarms", subject=function_subject(orders.alias))
    ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders.alias, alarms=[alarms])])
    errors = graph(widgets_in(stack), "Orders/Live: errors")
    (watched,) = (
        query["Expression"]
        for resource in synthesize(stack).of_type("AWS::CloudWatch::Alarm").values()
        for query in resource["Properties"].get("Metrics", [])
        if "Expression" in query
    )
    (shown,) = (entry[-1] for entry in errors["metrics"] if "expression" in entry[-1])
    assert shown["expression"] == watched
    ids = {entry[-1]["id"] for entry in errors["metrics"] if "id" in entry[-1]}
    assert ids == {"errors", "invocations"}


def test_threshold_of_a_users_alarm_is_drawn_wherever_the_alarm_is_given() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    errors = alarm(
        stack,
        orders.alias.metric_errors(period=MINUTE),
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    )
    assert drawn(stack, LambdaSegment(orders.alias), alarms=[errors]) == {
        "errors": [(7, "Mine > 7 in 1 min", "left")]
    }


def test_threshold_from_below_is_drawn_too() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    quiet = alarm(
        stack,
        orders.alias.metric_invocations(period=MINUTE),
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    )
    assert drawn(stack, LambdaSegment(orders.alias, alarms=[quiet])) == {
        "requests": [(7, "Mine < 7 in 1 min", "left")]
    }


@pytest.mark.parametrize("statistic", ["Average", "p90", "Maximum"])
def test_alarms_on_values_share_the_scale_of_the_percentiles(statistic: str) -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    slow = alarm(stack, orders.alias.metric_duration(statistic=statistic, period=MINUTE))
    assert list(drawn(stack, LambdaSegment(orders.alias, alarms=[slow]))) == ["duration"]


def test_alarm_on_latency_is_not_drawn_where_requests_are_counted() -> None:
    stack = fresh_stack()
    table = dynamodb.Table.from_table_name(stack, "Table", "orders")
    slow = alarm(
        stack,
        cloudwatch.Metric(
            namespace="AWS/DynamoDB",
            metric_name="SuccessfulRequestLatency",
            dimensions_map={"TableName": "orders", "Operation": "Query"},
            statistic="p99",
            period=MINUTE,
        ),
    )
    ServiceDashboard(stack, "Dashboard", segments=[TableSegment(table, alarms=[slow])])
    widgets = widgets_in(stack)
    assert thresholds(graph(widgets, "Table: latency of reads inside DynamoDB")) == [
        (7, "Mine >= 7 in 1 min", "left")
    ]
    assert thresholds(graph(widgets, "Table: successful requests")) == []


def test_sum_over_another_period_is_drawn_over_the_period_of_its_alarm() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    errors = alarm(stack, orders.alias.metric_errors(period=cdk.Duration.minutes(5)))
    ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders.alias, alarms=[errors])])
    shown = graph(widgets_in(stack), "Orders/Live: errors")
    assert line(shown, "errors")[-1]["period"] == 300
    assert thresholds(shown) == [(7, "Mine >= 7 in 5 min", "left")]


def test_value_over_another_period_leaves_its_line_alone() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    slow = alarm(stack, orders.alias.metric_duration(statistic="p99", period=cdk.Duration.hours(1)))
    ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders.alias, alarms=[slow])])
    shown = graph(widgets_in(stack), "Orders/Live: duration")
    assert "period" not in line(shown, "p99")[-1]
    assert thresholds(shown) == [(7, "Mine >= 7 in 1 h", "left")]


def test_hourly_bills_carry_no_thresholds() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    busy = alarm(stack, orders.function.metric_invocations(period=MINUTE))
    assert drawn(stack, LambdaSegment(orders.function, alarms=[busy])) == {
        "requests": [(7, "Mine >= 7 in 1 min", "left")]
    }


def test_alarms_on_something_else_get_graphs_of_their_own() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    other = lambda_.Function(
        stack, "Other", code=some_code(), handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )
    alarms = [
        alarm(stack, other.metric_errors(period=MINUTE), "OtherFunction"),
        alarm(stack, orders.function.metric_errors(period=MINUTE), "OtherDimensions"),
        alarm(stack, cloudwatch.Metric(namespace="Shop", metric_name="Errors"), "OtherNamespace"),
    ]
    assert drawn(stack, LambdaSegment(orders.alias, alarms=alarms)) == {}
    assert own_graphs(stack) == [
        "Orders/Live: OtherFunction",
        "Orders/Live: OtherDimensions",
        "Orders/Live: OtherNamespace",
    ]


def test_bands_and_other_math_are_left_to_cloudwatch_to_draw() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    traffic = orders.alias.metric_invocations()
    band = cloudwatch.AnomalyDetectionAlarm(stack, "Band", metric=traffic, evaluation_periods=1, std_devs=2)
    both = cloudwatch.MathExpression(
        expression="e + t",
        using_metrics={"e": orders.alias.metric_errors(), "t": orders.alias.metric_throttles()},
    )
    nested = cloudwatch.MathExpression(expression="2 * both", using_metrics={"both": both})
    alarms = [band, alarm(stack, both, "Both"), alarm(stack, nested, "Nested")]
    assert drawn(stack, LambdaSegment(orders.alias), alarms=alarms) == {}
    assert own_graphs(stack) == ["Band", "Both", "Nested"]


def rate(orders: HardenedFunction, expression: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(
        expression=expression,
        label="failing",
        period=cdk.Duration.minutes(5),
        using_metrics={
            "failed": orders.alias.metric_errors(statistic="Sum"),
            "all": orders.alias.metric_invocations(statistic="Sum"),
        },
    )


PERCENT = "IF(all > 5, 100 * failed / all, 0)"


def test_users_rate_is_drawn_with_its_own_guard_and_period() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    share = alarm(stack, rate(orders, PERCENT))
    ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders.alias, alarms=[share])])
    shown = graph(widgets_in(stack), "Orders/Live: errors")
    assert line(shown, "failing") == [{"expression": PERCENT, "label": "failing", "yAxis": "right"}]
    hidden = {entry[-1]["id"]: entry for entry in shown["metrics"] if "id" in entry[-1]}
    assert {query_id: (entry[1], entry[-1]["period"]) for query_id, entry in hidden.items()} == {
        "all": ("Invocations", 300),
        "failed": ("Errors", 300),
    }
    assert thresholds(shown) == [(7, "Mine >= 7 in 5 min", "right")]


def test_rate_and_count_keep_each_the_period_of_their_alarm() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    alarms = [
        alarm(stack, orders.alias.metric_errors(period=cdk.Duration.minutes(15)), "Count"),
        alarm(stack, rate(orders, PERCENT), "Share"),
    ]
    ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders.alias, alarms=alarms)])
    shown = graph(widgets_in(stack), "Orders/Live: errors")
    assert line(shown, "errors")[-1] == {"label": "errors", "stat": "Sum", "period": 900}
    hidden = [entry[-1]["period"] for entry in shown["metrics"] if not entry[-1].get("visible", True)]
    assert hidden == [300, 300]


def test_second_alarm_on_the_rate_is_drawn_on_the_same_line() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    alarms = [
        alarm(stack, rate(orders, PERCENT), "First", threshold=5),
        alarm(stack, rate(orders, "100 * failed / all"), "Second", threshold=20),
    ]
    found = drawn(stack, LambdaSegment(orders.alias, alarms=alarms))["errors"]
    assert [(value, axis) for value, _, axis in found] == [(5, "right"), (20, "right")]
    shown = graph(widgets_in(stack), "Orders/Live: errors")
    assert [entry[-1]["expression"] for entry in shown["metrics"] if "expression" in entry[-1]] == [PERCENT]


@pytest.mark.parametrize("other", ["failed / all", "IF(all > 5, failed, 0)", "100 * all / failed"])
def test_other_math_over_the_same_metrics_is_left_to_cloudwatch_to_draw(other: str) -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    share = alarm(stack, rate(orders, other), threshold=0.05)
    assert drawn(stack, LambdaSegment(orders.alias), alarms=[share]) == {}
    assert own_graphs(stack) == ["Mine"]
    own = graph(widgets_in(stack), "Orders/Live: errors")
    assert line(own, "error rate (%)")[-1]["expression"].startswith("IF(invocations > 0, 100 * errors")


def test_alarm_that_names_its_one_metric_as_a_query_is_drawn() -> None:
    stack = fresh_stack()
    metric = {"namespace": "AWS/SQS", "metricName": "ApproximateAgeOfOldestMessage"}
    watched = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:eu-west-1:111122223333:incoming")
    resource = cloudwatch.CfnAlarm(
        stack,
        "Age",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        threshold=60,
        metrics=[
            cloudwatch.CfnAlarm.MetricDataQueryProperty(
                id="age",
                metric_stat=cloudwatch.CfnAlarm.MetricStatProperty(
                    metric=cloudwatch.CfnAlarm.MetricProperty(
                        namespace=metric["namespace"],
                        metric_name=metric["metricName"],
                        dimensions=[
                            cloudwatch.CfnAlarm.DimensionProperty(name="QueueName", value="incoming")
                        ],
                    ),
                    period=60,
                    stat="Maximum",
                ),
            )
        ],
    )
    ServiceDashboard(
        stack, "Dashboard", segments=[QueueSegment(watched, region=stack.region)], alarms=[resource]
    )
    age = graph(widgets_in(stack), "Queue: age of the oldest message")
    assert thresholds(age) == [(60, "Age > 60 in 1 min", "left")]


def given_later(stack: cdk.Stack, **more: Any) -> cloudwatch.CfnAlarm:
    """An alarm of which some part is an intrinsic function."""
    return cloudwatch.CfnAlarm(
        stack, "Later", comparison_operator="GreaterThanThreshold", evaluation_periods=1, threshold=1, **more
    )


def test_alarm_whose_dimensions_are_known_only_at_deployment_is_left_to_cloudwatch_to_draw() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    either = cdk.Fn.condition_if("Prod", [{"Name": "FunctionName", "Value": "orders"}], [])
    cdk.CfnCondition(stack, "Prod", expression=cdk.Fn.condition_equals("a", "b"))
    later = given_later(
        stack, namespace="AWS/Lambda", metric_name="Errors", period=60, statistic="Sum", dimensions=either
    )
    assert drawn(stack, LambdaSegment(orders.alias), alarms=[later]) == {}
    assert own_graphs(stack) == ["Later"]


def test_alarm_whose_period_is_known_only_at_deployment_is_drawn_without_one() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    later = given_later(
        stack,
        namespace="AWS/Lambda",
        metric_name="ConcurrentExecutions",
        statistic="Maximum",
        period=number_token(stack),
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(name="FunctionName", value=orders.function.function_name)
        ],
    )
    assert drawn(stack, LambdaSegment(orders.alias), alarms=[later]) == {
        "concurrency": [(1, "Later > 1", "left")]
    }


def test_threshold_known_only_at_deployment_is_drawn_without_a_figure() -> None:
    stack = fresh_stack()
    orders = hardened(stack)
    limit = number_token(stack, "Limit")
    errors = alarm(stack, orders.alias.metric_errors(period=MINUTE), threshold=limit)
    ServiceDashboard(stack, "Dashboard", segments=[LambdaSegment(orders.alias, alarms=[errors])])
    body = plain(synthesize(stack).only("AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert '{"value":<Limit>,"label":"Mine in 1 min"' in body


def regional(app: cdk.App, region: str) -> Mapping[str, Any]:
    stack = cdk.Stack(app, region, env=cdk.Environment(account="111122223333", region=region))
    watched = sqs.Queue(stack, "Queue", queue_name="incoming")
    age = watched.metric_approximate_age_of_oldest_message(statistic="Maximum", period=MINUTE)
    return {
        "queue": watched,
        "alarm": cloudwatch.Alarm(
            stack, "Age", alarm_name="age", metric=age, threshold=60, evaluation_periods=1
        ),
    }


def test_alarm_is_not_drawn_on_the_namesake_in_another_region() -> None:
    app = fresh_app()
    ireland, oregon = regional(app, "eu-west-1"), regional(app, "us-west-2")
    stack = cdk.Stack(app, "Here", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    ServiceDashboard(
        stack,
        "Dashboard",
        segments=[
            QueueSegment(ireland["queue"], name="Ireland"),
            QueueSegment(oregon["queue"], name="Oregon"),
        ],
        alarms=[ireland["alarm"]],
    )
    widgets = widgets_in(stack)
    assert thresholds(graph(widgets, "Ireland: age of the oldest message")) == [
        (60, "Age >= 60 in 1 min", "left")
    ]
    assert thresholds(graph(widgets, "Oregon (us-west-2): age of the oldest message")) == []
    assert own_graphs(stack) == []
