"""A replay of a hundred alarms, in a process of its own: how long it takes, and how much memory.

``python -m benchmarks.replay_runs fast --alarms 100 --days 30`` replays so many alarms over so many days of one-minute
data, and ``simple`` does the same by the loop of `simple_replay`. Half of the alarms are on an expression of two
metrics, and a tenth as many composite alarms come on top. Each prints what it took as JSON.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.simple_replay import Metric, changes
from constructs_lib.replay import replay
from constructs_lib.replay.timelines.series import MetricSeries
from constructs_lib.replay.timelines.timeline import Timeline

__all__ = ["alarms", "fast", "metrics", "simple"]

_START: Final = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
_MINUTES_A_DAY: Final = 1_440
_OF_A_COMPOSITE: Final = 10
_REQUESTS, _ERRORS, _ERRORS_OF_AN_OUTAGE = 100.0, 0.02, 10.0
"""A minute, on average."""
_OUTAGE: Final = 30
"""Minutes of every day in which a function fails, each at another time: so that alarms ring and recover."""


def alarms(count: int) -> dict[str, Any]:
    """A template of so many metric alarms, and a tenth as many composite ones."""
    resources = {}
    for number in range(count // 2):
        resources[f"Errors{number}"] = _alarm(
            f"errors-{number}",
            **_metric("Errors", number),
            Statistic="Sum",
            Period=60 if number % 2 else 300,
            EvaluationPeriods=5,
            DatapointsToAlarm=3,
            Threshold=3,
            TreatMissingData="notBreaching",
        )
        resources[f"Rate{number}"] = _alarm(
            f"rate-{number}",
            Metrics=[
                {"Id": "r", "Expression": "IF(invocations >= 20, 100 * errors / invocations, 0)"},
                *(_query(name, number) for name in ("Invocations", "Errors")),
            ],
            EvaluationPeriods=6,
            DatapointsToAlarm=3,
            Threshold=2,
        )
    for number in range(count // _OF_A_COMPOSITE):
        share = _OF_A_COMPOSITE // 2
        children = range(number * share, (number + 1) * share)
        rule = " OR ".join(f'ALARM("{kind}-{each}")' for each in children for kind in ("errors", "rate"))
        properties = {"AlarmName": f"service-{number}", "AlarmRule": rule}
        resources[f"Service{number}"] = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}
    return {"Resources": resources}


def _alarm(name: str, **properties: Any) -> dict[str, Any]:
    common = {"AlarmName": name, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**common, **properties}}


def _metric(name: str, number: int) -> dict[str, Any]:
    dimensions = [{"Name": "FunctionName", "Value": f"f{number}"}]
    return {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions}


def _query(name: str, number: int) -> dict[str, Any]:
    stat = {"Metric": _metric(name, number), "Period": 60, "Stat": "Sum"}
    return {"Id": name.lower(), "MetricStat": stat, "ReturnData": False}


def metrics(count: int, days: int) -> list[tuple[str, str, list[float]]]:
    """For so many alarms the name, the function and the values of each metric, a value a minute."""
    random = np.random.default_rng(1)
    minutes = np.arange(days * _MINUTES_A_DAY) % _MINUTES_A_DAY
    found = []
    for number in range(count // 2):
        fails = (minutes - random.integers(_MINUTES_A_DAY)) % _MINUTES_A_DAY < _OUTAGE
        errors = np.where(fails, _ERRORS_OF_AN_OUTAGE, _ERRORS)
        for name, mean in (("Invocations", np.full(len(minutes), _REQUESTS)), ("Errors", errors)):
            found.append((name, f"f{number}", random.poisson(mean).astype(float).tolist()))
    return found


def fast(count: int, days: int) -> Callable[[], int]:
    """What a replay does; it tells how many changes of states there are."""
    timeline = Timeline.of(
        MetricSeries.of("AWS/Lambda", name, {"FunctionName": function}, values, start=_START)
        for name, function, values in metrics(count, days)
    )
    template = alarms(count)
    return lambda: len(replay(template, timeline).transitions)


def simple(count: int, days: int) -> Callable[[], int]:
    """The same by the loop."""
    found = [
        Metric("AWS/Lambda", name, {"FunctionName": function}, 60, _START, [[value] for value in values])
        for name, function, values in metrics(count, days)
    ]
    end = _START + days * _MINUTES_A_DAY * 60
    template = alarms(count)
    return lambda: len(changes(template, found, _START, end))


_WAYS: Final[Mapping[str, Callable[[int, int], Callable[[], int]]]] = {"fast": fast, "simple": simple}


def main() -> None:
    """Run one, and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay_runs", description=__doc__)
    parser.add_argument("way", choices=[*_WAYS])
    parser.add_argument("--alarms", type=int, required=True)
    parser.add_argument("--days", type=int, required=True)
    options = parser.parse_args()
    run = _WAYS[options.way](options.alarms, options.days)
    start = time.process_time()
    changed = run()
    seconds = time.process_time() - start
    json.dump({"seconds": seconds, "peak": _peak(), "changes": changed}, sys.stdout)


def _peak() -> int:
    """The most bytes that this process has used."""
    status = Path("/proc/self/status")
    if status.exists():  # where Linux counts this program's own; getrusage begins with what started it
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1_024)


if __name__ == "__main__":
    main()
