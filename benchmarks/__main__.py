"""``python -m benchmarks`` prints the figures and fails when one misses its target."""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from benchmarks import (
    alarm_figures,
    backup_figures,
    bundling,
    handler_imports,
    l2_alarms,
    monitoring_alarms,
    our_alarms,
    ours,
    pipeline_figures,
    region_figures,
    replay_figures,
    review_figures,
    slopes,
    templates,
    toolkit_figures,
    twin,
)
from benchmarks.figures import Figure, compared, print_figures
from benchmarks.same import differences

MOST_SHOWN = 20
NARROWEST = 130
"""Columns, also where the output is no terminal."""

_SIDES = {
    "our function": ours.build,
    "a function by L2s": twin.build,
    "our alarms": our_alarms.build,
    "alarms by L2s": l2_alarms.build,
    "alarms by cdk-monitoring-constructs": monitoring_alarms.build,
}


def against_twin(repetitions: int) -> list[Figure]:
    """One more fully equipped function, compared with the same function hand-written."""
    ((build, both),) = slopes.time_slopes(ours.build, [twin.build], repetitions)
    calls = slopes.calls_of(ours.build, twin.build)
    return compared("one more function", "L2s", (build, both, calls), (0.9, 1.0, 0.7))


def sizes() -> list[Figure]:
    """Resources of a function."""
    figures = []
    for name, side, target in (("as it comes", ours.build_smallest, 18), ("everything on", ours.build, 26)):
        each, fit = templates.resources(side)
        figures.append(
            Figure(
                name=f"resources of a function, {name}",
                ours=f"{each} ({fit} fit a stack)",
                judged=each,
                target=target,
                unit="",
            )
        )
    return figures


def second_synth() -> Figure:
    """Bundling when nothing has changed."""
    first, second = bundling.first_and_second()
    return Figure(
        name="bundling of the order service, unchanged",
        ours=f"{second:.3f} s",
        other=f"first time: {first:.2f} s ({second / first:.3f}x)",
        judged=second,
        target=0.2,
        unit=" s",
    )


def print_calls(console: Console) -> None:
    """What one more function, and one more set of alarms, sends to Node, on all sides."""
    for name, side in _SIDES.items():
        table = Table("each", "kind", "what", title=f"round trips to Node, {name}")
        counted = slopes.call_slopes(side)
        for (kind, what), count in sorted(
            counted.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
        ):
            table.add_row(f"{count:g}", kind, what)
        table.add_section()
        table.add_row(f"{sum(counted.values()):g}", "", "all")
        console.print(table)


def main() -> int:
    """Measure, print, and say by the exit code whether every target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--calls", action="store_true", help="also list the round trips, by kind and target")
    parser.add_argument("--repetitions", type=int, default=20, help="how often times are taken [%(default)s]")
    options = parser.parse_args()
    console = Console(width=max(NARROWEST, Console().width))
    functions = differences(*(templates.template(side, 2) for side in (ours.build, twin.build)))
    if different := [*functions, *alarm_figures.alarms_that_differ(), *region_figures.apps_that_differ()]:
        console.print("Two sides no longer build the same resources, so nothing was measured:")
        for line in different[:MOST_SHOWN]:
            console.print(line, markup=False, highlight=False)
        return 1
    if options.calls:
        print_calls(console)
    figures = [
        *sizes(),
        *against_twin(options.repetitions),
        *alarm_figures.figures(options.repetitions),
        *region_figures.figures(options.repetitions),
        *backup_figures.figures(),
        *handler_imports.figures(max(1, options.repetitions // 4)),
        *pipeline_figures.figures(),
        *toolkit_figures.figures(options.repetitions),
        *replay_figures.figures(options.repetitions),
        *review_figures.figures(options.repetitions),
        second_synth(),
    ]
    print_figures(console, figures)
    console.print(alarm_figures.coverage(), highlight=False)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
