"""The replay: how long it takes and in how much memory, against a simple loop, and how that grows.

Everything is measured in processes of their own; `replay_runs` says what runs in them.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.slopes import WARM_UP, Pair

__all__ = ["against_a_loop", "figures", "growth", "measure", "python", "start_of_the_command"]

_ROOT: Final = Path(__file__).parent.parent
_ALARMS, _DAYS = 100, 30
_DAYS_OF_THE_LOOP: Final = 2
"""The loop takes as long for each day: it need not run for all of them."""
_REPETITIONS: Final = 3
_MINUTES_A_DAY: Final = 1_440
_MB: Final = 1_000_000
_MOST_MB: Final = 500
_SLOWEST: Final = 1 / 20
_STEEPEST: Final = 1.3
"""How much more than so many times the work may cost: as much as figures of one run differ."""


def figures(repetitions: int) -> list[Figure]:
    """All of them."""
    return [
        *against_a_loop(_ALARMS, _DAYS, _DAYS_OF_THE_LOOP, _REPETITIONS),
        growth("alarms", [(count, _DAYS) for count in (_ALARMS // 4, _ALARMS // 2, _ALARMS)]),
        growth("days", [(_ALARMS, days) for days in (8, 16, 32)]),
        start_of_the_command("constructs_lib.replay", repetitions),
    ]


def against_a_loop(alarms: int, days: int, days_of_the_loop: int, repetitions: int) -> list[Figure]:
    """Seconds a datapoint, of the same alarms over fewer days in the loop; and the replay's memory."""
    own, loop, peaks = [], [], []
    for _ in range(repetitions):
        fast, simple = measure("fast", alarms, days), measure("simple", alarms, days_of_the_loop)
        own.append(fast["seconds"] / _datapoints(alarms, days))
        loop.append(simple["seconds"] / _datapoints(alarms, days_of_the_loop))
        peaks.append(fast["peak"])
    pair, peak = Pair.of(own, loop), max(peaks) / _MB
    name = f"replay of {alarms} alarms over {days} days"
    return [
        Figure(
            name=f"{name}: a datapoint",
            ours=f"{1 / pair.ours:,.0f} a second",
            other=f"a loop, over {days_of_the_loop} of the days: {1 / pair.other:,.0f} ({1 / pair.ratio:.0f}x)",
            judged=pair.ratio,
            target=_SLOWEST,
        ),
        Figure(name=f"{name}: memory", ours=f"{peak:.0f} MB", judged=peak, target=_MOST_MB, unit=" MB"),
    ]


def _datapoints(alarms: int, days: int) -> int:
    """One for each minute of an alarm."""
    return alarms * days * _MINUTES_A_DAY


def growth(of: str, sizes: list[tuple[int, int]]) -> Figure:
    """What two times and four times as much takes, against so many times what the smallest takes."""
    seconds = [
        median(measure("fast", alarms, days)["seconds"] for _ in range(_REPETITIONS))
        for alarms, days in sizes
    ]
    once, *_, most = seconds
    times = round(sizes[-1][0] * sizes[-1][1] / (sizes[0][0] * sizes[0][1]))
    return Figure(
        name=f"replay of more {of}: 1x, 2x, {times}x",
        ours=", ".join(f"{each:.2f} s" for each in seconds),
        other=f"{times} times the first: {times * once:.2f} s",
        judged=most / (times * once),
        target=_STEEPEST,
    )


def start_of_the_command(module: str, repetitions: int) -> Figure:
    """How fast ``python -m`` of a module answers, against the import of what it does without."""
    ways = {"ours": ("-m", module, "--help"), "other": ("-c", "import aws_cdk")}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(WARM_UP + repetitions):
        for way in sorted(ways, reverse=number % 2 == 1):
            start = time.perf_counter()
            python(*ways[way])
            if number >= WARM_UP:  # the bytecode is there
                seconds[way].append(time.perf_counter() - start)
    pair = Pair.of(*seconds.values())
    return Figure(
        name=f"python -m {module} --help",
        ours=f"{pair.ours * 1000:.0f} ms",
        other=f"import aws_cdk: {pair.other * 1000:.0f} ms",
        judged=pair.ratio,
        target=0.3,
    )


def measure(way: str, alarms: int, days: int) -> Any:
    """What `replay_runs` says of it."""
    return json.loads(python("-m", "benchmarks.replay_runs", way, f"--alarms={alarms}", f"--days={days}"))


def python(*arguments: str) -> str:
    """What a Python of its own prints, in this repository."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPATH": str(_ROOT)
    }
    done = subprocess.run(  # noqa: S603 - this interpreter, and modules of this repository
        [sys.executable, *arguments],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
