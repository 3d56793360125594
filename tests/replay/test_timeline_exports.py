"""Timelines from what `aws cloudwatch get-metric-data` and `get-metric-statistics` print."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.files import pages
from constructs_lib.replay.timelines.files.documents import documents_of
from constructs_lib.replay.timelines.files.reading import read_timeline

# As in the AWS CLI's example of get-metric-data, with ReturnData on.
IOPS = {
    "Id": "m1",
    "MetricStat": {
        "Metric": {
            "Namespace": "AWS/EC2",
            "MetricName": "EBSReadOps",
            "Dimensions": [{"Name": "InstanceId", "Value": "i-abcdef"}],
        },
        "Period": 300,
        "Stat": "Sum",
        "Unit": "Count",
    },
}
IOPS_RESULT = {
    "Id": "m1",
    "Label": "EBSReadOps",
    "Timestamps": ["2024-09-29T22:20:00+00:00", "2024-09-29T22:10:00+00:00"],
    "Values": [7.0, 96.85],
    "StatusCode": "Complete",
}
RATIO = {"Id": "m3", "Expression": "(m1+m2)/300", "Label": "Avg Total IOPS"}
RATIO_RESULT = {**IOPS_RESULT, "Id": "m3", "Label": "Avg Total IOPS"}


def query(metric_id: str, statistic: str, name: str = "Duration", period: int = 60) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": name,
        "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
    }
    return {"Id": metric_id, "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}


def result(metric_id: str, values: dict[int, float], label: str = "f") -> dict[str, Any]:
    times = [f"2026-03-02T00:{minute:02}:00+00:00" for minute in values]
    return {"Id": metric_id, "Label": label, "Timestamps": times, "Values": list(values.values())}


def export(folder: Path, *results: object, **more: object) -> Path:
    path = folder / "export.json"
    path.write_text(json.dumps({"MetricDataResults": list(results), "Messages": [], **more}, indent=4))
    return path


def queries(folder: Path, *found: object) -> Path:
    path = folder / "queries.json"
    path.write_text(json.dumps(list(found)))
    return path


def test_the_queries_tell_metric_statistic_and_period(tmp_path: Path) -> None:
    timeline = read_timeline(export(tmp_path, RATIO_RESULT, IOPS_RESULT), queries(tmp_path, RATIO, IOPS))
    (series,) = timeline.series
    assert str(series) == "AWS/EC2|EBSReadOps|InstanceId=i-abcdef"
    assert (series.period, series.unit, timeline.start.isoformat()) == (
        300,
        "Count",
        "2024-09-29T22:10:00+00:00",
    )
    np.testing.assert_array_equal(series.sum, [96.85, np.nan, 7])
    assert series.knows == {"Sum"}
    assert series.gaps == ((series.start + 300, series.start + 600),)


def test_the_queries_may_be_a_whole_request(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps({"MetricDataQueries": [IOPS], "StartTime": 0, "EndTime": 1}))
    assert read_timeline(export(tmp_path, IOPS_RESULT), path).series[0].name == "EBSReadOps"


def test_statistics_of_one_metric_become_one_series(tmp_path: Path) -> None:
    (series,) = read_timeline(
        export(
            tmp_path,
            result("a", {0: 20.0, 1: 0.0}),
            result("n", {0: 4.0, 1: 2.0}),
            result("x", {0: 35.0, 1: 0.0}),
            result("p", {0: 34.0, 1: 0.0}),
        ),
        queries(
            tmp_path,
            query("a", "Average"),
            query("n", "SampleCount"),
            query("x", "Maximum"),
            query("p", "p99"),
        ),
    ).series
    np.testing.assert_array_equal(series.sum, [80, 0])
    np.testing.assert_array_equal(series.count, [4, 2])
    np.testing.assert_array_equal(series.given["p99"], [34, 0])
    assert series.knows == {"Sum", "SampleCount", "Average", "Maximum"}


def test_sum_and_average_tell_the_count(tmp_path: Path) -> None:
    path = export(tmp_path, result("a", {0: 20.0}), result("s", {0: 80.0}))
    (series,) = read_timeline(path, queries(tmp_path, query("a", "Average"), query("s", "Sum"))).series
    np.testing.assert_array_equal(series.count, [4])


def test_a_lone_percentile_is_given_for_its_period_only(tmp_path: Path) -> None:
    (series,) = read_timeline(
        export(tmp_path, result("p", {3: 5.0})), queries(tmp_path, query("p", "p99"))
    ).series
    assert series.knows == set()
    np.testing.assert_array_equal(series.given["p99"], [5])
    np.testing.assert_array_equal(series.present, [True])


def test_two_periods_of_one_metric_stay_two_series(tmp_path: Path) -> None:
    path = export(tmp_path, result("a", {0: 1.0}), result("b", {0: 5.0}))
    found = queries(tmp_path, query("a", "Sum"), query("b", "Sum", period=300))
    assert [each.period for each in read_timeline(path, found).series] == [60, 300]


def test_a_label_can_tell_the_metric_without_queries(tmp_path: Path) -> None:
    label = "AWS/Lambda|Errors|FunctionName=create-order;Resource=create-order:live"
    (series,) = read_timeline(export(tmp_path, result("m1", {0: 1.0, 5: 3.0, 15: 2.0}, label))).series
    assert str(series) == label
    assert series.period == 300
    np.testing.assert_array_equal(series.sum, [1, 3, np.nan, 2])
    assert "Average" in series.knows


def test_any_other_label_or_else_the_id_is_the_name(tmp_path: Path) -> None:
    unlabelled = {key: value for key, value in result("m2", {0: 4.0}).items() if key != "Label"}
    timeline = read_timeline(export(tmp_path, result("m1", {0: 1.0}, "Errors"), unlabelled))
    assert [(each.namespace, each.name) for each in timeline.series] == [("", "Errors"), ("", "m2")]
    assert timeline.find("AWS/Lambda", "Errors", {"FunctionName": "f"}) == timeline.series[:1]


def test_timestamps_may_be_unix_seconds(tmp_path: Path) -> None:
    found = {"Id": "m", "Label": "E", "Timestamps": [1_772_409_660.0, 1_772_409_600], "Values": [2, 1]}
    np.testing.assert_array_equal(read_timeline(export(tmp_path, found)).series[0].sum, [1, 2])


@pytest.mark.parametrize("form", ["merged", "appended", "list"])
def test_pages_are_put_together(tmp_path: Path, form: str) -> None:
    parts = [result("m", {2: 3.0, 3: 4.0}, "E"), result("m", {0: 1.0, 1: 2.0}, "E")]
    documents = [
        {"MetricDataResults": parts[:1], "NextToken": "t"},
        {"MetricDataResults": parts[1:], "Messages": []},
    ]
    text = {
        "merged": json.dumps({"MetricDataResults": parts}),
        "appended": "\n".join(json.dumps(each, indent=2) for each in documents) + "\n",
        "list": json.dumps(documents),
    }[form]
    path = tmp_path / "export.json"
    path.write_text(text)
    np.testing.assert_array_equal(read_timeline(path).series[0].sum, [1, 2, 3, 4])


@pytest.mark.parametrize("chunk", [25, 64, 1000])
def test_a_file_read_in_parts_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    found = [
        result(f"m{index}", dict.fromkeys(range(index + 1), float(index)), '[{,"é') for index in range(6)
    ]
    path = tmp_path / "export.json"
    page = json.dumps({"MetricDataResults": found, "Messages": [{"Code": "c"}]}, indent=4)
    path.write_text(page + "\n" + page)
    monkeypatch.setattr(pages, "_CHUNK", chunk)
    decoder = json.JSONDecoder()
    assert pages.pages_of(path, decoder) == [json.loads(page), json.loads(page)]


BROKEN = [
    '{"MetricDataResults": [{} {}]}',
    '{"MetricDataResults": [{},]}',
    '{"MetricDataResults": [',
    '{"MetricDataResults": [] ',
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_read_as_a_whole_to_say_where(tmp_path: Path, text: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(text)
    assert pages.pages_of(path, json.JSONDecoder()) is None
    with pytest.raises(TimelineError, match="line 1, column"):
        documents_of(path)


def test_get_metric_statistics_is_read(tmp_path: Path) -> None:
    # As in the AWS CLI's example, in its order.
    points = [
        {"Timestamp": "2014-04-09T11:18:00Z", "Maximum": 44.79, "Unit": "Percent"},
        {"Timestamp": "2014-04-09T09:18:00Z", "Maximum": 47.92, "Unit": "Percent"},
        {"Timestamp": "2014-04-09T10:18:00Z", "Maximum": 51.91, "ExtendedStatistics": {"p90": 50.0}},
    ]
    path = tmp_path / "statistics.json"
    path.write_text(json.dumps({"Datapoints": points, "Label": "CPUUtilization"}))
    (series,) = read_timeline(path).series
    assert (series.namespace, series.name, series.period) == ("", "CPUUtilization", 3600)
    np.testing.assert_array_equal(series.maximum, [47.92, 51.91, 44.79])
    np.testing.assert_array_equal(series.given["p90"], [np.nan, 50, np.nan])

    request = {
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "Period": 3600,
        "Statistics": ["Maximum"],
    }
    (tmp_path / "request.json").write_text(
        json.dumps({**request, "Dimensions": [{"Name": "InstanceId", "Value": "i-abcdef"}]})
    )
    (series,) = read_timeline(path, tmp_path / "request.json").series
    assert str(series) == "AWS/EC2|CPUUtilization|InstanceId=i-abcdef"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"Id": "m", "Timestamps": ["2026-03-02"], "Values": []}, "MetricDataResults[0]: has not as many Timestamps"),
        ({"Id": "m", "Timestamps": ["noon"], "Values": [1]}, "MetricDataResults[0]: 'noon' is no point in time"),
        ({"Id": "m", "Timestamps": [[]], "Values": [1]}, "Timestamps that are no times"),
        ({"Id": "m", "Timestamps": ["2026-03-02"], "Values": [None]}, "Values that are no numbers"),
        ({"Id": "m", "Timestamps": ["2026-03-02"], "Values": ["1"]}, "values[0] is '1'"),
        ({"Id": "m"}, "has no Timestamps and Values"),
        ({"Timestamps": ["2026-03-02"], "Values": [1]}, "has neither Id nor Label"),
        ({**IOPS_RESULT, "StatusCode": "Forbidden"}, "has the status Forbidden"),
        ({**IOPS_RESULT, "Timestamps": [], "Values": []}, "it has no data"),
        ([], "MetricDataResults[0]: is []"),
        ({**IOPS_RESULT, "Timestamps": ["2026-03-02T00:00:07", "1970-01-01"]}, "more than 1,000,000"),
    ],
)  # fmt: skip
def test_fails_with_place_and_remedy(tmp_path: Path, found: object, reason: str) -> None:
    path = export(tmp_path, found)
    with pytest.raises(TimelineError) as error:
        read_timeline(path)
    assert str(error.value).startswith(f"{path}: ")
    assert reason in str(error.value)


def test_fails_with_an_export_that_stops_in_the_middle(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match="it has a NextToken"):
        read_timeline(export(tmp_path, IOPS_RESULT, NextToken="t"))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([], "has no queries"),
        ([3], "MetricDataQueries[0]: is 3"),
        ([{"Id": "m1"}], "MetricDataQueries[0]: MetricStat is missing"),
        ([{**IOPS, "Id": "other"}], "the queries have no Id 'm1'"),
        ([{**IOPS, "MetricStat": {**IOPS["MetricStat"], "Period": 45}}], "Period is 45"),  # type: ignore[dict-item] # a dict
        ([RATIO | {"Id": "m1"}], "it has no data"),
    ],
)  # fmt: skip
def test_fails_with_queries_that_do_not_tell(tmp_path: Path, found: list[object], reason: str) -> None:
    with pytest.raises(TimelineError) as error:
        read_timeline(export(tmp_path, IOPS_RESULT), queries(tmp_path, *found))
    assert reason in str(error.value)
