"""The review: how long it takes against cfn-lint on the same templates, and how that grows.

Everything is measured in processes of their own; `review_runs` says what runs in the long ones.
"""

import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.replay_figures import python, start_of_the_command
from benchmarks.review_templates import write_template
from benchmarks.slopes import Pair

__all__ = ["against_cfn_lint", "figures", "growth", "rate"]

_RESOURCES: Final = 500
_SIZES: Final = (100, 200, 400)
_TEMPLATES: Final = 40
_TEMPLATE_RESOURCES: Final = 20
"""As many as an integration template of Solutions Constructs has."""
_REPETITIONS: Final = 3
_STEEPEST: Final = 1.3
"""How much more than so many times the work may cost: as much as figures of one run differ."""


def figures(repetitions: int) -> list[Figure]:
    """All of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            against_cfn_lint(folder, _RESOURCES, _REPETITIONS),
            rate(folder, _TEMPLATES, _REPETITIONS),
            growth(folder, _SIZES),
            start_of_the_command("constructs_lib.review", repetitions),
        ]


def against_cfn_lint(folder: Path, resources: int, repetitions: int) -> Figure:
    """A template of so many resources, from the start of a process to the end of its report."""
    path = write_template(folder / f"{resources}.template.json", resources)
    ways = {
        "ours": ("-m", "constructs_lib.review", "--fail-on", "never", str(path)),
        "other": (
            "-c",
            "from cfnlint.runner import main; main()",
            "--region=us-east-1",
            "--non-zero-exit-code=none",
            str(path),
        ),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(1 + repetitions):
        for way, command in ways.items():
            start = time.perf_counter()
            python(*command)
            if number:  # the bytecode is there
                seconds[way].append(time.perf_counter() - start)
    pair = Pair.of(*seconds.values())
    return Figure(
        name=f"review of {resources} resources, from process start to report",
        ours=f"{pair.ours:.2f} s",
        other=f"cfn-lint: {pair.other:.2f} s",
        judged=pair.ratio,
        target=0.25,
    )


def rate(folder: Path, templates: int, repetitions: int) -> Figure:
    """Many templates in one process, as a pipeline reads them."""
    paths = [write_template(folder / f"{number}.json", _TEMPLATE_RESOURCES) for number in range(templates)]
    own, other = (
        [_measured(way, *paths) / templates for _ in range(repetitions)] for way in ("review", "cfn-lint")
    )
    pair = Pair.of(own, other)
    return Figure(
        name=f"review of {templates} templates of {_TEMPLATE_RESOURCES} resources in one process",
        ours=f"{1 / pair.ours:,.0f} a second",
        other=f"cfn-lint: {1 / pair.other:,.1f} a second ({1 / pair.ratio:.0f}x)",
        judged=pair.ratio,
        target=1 / 20,
    )


def growth(folder: Path, sizes: tuple[int, ...]) -> Figure:
    """What more resources take, against so many times what the fewest take."""
    paths = [write_template(folder / f"growth{size}.json", size) for size in sizes]
    seconds = [median(_measured("review", path) for _ in range(_REPETITIONS)) for path in paths]
    once, *_, most = seconds
    times = sizes[-1] / sizes[0]
    return Figure(
        name=f"review of {', '.join(map(str, sizes))} resources",
        ours=", ".join(f"{each * 1000:.0f} ms" for each in seconds),
        other=f"{times:g} times the first: {times * once * 1000:.0f} ms",
        judged=most / (times * once),
        target=_STEEPEST,
    )


def _measured(way: str, *paths: Path) -> float:
    """Seconds, as `review_runs` takes them."""
    found: Any = json.loads(python("-m", "benchmarks.review_runs", way, *map(str, paths)))
    return float(found["seconds"])
