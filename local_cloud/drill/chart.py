"""The timeline of a drill as a chart: requests a second by who served them, and when what happened."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from local_cloud.drill.attempts import Attempt
from local_cloud.drill.figures import within
from local_cloud.drill.results import Drilled, FaultRun
from local_cloud.drill.site import PRIMARY, STANDBY

__all__ = ["draw"]

_STYLE: Any = {  # matplotlib names every key in its types
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "drill",
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"],
    "font.size": 11,
}
_BIN_SECONDS = 2
_ROW_INCHES, _WIDTH_INCHES, _HEAD_INCHES = 1.55, 11.0, 1.2
_INK, _GRID = "#24292f", "#d0d7de"
# Distinguishable without seeing colours: dark, light, and signal (Okabe and Ito's palette).
_PRIMARY, _STANDBY, _FAILED = "#0072b2", "#56b4e9", "#d55e00"
_TOLD = "#6e40c9"


def draw(drilled: Drilled, file: Path) -> None:
    """Write the chart as SVG, on white."""
    with mpl.rc_context(_STYLE):
        runs = drilled.runs
        height = _HEAD_INCHES + _ROW_INCHES * len(runs)
        figure = Figure(figsize=(_WIDTH_INCHES, height), facecolor="white", layout="constrained")
        axes = figure.subplots(len(runs), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        for place, run in zip(axes, runs, strict=True):
            _row(place, drilled, run)
        axes[-1].set_xlabel("seconds from the fault")
        figure.supylabel("requests a second", fontsize=11, color=_INK)
        figure.suptitle(f"Failover drill, {drilled.order.consistency} consistency", color=_INK, fontsize=13)
        figure.legend(handles=_legend(), loc="outside lower center", ncols=6, frameon=False, fontsize=10)
        figure.savefig(file, format="svg", facecolor="white", metadata={"Date": None})


def _row(axes: Axes, drilled: Drilled, run: FaultRun) -> None:
    phases, figures = run.phases, run.figures
    mine = within(drilled.attempts, phases)
    first = int(min(phases.began - phases.broken, 0) // _BIN_SECONDS * _BIN_SECONDS)
    last = int(phases.ended - phases.broken) + _BIN_SECONDS
    edges = list(range(first, last + 1, _BIN_SECONDS))
    below = [0.0] * (len(edges) - 1)
    for colour, chosen in (
        (_PRIMARY, [each for each in mine if each.served and each.region == PRIMARY]),
        (_STANDBY, [each for each in mine if each.served and each.region == STANDBY]),
        (_FAILED, [each for each in mine if not each.served]),
    ):
        rates = _rates(chosen, phases.broken, edges)
        top = [low + rate for low, rate in zip(below, rates, strict=True)]
        axes.stairs(top, edges, baseline=below, fill=True, color=colour, linewidth=0)
        below = top
    axes.axvline(0, color=_INK, linewidth=1.6)
    axes.axvline(phases.mended - phases.broken, color=_INK, linewidth=1.6, linestyle="--")
    axes.axvline(figures.worst_case, color=_INK, linewidth=1.2, linestyle=":")
    for each in figures.told:
        if each.state == "ALARM" and each.reached:
            axes.plot(
                each.after,
                1,
                marker="v",
                color=_TOLD,
                markersize=9,
                clip_on=False,
                transform=axes.get_xaxis_transform(),
            )
    served = "never" if figures.failover_seconds is None else f"after {figures.failover_seconds:.0f} s"
    axes.set_title(
        f"{phases.fault}: served again {served}, {figures.failed} requests failed",
        loc="left",
        pad=12,
        fontsize=11,
        color=_INK,
    )
    axes.grid(axis="y", color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK)
    axes.margins(x=0.01)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _rates(attempts: Sequence[Attempt], zero: float, edges: Sequence[int]) -> list[float]:
    """Requests a second that ended in each bin."""
    counts = [0] * (len(edges) - 1)
    for each in attempts:
        place = int((each.ended - zero - edges[0]) // _BIN_SECONDS)
        if 0 <= place < len(counts):
            counts[place] += 1
    return [count / _BIN_SECONDS for count in counts]


def _legend() -> list[Patch | Line2D]:
    return [
        Patch(color=_PRIMARY, label=f"served by {PRIMARY}"),
        Patch(color=_STANDBY, label=f"served by {STANDBY}"),
        Patch(color=_FAILED, label="failed"),
        Line2D([], [], color=_INK, linewidth=1.6, label="fault, mended (dashed)"),
        Line2D([], [], color=_INK, linewidth=1.2, linestyle=":", label="worst case"),
        Line2D([], [], color=_TOLD, marker="v", linestyle="", label="people told"),
    ]
