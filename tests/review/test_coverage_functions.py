"""Which alarms catch which failures of a function: each claim holds until the alarm is spoilt."""

from typing import Any, ClassVar

import pytest

from constructs_lib.review.report import Caught
from tests.review.coverage_cases import CALLED, FUNCTION, TOPIC, function_alarm, mode, modes
from tests.reviewing import reading_of

ALIAS = {
    "Type": "AWS::Lambda::Alias",
    "Properties": {"FunctionName": {"Ref": "Orders"}, "FunctionVersion": "1", "Name": "live"},
}
CALLED_BY_ALIAS = {
    "Type": "AWS::Lambda::Permission",
    "Properties": {"FunctionName": {"Ref": "Live"}, "Principal": "apigateway.amazonaws.com"},
}


def orders(watching: dict[str, Any], mode_id: str = "errors", **more: Any) -> Any:
    return mode({"Orders": FUNCTION, "Called": CALLED, "Watching": watching, **more}, "Orders", mode_id)


def of_qualifier(qualifier: Any, **more: Any) -> dict[str, Any]:
    found = function_alarm(**more)
    resource = {"Fn::Join": ["", [{"Ref": "Orders"}, *([":", qualifier] if qualifier else [])]]}
    found["Properties"]["Dimensions"].append({"Name": "Resource", "Value": resource})
    return found


def test_an_alarm_on_errors_catches_them_within_a_minute() -> None:
    found = orders(function_alarm())

    assert found.caught is Caught.YES
    assert found.alarms == ("Watching",)
    assert found.seconds == 60
    assert found.proof == "replayed"
    assert found.why == "30 % of 60 invocations a minute fail for an hour."


def test_more_periods_take_longer() -> None:
    assert orders(function_alarm(EvaluationPeriods=3)).seconds == 180


def test_a_threshold_beyond_what_fails_is_a_gap_that_says_how_far_it_comes() -> None:
    found = orders(function_alarm(threshold=50))

    assert found.caught is Caught.NO
    assert found.alarms == ()
    assert found.seconds is None
    assert "Sum of Errors comes to" in found.why
    assert "Watching wants at least 50 in 1 of 1 periods of 60 s" in found.why


def test_an_alarm_that_looks_back_longer_than_the_failure_lasts_is_a_gap() -> None:
    assert orders(function_alarm(Period=3_600, EvaluationPeriods=3)).caught is Caught.NO


def test_an_alarm_that_always_rings_catches_nothing() -> None:
    found = orders(function_alarm(threshold=0))

    assert found.caught is Caught.NO
    assert "rings in normal traffic" in found.why


def test_missing_data_that_breaches_rings_in_normal_traffic_where_the_metric_is_rare() -> None:
    dropped = function_alarm("DeadLetterErrors", TreatMissingData="breaching")
    function = {"Type": FUNCTION["Type"], "Properties": {"DeadLetterConfig": {"TargetArn": {"Ref": "Topic"}}}}

    found = mode({"Orders": function, "Called": CALLED, "Watching": dropped}, "Orders", "dead-letter-errors")

    assert found.caught is Caught.NO
    assert "rings in normal traffic" in found.why


def test_no_alarm_is_a_gap_that_names_the_metric() -> None:
    found = mode({"Orders": FUNCTION, "Called": CALLED}, "Orders", "errors")

    assert found.caught is Caught.NO
    assert found.proof == "read"
    assert found.why == "No alarm watches Errors of it ($LATEST)."


def test_an_alarm_on_another_function_is_none() -> None:
    other = {**FUNCTION, "Properties": {"FunctionName": "payments"}}
    watching = function_alarm(Dimensions=[{"Name": "FunctionName", "Value": "payments"}])

    assert orders(watching, Payments=other).caught is Caught.NO
    assert mode({"Payments": other, "Watching": watching}, "Payments", "errors").caught is Caught.YES


def test_a_name_finds_the_function_that_has_it_only_in_its_region() -> None:
    function = {"Resources": {"Orders": {**FUNCTION, "Properties": {"FunctionName": "orders"}}}}
    watching = {
        "Resources": {
            "Topic": TOPIC,
            "Watching": function_alarm(Dimensions=[{"Name": "FunctionName", "Value": "orders"}]),
        }
    }

    near = modes(reading_of(function, watching))["Orders", "errors"]
    far = modes(reading_of(function, watching, regions=["eu-west-1", "us-east-1"]))["Orders", "errors"]

    assert near.caught is Caught.YES
    assert far.caught is Caught.NO


def test_an_alarm_of_another_stack_counts_when_it_imports_the_name() -> None:
    function = {
        "Resources": {"Orders": FUNCTION},
        "Outputs": {"Name": {"Value": {"Ref": "Orders"}, "Export": {"Name": "orders-name"}}},
    }
    imported = [{"Name": "FunctionName", "Value": {"Fn::ImportValue": "orders-name"}}]
    watching = {"Resources": {"Topic": TOPIC, "Watching": function_alarm(Dimensions=imported)}}

    assert modes(reading_of(function, watching))["Orders", "errors"].caught is Caught.YES


def test_the_arn_in_place_of_the_name_watches_nothing() -> None:
    arn = [{"Name": "FunctionName", "Value": {"Fn::GetAtt": ["Orders", "Arn"]}}]

    assert orders(function_alarm(Dimensions=arn)).caught is Caught.NO


class TestQualifiers:
    """Traffic through an alias has metrics of its own."""

    def caught(self, watching: dict[str, Any], called: dict[str, Any] = CALLED_BY_ALIAS) -> Any:
        resources = {"Orders": FUNCTION, "Live": ALIAS, "Called": called, "Watching": watching}
        return mode(resources, "Orders", "errors")

    def test_an_alarm_on_the_alias_that_is_called_catches(self) -> None:
        assert self.caught(of_qualifier("live")).caught is Caught.YES

    def test_so_does_one_on_the_whole_function(self) -> None:
        assert self.caught(function_alarm()).caught is Caught.YES

    @pytest.mark.parametrize("qualifier", ["canary", "$LATEST", None])
    def test_an_alarm_on_another_qualifier_does_not(self, qualifier: str | None) -> None:
        found = self.caught(of_qualifier(qualifier))

        assert found.caught is Caught.NO
        assert f"it watches Resource {qualifier or '$LATEST'}, and not live" in found.why

    def test_an_alarm_on_the_alias_does_not_see_who_calls_the_function_itself(self) -> None:
        found = self.caught(of_qualifier("live"), CALLED)

        assert found.caught is Caught.NO
        assert "and not $LATEST" in found.why

    def test_two_ways_in_need_both_to_be_watched(self) -> None:
        resources = {
            "Orders": FUNCTION,
            "Live": ALIAS,
            "Called": CALLED,
            "CalledByAlias": CALLED_BY_ALIAS,
            "Watching": of_qualifier("live"),
        }
        half = mode(resources, "Orders", "errors")
        both = mode({**resources, "Also": of_qualifier("$LATEST", EvaluationPeriods=2)}, "Orders", "errors")

        assert half.caught is Caught.NO
        assert both.caught is Caught.YES
        assert both.alarms == ("Watching", "Also")
        assert both.seconds == 120

    @pytest.mark.parametrize(("qualifier", "caught"), [("live", Caught.YES), ("canary", Caught.NO)])
    def test_a_function_url_names_the_alias_in_a_property(self, qualifier: str, caught: Caught) -> None:
        url = {
            "Type": "AWS::Lambda::Url",
            "Properties": {"TargetFunctionArn": {"Fn::GetAtt": ["Orders", "Arn"]}, "Qualifier": qualifier},
        }

        assert self.caught(of_qualifier("live"), url).caught is caught

    def test_a_qualifier_known_only_at_deployment_is_unknown(self) -> None:
        assert self.caught(of_qualifier({"Fn::Select": [0, {"Ref": "AWS::NotificationARNs"}]})).caught is (
            Caught.UNKNOWN
        )

    def test_where_nobody_is_known_to_call_it_its_alias_is_what_counts(self) -> None:
        resources = {"Orders": FUNCTION, "Live": ALIAS, "Watching": of_qualifier("live")}

        assert mode(resources, "Orders", "errors").caught is Caught.YES


class TestUnknown:
    """What is known only at deployment is neither caught nor a gap."""

    @pytest.mark.parametrize("property_", ["Threshold", "EvaluationPeriods", "Period", "Statistic"])
    def test_a_figure(self, property_: str) -> None:
        watching = function_alarm()
        watching["Properties"][property_] = {"Fn::ImportValue": "elsewhere"}

        found = orders(watching)

        assert found.caught is Caught.UNKNOWN
        assert "Watching" in found.why

    def test_a_name_of_a_function(self) -> None:
        imported = [{"Name": "FunctionName", "Value": {"Fn::ImportValue": "elsewhere"}}]

        assert orders(function_alarm(Dimensions=imported)).caught is Caught.UNKNOWN

    def test_a_name_of_a_metric(self) -> None:
        unknown = function_alarm(MetricName={"Fn::ImportValue": "elsewhere"})
        of_another = function_alarm(
            MetricName={"Fn::ImportValue": "elsewhere"},
            Dimensions=[{"Name": "FunctionName", "Value": {"Ref": "Other"}}],
        )

        assert orders(unknown).caught is Caught.UNKNOWN
        assert orders(of_another, Other=FUNCTION).caught is Caught.NO

    def test_unless_another_alarm_catches(self) -> None:
        unknown = function_alarm(Threshold={"Fn::ImportValue": "elsewhere"})

        assert orders(function_alarm(), Unknown=unknown).caught is Caught.YES

    def test_a_timeout_only_where_an_alarm_watches(self) -> None:
        function = {**FUNCTION, "Properties": {"Timeout": {"Fn::ImportValue": "timeout"}}}
        slow = function_alarm("Duration", Statistic="Maximum", threshold=8_000)

        watched = mode({"Orders": function, "Watching": slow}, "Orders", "slow")
        unwatched = mode({"Orders": function}, "Orders", "slow")

        assert watched.caught is Caught.UNKNOWN
        assert "its timeout" in watched.why.lower()
        assert unwatched.caught is Caught.NO

    def test_an_expression_that_is_not_replayed(self) -> None:
        search = {"Id": "e", "Expression": "SUM(SEARCH('{AWS/Lambda,FunctionName} Errors', 'Sum', 60)) + m"}
        metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": FUNCTION_DIMENSION}
        watching = function_alarm(
            Namespace=None,
            MetricName=None,
            Dimensions=None,
            Statistic=None,
            Period=None,
            Metrics=[
                search,
                {
                    "Id": "m",
                    "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"},
                    "ReturnData": False,
                },
            ],
        )

        found = orders(watching)

        assert found.caught is Caught.UNKNOWN
        assert "SEARCH" in found.why


FUNCTION_DIMENSION = [{"Name": "FunctionName", "Value": {"Ref": "Orders"}}]


class TestTimeout:
    """The incident follows the timeout of the function."""

    @pytest.mark.parametrize(
        ("timeout", "threshold", "caught"),
        [
            (10, 8_000, Caught.YES),
            (100, 80_000, Caught.YES),
            (100, 8_000, Caught.YES),
            (10, 80_000, Caught.NO),
        ],
    )
    def test_near_it(self, timeout: int, threshold: int, caught: Caught) -> None:
        function = {**FUNCTION, "Properties": {"Timeout": timeout}}
        slow = function_alarm(
            "Duration", Statistic=None, ExtendedStatistic="p99", threshold=threshold, EvaluationPeriods=3
        )

        assert mode({"Orders": function, "Watching": slow}, "Orders", "slow").caught is caught


def rate(**more: Any) -> dict[str, Any]:
    def metric(id_: str, name: str) -> dict[str, Any]:
        found = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": FUNCTION_DIMENSION}
        return {"Id": id_, "MetricStat": {"Metric": found, "Period": 60, "Stat": "Sum"}, "ReturnData": False}

    expression = {"Id": "rate", "Expression": "100 * errors / invocations"}
    return function_alarm(
        Namespace=None,
        MetricName=None,
        Dimensions=None,
        Statistic=None,
        Period=None,
        Metrics=[expression, metric("errors", "Errors"), metric("invocations", "Invocations")],
        **more,
    )


@pytest.mark.parametrize(("threshold", "caught"), [(5, Caught.YES), (90, Caught.NO)])
def test_metric_math_is_computed(threshold: int, caught: Caught) -> None:
    assert orders(rate(threshold=threshold)).caught is caught


def test_an_alarm_in_a_unit_that_the_metric_does_not_come_in_never_has_data() -> None:
    found = orders(function_alarm(Unit="Seconds"))

    assert orders(function_alarm(Unit="Count")).caught is Caught.YES
    assert found.caught is Caught.NO
    assert "it asks for Errors in Seconds, which comes in Count" in found.why


def test_an_anomaly_band_is_trained_on_normal_traffic() -> None:
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": FUNCTION_DIMENSION}
    watching = function_alarm(
        Namespace=None,
        MetricName=None,
        Dimensions=None,
        Statistic=None,
        Period=None,
        Threshold=None,
        ThresholdMetricId="band",
        ComparisonOperator="GreaterThanUpperThreshold",
        Metrics=[
            {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
        ],
    )

    assert orders(watching).caught is Caught.YES


@pytest.mark.parametrize(
    ("query", "caught"),
    [
        (
            'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName ORDER BY SUM() DESC',
            Caught.YES,
        ),
        ('SELECT SUM(Errors) FROM "AWS/Lambda"', Caught.YES),
        ('SELECT AVG(Errors) FROM SCHEMA("AWS/Lambda", FunctionName)', Caught.NO),
        ('SELECT SUM(Throttles) FROM SCHEMA("AWS/Lambda", FunctionName)', Caught.NO),
        (
            "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE FunctionName != 'payments'",
            Caught.YES,
        ),
        (
            "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE FunctionName = 'payments'",
            Caught.NO,
        ),
        (
            "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE tag.team = 'orders'",
            Caught.YES,
        ),
        (
            "SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE tag.team = 'payments'",
            Caught.NO,
        ),
        ("SELECT SUM(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName) WHERE Stage = 'live'", Caught.UNKNOWN),
        ('SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName, ExecutedVersion)', Caught.NO),
    ],
)
def test_a_query_over_a_fleet_covers_the_functions_that_it_chooses(query: str, caught: Caught) -> None:
    function = {**FUNCTION, "Properties": {"Tags": [{"Key": "team", "Value": "orders"}]}}
    watching = function_alarm(
        Namespace=None,
        MetricName=None,
        Dimensions=None,
        Statistic=None,
        Period=None,
        Metrics=[{"Id": "q", "Expression": query, "Period": 60}],
    )

    assert mode({"Orders": function, "Watching": watching}, "Orders", "errors").caught is caught


def test_metrics_without_dimensions_are_of_all_functions() -> None:
    assert orders(function_alarm(Dimensions=[])).caught is Caught.YES


class TestSignsOfLife:
    """An alarm on what a function publishes itself tells that it no longer does."""

    ENVIRONMENT: ClassVar[dict[str, Any]] = {
        "POWERTOOLS_METRICS_NAMESPACE": "Shop",
        "POWERTOOLS_SERVICE_NAME": "orders",
    }

    def watching(self, service: str = "orders", **more: Any) -> dict[str, Any]:
        return function_alarm(
            Namespace="Shop",
            MetricName="OrdersCreated",
            Dimensions=[{"Name": "service", "Value": service}],
            ComparisonOperator="LessThanThreshold",
            **{"TreatMissingData": "breaching", "Period": 3_600, "EvaluationPeriods": 24, **more},
        )

    def found(self, watching: dict[str, Any], mode_id: str = "silence", **more: Any) -> Any:
        function = {**FUNCTION, "Properties": {"Environment": {"Variables": self.ENVIRONMENT}}}
        return mode({"Orders": function, "Watching": watching, **more}, "Orders", mode_id)

    def test_silence_is_caught_within_the_window(self) -> None:
        found = self.found(self.watching())

        assert found.caught is Caught.YES
        assert found.why == "What it publishes of its own no longer comes."
        assert 24 * 3_600 <= (found.seconds or 0) <= 28 * 3_600

    def test_what_another_function_publishes_says_nothing(self) -> None:
        assert self.found(self.watching("payments")).caught is Caught.NO

    def test_missing_data_that_does_not_breach_says_nothing(self) -> None:
        assert self.found(self.watching(TreatMissingData="notBreaching")).caught is Caught.NO

    def test_a_part_that_fails_does_not_end_it(self) -> None:
        assert self.found(self.watching(), "errors").caught is Caught.NO

    def test_but_a_function_that_only_a_schedule_runs_does_nothing_when_it_fails(self) -> None:
        schedule = {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "ScheduleExpression": "rate(5 minutes)",
                "Target": {"Arn": {"Fn::GetAtt": ["Orders", "Arn"]}},
            },
        }

        assert self.found(self.watching(), "errors", Schedule=schedule).caught is Caught.YES
        resources = {
            "Orders": {**FUNCTION, "Properties": {"Environment": {"Variables": self.ENVIRONMENT}}},
            "Schedule": schedule,
        }
        assert mode({**resources, "Watching": self.watching()}, "Schedule", "dropped").caught is Caught.YES
        assert mode(resources, "Schedule", "dropped").caught is Caught.NO


def test_events_that_are_given_up_are_seen_in_the_queue_that_gets_them() -> None:
    config = {
        "Type": "AWS::Lambda::EventInvokeConfig",
        "Properties": {
            "FunctionName": {"Ref": "Orders"},
            "Qualifier": "$LATEST",
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Lost", "Arn"]}}},
        },
    }
    depth = function_alarm(
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Statistic="Maximum",
        Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Lost", "QueueName"]}}],
    )
    resources = {"Orders": FUNCTION, "Called": CALLED, "Config": config, "Lost": {"Type": "AWS::SQS::Queue"}}

    assert mode(resources, "Orders", "events-dropped").caught is Caught.NO
    assert mode({**resources, "Depth": depth}, "Orders", "events-dropped").caught is Caught.YES
    assert mode({**resources, "Depth": depth}, "Lost", "arrival").caught is Caught.YES


def test_a_function_has_the_failure_modes_of_what_it_uses() -> None:
    used = {
        "Timeout": 10,
        "ReservedConcurrentExecutions": 20,
        "DeadLetterConfig": {"TargetArn": {"Ref": "Topic"}},
    }
    of = {
        name: {
            each
            for _, each in modes(
                reading_of({"Resources": {"Orders": {**FUNCTION, "Properties": properties}}})
            )
        }
        for name, properties in (("plain", {}), ("used", used))
    }

    assert of["plain"] == {"errors", "throttles", "slow", "silence"}
    assert of["used"] - of["plain"] == {"concurrency", "events-dropped", "dead-letter-errors"}
