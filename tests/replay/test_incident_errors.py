"""Incidents that cannot be: refused in one line that says what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.replay.timelines.errors import TimelineError
from constructs_lib.replay.timelines.incidents.api import HttpApi
from constructs_lib.replay.timelines.incidents.dynamodb_table import DynamoDbTable
from constructs_lib.replay.timelines.incidents.incident import Incident, normal_traffic
from constructs_lib.replay.timelines.incidents.lambda_function import LambdaFunction
from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.metric_targets import Counter, Gauge, Timer
from constructs_lib.replay.timelines.incidents.season import Season
from constructs_lib.replay.timelines.incidents.shape import flapping
from constructs_lib.replay.timelines.incidents.shapes import (
    DeadLetterDrip,
    ErrorBurst,
    LatencyStep,
    RegionOutage,
    Silence,
    StalledConsumer,
    ThrottleStorm,
    TrafficSpike,
)
from constructs_lib.replay.timelines.incidents.sqs_queue import SqsQueue
from tests.replay.timeline_checks import START

ORDERS = LambdaFunction(name="CreateOrder")
QUEUE = SqsQueue(name="Orders")
WHEN: dict[str, Any] = {"at": "1h", "lasts": "5m"}
DAY: dict[str, Any] = {"start": START, "duration": "1d"}

IMPOSSIBLE: list[tuple[Callable[[], object], str]] = [
    (lambda: LambdaFunction(name="f", per_minute=-1), "per_minute is -1. Give a number from 0"),
    (lambda: LambdaFunction(name="f", per_minute=float("nan")), "per_minute is nan"),
    (lambda: LambdaFunction(name="f", errors=1.5), "errors is 1.5. Give a share from 0 to 1"),
    (lambda: HttpApi(name="a", client_errors=-0.1), "client_errors is -0.1"),
    (lambda: DynamoDbTable(name="t", reads=-1), "reads is -1"),
    (lambda: SqsQueue(name="q", consumed=-1), "consumed is -1"),
    (lambda: Counter(namespace="N", name="c", per_minute=1e10), "per_minute is 10000000000.0"),
    (lambda: Gauge(namespace="N", name="g", level=1, noise=-1), "noise is -1"),
    (lambda: Timer(namespace="N", name="t", per_minute=-1), "per_minute is -1"),
    (lambda: Latency(p50=10, p99=5), "Give 0 < p50 <= p99"),
    (lambda: Latency(p50=0, p99=5), "Give 0 < p50 <= p99"),
    (lambda: Season(daily=1.5), "daily is 1.5"),
    (lambda: ErrorBurst(on=ORDERS, **WHEN, share=30), "error burst: share is 30"),
    (lambda: ThrottleStorm(on=ORDERS, **WHEN, share=-1), "throttle storm: share is -1"),
    (lambda: StalledConsumer(on=QUEUE, **WHEN, share=2), "stalled consumer: share is 2"),
    (lambda: LatencyStep(on=ORDERS, **WHEN, factor=-1), "latency step: factor is -1"),
    (lambda: TrafficSpike(on=ORDERS, **WHEN, factor=-1), "traffic spike: factor is -1"),
    (lambda: DeadLetterDrip(on=QUEUE, **WHEN, per_minute=-1), "dead-letter drip: per_minute is -1"),
    (lambda: Silence(**WHEN), "silence: it happens to nothing"),
    (lambda: ErrorBurst(on=QUEUE, **WHEN, share=0.1), "AWS/SQS::Orders does not change by it"),
    (
        lambda: DeadLetterDrip(on=ORDERS, **WHEN, per_minute=1),
        "AWS/Lambda::CreateOrder does not change by it",
    ),
    (lambda: Silence(on=ORDERS, at="soon", lasts="5m"), "'soon' is no span of time"),
    (lambda: Silence(on=ORDERS, at="1h", lasts="0m"), "Give a span above 0"),
    (lambda: RegionOutage(**WHEN), "Region outage: it happens to nothing"),
    (lambda: RegionOutage(region="eu-west-1", on=ORDERS, **WHEN), "both region and on"),
    (lambda: RegionOutage(region="eu-west-1", at="1h", lasts="0s"), "Give a span above 0"),
    (lambda: flapping(Silence(on=ORDERS, **WHEN), up="0s", down="1m"), "up is '0s'"),
    (lambda: Incident(start=START, duration="90s"), "Give whole minutes"),
    (lambda: Incident(start=START, duration="0s"), "Give whole minutes"),
    (lambda: Incident(start="2026-03-02T00:00:30Z", duration="1h"), "Give whole minutes"),
    (lambda: Incident(**DAY, seed=-1), "seed is -1"),
    (lambda: Incident(**DAY).timeline(), "it has no target"),
    (lambda: normal_traffic(start=START), "it has no target"),
    (
        lambda: Incident(**DAY) + ORDERS + LambdaFunction(name="CreateOrder", per_minute=1),
        "two different targets",
    ),
    (
        lambda: Incident(**DAY) + Silence(on=ORDERS, at="23h", lasts="2h"),
        "'silence: CreateOrder' goes on after its end",
    ),
    (
        (Incident(**DAY) + ORDERS + RegionOutage(region="r", **WHEN)).timeline,
        "happens to no target",
    ),
]


@pytest.mark.parametrize(("build", "reason"), IMPOSSIBLE, ids=[reason for _, reason in IMPOSSIBLE])
def test_fails_with_what_cannot_be(build: Callable[[], object], reason: str) -> None:
    with pytest.raises(TimelineError) as error:
        build()
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_nothing_but_targets_and_shapes_can_be_added() -> None:
    with pytest.raises(TypeError):
        Incident(**DAY) + "error burst"  # type: ignore[operator] # that is the point
