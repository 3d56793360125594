"""Figures, what they are judged by, and the table that shows them."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Column, Table

from benchmarks.slopes import Pair

__all__ = ["Figure", "compared", "print_figures"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A row of the table; at most `target` is good, and without one it is only told."""

    name: str
    ours: str
    other: str = ""
    judged: float
    target: float | None
    unit: str = "x"

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.target is None or self.judged <= self.target


Targets = tuple[float | None, float | None, float | None]
"""Of the time to build, the time to build and synthesize, and the round trips."""


def compared(name: str, against: str, pairs: tuple[Pair, Pair, Pair], targets: Targets) -> list[Figure]:
    """What `name` costs, as ratios against another way to write it."""
    kinds = (("build", 1000, " ms"), ("build and synth", 1000, " ms"), ("round trips to Node", 1, ""))
    return [
        Figure(
            name=f"{name}: {kind}",
            ours=f"{pair.ours * scale:.1f}{unit}",
            other=f"{against}: {pair.other * scale:.1f}{unit}",
            judged=pair.ratio,
            target=target,
        )
        for (kind, scale, unit), pair, target in zip(kinds, pairs, targets, strict=True)
    ]


def print_figures(console: Console, figures: list[Figure]) -> None:
    """The table of figures."""
    table = Table(Column("figure", no_wrap=True), "ours", "against", "ratio", "target", "verdict")
    for figure in figures:
        verdict = "[green]met[/]" if figure.met else "[bold red]missed[/]"
        table.add_row(
            figure.name,
            figure.ours,
            figure.other,
            f"{figure.judged:.2f}x" if figure.unit == "x" else "",
            "" if figure.target is None else f"<= {figure.target:g}{figure.unit}",
            "" if figure.target is None else verdict,
        )
    console.print(table)
