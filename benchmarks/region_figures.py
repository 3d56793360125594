"""A service in two Regions under one name, against the same resources by L2 constructs.

``python -m benchmarks.region_figures ours`` makes it once, as ``cdk synth`` does, and prints the seconds.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

from benchmarks import l2_two_regions, our_two_regions
from benchmarks.calls import recorded
from benchmarks.figures import Figure, compared
from benchmarks.same import app_differences
from benchmarks.slopes import WARM_UP, Pair
from benchmarks.workload import settings

__all__ = ["apps_that_differ", "calls", "figures", "templates"]

App = Callable[[cdk.App], tuple[cdk.Stack, ...]]
"""Makes all stacks of an app, and gives them in the order in which they are deployed."""

_SIDES: Mapping[str, App] = {"ours": our_two_regions.build, "L2s": l2_two_regions.build}
_PROCESSES = 5
_NAME = "app in two Regions"


def figures(repetitions: int) -> list[Figure]:
    """The whole app: once what all apps of a process share is there, and in a process of its own."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in _SIDES}
    for number in range(WARM_UP + repetitions):
        for name in _alternately(number):
            measured = _times(_SIDES[name])
            if number >= WARM_UP:
                times[name].append(measured)
    build, both = (Pair.of(*([each[part] for each in side] for side in times.values())) for part in (0, 1))
    one, other = (float(calls(side)) for side in _SIDES.values())
    round_trips = Pair(ours=one, other=other, ratio=one / other)
    fresh = _in_processes()
    return [
        *compared(_NAME, "L2s", (build, both, round_trips), (None, 1.0, None)),
        Figure(
            name=f"{_NAME}: a process of its own",
            ours=f"{fresh.ours:.2f} s",
            other=f"L2s: {fresh.other:.2f} s",
            judged=fresh.ratio,
            target=None,
        ),
    ]


def apps_that_differ() -> list[str]:
    """What differs between both apps, resource by resource."""
    return app_differences(*(templates(side) for side in _SIDES.values()))


def templates(side: App) -> list[Mapping[str, Any]]:
    """The templates of the stacks, in the order in which they are deployed."""
    with _new_app() as app:
        stacks = side(app)
        assembly = app.synth()
        return [assembly.get_stack_artifact(stack.artifact_id).template for stack in stacks]


def calls(side: App) -> int:
    """The messages to Node that the app takes to build and synthesize."""
    with _new_app() as app, recorded() as counted:
        side(app)
        app.synth()
    return sum(counted.values())


def _times(side: App) -> tuple[float, float]:
    with _new_app() as app:
        start = time.perf_counter()
        side(app)
        built = time.perf_counter()
        app.synth()
        return built - start, time.perf_counter() - start


@contextmanager
def _new_app() -> Iterator[cdk.App]:
    with TemporaryDirectory(prefix="constructs-lib-bench-") as assembly:
        yield cdk.App(outdir=assembly, context=settings())


def _alternately(number: int) -> list[str]:
    return sorted(_SIDES, reverse=number % 2 == 1)


def _in_processes() -> Pair:
    seconds: dict[str, list[float]] = {name: [] for name in _SIDES}
    for number in range(_PROCESSES):
        for name in _alternately(number):
            seconds[name].append(_in_process(name))
    return Pair.of(*seconds.values())


def _in_process(name: str) -> float:
    root = Path(__file__).parent.parent
    done = subprocess.run(  # noqa: S603 - this module, and a name of its own
        [sys.executable, "-m", "benchmarks.region_figures", name],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.region_figures", description=__doc__)
    parser.add_argument("side", choices=_SIDES)
    _, both = _times(_SIDES[parser.parse_args().side])
    print(both)
