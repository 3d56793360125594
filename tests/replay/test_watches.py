"""What a metric alarm watches, as it is declared in a template or by PutMetricAlarm."""

from typing import Any

import pytest

from constructs_lib.replay.watches import MetricKey, read_watch

PLAIN: dict[str, Any] = {
    "Namespace": "Shop",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "Stage", "Value": "live"}, {"Name": "Api", "Value": "orders"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 5,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 3,
}


def stat(
    identifier: str, *, namespace: str = "Shop", shown: bool = False, period: int = 60
) -> dict[str, Any]:
    metric = {"Namespace": namespace, "MetricName": identifier.title()}
    return {
        "Id": identifier,
        "ReturnData": shown,
        "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"},
    }


def math(*queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    declared = {key: PLAIN[key] for key in ("EvaluationPeriods", "ComparisonOperator", "Threshold")}
    return {**declared, "Metrics": list(queries), **more}


def test_a_metric_is_one_query() -> None:
    watch = read_watch({**PLAIN, "Unit": "Count"})

    (query,) = watch.queries.values()
    assert query.id == watch.shown
    assert query.metric == MetricKey(
        namespace="Shop", name="Errors", dimensions=(("Api", "orders"), ("Stage", "live"))
    )
    assert (query.statistic, query.period, query.unit) == ("Sum", 60, "Count")
    assert (watch.periods, watch.needed, watch.treatment) == (5, 5, "missing")


def test_an_extended_statistic_goes_before_the_default_of_the_api() -> None:
    (query,) = read_watch({**PLAIN, "Statistic": "Average", "ExtendedStatistic": "p99"}).queries.values()

    assert query.statistic == "p99"


def test_what_the_api_leaves_empty_is_left_out() -> None:
    empty: dict[str, Any] = {
        "Unit": None,
        "ExtendedStatistic": None,
        "DatapointsToAlarm": None,
        "Dimensions": [],
    }

    (query,) = read_watch({**PLAIN, **empty}).queries.values()
    assert query.unit == ""
    assert query.metric is not None
    assert query.metric.dimensions == ()


def test_of_several_queries_the_returned_one_is_compared() -> None:
    rate = {"Id": "rate", "Expression": "errors / calls"}
    watch = read_watch(math(stat("errors", period=300), stat("calls", period=300), rate))

    assert watch.shown == "rate"
    assert watch.period == 300
    assert watch.threshold == 3


def test_a_band_is_not_what_is_compared() -> None:
    band = {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)", "ReturnData": True}
    outside = {"ThresholdMetricId": "band", "ComparisonOperator": "GreaterThanUpperThreshold"}
    watch = read_watch(math(stat("m", shown=True), band, **outside))

    assert (watch.shown, watch.band, watch.threshold) == ("m", "band", None)


@pytest.mark.parametrize("declared", [None, "missing", "breaching", "notBreaching", "ignore"])
def test_what_dynamodb_leaves_out_is_ignored_also_in_metric_math(declared: str | None) -> None:
    single = {**PLAIN, "Namespace": "AWS/DynamoDB", "TreatMissingData": declared}
    total = {"Id": "total", "Expression": "a + b"}
    several = math(stat("a", namespace="AWS/DynamoDB"), stat("b"), total, TreatMissingData=declared)

    assert read_watch(single).treatment == read_watch(several).treatment == "ignore"


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({**PLAIN, "ComparisonOperator": "GreaterThanUpperThreshold"}, "ComparisonOperator"),
        ({**PLAIN, "DatapointsToAlarm": 6}, "6 of 5"),
        ({**PLAIN, "Threshold": None}, "no Threshold"),
        ({**PLAIN, "Statistic": None}, "no Statistic"),
        (math(stat("a", shown=True), stat("b", shown=True)), "compares 2"),
        (math(stat("a", shown=True), ThresholdMetricId="band"), "none of its metrics"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(declared: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_watch(declared)
