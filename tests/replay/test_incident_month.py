"""A month: its season and noise, and how little memory it takes."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from constructs_lib.replay.timelines.files.reading import read_timeline
from constructs_lib.replay.timelines.files.timeline_file import write_timeline
from constructs_lib.replay.timelines.incidents.api import HttpApi
from constructs_lib.replay.timelines.incidents.incident import normal_traffic
from constructs_lib.replay.timelines.incidents.lambda_function import LambdaFunction
from constructs_lib.replay.timelines.incidents.latency import KEPT, Latency, latency_samples
from constructs_lib.replay.timelines.incidents.season import FLAT, Season
from constructs_lib.replay.timelines.incidents.sqs_queue import SqsQueue
from constructs_lib.replay.timelines.samples import Floats
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from tests.replay.timeline_checks import assert_same_timeline

MONDAY = "2026-03-02T00:00:00Z"
MINUTES = 30 * 24 * 60
MOST_MB = 300


@pytest.fixture(scope="module")
def month() -> Timeline:
    orders = LambdaFunction(name="CreateOrder", alias="live", per_minute=120)
    return normal_traffic(orders, SqsQueue(name="Orders"), HttpApi(name="Api"), start=MONDAY, seed=5)


def first(timeline: Timeline, name: str) -> MetricSeries:
    return next(each for each in timeline.series if each.name == name)


def test_a_month_of_normal_traffic_is_one_call(month: Timeline) -> None:
    assert {len(each) for each in month.series} == {MINUTES}
    assert month.marks == ()
    assert first(month, "Errors").sum.sum() == 0
    assert first(month, "Throttles").sum.sum() == 0


def test_days_have_a_peak_and_weekends_less(month: Timeline) -> None:
    days = first(month, "Invocations").sum.reshape(30, 24, 60).sum(axis=2) / 60
    season = Season()
    weekdays = [day for day in range(30) if day % 7 < 5]
    weekends = [day for day in range(30) if day % 7 >= 5]
    by_hour = days[weekdays].mean(axis=0)
    assert int(by_hour.argmax()) in {13, 14}
    assert int(by_hour.argmin()) in {1, 2}
    assert by_hour.max() / by_hour.mean() == pytest.approx(1 + season.daily, rel=0.05)
    assert days[weekends].mean() / days[weekdays].mean() == pytest.approx(1 - season.weekly, rel=0.05)
    assert by_hour.mean() == pytest.approx(120, rel=0.05)


def test_traffic_drifts_together_and_arrives_at_random(month: Timeline) -> None:
    requests, messages = first(month, "Invocations").sum, first(month, "NumberOfMessagesSent").sum
    assert (
        np.corrcoef(requests.reshape(-1, 60).sum(axis=1), messages.reshape(-1, 60).sum(axis=1))[0, 1] > 0.95
    )
    flat = normal_traffic(LambdaFunction(name="f", per_minute=120), start=MONDAY, days=3, season=FLAT)
    still = first(flat, "Invocations").sum
    assert still.var() == pytest.approx(still.mean(), rel=0.1)


def test_a_minute_keeps_no_more_samples_than_said(month: Timeline) -> None:
    samples = first(month, "Duration").samples
    assert 10 < samples.lengths.max() <= KEPT
    assert first(month, "Duration").count.max() > 5 * KEPT


def test_what_is_kept_of_many_samples_has_their_percentiles() -> None:
    minutes, requests = 400, 2000
    counts = np.full(minutes, requests)
    found = latency_samples(np.random.default_rng(1), counts, Latency(p50=80, p99=600), np.ones(minutes))
    rows = np.exp(np.random.default_rng(2).normal(np.log(80), np.log(600 / 80) / 2.3263, (minutes, requests)))
    for share in (0.5, 0.75, 0.9, 0.95, 0.99):
        mine = [
            _weighted(values, weights, share)
            for values, weights in zip(by_minute(found.values), by_minute(found.weights), strict=True)
        ]
        assert np.median(mine) == pytest.approx(np.median(np.quantile(rows, share, axis=1)), rel=0.05)
    largest = by_minute(found.values)[:, -1]
    assert np.median(largest) == pytest.approx(np.median(rows.max(axis=1)), rel=0.1)
    means = by_minute(found.values * found.weights).sum(axis=1) / requests
    assert means.mean() == pytest.approx(rows.mean(), rel=0.03)
    np.testing.assert_allclose(by_minute(found.weights).sum(axis=1), requests)


def by_minute(samples: Floats) -> Floats:
    return samples.reshape(-1, KEPT)


def _weighted(values: Floats, weights: Floats, share: float) -> float:
    return float(values[np.searchsorted(np.cumsum(weights), share * weights.sum())])


def test_a_week_can_be_written_and_read(tmp_path: Path) -> None:
    week = normal_traffic(
        LambdaFunction(name="f", alias="live", errors=0.01), HttpApi(name="a"), start=MONDAY, days=7
    )
    write_timeline(week, tmp_path / "week.json")
    assert_same_timeline(read_timeline(tmp_path / "week.json"), week)


@pytest.mark.parametrize("form", ["timeline.json", "export.json"])
def test_a_month_of_a_hundred_metrics_loads_in_little_memory(tmp_path: Path, form: str) -> None:
    values = json.dumps([round(minute % 997 * 1.237, 3) for minute in range(MINUTES)])
    path = tmp_path / form
    if form == "timeline.json":
        metric = '{{"namespace": "N", "name": "m{}", "values": {}}}'
        metrics = ",\n".join(metric.format(index, values) for index in range(100))
        path.write_text(f'{{"start": "{MONDAY}", "metrics": [{metrics}]}}')
    else:
        start = datetime.fromisoformat(MONDAY)
        times = json.dumps([(start + timedelta(minutes=minute)).isoformat() for minute in range(MINUTES)])
        result = '{{"Id": "m{}", "Label": "N|m{}", "Timestamps": {}, "Values": {}}}'
        with path.open("w") as file:
            file.write('{"MetricDataResults": [')
            file.writelines(
                ("," if index else "") + result.format(index, index, times, values) for index in range(100)
            )
            file.write("]}")
    program = (
        "import sys\n"
        "from constructs_lib.replay.timelines.files.reading import read_timeline\n"
        "found = read_timeline(sys.argv[1])\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(len(found.series), len(found.series[99]), int(peak.split()[1]) // 1024)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True
    )
    series, minutes, megabytes = map(int, run.stdout.split())
    assert (series, minutes) == (100, MINUTES)
    assert megabytes < MOST_MB
