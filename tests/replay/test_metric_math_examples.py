"""Every example of metric math in the AWS documentation, over series with gaps.

Unless another page is named, they are those of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import math
from typing import Any

import pytest

from constructs_lib.replay.expressions.metric_math import band_of, parse
from tests.replay.metric_frames import Datapoints, computed, frame

no: None = None

# "metric1 has values of [30, 20, 0, 0] and metric2 has values of [20, -, 20, -] where - indicates that there is no
# value for that timestamp."
COMPARED = frame({"metric1": [30, 20, 0, 0], "metric2": [20, no, 20, no]})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(metric1 < metric2)", [0, 0, 1, 0]),
        ("(metric1 >= 30)", [1, 0, 0, 0]),
        ("(metric1 > 15 AND metric2 > 15)", [1, 0, 0, 0]),
    ],
)
def test_comparison_and_logical_operators(expression: str, expected: Datapoints) -> None:
    assert computed(expression, COMPARED) == expected


@pytest.mark.parametrize(
    ("expression", "metric2", "metric3", "expected"),
    [
        ("IF(metric1, metric2, metric3)", [30, no, 0, 0, 30], [0, 0, 20, no, 20], [30, 0, 20, no, no]),
        ("IF(metric1, 5, metric3)", [no] * 5, [0, 0, 20, no, 20], [5, 5, 20, no, no]),
        ("IF(metric1, metric2, 5)", [30, no, 0, 0, 30], [no] * 5, [30, 0, 5, 5, no]),
        # "... is dropped, if the corresponding data point of metric1 is FALSE and ... metric3 is omitted"
        ("IF(metric1, metric2)", [30, no, 0, 0, 30], [no] * 5, [30, 0, no, no, no]),
        ("IF(metric1, 5)", [no] * 5, [no] * 5, [5, 5, no, no, no]),
        # A scalar condition: "an empty time series, if metric3 is omitted from the expression"
        ("IF(1, metric2, metric3)", [30, no, 0, 0, 30], [0, 0, 20, no, 20], [30, no, 0, 0, 30]),
        ("IF(-0.5, metric2)", [30, no, 0, 0, 30], [no] * 5, [30, no, 0, 0, 30]),
        ("IF(0, metric2, metric3)", [30, no, 0, 0, 30], [0, 0, 20, no, 20], [0, 0, 20, no, 20]),
        ("IF(0, metric2)", [30, no, 0, 0, 30], [no] * 5, [no] * 5),
    ],
)
def test_if(expression: str, metric2: Datapoints, metric3: Datapoints, expected: Datapoints) -> None:
    over = frame({"metric1": [1, 1, 0, 0, no], "metric2": metric2, "metric3": metric3})

    assert computed(expression, over) == expected


def test_use_cases_of_if() -> None:
    over = frame({"metric1": [399, 400, no], "latency": [5, 2, 1], "threshold": [3, 3, 3]})

    assert computed("IF(metric1<400, metric1)", over) == [399, no, no]
    assert computed("IF(metric1<400, 10, 2)", over) == [10, 2, no]
    assert computed("IF(latency>threshold, 1, 0)", over) == [1, 0, 0]


# Friday the third of April 2026, from 23:58 UTC on.
M1, M2 = [4, no, 6, no], [1, 3, no, no]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Basic arithmetic functions
        ("PERIOD(m1)/60", 1),
        ("5 * m1", [20, no, 30, no]),
        ("m1 - m2", [3, -3, 6, no]),
        ("SUM(100/[m1, m2])", [125, 100 / 3, 100 / 6, no]),
        ("AVG(METRICS())", [2.5, 1.5, 3, no]),
        ("AVG([m1,m2]/m1)", [(1 + 0.25) / 2, no, 0.5, no]),
        ("METRICS()*100", ([400, no, 600, no], [100, 300, no, no])),
        ("METRICS()/100", ([0.04, no, 0.06, no], [0.01, 0.03, no, no])),
        ("-5*m1", [-20, no, -30, no]),
        ("-m1", [-4, no, -6, no]),
        ("SUM(-[m1, m2])", [-5, -3, -6, no]),
        ("m1-AVG(m1)", [1.5, no, 3.5, no]),
        # Functions supported for metric math
        ("ABS(m1-m2)", [3, 3, 6, no]),
        ("MIN(ABS([m1, m2]))", [1, 3, 6, no]),
        ("ABS(METRICS())", (M1, M2)),
        ("SUM([m1,m2])/AVG(m2)", [5, 3, 6, no]),
        ("CEIL(m1)", M1),
        ("CEIL(METRICS())", (M1, M2)),
        ("SUM(CEIL(METRICS()))", [5, 3, 6, no]),
        ("SUM(m1) / DATAPOINT_COUNT(m1)", 5),
        ("DATAPOINT_COUNT(METRICS())", [2, 1, 1, no]),
        ("DIFF(m1)", [no, no, 2, no]),
        ("DIFF_TIME(METRICS())", ([no, no, 120, no], [no, 60, no, no])),
        ("FILL(m1,10)", [4, 10, 6, 10]),
        ("FILL(METRICS(), 0)", ([4, 0, 6, 0], [1, 3, 0, 0])),
        ("FILL(METRICS(), m1)", ([4, no, 6, no], [1, 3, 6, no])),
        ("FILL(m1, MIN(m1))", [4, 4, 6, 4]),
        ("FILL(m1, REPEAT)", [4, 4, 6, 6]),
        ("FILL(METRICS(), LINEAR)", ([4, 5, 6, no], M2)),
        ("IF(FIRST(SORT(METRICS(), AVG, DESC))>5, 1, 0)", [0, no, 1, no]),
        ("FLOOR(m1)", M1),
        ("FLOOR(METRICS())", (M1, M2)),
        ("LOG(METRICS())", ([math.log(4), no, math.log(6), no], [0, math.log(3), no, no])),
        ("LOG10(m1)", [math.log10(4), no, math.log10(6), no]),
        ("MAX(m1)/m1", [1.5, no, 1, no]),
        ("MAX(METRICS())", [4, 3, 6, no]),
        ("m1/METRIC_COUNT(METRICS())", [2, no, 3, no]),
        ("m1-MIN(m1)", [0, no, 2, no]),
        ("MIN(METRICS())", [1, 3, 6, no]),
        ("MINUTE(m1)", [58, 59, 0, 1]),
        # A true condition takes 0 for what is missing, see test_if.
        ("IF(DAY(m1)<6,m1)", [4, 0, no, no]),
        ("IF(MONTH(m1) == 4,m1)", [4, 0, 6, 0]),
        ("m1/PERIOD(m1)", [4 / 60, no, 0.1, no]),
        ("RATE(m1)", [no, no, 2 / 120, no]),
        ("RATE(METRICS())", ([no, no, 2 / 120, no], [no, 2 / 60, no, no])),
        ("REMOVE_EMPTY(METRICS())", (M1, M2)),
        ("RUNNING_SUM([m1,m2])", ([4, no, 10, no], [1, 4, no, no])),
        ("SLICE(SORT(METRICS(), SUM, DESC), 0, 10)", (M1, M2)),
        ("SLICE(SORT(METRICS(), AVG, ASC), 5)", ()),
        ("SLICE(SORT(METRICS(), AVG, ASC), 1)", (M1,)),
        ("SORT(METRICS(), AVG, DESC, 10)", (M1, M2)),
        ("SORT(METRICS(), MAX, ASC)", (M2, M1)),
        ("SORT(METRICS(), MAX, ASC, 1)", (M2,)),
        ("m1/STDDEV(m1)", [4, no, 6, no]),
        ("STDDEV(METRICS())", [1.5, 0, 0, no]),
        ("SUM(METRICS())/SUM(m1)", [0.5, 0.3, 0.6, no]),
        ("SUM([m1,m2])", [5, 3, 6, no]),
        ("TIME_SERIES(MAX(m1))", [6, 6, 6, 6]),
        ("TIME_SERIES(5*AVG(m1))", [12.5, 12.5, 12.5, 12.5]),
        ("TIME_SERIES(10)", [10, 10, 10, 10]),
    ],
)
def test_example_of_the_table(expression: str, expected: Any) -> None:
    found = computed(expression, frame({"m1": M1, "m2": M2}))

    if isinstance(expected, tuple):
        assert isinstance(found, tuple)
        assert [pytest.approx(each) for each in expected] == list(found)
    else:
        assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('SUM(METRICS("errors"))', [3, 4]),
        ('SUM([METRICS("4xx"), METRICS("5xx")])', [30, 70]),
        ('SUM(METRICS("errors"))/SUM(METRICS("requests"))*100', [3, 2]),
        ("SUM(METRICS('nothing'))", [no, no]),
    ],
)
def test_metrics_can_be_chosen_by_a_part_of_their_ids(expression: str, expected: Datapoints) -> None:
    series: dict[str, Datapoints] = {
        "errors1": [1, no],
        "errors2": [2, 4],
        "requests": [100, 200],
        "a4xx": [10, 30],
        "a5xx": [20, 40],
        "errorsTogether": [1_000, 1_000],
    }

    over = frame(series, metrics=[name for name in series if name != "errorsTogether"])

    assert computed(expression, over) == expected


def test_a_service_quota_stands_beside_the_usage() -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html."""
    over = frame({"m1": [50, no, 900]}, quotas={"m1": 1_000})

    assert computed("m1/SERVICE_QUOTA(m1)*100", over) == [5, no, 90]


def test_working_hours() -> None:
    """https://aws.amazon.com/blogs/mt/enhance-cloudwatch-metrics-with-metric-math-functions/."""
    over = frame({"m1": [1, 2, 3, 4, 5, 6]}, start="2026-04-03T05:00:00+00:00", period=4 * 3_600)

    found = computed("IF((DAY(m1)<6 AND (HOUR(m1)>=9 AND HOUR(m1)<17)),m1)", over)

    assert found == [no, 2, 3, no, no, no]


def test_times_are_in_utc_and_weeks_begin_on_monday() -> None:
    """From 30 December 2027, a Thursday, on."""
    over = frame({"m1": [no] * 5}, start="2027-12-30T22:15:30+00:00", period=86_400)

    assert computed("YEAR(m1)", over) == [2027, 2027, 2028, 2028, 2028]
    assert computed("MONTH(m1)", over) == [12, 12, 1, 1, 1]
    assert computed("DATE(m1)", over) == [30, 31, 1, 2, 3]
    assert computed("DAY(m1)", over) == [4, 5, 6, 7, 1]
    assert computed("HOUR(m1)", over) == [22] * 5
    assert computed("MINUTE(m1)", over) == [15] * 5
    assert computed("EPOCH(m1)", over) == [1_830_204_930 + 86_400 * day for day in range(5)]


@pytest.mark.parametrize(
    ("expression", "band"),
    [
        ("ANOMALY_DETECTION_BAND(m1)", ("m1", 2)),
        ("ANOMALY_DETECTION_BAND(m1,4)", ("m1", 4)),
        (" (ANOMALY_DETECTION_BAND( e1 , 0.5 ))", ("e1", 0.5)),
        ("LAST(ANOMALY_DETECTION_BAND(m1))", None),
        ("m1", None),
    ],
)
def test_bands_are_recognised(expression: str, band: tuple[str, float] | None) -> None:
    assert band_of(parse(expression)) == band
