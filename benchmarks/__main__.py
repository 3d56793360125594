"""``python -m benchmarks`` prints the figures and fails when one misses its target."""

import argparse
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.table import Column, Table

from benchmarks import bundling, ours, slopes, templates, twin
from benchmarks.same import differences
from benchmarks.slopes import Pair

MOST_SHOWN = 20
NARROWEST = 120
"""Columns, also where the output is no terminal."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A row of the table; at most `target` is good."""

    name: str
    ours: str
    other: str = ""
    judged: float
    target: float
    unit: str = "x"

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.judged <= self.target


def against_twin(repetitions: int) -> list[Figure]:
    """One more fully equipped function, compared with the same function hand-written."""
    calls = [float(sum(slopes.call_slopes(side).values())) for side in (ours.build, twin.build)]
    pairs = (
        ("build", 1000, "ms", 0.9),
        ("build and synth", 1000, "ms", 1.0),
        ("round trips to Node", 1, "", 0.7),
    )
    measured = (
        *slopes.time_slopes(ours.build, twin.build, repetitions),
        Pair(ours=calls[0], twin=calls[1], ratio=calls[0] / calls[1]),
    )
    return [
        Figure(
            name=f"one more function: {name}",
            ours=f"{pair.ours * scale:.1f} {unit}",
            other=f"{pair.twin * scale:.1f} {unit}",
            judged=pair.ratio,
            target=target,
        )
        for (name, scale, unit, target), pair in zip(pairs, measured, strict=True)
    ]


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
    """What one more function sends to Node, on both sides."""
    for name, side in (("ours", ours.build), ("twin", twin.build)):
        table = Table("per function", "kind", "what", title=f"round trips to Node, {name}")
        counted = slopes.call_slopes(side)
        for (kind, what), count in sorted(
            counted.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
        ):
            table.add_row(f"{count:g}", kind, what)
        table.add_section()
        table.add_row(f"{sum(counted.values()):g}", "", "all")
        console.print(table)


def print_figures(console: Console, figures: list[Figure]) -> None:
    """The table of figures."""
    table = Table(Column("figure", no_wrap=True), "ours", "against", "ratio", "target", "verdict")
    for figure in figures:
        table.add_row(
            figure.name,
            figure.ours,
            figure.other,
            f"{figure.judged:.2f}x" if figure.unit == "x" else "",
            f"<= {figure.target:g}{figure.unit}",
            "[green]met[/]" if figure.met else "[bold red]missed[/]",
        )
    console.print(table)


def main() -> int:
    """Measure, print, and say by the exit code whether every target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--calls", action="store_true", help="also list the round trips, by kind and target")
    parser.add_argument("--repetitions", type=int, default=20, help="how often times are taken [%(default)s]")
    options = parser.parse_args()
    console = Console(width=max(NARROWEST, Console().width))
    if different := differences(*(templates.template(side, 2) for side in (ours.build, twin.build))):
        console.print("The two sides no longer build the same resources, so nothing was measured:")
        for line in different[:MOST_SHOWN]:
            console.print(line, markup=False, highlight=False)
        return 1
    if options.calls:
        print_calls(console)
    figures = [*sizes(), *against_twin(options.repetitions), second_synth()]
    print_figures(console, figures)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
