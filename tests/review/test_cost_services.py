"""What each kind of resource is billed for."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from constructs_lib.review.cost import Prices, Traffic
from constructs_lib.review.cost.kinds import FLAGS, KINDS, SHARES, TUNING
from constructs_lib.review.cost.traffic import Amounts
from tests.review.cost_cases import billed, costed, priced, traffic_of


def one(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Resources": {"It": {"Type": type_, "Properties": properties}}}


def alarm(**properties: Any) -> dict[str, Any]:
    return one("AWS::CloudWatch::Alarm", **properties)


def metric(period: Any = 60, id_: str = "m") -> dict[str, Any]:
    return {"Id": id_, "MetricStat": {"Metric": {"MetricName": "Errors"}, "Period": period, "Stat": "Sum"}}


def expression(text: str) -> dict[str, Any]:
    return {"Id": "e", "Expression": text}


_UNKNOWN = {"Ref": "Parameter"}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Period": 60}, ("alarm-metric", 1)),
        ({"Period": "300"}, ("alarm-metric", 1)),
        ({"Period": 30}, ("alarm-metric-high-resolution", 1)),
        ({"Period": 10}, ("alarm-metric-high-resolution", 1)),
        ({"Metrics": [metric()]}, ("alarm-metric", 1)),
        ({"Metrics": [metric(), metric(id_="n"), expression("m/n")]}, ("alarm-metric", 2)),
        ({"Metrics": [metric(10), metric(), expression("m")]}, ("alarm-metric-high-resolution", 2)),
        ({"Metrics": [metric(), expression("ANOMALY_DETECTION_BAND(m, 2)")]}, ("alarm-metric", 3)),
        (
            {"Metrics": [metric(10), expression("ANOMALY_DETECTION_BAND(m)")]},
            ("alarm-metric-high-resolution", 3),
        ),
        (
            {"Metrics": [metric(), metric(id_="n"), expression("ANOMALY_DETECTION_BAND(m/n)")]},
            ("alarm-metric", 4),
        ),
        ({"Metrics": [expression("SELECT MAX(Errors) FROM X")]}, ("alarm-metric-insights", None)),
        ({"Metrics": _UNKNOWN}, ("alarm-metric", None)),
    ],
)
def test_an_alarm_pays_for_each_metric_that_it_watches(
    properties: dict[str, Any], expected: tuple[str, int | None]
) -> None:
    assert billed(costed(alarm(**properties))) == [("It", *expected)]


def test_an_alarm_on_a_query_pays_for_what_the_query_analyses() -> None:
    body = alarm(Metrics=[expression("select max(x) from y")])

    assert costed(body).unknown == ("A template does not tell metrics of It: give it in a traffic file.",)
    assert billed(costed(body, traffic=traffic_of(It={"metrics": 12.0}))) == [
        ("It", "alarm-metric-insights", 12)
    ]


@pytest.mark.parametrize("properties", [{"Period": _UNKNOWN}, {"Metrics": [metric(_UNKNOWN)]}])
def test_an_alarm_whose_period_nobody_knows_is_billed_as_standard_and_said(
    properties: dict[str, Any],
) -> None:
    cost = costed(alarm(**properties))

    assert billed(cost) == [("It", "alarm-metric", 1)]
    assert cost.unknown == ("It: its period is known only at deployment; counted as standard resolution.",)


def test_a_composite_alarm_pays_for_itself_alone() -> None:
    assert billed(costed(one("AWS::CloudWatch::CompositeAlarm", AlarmRule="TRUE"))) == [
        ("It", "composite-alarm", 1)
    ]


def dashboard(metrics: int) -> dict[str, Any]:
    rows = [["AWS/Lambda", "Errors", "FunctionName", f"f{number}"] for number in range(metrics)]
    body = {"widgets": [{"type": "text"}, {"properties": {"metrics": [*rows, [{"expression": "m1*2"}]]}}]}
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": json.dumps(body)}}


@pytest.mark.parametrize(
    ("metrics", "usd"),
    [([1], 0.0), ([50], 0.0), ([51], 3.0), ([1, 1, 1], 0.0), ([1, 1, 1, 1], 3.0), ([51, 50], 3.0)],
)
def test_three_dashboards_of_up_to_fifty_metrics_are_free(metrics: list[int], usd: float) -> None:
    body = {"Resources": {f"D{number}": dashboard(each) for number, each in enumerate(metrics)}}

    cost = costed(body, prices=priced({"dashboard": 3.0}, free={"dashboard": 3}))

    assert cost.usd == pytest.approx(3.0 * len(metrics))
    assert cost.usd_with_free_tier == pytest.approx(usd)


@pytest.mark.parametrize(
    "body", [_UNKNOWN, "no json", "[]", '{"widgets": 3}', '{"widgets": [3, {"properties": 4}]}']
)
def test_a_dashboard_that_cannot_be_read_is_billed(body: object) -> None:
    assert billed(costed(one("AWS::CloudWatch::Dashboard", DashboardBody=body))) == [("It", "dashboard", 1)]


def filter_of(*names: str, **more: Any) -> dict[str, Any]:
    transformations = [{"MetricNamespace": "Shop", "MetricName": name, **more} for name in names]
    return {"Type": "AWS::Logs::MetricFilter", "Properties": {"MetricTransformations": transformations}}


def test_a_metric_of_several_filters_is_paid_once() -> None:
    body = {"Resources": {"A": filter_of("Errors", "Calls"), "B": filter_of("Errors")}}

    assert billed(costed(body)) == [("A", "custom-metric", 1), ("A", "custom-metric", 1)]


def test_a_metric_with_dimensions_pays_for_each_combination() -> None:
    body = {"Resources": {"A": filter_of("Errors", Dimensions=[{"Key": "Tenant", "Value": "$.tenant"}])}}

    cost = costed(body)
    assert billed(cost) == [("A", "custom-metric", None)]
    assert cost.lines[0].usd is None
    assert cost.unknown == ("A template does not tell metrics of A: give it in a traffic file.",)
    assert billed(costed(body, traffic=traffic_of(A={"metrics": 40.0}))) == [("A", "custom-metric", 40)]


@pytest.mark.parametrize(
    ("properties", "key"),
    [({}, "logs-written"), ({"LogGroupClass": "INFREQUENT_ACCESS"}, "logs-written-infrequent")],
)
def test_logs_pay_for_what_is_written_and_kept(properties: dict[str, Any], key: str) -> None:
    traffic = traffic_of(It={"log_gb": 4.0, "log_stored_gb": 1.5})

    assert billed(costed(one("AWS::Logs::LogGroup", **properties), traffic=traffic)) == [
        ("It", key, 4),
        ("It", "logs-stored", 1.5),
    ]


@pytest.mark.parametrize("class_", ["DELIVERY", _UNKNOWN])
def test_logs_of_another_class_are_said_to_be_left_out(class_: object) -> None:
    cost = costed(one("AWS::Logs::LogGroup", LogGroupClass=class_), traffic=traffic_of(It={"log_gb": 4.0}))

    assert cost.lines == ()
    assert "are not priced" in cost.unknown[0]


def check(
    type_: str = "HTTP", name: Any = "x.execute-api.eu-west-1.amazonaws.com", **config: Any
) -> dict[str, Any]:
    given = {"Type": type_, "FullyQualifiedDomainName": name, **config}
    return {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckConfig": given}}


@pytest.mark.parametrize(
    ("resource", "features"),
    [
        (check(), 0),
        (check(RequestInterval=30), 0),
        (check("TCP"), 0),
        (check(RequestInterval=10), 1),
        (check("HTTPS"), 1),
        (check("HTTP_STR_MATCH"), 1),
        (check("HTTPS_STR_MATCH"), 2),
        (check("HTTPS_STR_MATCH", RequestInterval=10, MeasureLatency=True), 4),
        (check("CALCULATED", None), 0),
        (check("CLOUDWATCH_METRIC", None), 0),
    ],
)
def test_a_health_check_pays_for_itself_and_its_optional_features(
    resource: dict[str, Any], features: int
) -> None:
    expected = [("It", "health-check", 1)] + [("It", "health-check-feature", features)] * bool(features)

    assert billed(costed({"Resources": {"It": resource}})) == expected


def test_a_health_check_elsewhere_is_dearer() -> None:
    body = {"Resources": {"It": check("HTTPS", "example.com")}}

    assert billed(costed(body, traffic=traffic_of(It={"aws": False}))) == [
        ("It", "health-check-elsewhere", 1),
        ("It", "health-check-feature-elsewhere", 1),
    ]
    assert billed(costed(body, traffic=traffic_of(It={"aws": True})))[0] == ("It", "health-check", 1)


def test_a_health_check_of_a_name_that_nobody_knows_is_not_guessed() -> None:
    cost = costed({"Resources": {"It": check("HTTPS", "example.com")}})

    assert billed(cost) == [("It", "health-check", None), ("It", "health-check-feature", None)]
    assert cost.unknown == ("A template does not tell aws of It: give it in a traffic file.",)
    assert cost.usd == 0


@pytest.mark.parametrize(
    "other",
    [
        {"Type": "AWS::ApiGateway::DomainName", "Properties": {"DomainName": "api.example.com"}},
        {"Type": "AWS::ApiGatewayV2::DomainName", "Properties": {"DomainName": "api.example.com"}},
        {
            "Type": "AWS::Route53::RecordSet",
            "Properties": {"Name": "api.example.com.", "AliasTarget": {"DNSName": "x"}},
        },
    ],
)
def test_a_name_that_these_templates_give_to_an_aws_resource_is_on_aws(other: dict[str, Any]) -> None:
    body = {"Resources": {"It": check(name="api.example.com")}}

    assert billed(costed(body, {"Resources": {"Other": other}})) == [("It", "health-check", 1)]


def test_a_name_that_refers_to_a_resource_is_on_aws() -> None:
    body = {
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi"},
            "It": check(name={"Fn::Sub": "${Api}.example.com"}),
        }
    }
    assert ("It", "health-check", 1) in billed(costed(body))


@pytest.mark.parametrize("type_", [_UNKNOWN, "RECOVERY_CONTROL"])
def test_health_checks_of_other_types_are_said_to_be_left_out(type_: Any) -> None:
    cost = costed({"Resources": {"It": check(type_)}})

    assert cost.lines == ()
    assert "is not priced" in cost.unknown[0]


def test_hosted_zones_are_paid_by_tiers_and_queries_by_traffic() -> None:
    body = {"Resources": {f"Zone{n}": {"Type": "AWS::Route53::HostedZone"} for n in range(27)}}
    prices = priced({"hosted-zone": [(0.0, 0.5), (25.0, 0.1)], "dns-query": 4e-7})

    cost = costed(body, prices=prices, traffic=traffic_of(Zone0={"queries": 1e6}))

    assert cost.usd == pytest.approx(25 * 0.5 + 2 * 0.1 + 0.4)


@pytest.mark.parametrize(
    ("body", "amounts", "expected"),
    [
        (one("AWS::SQS::Queue"), {"requests": 5.0}, [("queue-request", 5)]),
        (one("AWS::SQS::Queue", FifoQueue=True), {"requests": 5.0}, [("queue-request-fifo", 5)]),
        (
            one("AWS::SNS::Topic"),
            {"publishes": 5.0, "emails": 6.0, "https_notifications": 7.0},
            [("topic-publish", 5), ("topic-email", 6), ("topic-https", 7)],
        ),
        (one("AWS::StepFunctions::StateMachine"), {"transitions": 9.0}, [("state-transition", 9)]),
        (one("AWS::ApiGateway::RestApi"), {"requests": 3.0}, [("rest-api-request", 3)]),
        (one("AWS::ApiGatewayV2::Api", ProtocolType="HTTP"), {"requests": 3.0}, [("http-api-request", 3)]),
        (one("AWS::KMS::Key"), {"requests": 3.0}, [("key", 1), ("key-request", 3)]),
        (one("AWS::KMS::ReplicaKey"), {}, [("key", 1)]),
        (one("AWS::KMS::Key", KeySpec="RSA_2048"), {"requests": 3.0}, [("key", 1)]),
        (one("AWS::SecretsManager::Secret"), {"requests": 3.0}, [("secret", 1), ("secret-request", 3)]),
        (one("AWS::Backup::BackupVault"), {"backup_gb": 3.0}, [("table-backup", 3)]),
        (one("AWS::SNS::Topic", FifoTopic=True), {"publishes": 3.0}, []),
        (one("AWS::ApiGatewayV2::Api", ProtocolType="WEBSOCKET"), {"requests": 3.0}, []),
    ],
)
def test_use_is_billed_as_the_traffic_file_tells(
    body: dict[str, Any], amounts: Mapping[str, Any], expected: list[tuple[str, float]]
) -> None:
    assert billed(costed(body, traffic=traffic_of(It=amounts))) == [("It", *each) for each in expected]


@pytest.mark.parametrize(
    "body",
    [
        one("AWS::SNS::Topic", FifoTopic=True),
        one("AWS::ApiGatewayV2::Api", ProtocolType="WEBSOCKET"),
        one("AWS::ApiGatewayV2::Api", ProtocolType=_UNKNOWN),
        one("AWS::KMS::Key", KeySpec="RSA_2048"),
        one("AWS::StepFunctions::StateMachine", StateMachineType=_UNKNOWN),
        one("AWS::KMS::Key", EnableKeyRotation=True),
        one("Custom::DynamoDBReplica", TableName="orders", Region="eu-central-1"),
    ],
)
def test_what_is_not_priced_is_said(body: dict[str, Any]) -> None:
    assert costed(body).unknown != ()


@pytest.mark.parametrize(
    ("milliseconds", "megabytes", "gigabyte_seconds"),
    [
        # 64 MB and 100 ms are the steps
        (100.0, 64.0, 1000 * 0.1 * 0.0625),
        (101.0, 64.0, 1000 * 0.2 * 0.0625),
        (100.0, 65.0, 1000 * 0.1 * 0.125),
        (250.0, 128.0, 1000 * 0.3 * 0.125),
    ],
)
def test_an_express_workflow_pays_for_executions_and_their_duration_in_steps(
    milliseconds: float, megabytes: float, gigabyte_seconds: float
) -> None:
    amounts = {"executions": 1000.0, "milliseconds": milliseconds, "memory_mb": megabytes}
    body = one("AWS::StepFunctions::StateMachine", StateMachineType="EXPRESS")

    lines = costed(body, traffic=traffic_of(It=amounts)).lines

    assert [each.what for each in lines] == ["express-request", "express-second"]
    assert [each.quantity for each in lines] == [1000, pytest.approx(gigabyte_seconds)]


def test_aws_own_example_of_an_express_workflow_costs_what_aws_says() -> None:
    # https://aws.amazon.com/step-functions/pricing/: 100 million workflows of 10 s and 64 MB
    amounts = {"executions": 100e6, "milliseconds": 10_000.0, "memory_mb": 62.85}
    body = one("AWS::StepFunctions::StateMachine", StateMachineType="EXPRESS")

    cost = costed(body, traffic=traffic_of(It=amounts), prices=Prices.read())

    assert cost.lines[0].usd == pytest.approx(100.00)
    assert cost.lines[1].usd == pytest.approx(382.97, abs=0.10)


@pytest.mark.parametrize(
    ("properties", "invocations"),
    [
        ({"ScheduleExpression": "rate(1 minute)"}, 43_800),
        ({"ScheduleExpression": "rate(5 minutes)"}, 8_760),
        ({"ScheduleExpression": "rate(1 hour)"}, 730),
        ({"ScheduleExpression": "rate(2 days)"}, 730 / 48),
        ({"ScheduleExpression": "at(2027-01-01T00:00:00)"}, 1),
        ({"ScheduleExpression": "rate(1 minute)", "State": "DISABLED"}, 0),
    ],
)
def test_a_schedule_pays_as_often_as_it_invokes(properties: dict[str, Any], invocations: float) -> None:
    body = one("AWS::Scheduler::Schedule", **properties)

    (line,) = costed(body).lines

    assert line.what == "schedule-invocation"
    assert line.quantity == pytest.approx(invocations)


@pytest.mark.parametrize(
    "expression_", ["cron(0 1 * * ? *)", "rate(0 minutes)", "rate(1 fortnight)", _UNKNOWN]
)
def test_a_schedule_that_nobody_can_count_has_to_be_told(expression_: object) -> None:
    body = one("AWS::Scheduler::Schedule", ScheduleExpression=expression_)

    assert costed(body).lines == ()
    assert costed(body).unknown == ("A template does not tell invocations of It: give it in a traffic file.",)
    assert billed(costed(body, traffic=traffic_of(It={"invocations": 30.0}))) == [
        ("It", "schedule-invocation", 30)
    ]


def test_replicas_of_a_secret_are_paid_in_their_regions() -> None:
    prices = priced({"secret": 1.0}, regions={"eu-west-1": {"secret": 5.0}})
    body = one("AWS::SecretsManager::Secret", ReplicaRegions=[{"Region": "eu-west-1"}, {"Region": _UNKNOWN}])

    assert [each.usd for each in costed(body, prices=prices).lines] == [1.0, 5.0, 1.0]


_TABLE = "AWS::DynamoDB::Table"
_USE = {"reads": 10.0, "writes": 20.0, "stored_gb": 3.0}
_RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}


def test_a_table_on_demand_pays_for_requests_and_storage() -> None:
    body = one(_TABLE, BillingMode="PAY_PER_REQUEST")

    assert billed(costed(body, traffic=traffic_of(It=_USE))) == [
        ("It", "table-read", 10),
        ("It", "table-write", 20),
        ("It", "table-stored", 3),
    ]


def test_a_table_of_the_infrequent_class_has_its_own_prices() -> None:
    body = one(_TABLE, BillingMode="PAY_PER_REQUEST", TableClass="STANDARD_INFREQUENT_ACCESS")

    assert [each for _, each, _ in billed(costed(body, traffic=traffic_of(It=_USE)))] == [
        "table-read-infrequent",
        "table-write-infrequent",
        "table-stored-infrequent",
    ]


def test_backups_of_a_table_pay_by_its_size_and_by_what_is_kept() -> None:
    amounts = {**_USE, "backup_gb": 60.0, "export_gb": 12.0, "restore_gb": 3.0}
    body = one(_TABLE, BillingMode="PAY_PER_REQUEST", **_RECOVERY)

    backups = [each for each in costed(body, traffic=traffic_of(It=amounts)).lines if each.group == "backups"]

    assert [(each.what, each.quantity) for each in backups] == [
        ("table-recovery", 3),
        ("table-backup", 60),
        ("table-export", 12),
        ("table-restore", 3),
    ]


def test_provisioned_capacity_is_paid_by_the_hour_with_that_of_the_indexes() -> None:
    capacity = {"ReadCapacityUnits": 10, "WriteCapacityUnits": "5"}
    body = one(
        _TABLE,
        ProvisionedThroughput=capacity,
        GlobalSecondaryIndexes=[{"ProvisionedThroughput": capacity}, {"ProvisionedThroughput": capacity}],
    )
    assert billed(costed(body)) == [
        ("It", "table-read-capacity", 30 * 730),
        ("It", "table-write-capacity", 15 * 730),
    ]


def test_twenty_five_units_of_capacity_are_free() -> None:
    body = one(_TABLE, ProvisionedThroughput={"ReadCapacityUnits": 25, "WriteCapacityUnits": 26})

    cost = costed(body, prices=Prices.read())

    assert cost.lines[0].usd_with_free_tier == 0.0
    assert cost.lines[1].usd == pytest.approx(26 * 730 * 0.00065)
    assert cost.lines[1].usd_with_free_tier == pytest.approx((26 * 730 - 18_600) * 0.00065)


def test_capacity_that_nobody_knows_is_not_guessed() -> None:
    cost = costed(one(_TABLE, ProvisionedThroughput={"ReadCapacityUnits": _UNKNOWN, "WriteCapacityUnits": 1}))

    assert [each.quantity for each in cost.lines] == [None, 730]
    assert "It: its capacity is known only at deployment." in cost.unknown


def test_capacity_that_scales_is_said() -> None:
    body = one(_TABLE, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    body["Resources"]["Scaling"] = {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "Properties": {"ResourceId": {"Fn::Sub": "table/${It}"}},
    }
    assert "It scales its capacity: the sum has what the template begins with." in costed(body).unknown


@pytest.mark.parametrize("mode", [_UNKNOWN, None])
def test_a_global_table_whose_capacity_cannot_be_priced_is_said(mode: object) -> None:
    properties = {} if mode is None else {"BillingMode": mode}

    assert any("It: " in each for each in costed(one("AWS::DynamoDB::GlobalTable", **properties)).unknown)


def test_a_global_table_pays_for_writes_and_storage_in_each_region_and_for_reads_once() -> None:
    replicas = [{"Region": "us-east-1", **_RECOVERY}, {"Region": "eu-west-1"}]
    body = one("AWS::DynamoDB::GlobalTable", BillingMode="PAY_PER_REQUEST", Replicas=replicas)
    prices = priced(regions={"eu-west-1": {"table-write": 5.0, "table-stored": 7.0}})

    cost = costed(body, traffic=traffic_of(It=_USE), prices=prices)

    assert [(each.what, each.usd) for each in cost.lines] == [
        ("table-read", 20.0),
        ("table-write", 40.0),
        ("table-write", 100.0),
        ("table-stored", 6.0),
        ("table-recovery", 6.0),
        ("table-stored", 21.0),
    ]
    assert "It: what replication transfers between Regions is not in the sum." in cost.unknown


def test_recovery_that_nobody_knows_is_said() -> None:
    recovery = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": _UNKNOWN}}
    cost = costed(one(_TABLE, BillingMode="PAY_PER_REQUEST", **recovery), traffic=traffic_of(It=_USE))

    assert "It: whether it has point-in-time recovery is known only at deployment." in cost.unknown


_PROPERTIES = (
    "Metrics",
    "DashboardBody",
    "MetricTransformations",
    "HealthCheckConfig",
    "MemorySize",
    "Architectures",
    "EphemeralStorage",
    "FunctionName",
    "ProvisionedConcurrencyConfig",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "Replicas",
    "ScheduleExpression",
    "ReplicaRegions",
    "ResourceId",
    "ScalableDimension",
    "AliasTarget",
    "Name",
    "Period",
    "TableClass",
)


@pytest.mark.parametrize(
    "type_",
    [
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Logs::MetricFilter",
        "AWS::Route53::HealthCheck",
        "AWS::Lambda::Function",
        "AWS::Lambda::Alias",
        "AWS::DynamoDB::Table",
        "AWS::DynamoDB::GlobalTable",
        "AWS::Scheduler::Schedule",
        "AWS::SecretsManager::Secret",
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::Route53::RecordSet",
    ],
)
@pytest.mark.parametrize("wrong", [None, 3, "x", [], {}, [3, None, "x", {}], {"Fn::If": 1}, True])
def test_properties_of_a_wrong_type_never_break_a_bill(type_: str, wrong: object) -> None:
    cost = costed(one(type_, **dict.fromkeys(_PROPERTIES, wrong)))

    assert cost.usd >= 0


def test_something_is_billed_by_every_published_price() -> None:
    memory = {"MemorySize": 1024, "EphemeralStorage": {"Size": 1024}}
    resources: dict[str, Any] = {
        "Composite": {"Type": "AWS::CloudWatch::CompositeAlarm"},
        "Dashboard": dashboard(1),
        "Filter": filter_of("Errors"),
        "Elsewhere": check("HTTPS", "example.com"),
        "Check": check("HTTPS"),
        "Zone": {"Type": "AWS::Route53::HostedZone"},
    }
    properties: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "Alarm": ("CloudWatch::Alarm", {}),
        "Fast": ("CloudWatch::Alarm", {"Period": 10}),
        "Query": ("CloudWatch::Alarm", {"Metrics": [expression("SELECT 1")]}),
        "Logs": ("Logs::LogGroup", {}),
        "Rare": ("Logs::LogGroup", {"LogGroupClass": "INFREQUENT_ACCESS"}),
        "Arm": ("Lambda::Function", {**memory, "Architectures": ["arm64"]}),
        "X86": ("Lambda::Function", memory),
        "Table": (_TABLE.removeprefix("AWS::"), {"BillingMode": "PAY_PER_REQUEST", **_RECOVERY}),
        "RareTable": (
            "DynamoDB::Table",
            {"BillingMode": "PAY_PER_REQUEST", "TableClass": "STANDARD_INFREQUENT_ACCESS"},
        ),
        "Capacity": (
            "DynamoDB::Table",
            {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
        ),
        "Queue": ("SQS::Queue", {}),
        "Fifo": ("SQS::Queue", {"FifoQueue": True}),
        "Topic": ("SNS::Topic", {}),
        "Standard": ("StepFunctions::StateMachine", {}),
        "Express": ("StepFunctions::StateMachine", {"StateMachineType": "EXPRESS"}),
        "Rest": ("ApiGateway::RestApi", {}),
        "Http": ("ApiGatewayV2::Api", {"ProtocolType": "HTTP"}),
        "Key": ("KMS::Key", {}),
        "Secret": ("SecretsManager::Secret", {}),
        "Schedule": ("Scheduler::Schedule", {"ScheduleExpression": "rate(1 hour)"}),
    }
    for name, (type_, given) in properties.items():
        resources[name] = {"Type": f"AWS::{type_}", "Properties": given}
    for name in ("Arm", "X86"):
        ready = {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 1}}
        resources[f"{name}Alias"] = {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionName": {"Ref": name}, **ready},
        }
    default = {
        kind: Amounts(
            {name: 0.5 if name in SHARES else 7.0 for name in found.amounts if name not in {TUNING, *FLAGS}}
        )
        for kind, found in KINDS.items()
    }
    traffic = Traffic(default=default, resources={"Elsewhere": Amounts({"aws": False})})

    used = {each for _, each, _ in billed(costed({"Resources": resources}, traffic=traffic))}

    assert used == set(Prices.read().table)
