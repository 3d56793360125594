"""How functions and consumers of streams fail."""

from collections.abc import Callable, Mapping
from typing import Final

from constructs_lib.replay.timelines.incidents.lambda_function import LambdaFunction
from constructs_lib.replay.timelines.incidents.latency import Latency
from constructs_lib.replay.timelines.incidents.metric_targets import Counter, Gauge
from constructs_lib.replay.timelines.incidents.shape import slow_ramp
from constructs_lib.replay.timelines.incidents.shapes import LatencyStep, Step
from constructs_lib.replay.timelines.incidents.target import Target
from constructs_lib.review.coverage.course import (
    Course,
    Facts,
    Metrics,
    fails,
    is_silent,
    is_throttled,
    moves,
)
from constructs_lib.review.coverage.mode import LIFE_ENDS, PER_MINUTE, SHARE, SIGN_OF_LIFE

__all__ = ["FUNCTION_INCIDENTS"]

_QUICK: Final = 100.0
"""Milliseconds that half of the invocations take at most in normal traffic: a template does not tell."""
_HIGH: Final = 1e9
"""A sign of life that is well where too little would ring."""
_FUNCTION: Final = {"FunctionName": "function"}
_PART: Final = {**_FUNCTION, "Resource": "function:part"}


def _function() -> LambdaFunction:
    return LambdaFunction(name="function", alias="part", per_minute=PER_MINUTE)


def _slow_function(_: Metrics, facts: Facts) -> Course:
    limit = 1_000 * facts["timeout"]
    usual = min(_QUICK, 0.05 * limit)
    target = LambdaFunction(
        name="function",
        alias="part",
        per_minute=PER_MINUTE,
        duration=Latency(p50=usual, p99=1.5 * usual),
    )
    factor = 0.6 * limit / usual
    return Course(shapes=lambda at, lasts: (LatencyStep(on=target, at=at, lasts=lasts, factor=factor),))


def _full_function(_: Metrics, facts: Facts) -> Course:
    busy = Gauge(
        namespace="AWS/Lambda",
        name="ConcurrentExecutions",
        dimensions=_FUNCTION,
        level=0.3 * facts["reserved"],
    )
    return moves({busy: facts["reserved"]})


def _spilling_function(_: Metrics, __: Facts) -> Course:
    spilled: dict[Target, float] = {
        Counter(
            namespace="AWS/Lambda",
            name="ProvisionedConcurrencySpilloverInvocations",
            dimensions=each,
            zeros=False,
        ): SHARE * PER_MINUTE
        for each in (_FUNCTION, _PART)
    }
    used: dict[Target, float] = {
        Gauge(
            namespace="AWS/Lambda", name="ProvisionedConcurrencyUtilization", dimensions=each, level=0.4
        ): 1.0
        for each in (_FUNCTION, _PART)
    }
    return moves({**spilled, **used})


def _blocked_stream(_: Metrics, facts: Facts) -> Course:
    minutes = round(60 * facts["retention_hours"])
    ages = [
        Gauge(namespace="AWS/Lambda", name="IteratorAge", dimensions=each, level=0)
        for each in (_FUNCTION, _PART)
    ]
    return Course(
        shapes=lambda at, lasts: tuple(
            slow_ramp(Step(on=age, at=at, lasts=lasts, to=60_000.0 * minutes)) for age in ages
        ),
        minutes=minutes,
    )


def _ended_life(_: Metrics, __: Facts) -> Course:
    namespace, name = SIGN_OF_LIFE
    signs = (
        Gauge(namespace=namespace, name=f"{name}Low", level=0),
        Gauge(namespace=namespace, name=f"{name}High", level=_HIGH),
    )
    return is_silent(*signs)


FUNCTION_INCIDENTS: Final[Mapping[str, Callable[[Metrics, Facts], Course]]] = {
    "function_fails": lambda *_: fails(_function()),
    "function_is_throttled": lambda *_: is_throttled(_function()),
    "function_is_slow": _slow_function,
    "function_is_full": _full_function,
    "function_spills_over": _spilling_function,
    "function_is_silent": lambda *_: is_silent(_function()),
    "stream_is_blocked": _blocked_stream,
    LIFE_ENDS: _ended_life,
}
"""Name of an incident to what makes it, of the metrics of the mode and the facts of the resource."""
