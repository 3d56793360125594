"""Timelines in JSON and CSV files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cfnlint.jsonschema import StandardValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files.reading import read_timeline
from constructs_lib.replay.timelines.files.timeline_file import SCHEMA, write_timeline
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from tests.replay.timeline_checks import (
    START,
    START_EPOCH,
    assert_same_series,
    assert_same_timeline,
    series_of,
)

VALID: dict[str, Any] = {
    "start": START,
    "end": "2026-03-02T00:30:00Z",
    "metrics": [
        {
            "namespace": "AWS/Lambda",
            "name": "Duration",
            "dimensions": {"FunctionName": "create-order", "Resource": "create-order:live"},
            "period": 60,
            "values": [None, 12.5, [80, 120.25, 95], {"count": 4, "sum": 8, "minimum": 1, "maximum": 3}],
            "given": {"p99": [None, 12.5, 120, 3]},
            "unit": "Milliseconds",
            "region": "eu-west-1",
            "account": "111122223333",
        },
        {"namespace": "AWS/SQS", "name": "NumberOfMessagesSent", "period": 300, "values": [1, 2, None]},
        {"namespace": "Own", "name": "Fast", "period": 10, "start": "2026-03-02T00:05:10Z", "values": [5]},
    ],
    "incidents": [{"name": "bad deploy", "start": "2026-03-02T00:01:00Z", "end": "2026-03-02T00:04:00Z"}],
}

Edit = Callable[[dict[str, Any]], object]


def written(folder: Path, content: object, name: str = "timeline.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def schema_errors(content: object) -> list[str]:
    return [error.message for error in StandardValidator(json.loads(SCHEMA.read_text())).iter_errors(content)]


def test_a_json_timeline_is_read(tmp_path: Path) -> None:
    timeline = read_timeline(written(tmp_path, VALID))
    assert timeline.start.isoformat() == "2026-03-02T00:00:00+00:00"
    assert timeline.end.isoformat() == "2026-03-02T00:30:00+00:00"
    duration, sent, fast = timeline.series
    np.testing.assert_array_equal(duration.sum, [np.nan, 12.5, 295.25, 8])
    np.testing.assert_array_equal(duration.count, [0, 1, 3, 4])
    np.testing.assert_array_equal(duration.given["p99"], [np.nan, 12.5, 120, 3])
    assert (duration.unit, duration.region, duration.account) == ("Milliseconds", "eu-west-1", "111122223333")
    assert dict(sent.dimensions) == {}
    assert fast.start == START_EPOCH + 310
    assert [(mark.name, mark.start.minute, mark.end.minute) for mark in timeline.marks] == [
        ("bad deploy", 1, 4)
    ]


def test_the_end_is_that_of_the_longest_metric_where_it_is_left_out(tmp_path: Path) -> None:
    content = {key: value for key, value in VALID.items() if key != "end"}
    assert read_timeline(written(tmp_path, content)).end.isoformat() == "2026-03-02T00:15:00+00:00"


def test_valid_timelines_follow_the_schema() -> None:
    assert schema_errors(VALID) == []
    assert schema_errors({"start": START, "metrics": [{}]}) != []


def test_what_is_written_reads_as_the_same(tmp_path: Path) -> None:
    timeline = read_timeline(written(tmp_path, VALID))
    write_timeline(timeline, tmp_path / "again.json")
    assert_same_timeline(read_timeline(tmp_path / "again.json"), timeline)
    assert schema_errors(json.loads((tmp_path / "again.json").read_text())) == []


NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e9, 1e9)
SETS = st.fixed_dictionaries({"sum": NUMBERS}, optional={"count": st.integers(1, 9), "maximum": NUMBERS})
SERIES = st.builds(
    lambda values, period, name, dimension: MetricSeries.of(
        "N", name, {"D": dimension}, values, start=START, period=period
    ),
    st.lists(st.none() | NUMBERS | st.lists(NUMBERS, max_size=4) | SETS, min_size=1, max_size=12),
    st.sampled_from([10, 60, 300]),
    st.text("ab|;={\"'", min_size=1, max_size=4),
    st.text(max_size=5),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(series=st.lists(SERIES, min_size=1, max_size=4, unique_by=lambda each: each.key))
def test_any_timeline_can_be_written_and_read(tmp_path: Path, series: list[MetricSeries]) -> None:
    timeline = Timeline.of(series)
    write_timeline(timeline, tmp_path / "any.json")
    assert_same_timeline(read_timeline(tmp_path / "any.json"), timeline)


INVALID: list[tuple[str, Edit, str]] = [
    ("no start", lambda c: c.pop("start"), "start: None is no point in time"),
    ("start", lambda c: c.update(start="soon"), "start: 'soon' is no point in time"),
    ("unknown key", lambda c: c.update(incident=[]), "'incident' is no key here"),
    ("metrics", lambda c: c.update(metrics={}), "metrics is {}. Give a list"),
    ("metric", lambda c: c["metrics"].append(3), "metrics[3]: is 3. Give an object"),
    ("no values", lambda c: c["metrics"][1].pop("values"), "('AWS/SQS|NumberOfMessagesSent'): values is missing"),
    ("values", lambda c: c["metrics"][1].update(values="1,2"), "values is '1,2', not a list"),
    ("value", lambda c: c["metrics"][1].update(values=[1, "2"]), "values[1] is '2'. Give null, a number"),
    ("period", lambda c: c["metrics"][1].update(period=45), "45 is no period"),
    ("period text", lambda c: c["metrics"][1].update(period="60"), "period is '60'. Give a whole number"),
    ("dimensions", lambda c: c["metrics"][1].update(dimensions={"A": 1}), "dimensions is {'A': 1}. Give an"),
    ("name", lambda c: c["metrics"][1].update(name=None), "name is None. Give a text"),
    ("metric key", lambda c: c["metrics"][1].update(stat="Sum"), "'stat' is no key here"),
    ("given", lambda c: c["metrics"][0]["given"].update(p90=[1]), "given 'p90' has 1 values, not 4"),
    ("given list", lambda c: c["metrics"][0]["given"].update(p90=[[1, 2], 1, 1, 1]), "given 'p90' has lists"),
    ("incident", lambda c: c["incidents"].append({"name": "a", "start": START}), "incidents[1]: end: None is no point"),
    ("backwards", lambda c: c.update(end="2026-03-01"), "it ends at 2026-03-01T00:00:00+00:00, before its start"),
    ("short", lambda c: c.update(end="2026-03-02T00:02:00Z"), "beyond the timeline"),
]  # fmt: skip
SCHEMA_CANNOT_TELL = {"start", "given", "backwards", "short"}


@pytest.mark.parametrize(("case", "edit", "reason"), INVALID, ids=[case for case, *_ in INVALID])
def test_fails_with_file_place_and_remedy(tmp_path: Path, case: str, edit: Edit, reason: str) -> None:
    content = json.loads(json.dumps(VALID))
    edit(content)
    path = written(tmp_path, content)
    with pytest.raises(TimelineError) as error:
        read_timeline(path)
    assert str(error.value).startswith(f"{path}: ")
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
    assert bool(schema_errors(content)) == (case not in SCHEMA_CANNOT_TELL)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no JSON document. Give a timeline"),
        ("[]", "has no JSON document. Give a timeline"),
        ("{", "line 1, column 2: is no JSON"),
        ('{"start": 1,\n "metrics": [1,]}', "line 2, column 1"),
        ('{"start": NaN}', "NaN is no value"),
        ("[" * 100_000, "nested too deeply"),
        ('{"start": 1' + "0" * 5_000 + "}", "is no JSON of metrics"),
        ("3", "is 3. Give a timeline"),
    ],
    ids=["empty", "list", "open", "comma", "NaN", "deep", "long number", "number"],
)
def test_fails_with_what_is_no_json_timeline(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(TimelineError) as error:
        read_timeline(written(tmp_path, text))
    assert reason in str(error.value)


def test_fails_with_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path, tmp_path / "none.csv"):
        with pytest.raises(TimelineError, match=r"cannot be read: .* Give the path of a file"):
            read_timeline(path)
    for name in ("binary.json", "binary.csv"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00")
        with pytest.raises(TimelineError, match="no UTF-8 text"):
            read_timeline(tmp_path / name)


def test_long_csv_is_read(tmp_path: Path) -> None:
    text = """timestamp,namespace,metric,dimensions,value
2026-03-02T00:02:00Z,AWS/Lambda,Errors,FunctionName=create-order;Resource=create-order:live,3
2026-03-02T00:00:00Z,AWS/Lambda,Errors,Resource=create-order:live; FunctionName=create-order,1
2026-03-02T00:01:00Z,AWS/Lambda,Errors,FunctionName=create-order;Resource=create-order:live,
2026-03-02T00:00:10Z,Own,Latency,"{""Path"": ""a;b=c""}",20
2026-03-02T00:00:50Z,Own,Latency,"{""Path"": ""a;b=c""}",10

"""
    errors, latency = read_timeline(written(tmp_path, text, "t.csv")).series
    np.testing.assert_array_equal(errors.sum, [1, np.nan, 3])
    assert dict(errors.dimensions) == {"FunctionName": "create-order", "Resource": "create-order:live"}
    np.testing.assert_array_equal(latency.count, [2])
    np.testing.assert_array_equal(latency.samples.values, [10, 20])
    assert dict(latency.dimensions) == {"Path": "a;b=c"}


def test_long_csv_may_have_its_columns_in_any_order_and_optional_ones(tmp_path: Path) -> None:
    text = (
        "value,period,metric,namespace,timestamp,region,unit,account\n"
        "5,300,Sent,AWS/SQS,2026-03-02T00:07:00Z,eu-west-1,Count,111122223333\n"
        "6,300,Sent,AWS/SQS,2026-03-02T00:12:00Z,eu-west-1,Count,111122223333\n"
    )
    (series,) = read_timeline(written(tmp_path, text, "t.csv")).series
    assert (series.period, series.region, series.unit, series.account) == (
        300,
        "eu-west-1",
        "Count",
        "111122223333",
    )
    np.testing.assert_array_equal(series.sum, [5, 6])


def test_wide_csv_is_read(tmp_path: Path) -> None:
    text = (
        "timestamp,AWS/Lambda|Errors|FunctionName=f,Own|Total\n"
        "2026-03-02T00:01:00Z,,7\n"
        "2026-03-02T00:00:00Z,3,6.5\n"
    )
    errors, total = read_timeline(written(tmp_path, text, "t.CSV")).series
    np.testing.assert_array_equal(errors.sum, [3, np.nan])
    np.testing.assert_array_equal(total.sum, [6.5, 7])


def test_csv_and_json_of_the_same_data_are_the_same(tmp_path: Path) -> None:
    rows = [
        f"2026-03-02T00:{minute:02}:00Z,AWS/Lambda,Errors,FunctionName=f,{minute % 3}" for minute in range(50)
    ]
    text = "\n".join(["timestamp,namespace,metric,dimensions,value", *reversed(rows)])
    (series,) = read_timeline(written(tmp_path, text, "t.csv")).series
    assert_same_series(series, series_of([minute % 3 for minute in range(50)]))


LONG = "timestamp,namespace,metric,value\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: the header is []. Give a header"),
        ("a,b\n", "line 1: the header is ['a', 'b']"),
        ("timestamp,namespace,metric,value,colour\n", "line 1: 'colour' is no column"),
        ("timestamp,Errors\n", "line 1: the column 'Errors' is no metric"),
        ("timestamp,A|b,A|b\n", "line 1: two columns are of one metric"),
        ("timestamp,A|b|c\n", "line 1: 'c' are no dimensions"),
        (LONG, "it has no data"),
        (LONG + "2026-03-02,A,b,1\n2026-03-02,A,b\n", "line 3: has 3 cells, not 4 as the header"),
        (LONG + "noon,A,b,1\n", "line 2: 'noon' is no point in time"),
        (LONG + "2026-03-02,A,b,high\n", "line 2: value is 'high'. Give a number"),
        (LONG + "2026-03-02,A,b,nan\n", "line 2: value is 'nan'"),
        (LONG + "2026-03-02,A,b,1e400\n", "line 2: value is '1e400'"),
        (LONG + "2026-03-02,A,,1\n", "line 2: metric is empty"),
        (LONG + "2026-03-02,A,b,1\n1999-01-01,A,b,1\n", "A|b: it spans 14,"),
        ("timestamp,namespace,metric,value,period\n2026-03-02,A,b,1,45\n", "line 2: period is '45'"),
        (LONG + '2026-03-02,A,"b' + "b" * 200_000 + '",1\n', "is no CSV: field larger"),
    ],
)
def test_fails_with_line_and_remedy_for_csv(tmp_path: Path, text: str, reason: str) -> None:
    path = written(tmp_path, text, "t.csv")
    with pytest.raises(TimelineError) as error:
        read_timeline(path)
    assert str(error.value).startswith(f"{path}: ")
    assert reason in str(error.value)
    assert "\n" not in str(error.value)
