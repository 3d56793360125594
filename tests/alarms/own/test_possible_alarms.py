"""What is impossible is told from plain properties: no CDK, one case a line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.alarms.own.possible import Range, impossible
from constructs_lib.alarms.own.published import HIGHEST, ONLY_WITH, PUBLISHED
from tests.alarms.subjects import ALIAS, FUNCTION

AT_LEAST, ABOVE = "GreaterThanOrEqualToThreshold", "GreaterThanThreshold"
AT_MOST, BELOW = "LessThanOrEqualToThreshold", "LessThanThreshold"


def alarm(**changes: Any) -> dict[str, Any]:
    properties = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": FUNCTION,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 3,
        "Threshold": 5,
        "ComparisonOperator": AT_LEAST,
        "TreatMissingData": "notBreaching",
    } | changes
    return {name: value for name, value in properties.items() if value is not None}


def named(*names: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": "x"} for name in names]


def problems(properties: dict[str, Any], watched: Range | None = None) -> list[str]:
    return [found.problem for found in impossible(properties, watched)]


def stat(query_id: str, period: int = 60, **metric: Any) -> dict[str, Any]:
    read = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": FUNCTION} | metric
    return {"Id": query_id, "MetricStat": {"Metric": read, "Period": period, "Stat": "Sum"}}


def math(*queries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    absent = dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period"))
    result = {"Id": "rate", "Expression": "errors * 2", "ReturnData": True}
    return alarm(**absent, Metrics=[result, *queries], **changes)


def insights(**changes: Any) -> dict[str, Any]:
    query = {"Id": "q", "Expression": "SELECT SUM(Errors) FROM x", "Period": 60, "ReturnData": True}
    return {**math(), "Metrics": [query | changes.pop("query", {})]} | changes


SQS_AGE: dict[str, Any] = {"Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage"}
UTILIZATION: dict[str, Any] = {"MetricName": "ProvisionedConcurrencyUtilization", "Dimensions": ALIAS}
SERVER_ERRORS: dict[str, Any] = {
    "Namespace": "AWS/ApiGateway",
    "MetricName": "5XXError",
    "Dimensions": named("ApiName"),
}
THROTTLES: dict[str, Any] = {"Namespace": "AWS/DynamoDB", "MetricName": "ReadThrottleEvents"}
TABLE = named("TableName")

POSSIBLE = {
    "as it is": alarm(),
    "an alias": alarm(Dimensions=ALIAS),
    "the account": alarm(Dimensions=None),
    "managed instances": alarm(
        MetricName="CPUUtilization",
        Statistic="Average",
        Dimensions=named("CapacityProviderName", "InstanceType"),
    ),
    "tokens everywhere": alarm(
        Period={"Ref": "P"},
        Threshold={"Ref": "P"},
        EvaluationPeriods={"Ref": "P"},
        DatapointsToAlarm={"Ref": "P"},
    ),
    "a token as the metric's name": alarm(Namespace="Own", MetricName={"Ref": "P"}),
    "a day of minutes": alarm(EvaluationPeriods=1_440),
    "a week of hours": alarm(Period=3_600, EvaluationPeriods=168),
    "high resolution of one's own": alarm(Namespace="Shop", Period=10),
    "what nobody knows": alarm(Namespace="AWS/Neptune", Dimensions=named("Whatever"), Threshold=-5),
    "below one's own zero": alarm(Namespace="Shop", Threshold=-5, ComparisonOperator=BELOW),
    "missing data that breaches in place of a value": alarm(
        Threshold=0, ComparisonOperator=BELOW, TreatMissingData="breaching"
    ),
    "the highest share": alarm(**UTILIZATION, Statistic="Maximum", Threshold=1),
    "a sum of shares": alarm(**UTILIZATION, Threshold=5),
    "a rate of an API": alarm(**SERVER_ERRORS, Statistic="Average", Threshold=0.05),
    "a count of an API": alarm(**SERVER_ERRORS, Threshold=50),
    "an operation of a table": alarm(
        **THROTTLES | {"MetricName": "SystemErrors"},
        Dimensions=named("TableName", "Operation"),
        TreatMissingData="ignore",
    ),
    "math over a table that treats missing data": math(stat("errors", **THROTTLES, Dimensions=TABLE)),
    "math without a known range": math(stat("errors"), Threshold=-1),
    "a query over three hours": insights(EvaluationPeriods=180),
    "five actions": alarm(AlarmActions=["a"] * 5),
    "a percentile": alarm(MetricName="Duration", Statistic=None, ExtendedStatistic="p99.9"),
    "a trimmed mean": alarm(MetricName="Duration", Statistic=None, ExtendedStatistic="TM(10%:90%)"),
    "a statistic known at deployment": alarm(Statistic={"Ref": "Statistic"}),
    "an alarm on a band": math(stat("m0"), Threshold=None, ThresholdMetricId="band"),
}

IMPOSSIBLE = {
    "a period of ninety seconds": (alarm(Period=90), "period of 90 s"),
    "no period at all": (alarm(Period=0), "period of 0 s"),
    "ten seconds of what comes once a minute": (alarm(Period=10), "AWS/Lambda mostly has no data"),
    "thirty seconds of it in math": (math(stat("errors", 30)), "AWS/Lambda mostly has no data"),
    "a query of half a minute": (insights(query={"Period": 30}), "a query mostly has no data"),
    "different periods": (math(stat("a"), stat("b", 300)), "different periods"),
    "more than a day of minutes": (alarm(EvaluationPeriods=1_441), "more than the 86400 s"),
    "more than a week of hours": (alarm(Period=3_600, EvaluationPeriods=169), "more than the 604800 s"),
    "a query over more than three hours": (insights(EvaluationPeriods=181), "more than the 10800 s"),
    "more datapoints than periods": (alarm(DatapointsToAlarm=6), "6 of 5 periods"),
    "no datapoint": (alarm(DatapointsToAlarm=0), "datapoints_to_alarm is 0"),
    "half a period": (alarm(EvaluationPeriods=0.5, DatapointsToAlarm=None), "evaluation_periods is 0.5"),
    "another service's dimension": (
        alarm(Dimensions=named("QueueName")),
        "nobody publishes AWS/Lambda Errors",
    ),
    "an alias without its function": (alarm(Dimensions=named("Resource")), "nobody publishes"),
    "a schedule": (
        alarm(Namespace="AWS/Scheduler", MetricName="TargetErrorCount", Dimensions=named("ScheduleName")),
        "with the dimensions ScheduleName",
    ),
    "a queue without a name": (alarm(**SQS_AGE, Dimensions=None), "with the dimensions none"),
    "a table's errors without an operation": (
        alarm(**THROTTLES | {"MetricName": "SystemErrors"}, Dimensions=TABLE, TreatMissingData="ignore"),
        "with the dimensions TableName",
    ),
    "a table's user errors": (
        alarm(**THROTTLES | {"MetricName": "UserErrors"}, Dimensions=TABLE, TreatMissingData="ignore"),
        "with the dimensions TableName",
    ),
    "a function's claimed concurrency": (alarm(MetricName="ClaimedAccountConcurrency"), "nobody publishes"),
    "dimensions in math": (math(stat("errors", Dimensions=named("Name"))), "nobody publishes"),
    "missing data of DynamoDB": (
        alarm(**THROTTLES, Dimensions=TABLE),
        "missing data counts as notBreaching, which CloudWatch disregards",
    ),
    "six actions": (alarm(OKActions=["a"] * 6), "6 OKActions"),
    "a percentile above 100": (
        alarm(MetricName="Duration", Statistic=None, ExtendedStatistic="p101"),
        "statistic is p101",
    ),
    "a statistic that is none": (alarm(Statistic=None, ExtendedStatistic="Summ"), "statistic is Summ"),
    "less than no errors": (alarm(Threshold=0, ComparisonOperator=BELOW), "never rings on Errors Sum"),
    "a negative count": (alarm(Threshold=-1, ComparisonOperator=AT_MOST), "never rings"),
    "no errors or more": (alarm(Threshold=0), "always rings on Errors Sum, which goes from 0"),
    "more than minus one": (alarm(Threshold=-1, ComparisonOperator=ABOVE), "always rings"),
    "a share above all": (alarm(**UTILIZATION, Statistic="Maximum", Threshold=90), "from 0 to 1"),
    "more than all": (
        alarm(**UTILIZATION, Statistic="Average", Threshold=1, ComparisonOperator=ABOVE),
        "never",
    ),
    "all or less": (
        alarm(**UTILIZATION, Statistic="Minimum", Threshold=1, ComparisonOperator=AT_MOST),
        "always",
    ),
    "an average of errors above one": (alarm(Statistic="Average"), "never rings on Errors Average"),
    "a rate of an API in per cent": (alarm(**SERVER_ERRORS, Statistic="Average"), "from 0 to 1"),
    "sixteen minutes of duration": (
        alarm(MetricName="Duration", Statistic=None, ExtendedStatistic="p99", Threshold=960_000),
        "from 0 to 900000",
    ),
    "a message older than any queue keeps it": (
        alarm(**SQS_AGE, Dimensions=named("QueueName"), Statistic="Maximum", Threshold=1_300_000),
        "from 0 to 1209600",
    ),
}


@pytest.mark.parametrize("name", POSSIBLE)
def test_leaves_alone(name: str) -> None:
    assert problems(POSSIBLE[name]) == []


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_refuses(name: str) -> None:
    properties, expected = IMPOSSIBLE[name]

    (problem,) = problems(properties)

    assert expected in problem


def test_a_range_that_is_given_replaces_what_is_known() -> None:
    (problem,) = problems(math(stat("errors"), Threshold=101), Range(name="a rate", highest=100))

    assert problem == f"with {AT_LEAST} 101 it never rings on a rate, which goes from 0 to 100."


@given(
    threshold=st.floats(-10, 10),
    low=st.floats(-5, 5),
    width=st.floats(0, 10),
    comparison=st.sampled_from((AT_LEAST, ABOVE, AT_MOST, BELOW)),
    share=st.floats(0, 1),
)
def test_what_is_refused_decides_nothing_for_any_value_in_range(
    threshold: float, low: float, width: float, comparison: str, share: float
) -> None:
    high = low + width
    value = min(high, low + share * width)
    rings = {
        AT_LEAST: value >= threshold,
        ABOVE: value > threshold,
        AT_MOST: value <= threshold,
        BELOW: value < threshold,
    }[comparison]

    found = problems(
        alarm(Threshold=threshold, ComparisonOperator=comparison), Range(name="x", lowest=low, highest=high)
    )

    if found:
        assert ("always" in found[0]) is rings


def test_every_figure_says_where_it_is_from() -> None:
    for published in (*PUBLISHED.values(), *ONLY_WITH.values()):
        assert published.source.startswith("https://docs.aws.amazon.com/")
    assert {namespace for namespace, _ in (*HIGHEST, *ONLY_WITH)} <= PUBLISHED.keys()
