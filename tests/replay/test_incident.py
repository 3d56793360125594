"""Incidents: the shapes do what they say, and nothing else changes."""

import doctest
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.replay.timelines.incidents import incident as incident_module
from constructs_lib.replay.timelines.incidents.api import HttpApi, RestApi
from constructs_lib.replay.timelines.incidents.dynamodb_table import DynamoDbTable
from constructs_lib.replay.timelines.incidents.incident import Incident
from constructs_lib.replay.timelines.incidents.lambda_function import LambdaFunction
from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.metric_targets import Counter, Gauge, Timer
from constructs_lib.replay.timelines.incidents.season import FLAT
from constructs_lib.replay.timelines.incidents.shape import Shape, flapping, slow_ramp
from constructs_lib.replay.timelines.incidents.shapes import (
    DeadLetterDrip,
    ErrorBurst,
    LatencyStep,
    RegionOutage,
    Silence,
    StalledConsumer,
    Step,
    ThrottleStorm,
    TrafficSpike,
)
from constructs_lib.replay.timelines.incidents.sqs_queue import DeadLetterQueue, SqsQueue
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline
from tests.replay.timeline_checks import START, START_EPOCH, assert_same_timeline

ORDERS = LambdaFunction(name="CreateOrder", per_minute=200)
LOST = DeadLetterQueue(name="Lost")
QUEUE = SqsQueue(name="Orders", per_minute=100)
TABLE = DynamoDbTable(name="Orders", reads=100, writes=50)
API = HttpApi(name="Api", per_minute=200)

DURING = slice(60, 120)
BEFORE_AND_AFTER = np.r_[0:60, 120:180]
HOUR: dict[str, Any] = {"at": "1h", "lasts": "1h"}


def built(*parts: Target | Shape, duration: str = "3h", seed: int = 1) -> Timeline:
    incident = Incident(start=START, duration=duration, seed=seed, season=FLAT)
    for part in parts:
        incident += part
    return incident.timeline()


def metric(timeline: Timeline, name: str, **dimensions: str) -> MetricSeries:
    (found,) = (
        each
        for each in timeline.series
        if each.name == name and all(each.dimensions.get(key) == value for key, value in dimensions.items())
    )
    return found


def sums(timeline: Timeline, name: str, **dimensions: str) -> npt.NDArray[np.float64]:
    return metric(timeline, name, **dimensions).sum


def quantile(series: MetricSeries, share: float) -> float:
    found = series.distribution()
    order = np.argsort(found.values)
    ranks = np.cumsum(found.weights[order]) / found.weights.sum()
    return float(found.values[order][np.searchsorted(ranks, share)])


def test_the_docstring_shows_what_works() -> None:
    shown = (DeadLetterQueue, DeadLetterDrip, ErrorBurst, LambdaFunction, LatencyStep, slow_ramp)
    names = {each.__name__: each for each in shown}
    result = doctest.testmod(incident_module, extraglobs=names)
    assert (result.failed, result.attempted > 0) == (0, True)


OWN = (
    Timer(namespace="Own", name="T"),
    Counter(namespace="Own", name="C", per_minute=1),
    Gauge(namespace="Own", name="G", level=5, noise=1),
)
ALL = (ORDERS, LOST, QUEUE, TABLE, API, *OWN)
SHAPES = (
    ErrorBurst(on=(ORDERS, API, TABLE), **HOUR, share=0.3),
    ThrottleStorm(on=ORDERS, **HOUR, share=0.5),
    LatencyStep(on=(ORDERS, API), **HOUR, factor=4),
    TrafficSpike(on=API, **HOUR, factor=3),
    DeadLetterDrip(on=LOST, **HOUR, per_minute=2),
    StalledConsumer(on=QUEUE, **HOUR),
    Silence(on=TABLE, **HOUR),
)


def test_the_same_seed_gives_the_same_timeline() -> None:
    assert_same_timeline(built(*ALL, *SHAPES), built(*ALL, *SHAPES))


def test_another_seed_gives_another_timeline() -> None:
    one, other = built(*ALL), built(*ALL, seed=2)
    for name in ("Invocations", "Count", "T", "C", "G", "NumberOfMessagesSent"):
        assert not np.array_equal(sums(one, name, **_one(name)), sums(other, name, **_one(name)))


def _one(name: str) -> dict[str, str]:
    return {"Stage": "$default"} if name == "Count" else {}


LASTING = (DeadLetterDrip, StalledConsumer)  # what they leave in a queue stays


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if not isinstance(shape, LASTING)])
def test_minutes_that_no_shape_touches_are_as_without_it(shape: Shape) -> None:
    for with_it, without in zip(built(*ALL, shape).series, built(*ALL).series, strict=True):
        assert with_it.key == without.key
        for name in ("count", "sum", "minimum", "maximum"):
            np.testing.assert_array_equal(
                getattr(with_it, name)[BEFORE_AND_AFTER],
                getattr(without, name)[BEFORE_AND_AFTER],
                err_msg=str(with_it),
            )
        for start, end in ((0, 60), (120, 180)):
            one, other = (
                with_it.distribution().between(start, end),
                without.distribution().between(start, end),
            )
            np.testing.assert_array_equal(one.values, other.values)


def test_a_further_target_changes_no_other() -> None:
    alone, together = built(ORDERS), built(API, ORDERS)
    np.testing.assert_array_equal(sums(alone, "Duration"), sums(together, "Duration"))


@settings(max_examples=25)
@given(
    rate=st.floats(0, 400),
    failing=st.floats(0, 1),
    throttled=st.floats(0, 1),
    load=st.floats(0, 5),
    seed=st.integers(0, 2**32),
)
def test_lambda_metrics_agree_with_each_other(
    rate: float, failing: float, throttled: float, load: float, seed: int
) -> None:
    function = LambdaFunction(name="f", per_minute=rate, errors=0.01)
    timeline = built(
        ErrorBurst(on=function, **HOUR, share=failing),
        ThrottleStorm(on=function, at="90m", lasts="1h", share=throttled),
        TrafficSpike(on=function, at="30m", lasts="90m", factor=load),
        seed=seed,
    )
    invocations, errors, throttles, duration, running = (
        metric(timeline, name)
        for name in ("Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions")
    )
    ran = invocations.present
    np.testing.assert_array_equal(errors.present, ran)
    np.testing.assert_array_equal(duration.present, ran)
    assert (errors.sum[ran] <= invocations.sum[ran]).all()
    np.testing.assert_array_equal(errors.count, invocations.count)
    np.testing.assert_allclose(duration.count, invocations.count)
    asked = throttles.present
    assert asked[ran].all()
    np.testing.assert_array_equal(
        throttles.count[asked], np.nan_to_num(invocations.sum[asked]) + throttles.sum[asked]
    )
    assert (running.maximum[ran] >= 1).all()
    assert (running.maximum[ran] <= invocations.sum[ran]).all()
    for series in (invocations, errors, throttles):
        assert (series.sum[series.present] % 1 == 0).all()
        assert (series.sum[series.present] >= 0).all()
    assert (duration.minimum[ran] > 0).all()


def test_an_error_burst_fails_its_share_of_the_requests() -> None:
    timeline = built(ErrorBurst(on=ORDERS, **HOUR, share=0.3))
    errors, invocations = sums(timeline, "Errors"), sums(timeline, "Invocations")
    assert errors[BEFORE_AND_AFTER].sum() == 0
    assert errors[DURING].sum() / invocations[DURING].sum() == pytest.approx(0.3, abs=0.02)
    assert errors[DURING].min() > 0


def test_two_bursts_at_once_are_independent_causes() -> None:
    timeline = built(ErrorBurst(on=ORDERS, **HOUR, share=0.5), ErrorBurst(on=ORDERS, **HOUR, share=0.5))
    share = sums(timeline, "Errors")[DURING].sum() / sums(timeline, "Invocations")[DURING].sum()
    assert share == pytest.approx(0.75, abs=0.02)


def test_throttled_requests_are_no_invocations() -> None:
    timeline = built(ThrottleStorm(on=replace(ORDERS, concurrency=5), **HOUR, share=0.5))
    invocations, throttles = sums(timeline, "Invocations"), sums(timeline, "Throttles")
    assert throttles[BEFORE_AND_AFTER].sum() == 0
    assert invocations[DURING].mean() == pytest.approx(100, rel=0.1)
    assert (invocations + throttles)[DURING].mean() == pytest.approx(200, rel=0.1)
    assert set(metric(timeline, "ConcurrentExecutions").maximum[DURING]) == {5.0}


def test_latencies_have_the_percentiles_that_they_say() -> None:
    for rate in (10.0, 200.0, 5000.0):
        target = LambdaFunction(name="f", per_minute=rate, duration=Latency(p50=80, p99=600))
        series = metric(built(target, duration="1d"), "Duration")
        assert quantile(series, 0.5) == pytest.approx(80, rel=0.05)
        assert quantile(series, 0.9) == pytest.approx(242, rel=0.05)
        assert quantile(series, 0.99) == pytest.approx(600, rel=0.06)


def test_a_latency_step_multiplies_p50_and_p99() -> None:
    duration = metric(built(LatencyStep(on=ORDERS, **HOUR, factor=8)), "Duration")
    during = duration.between(START_EPOCH + 3600, START_EPOCH + 7200)
    assert quantile(during, 0.5) == pytest.approx(640, rel=0.1)
    assert quantile(during, 0.99) == pytest.approx(4800, rel=0.15)


def test_a_slow_ramp_grows_from_nothing_to_full_strength() -> None:
    errors = sums(built(slow_ramp(ErrorBurst(on=ORDERS, **HOUR, share=0.8))), "Errors")[DURING]
    quarters = errors.reshape(4, 15).mean(axis=1) / 200
    np.testing.assert_allclose(quarters, [0.1, 0.3, 0.5, 0.7], atol=0.04)
    assert errors[0] <= 10
    assert errors[-1] / 200 == pytest.approx(0.8, abs=0.15)


def test_flapping_comes_and_goes() -> None:
    errors = sums(built(flapping(ErrorBurst(on=ORDERS, **HOUR, share=0.5), up="2m", down="3m")), "Errors")
    there = errors[DURING].reshape(12, 5) > 0
    np.testing.assert_array_equal(there, [[True, True, False, False, False]] * 12)


def test_a_shape_takes_its_part_of_a_minute() -> None:
    errors = sums(
        built(ErrorBurst(on=replace(ORDERS, per_minute=10_000), at="1h30s", lasts="1m", share=1)), "Errors"
    )
    np.testing.assert_allclose(errors[59:63] / 10_000, [0, 0.5, 0.5, 0], atol=0.04)


def test_a_traffic_spike_multiplies_requests() -> None:
    requests = sums(built(TrafficSpike(on=API, **HOUR, factor=3)), "Count", Stage="$default")
    assert requests[DURING].mean() == pytest.approx(600, rel=0.05)
    assert requests[BEFORE_AND_AFTER].mean() == pytest.approx(200, rel=0.05)


def test_dead_letters_stay_and_grow_old() -> None:
    timeline = built(DeadLetterDrip(on=LOST, **HOUR, per_minute=2))
    waiting = sums(timeline, "ApproximateNumberOfMessagesVisible")
    age = metric(timeline, "ApproximateAgeOfOldestMessage")
    assert waiting[:60].sum() == 0
    assert (np.diff(waiting) >= 0).all()
    assert waiting[-1] == waiting[119] == pytest.approx(120, abs=35)
    np.testing.assert_array_equal(age.present, waiting > 0)
    first = int(np.flatnonzero(waiting)[0])
    np.testing.assert_array_equal(age.maximum[first:], 60.0 * np.arange(1, 181 - first))
    assert not [each for each in timeline.series if each.name == "NumberOfMessagesSent"]


def test_messages_wait_while_the_consumer_stalls_and_then_go() -> None:
    timeline = built(StalledConsumer(on=QUEUE, at="1h", lasts="10m"))
    sent, taken, waiting = (
        sums(timeline, name)
        for name in ("NumberOfMessagesSent", "NumberOfMessagesDeleted", "ApproximateNumberOfMessagesVisible")
    )
    np.testing.assert_array_equal(waiting[:60], 0)
    np.testing.assert_array_equal(taken[60:70], 0)
    np.testing.assert_array_equal(waiting[60:70], np.cumsum(sent[60:70]))
    np.testing.assert_array_equal(waiting[75:], 0)
    assert taken[70:75].max() == 400
    assert sent.sum() == taken.sum()
    assert metric(timeline, "ApproximateAgeOfOldestMessage").maximum[69] == 600


@settings(max_examples=25)
@given(rate=st.integers(0, 50), able=st.integers(0, 60), seed=st.integers(0, 99))
def test_a_queue_behaves_as_one_counted_by_hand(rate: int, able: int, seed: int) -> None:
    timeline = built(SqsQueue(name="q", per_minute=rate, consumed=able), seed=seed, duration="1h")
    taken, waiting = (
        sums(timeline, "NumberOfMessagesDeleted"),
        sums(timeline, "ApproximateNumberOfMessagesVisible"),
    )
    age = metric(timeline, "ApproximateAgeOfOldestMessage").maximum
    arrived = sums(timeline, "NumberOfMessagesSent") if rate else np.zeros(60)
    line: list[int] = []
    for minute in range(60):
        line += [minute] * int(arrived[minute])
        gone = min(able, len(line))
        del line[:gone]
        assert (taken[minute], waiting[minute]) == (gone, len(line))
        if line:
            assert age[minute] == 60 * (minute - line[0] + 1)


def test_silence_publishes_nothing() -> None:
    timeline = built(ORDERS, QUEUE, Silence(on=(ORDERS, QUEUE), **HOUR))
    for series in timeline.series:
        assert not series.present[DURING].any()
    assert metric(timeline, "Invocations").gaps == ((START_EPOCH + 3600, START_EPOCH + 7200),)


def test_an_outage_stops_all_of_a_region_and_nothing_else() -> None:
    here, there = replace(ORDERS, region="eu-west-1"), replace(ORDERS, region="eu-central-1")
    timeline = built(
        here, there, replace(QUEUE, region="eu-west-1"), RegionOutage(region="eu-west-1", **HOUR)
    )
    for series in timeline.series:
        if series.region == "eu-west-1":
            assert not series.present[DURING].any()
        elif series.name == "Invocations":
            assert series.present.all()
    assert [mark.name for mark in timeline.marks] == ["Region outage: eu-west-1"]


def test_an_outage_can_fail_instead() -> None:
    timeline = built(RegionOutage(on=(API, QUEUE, ORDERS), fails=True, **HOUR))
    errors, invocations = sums(timeline, "Errors"), sums(timeline, "Invocations")
    np.testing.assert_array_equal(errors[DURING], invocations[DURING])
    assert sums(timeline, "5xx", Stage="$default")[DURING].min() > 0
    np.testing.assert_array_equal(sums(timeline, "NumberOfMessagesDeleted")[DURING], 0)


def test_api_errors_are_shares_of_its_requests() -> None:
    timeline = built(ErrorBurst(on=API, **HOUR, share=0.2))
    count, server, client = (metric(timeline, name, Stage="$default") for name in ("Count", "5xx", "4xx"))
    np.testing.assert_array_equal(server.count, count.sum)
    assert (server.sum / server.count)[DURING].mean() == pytest.approx(0.2, abs=0.02)
    assert (client.sum / client.count).mean() == pytest.approx(0.01, abs=0.005)
    latency, integration = (
        metric(timeline, name, Stage="$default") for name in ("Latency", "IntegrationLatency")
    )
    assert (integration.maximum < latency.maximum).all()
    np.testing.assert_allclose(latency.count, count.sum)


def test_an_alias_and_its_function_have_the_same_data() -> None:
    timeline = built(replace(ORDERS, alias="live"))
    one, other = (each for each in timeline.series if each.name == "Duration")
    assert dict(other.dimensions) == {"FunctionName": "CreateOrder", "Resource": "CreateOrder:live"}
    assert dict(one.dimensions) == {"FunctionName": "CreateOrder"}
    assert one.sum is other.sum


def test_rest_apis_have_their_own_names() -> None:
    timeline = built(RestApi(name="Api"))
    assert {each.name for each in timeline.series} == {
        "Count",
        "4XXError",
        "5XXError",
        "Latency",
        "IntegrationLatency",
    }
    assert {tuple(each.dimensions) for each in timeline.series} == {("ApiName",), ("ApiName", "Stage")}


def test_a_throttled_table_consumes_less_and_says_so_only_then() -> None:
    timeline = built(ThrottleStorm(on=TABLE, **HOUR, share=0.5))
    throttled, consumed = metric(timeline, "ReadThrottleEvents"), sums(timeline, "ConsumedReadCapacityUnits")
    assert not throttled.present[BEFORE_AND_AFTER].any()
    assert throttled.sum[DURING].mean() == pytest.approx(50, rel=0.15)
    assert consumed[DURING].mean() == pytest.approx(50, rel=0.15)
    np.testing.assert_array_equal(
        metric(timeline, "ThrottledRequests", Operation="GetItem").sum, throttled.sum
    )


def test_table_errors_have_no_latency() -> None:
    timeline = built(ErrorBurst(on=TABLE, **HOUR, share=1))
    assert not metric(timeline, "SuccessfulRequestLatency", Operation="PutItem").present[DURING].any()
    np.testing.assert_array_equal(
        sums(timeline, "SystemErrors", Operation="PutItem")[DURING],
        sums(timeline, "ConsumedWriteCapacityUnits")[DURING],
    )


def test_any_metric_can_be_a_target() -> None:
    orders = Counter(
        namespace="Own", name="OrdersCreated", dimensions={"service": "x"}, per_minute=30, unit="Count"
    )
    age = Gauge(namespace="Own", name="Age", level=10, noise=1)
    timeline = built(orders, age, Step(on=orders, **HOUR, to=0), slow_ramp(Step(on=age, **HOUR, to=110)))
    assert sums(timeline, "OrdersCreated")[DURING].sum() == 0
    assert metric(timeline, "OrdersCreated").present.all()
    assert sums(timeline, "OrdersCreated")[BEFORE_AND_AFTER].mean() == pytest.approx(30, rel=0.1)
    assert metric(timeline, "OrdersCreated").unit == "Count"
    assert sums(timeline, "Age")[BEFORE_AND_AFTER].mean() == pytest.approx(10, abs=0.5)
    np.testing.assert_allclose(sums(timeline, "Age")[DURING], 10 + 100 * (np.arange(60) + 0.5) / 60, atol=6)


def test_a_counter_without_zeros_has_data_only_when_something_happens() -> None:
    dropped = Counter(namespace="AWS/Lambda", name="AsyncEventsDropped", zeros=False)
    series = metric(built(DeadLetterDrip(on=dropped, **HOUR, per_minute=20)), "AsyncEventsDropped")
    assert not series.present[BEFORE_AND_AFTER].any()
    np.testing.assert_array_equal(series.count[series.present], series.sum[series.present])
    assert series.sum[DURING].mean() == pytest.approx(20, rel=0.2)


def test_every_shape_that_is_not_harmless_has_a_mark() -> None:
    timeline = built(
        ErrorBurst(on=ORDERS, at="1h", lasts=timedelta(minutes=10), share=0.1, name="bad deploy"),
        TrafficSpike(on=ORDERS, at="2h", lasts="10m", factor=2, harmless=True),
        LatencyStep(on=(ORDERS, API), at="30m", lasts="10m", factor=2),
    )
    assert [
        (mark.name, mark.start.timestamp() - START_EPOCH, mark.end.timestamp() - START_EPOCH)
        for mark in timeline.marks
    ] == [
        ("latency step: CreateOrder, Api", 1800, 2400),
        ("bad deploy", 3600, 4200),
    ]
