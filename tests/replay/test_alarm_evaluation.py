"""When an alarm rings, against the tables of CloudWatch's documentation."""

from typing import Any, get_args

import pytest

from constructs_lib.replay.evaluation import State, evaluate

STATES: tuple[State, ...] = get_args(State)
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
VALUES = {"0": 0.0, "X": 100.0, "-": None}
RETAINED = "RETAINED"

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
# (datapoints of the evaluation range, then the state for each treatment of missing data)
THREE_OF_THREE = [
    ("0 - X - X", "OK", "OK", "OK", "OK"),
    ("0 - - - -", "OK", "OK", "OK", "OK"),
    ("- - - - -", "INSUFFICIENT_DATA", RETAINED, "ALARM", "OK"),
    ("0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("- - X - -", "ALARM", RETAINED, "ALARM", "OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 - X - -", "OK", "OK", "ALARM", "OK"),
    ("- - - - 0", "OK", "OK", "ALARM", "OK"),
    ("- - - X -", "ALARM", RETAINED, "ALARM", "OK"),
]
ROWS = [(3, *row) for row in THREE_OF_THREE] + [(2, *row) for row in TWO_OF_THREE]


def _alarm(**properties: Any) -> dict[str, Any]:
    basic = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 50, "EvaluationPeriods": 3}
    return {**basic, **properties}


def _points(text: str) -> list[float | None]:
    return [VALUES[symbol] for symbol in text.split()]


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("treatment", TREATMENTS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} of 3: {row[1]}")
def test_documented_tables_of_missing_data(row: tuple[Any, ...], treatment: str, before: State) -> None:
    needed, points, *expected = row
    wanted = expected[TREATMENTS.index(treatment)]

    after = evaluate(_alarm(DatapointsToAlarm=needed, TreatMissingData=treatment), _points(points), before)

    assert after == (before if wanted == RETAINED else wanted)


@pytest.mark.parametrize("points", ["- - - - X", "- - - X -"])
def test_three_of_three_does_not_ring_prematurely(points: str) -> None:
    assert evaluate(_alarm(), _points(points), "OK") == "OK"


@pytest.mark.parametrize("points", ["- - - X 0", "- - X - 0"])
def test_a_datapoint_within_the_threshold_after_that_ends_it_well(points: str) -> None:
    # "This way, false positives are avoided when the next data point is non-breaching"
    assert evaluate(_alarm(), _points(points), "OK") == "OK"


def test_missing_data_that_breaches_rings_once_the_last_good_datapoint_is_out_of_range() -> None:
    # "The next time this alarm is evaluated, if the data is still missing it will go to ALARM"
    alarm = _alarm(DatapointsToAlarm=3, TreatMissingData="breaching")
    assert evaluate(alarm, _points("0 - - - -"), "OK") == "OK"
    assert evaluate(alarm, _points("- - - - -"), "OK") == "ALARM"


def test_the_documented_figure_of_nine_periods() -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    # "When all existing data points in the most recent three consecutive periods are above the threshold": from the
    # third to the fifth. At period six it dips below; in the ninth it is breached again, "but for only one period".
    points = [1.0, 2.0, 4.0, 5.0, 4.0, 2.0, 2.0, 1.0, 4.0]
    alarm = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 3, "EvaluationPeriods": 3}
    states: list[State] = ["OK"]
    for last in range(3, len(points) + 1):
        states.append(evaluate(alarm, points[max(0, last - 5) : last], states[-1]))

    assert states[1:] == ["OK", "OK", "ALARM", "OK", "OK", "OK", "OK"]


def test_missing_is_the_default_treatment() -> None:
    assert evaluate(_alarm(), _points("- - - - -"), "OK") == "INSUFFICIENT_DATA"


@pytest.mark.parametrize(
    ("operator", "at", "above", "below"),
    [
        ("GreaterThanThreshold", "OK", "ALARM", "OK"),
        ("GreaterThanOrEqualToThreshold", "ALARM", "ALARM", "OK"),
        ("LessThanThreshold", "OK", "OK", "ALARM"),
        ("LessThanOrEqualToThreshold", "ALARM", "OK", "ALARM"),
    ],
)
def test_comparison_operators_at_above_and_below_the_threshold(
    operator: str, at: str, above: str, below: str
) -> None:
    alarm = _alarm(ComparisonOperator=operator, EvaluationPeriods="1", Threshold="50")
    assert [evaluate(alarm, [value], "OK") for value in (50.0, 51.0, 49.0)] == [at, above, below]


@pytest.mark.parametrize(
    ("operator", "above", "inside", "below"),
    [
        ("GreaterThanUpperThreshold", "ALARM", "OK", "OK"),
        ("LessThanLowerThreshold", "OK", "OK", "ALARM"),
        ("LessThanLowerOrGreaterThanUpperThreshold", "ALARM", "OK", "ALARM"),
    ],
)
def test_anomaly_operators_compare_with_the_band(operator: str, above: str, inside: str, below: str) -> None:
    alarm = {"ComparisonOperator": operator, "ThresholdMetricId": "band", "EvaluationPeriods": 1}
    bands = [(10.0, 20.0)]
    assert [evaluate(alarm, [v], "OK", bands=bands) for v in (21.0, 15.0, 9.0)] == [above, inside, below]


def test_datapoint_without_a_band_is_missing() -> None:
    alarm = {
        "ComparisonOperator": "GreaterThanUpperThreshold",
        "ThresholdMetricId": "band",
        "EvaluationPeriods": 1,
    }
    assert evaluate(alarm, [1e9], "OK", bands=[None]) == "INSUFFICIENT_DATA"
